"""What is under way with a plan, in a process apart: made, applied, withdrawn, printed; a strip that stops it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from tablet_loans.domain.act import LedgerId, Undone
from tablet_loans.domain.allocation import PlanOutdated
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.plan import PlanHead, PlanId
from tablet_loans.domain.rules import Rules
from tablet_loans.services import allocating, apart, previewing, publishing, undoing
from tablet_loans.services.previewing import PlanPreview
from tablet_loans.services.publishing import PrintedLetters, PrintedReport
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import tr, trn
from ui import words
from ui.jobs import Jobs
from ui.theme import Tone
from ui.widgets.apart_work import ApartWork, open_file


class PlanWork(ApartWork):
    """One thing at a time; `made`, `applied` and `previewed` tell its end, `outdated` asks for another plan."""

    made = Signal(object)
    applied = Signal(object)
    previewed = Signal(object)
    outdated = Signal(object)

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(session, jobs, parent)
        self._refused: Callable[[TabletLoansError], object] | None = None
        self._ended: Callable[[], object] | None = None

    def make(
        self,
        campaign: str,
        rules: Rules | None = None,
        refused: Callable[[TabletLoansError], object] | None = None,
        ended: Callable[[], object] | None = None,
    ) -> None:
        """Make a plan by the campaign's rules, or by those tried.

        `refused` hears why it cannot be made, in the place of the banner, and `ended` that it is made or stopped.
        """
        work = partial(allocating.draft, campaign=campaign, rules=rules)
        if not self.is_busy():
            self._refused, self._ended = refused, ended
        self._begin(tr("Making the plan"), work, lambda receipt: self.made.emit(receipt.value))

    def preview(self, campaign: str, plan: PlanId) -> None:
        """Look at what a plan would come to."""
        call = partial(previewing.preview, campaign=campaign, plan=plan)
        self._begin(tr("Looking through the plan"), partial(apart.unmetered, call), self._on_previewed)

    def apply(self, campaign: str, plan: PlanId, note: str = "") -> None:
        """Make a plan's promises; the note says why the campaign's rules change with it, where they do."""
        work = partial(allocating.apply, campaign=campaign, plan=plan, note=note)
        self._begin(tr("Reserving the tablets"), work, self._on_applied)

    def withdraw(self, line: LedgerId) -> None:
        """Take back the promises of the plan that this act applied."""
        self._begin(tr("Taking the promises back"), partial(undoing.undo, ledger_id=line), self._on_withdrawn)

    def print_letters(self, campaign: str, out: Path, school: str | None = None, pupil: str = "") -> None:
        """Print the letters of a school, of one pupil, or of all."""
        pupils = (pupil,) if pupil else ()
        work = partial(publishing.letters, campaign=campaign, out=out, school=school, pupils=pupils)
        self._begin(tr("Writing {file}").format(file=out.name), work, self._on_letters)

    def print_report(self, campaign: str, out: Path) -> None:
        """Print the public report."""
        call = partial(publishing.public_report, campaign=campaign, out=out)
        self._begin(tr("Writing {file}").format(file=out.name), partial(apart.unmetered, call), self._on_report)

    def _on_done(self, answer: object) -> None:
        super()._on_done(answer)
        self._let_go()

    def _on_stopped(self) -> None:
        self._let_go()
        super()._on_stopped()

    def _on_failed(self, error: TabletLoansError) -> None:
        self._end()
        refused, self._refused, self._ended = self._refused, None, None
        if isinstance(error, PlanOutdated):
            self.outdated.emit(error)
        elif refused is not None:
            refused(error)
        else:
            self.banner.say(error)

    def _let_go(self) -> None:
        """Tell whom it concerns that what was asked is made or stopped."""
        ended, self._ended, self._refused = self._ended, None, None
        if ended is not None:
            ended()

    def _on_previewed(self, found: PlanPreview) -> None:
        self.previewed.emit(found)

    def _on_applied(self, receipt: Receipt[PlanHead]) -> None:
        self.applied.emit(receipt.value)

    def _on_withdrawn(self, receipt: Receipt[Undone]) -> None:
        kept = receipt.value.kept
        said = trn("{count} promise was fulfilled before and stays", "{count} promises were fulfilled before and stay",
                   kept).format(count=words.number(kept))  # fmt: skip
        self.banner.tell(words.joined(tr("The promises are taken back."), said if kept else ""))

    def _on_letters(self, answer: Receipt[PrintedLetters] | PrintedLetters) -> None:
        printed = answer.value if isinstance(answer, Receipt) else answer
        said = trn("{count} letter written to {file}", "{count} letters written to {file}", printed.letters)
        self._tell_file(said.format(count=words.number(printed.letters), file=printed.file), Path(printed.file))

    def _on_report(self, answer: Receipt[PrintedReport] | PrintedReport) -> None:
        printed = answer.value if isinstance(answer, Receipt) else answer
        said = trn("{count} page written to {file}", "{count} pages written to {file}", printed.pages)
        self._tell_file(said.format(count=words.number(printed.pages), file=printed.file), Path(printed.file))

    def _tell_file(self, sentence: str, file: Path) -> None:
        self.banner.tell(sentence, partial(open_file, file), tr("Open it"), tone=Tone.ACCENT)
