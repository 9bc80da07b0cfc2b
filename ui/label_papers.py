"""What else the room of the labels makes: command codes, pupil cards, carton labels; stocks and printers."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QWidget

from tablet_loans.domain.roles import Permission
from tablet_loans.services import asking, carding, labelling
from tablet_loans.services.labelling import LabelOptions, PrintedCommands, PrintedLabels
from tablet_loans.services.session import Session
from tablet_loans.text import N_, tr
from ui.dialogs.calibrate import Calibrate
from ui.dialogs.label_stock import LabelStockForm
from ui.dialogs.paper_preview import PaperPreview
from ui.jobs import Jobs, Lane
from ui.widgets.label_printing import LabelPrinting
from ui.widgets.picker import Option, Picker
from ui.widgets.school_choice import SchoolChoice
from ui.widgets.screen import Screen

_EVERY: Final = ""


class LabelPapers(QObject):
    """Each paper is made in the background and shown in the preview, where it is printed or saved."""

    def __init__(self, session: Session, jobs: Jobs, printing: LabelPrinting, screen: Screen) -> None:
        super().__init__(screen)
        self._session, self._jobs, self._printing, self._screen = session, jobs, printing, screen
        self.memory: QSettings | None = None
        self.anchor: QWidget = screen  # beneath which a school is asked for
        self._made = 0
        self._choice = SchoolChoice(session, jobs, screen)
        self._choice.chosen.connect(self._on_school)
        self._choice.failed.connect(printing.banner.say)

    def offered(self) -> list[tuple[str, Callable[[], object]]]:
        """Return the papers that this person may make, by name."""
        found = (
            (Permission.LEND, N_("Command codes of the counter…"), self.show_commands),
            (Permission.PRINT_AGREEMENTS, N_("Pupil cards of a school or a class…"), self.ask_school),
            (Permission.STOCK, N_("Carton labels…"), self.show_cartons),
        )
        return [(tr(said), act) for permission, said, act in found if self._session.actor.may(permission)]

    def show_commands(self) -> None:
        """Show the command codes."""
        self._make(tr("command codes.pdf"), partial(labelling.print_commands, self._session))

    def show_cartons(self) -> None:
        """Show the labels of the cartons of the campaign that is open."""
        options = self._options(carding.CARTON_STOCK)
        self._make(
            tr("carton labels.pdf"),
            lambda out: carding.print_carton_labels(self._session, None, out, options),
        )

    def ask_school(self) -> None:
        """Ask for the school whose pupils get cards, then for one of its classes."""
        self._choice.ask_under(self.anchor)

    def show_cards(self, school: str, class_name: str = _EVERY) -> None:
        """Show the cards of a school's pupils, or of one class."""
        options = self._options(carding.CARD_STOCK)
        self._make(
            tr("pupil cards {name}.pdf").format(name=" ".join(filter(None, (school, class_name.replace("/", " "))))),
            lambda out: carding.print_cards(self._session, school, out, options, class_name or None),
        )

    def open_stock(self) -> None:
        """Open the form of a stock of one's own; the one kept is then printed on."""
        form = LabelStockForm(self._session, self._jobs, self._printing.setting.stock(), self._screen)
        form.kept.connect(self._on_stock)
        form.show()

    def open_calibration(self) -> None:
        """Open the measuring of a printer."""
        setting = self._printing.setting
        stock = setting.stock()
        dialog = Calibrate(
            self._session, self._jobs, stock.name if stock is not None else "", setting.printer_name(), self._screen
        )
        dialog.kept.connect(lambda _printer: self._printing.read())
        dialog.show()

    def _on_school(self, uai: str) -> None:
        self._jobs.run(
            partial(asking.classes, self._session, uai),
            done=partial(self._on_classes, uai),
            refused=self._printing.banner.say,
            failed=self._printing.banner.say,
            lane=Lane.READING,
        )

    def _on_classes(self, uai: str, classes: list[str]) -> None:
        picker = Picker(tr("Class"), self._screen)
        picker.offer([Option(tr("The whole school"), _EVERY), *(Option(name, name) for name in classes if name)])
        picker.picked.connect(lambda option: self.show_cards(uai, option.value))
        picker.ask_under(self.anchor)

    def _on_stock(self, name: str) -> None:
        self._printing.want_stock(name)

    def _options(self, stock: str) -> LabelOptions:
        setting = self._printing.setting
        name = setting.printer_name()
        return LabelOptions(stock=stock, printer=name if setting.offset_of(name) else None)

    def _make(self, name: str, write: Callable[[Path], PrintedLabels | PrintedCommands]) -> None:
        self._made += 1
        file = self._printing.kept.place(f"paper-{self._made}.pdf")
        self._jobs.run(
            partial(write, file),
            done=lambda _printed: self._show(file, name),
            refused=self._printing.banner.say,
            failed=partial(self._printing.banner.say, again=partial(self._make, name, write)),
            lane=Lane.BACKGROUND,
        )

    def _show(self, file: Path, name: str) -> None:
        preview = PaperPreview(file, name, self._screen, self.memory)
        preview.view.has_two_sides = False
        preview.show()
