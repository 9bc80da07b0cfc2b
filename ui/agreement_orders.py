"""What is asked before agreements are printed: which, how and where; their paper is shown at the end."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog
from shiboken6 import isValid

from tablet_loans.domain.oversight import ClassPapers, Part, SchoolPapers
from tablet_loans.services.listing import PrintedLists
from tablet_loans.services.session import Session
from tablet_loans.text import tr, trn
from ui import words
from ui.dialogs.edit_wording import EditWording
from ui.dialogs.file_sheets import FileSheets
from ui.dialogs.paper_preview import PaperPreview
from ui.dialogs.print_agreements import Choice, PrintAgreements, What
from ui.jobs import Jobs
from ui.letter_opening import open_letters
from ui.widgets.agreement_tools import total
from ui.widgets.agreement_work import AgreementWork, PrintOrder
from ui.widgets.screen import Screen

_FOLDER: Final = "agreements/folder"
_SCANS: Final = "agreements/scans"
_PAGES: Final = "PDF, JPEG, PNG, TIFF (*.pdf *.jpg *.jpeg *.png *.tif *.tiff)"


class AgreementOrders(QObject):
    """Asks for what is to be printed, and has it printed; nothing is asked while something is under way."""

    def __init__(self, session: Session, jobs: Jobs, work: AgreementWork, screen: Screen) -> None:
        super().__init__(screen)
        self._session, self._jobs = session, jobs
        self._work, self._screen = work, screen
        self._preview: PaperPreview | None = None
        work.printed.connect(self._on_printed)

    def ask(
        self,
        campaign: str,
        rows: Sequence[SchoolPapers],
        *,
        wanted: What | None,
        is_narrowed: bool,
        can_lend: bool,
        of_class: ClassPapers | None = None,
        is_one_each: bool = False,
    ) -> None:
        """Ask what is printed of these schools, or of one class of the only one."""
        if self._work.is_busy():
            return
        where = _where(campaign, rows, is_narrowed=is_narrowed, of_class=of_class)
        dialog = PrintAgreements(
            where, total(rows) if of_class is None else of_class.count, wanted=wanted, schools=len(rows),
            can_lend=can_lend, is_one_each=is_one_each, parent=self._screen, memory=self._screen.memory,
        )  # fmt: skip
        schools = tuple(row.uai for row in rows) if is_narrowed else ()
        name = _file_name(campaign, rows, is_narrowed=is_narrowed, of_class=of_class)
        dialog.chosen.connect(partial(self._on_chosen, campaign, schools, name, of_class))
        dialog.open()

    def ask_again(self, campaign: str, loans: Sequence[str]) -> None:
        """Print the agreements of these loans once more, in the wording that they have."""
        name = f"{loans[0]}.pdf" if len(loans) == 1 else tr("agreements {school}.pdf").format(school=campaign)
        self._begin(PrintOrder(campaign, name, loans=tuple(loans)))

    def print_list(self, write: Callable[..., PrintedLists], name: str, campaign: str, school: str | None) -> None:
        """Write a list of one school, or of all, and show it."""
        self._put_away()
        self._work.print_list(tr(name), write, campaign=campaign, school=school)

    def file_sheets(self) -> None:
        """Open the window in which a scanned pile is filed."""
        FileSheets(self._session, self._jobs, parent=self._screen, memory=self._screen.memory).show()

    def edit_wording(self, campaign: str) -> None:
        """Open the clauses of a campaign's agreement."""
        EditWording(self._session, self._jobs, campaign, parent=self._screen, memory=self._screen.memory).show()

    def write_letters(self, campaign: str, school: str | None) -> None:
        """Open the letters to families, of one school or of all."""
        open_letters(
            self._session, self._jobs, campaign, school=school, parent=self._screen, memory=self._screen.memory
        )

    def ask_scan(self, loan: str) -> None:
        """Ask for the scan of a signed agreement, and keep it with its loan."""
        title = tr("Scan of the agreement of loan {loan}").format(loan=loan)
        self._ask(title, QFileDialog.FileMode.ExistingFile, _SCANS, lambda path: self._work.attach(loan, path), _PAGES)

    def _on_chosen(
        self, campaign: str, schools: tuple[str, ...], name: str, of_class: ClassPapers | None, choice: Choice
    ) -> None:
        if choice.what is What.BLANK:
            name = tr("blank agreements.pdf")
            self._begin(PrintOrder(campaign, name, blank=choice.blank, how=choice.how))
            return
        order = partial(
            PrintOrder, campaign, name, is_beforehand=choice.is_beforehand, part=Part(choice.among, schools),
            class_name=None if of_class is None else of_class.name, how=choice.how,
        )  # fmt: skip
        if choice.is_one_each:
            title = tr("Folder for one file a school")
            self._ask(title, QFileDialog.FileMode.Directory, _FOLDER, lambda folder: self._begin(order(folder=folder)))
        else:
            self._begin(order())

    def _begin(self, order: PrintOrder) -> None:
        self._put_away()  # where a paper is open in it, its file could not be written again
        self._work.print_order(order)

    def _on_printed(self, file: Path, name: str) -> None:
        self._put_away()
        self._preview = PaperPreview(file, name, self._screen, self._screen.memory)
        self._preview.show()

    def _put_away(self) -> None:
        if self._preview is not None and isValid(self._preview):
            self._preview.close()
        self._preview = None

    def _ask(
        self, title: str, mode: QFileDialog.FileMode, kept: str, act: Callable[[Path], object], kinds: str = ""
    ) -> None:
        memory = self._screen.memory
        ask = QFileDialog(self._screen, title, str(memory.value(kept, "")) if memory is not None else "", kinds)
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.setFileMode(mode)
        ask.fileSelected.connect(lambda chosen: self._go(kept, act, Path(chosen)))
        ask.open()

    def _go(self, kept: str, act: Callable[[Path], object], path: Path) -> None:
        if self._screen.memory is not None:
            self._screen.memory.setValue(kept, str(path if path.is_dir() else path.parent))
        act(path)


def _where(campaign: str, rows: Sequence[SchoolPapers], *, is_narrowed: bool, of_class: ClassPapers | None) -> str:
    """Return of which class, school or schools it is."""
    if not is_narrowed and of_class is None:
        return words.joined(campaign, tr("all schools"))
    if len(rows) == 1:
        return words.joined(rows[0].name, of_class.name if of_class is not None else "")
    return trn("{count} school", "{count} schools", len(rows)).format(count=words.number(len(rows)))


def _file_name(campaign: str, rows: Sequence[SchoolPapers], *, is_narrowed: bool, of_class: ClassPapers | None) -> str:
    place = rows[0].name if len(rows) == 1 and (is_narrowed or of_class is not None) else campaign
    said = f"{place} {of_class.name}" if of_class is not None else place
    return tr("agreements {school}.pdf").format(school="".join("-" if each in '\\/:*?"<>|' else each for each in said))
