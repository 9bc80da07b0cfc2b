"""What an import does, or would do: counts that filter, each thing told, problems, and doubts to decide."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Final, cast

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from tablet_loans.domain.problem import FATE_WORDS, MOST_TOLD, Doubt, Fate, ImportReport, Problem, Told
from tablet_loans.text import N_, tr, trn
from ui import icons, words
from ui.columns import Column, Style, as_tsv
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.data_table import DataTable
from ui.widgets.empty import Empty
from ui.widgets.flow import Flow

_FATE_TONES: Final[Mapping[Fate, Tone]] = {
    Fate.ARRIVES: Tone.OK,
    Fate.CHANGES: Tone.ACCENT,
    Fate.MOVES: Tone.WARN,
    Fate.LEAVES: Tone.WARN,
    Fate.RETURNS: Tone.OK,
}
_FIELD_WORDS: Final[Mapping[str, str]] = {
    "ine": N_("INE"),
    "family_name": N_("Family name"),
    "usage_name": N_("Usage name"),
    "given_name": N_("Given name"),
    "birth_date": N_("Birth date"),
    "class_name": N_("Class"),
    "level": N_("Level"),
    "school": N_("School"),
    "school_id": N_("School"),
    "local_number": N_("Local number"),
    "phone": N_("Phone"),
}


def changes_words(told: Told) -> str:
    """Return what changes as it reads: Class: 5e A → 5e B."""
    template = tr("{field}: {before} → {after}")
    said = [
        template.format(field=tr(_FIELD_WORDS.get(field, field)), before=before or "–", after=after or "–")
        for field, before, after in told.changes
    ]
    recall = [tr("to recall: loan {loan}").format(loan=told.loan)] if told.loan else []
    return words.joined(*recall, *said)


def _line(line: int) -> str:
    return words.number(line) if line else ""


def _soft(_row: object) -> Tone:
    return Tone.SOFT


TOLD: Final = (
    Column(
        N_("What"), lambda row: tr(FATE_WORDS[row.fate]), 132, style=Style.CHIP, tone=lambda row: _FATE_TONES[row.fate]
    ),
    Column(N_("Who or what"), lambda row: row.name, 170, 3),
    Column(N_("Class"), lambda row: row.class_name, 64),
    Column(N_("School"), lambda row: row.school, 104, style=Style.CODE, is_spare=True),
    Column(N_("What changes"), changes_words, 200, 5, tone=lambda row: Tone.WARN if row.loan else Tone.PLAIN),
    Column(N_("Line"), lambda row: _line(row.line), 84, style=Style.NUMBER, tone=_soft),
)
PROBLEMS: Final = (
    Column(N_("Line"), lambda row: _line(row.line), 84, style=Style.NUMBER, tone=_soft),
    Column(N_("What is wrong"), lambda row: row.spoken(), 300, 1),
)


class ImportPreview(QWidget):
    """A report by counts; the one chosen shows its lines, and a doubt takes a person's word."""

    answered = Signal()
    save_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.report = ImportReport(0, 0, 0, 0, 0, ())
        self.wrong: tuple[Problem, ...] = ()
        self._words: dict[int, bool] = {}
        self._counts = QButtonGroup(self)
        self._flow = Flow(8)
        self._told, self._problems = ListModel(TOLD), ListModel(PROBLEMS)
        self._doubts = ListModel(self._doubt_columns())
        self.told = _table(tr("What it does"), self._told, TOLD)
        self.problems = _table(tr("Problems"), self._problems, PROBLEMS)
        self.doubts = _table(tr("To confirm"), self._doubts, self._doubts.columns)
        self._nothing, self._pages = Empty("check-circle"), QStackedWidget()
        self._note = QLabel()
        self._note.setObjectName("notes")
        for page in (self._nothing, self.told, self._problems_page(), self._doubts_page()):
            self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(self._flow)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._note)

    def show_report(self, report: ImportReport) -> None:
        """Show what an import does, or would do; the words said about its doubts are forgotten."""
        self.report, self._words = report, {}
        asked = {doubt.line for doubt in report.doubts}  # told once, where a person says who they are
        self.wrong = tuple(each for each in report.problems if "pupil" not in each.facts or each.line not in asked)
        self._problems.show(self.wrong)
        self._doubts.show(report.doubts)
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        buttons = [self._count(place, *each) for place, each in enumerate(self._shown())]
        for widget in (*buttons, *self._quiet()):
            self._flow.addWidget(widget)
            widget.show()
        self._flow.invalidate()
        buttons[0].setChecked(True)
        self._show_told(report.told)
        is_cut = len(report.told) >= MOST_TOLD
        self._note.setText(
            tr("The first {count} are listed; the counts are of all.").format(count=words.number(len(report.told)))
        )
        self._note.setVisible(is_cut)

    def changes(self) -> int:
        """Return how many things the import does, with the doubts that were decided."""
        report = self.report
        return report.created + report.updated + report.left + len(self._words)

    def same(self) -> frozenset[int]:
        """Return the lines said to be the pupil already here."""
        return frozenset(line for line, is_same in self._words.items() if is_same)

    def new(self) -> frozenset[int]:
        """Return the lines said to be another pupil."""
        return frozenset(line for line, is_same in self._words.items() if not is_same)

    def choose(self, name: str) -> None:
        """Show the lines of one count: "all", a fate's value, "recall", "problems" or "doubts"."""
        for button in self._counts.buttons():
            if button.property("count") == name:
                button.click()

    def decide(self, *, is_same: bool) -> None:
        """Say of the doubts selected whether they are the pupil already here, and go on to the next."""
        rows = [index.row() for index in self.doubts.selectionModel().selectedRows()]
        for row in rows:
            self._words[cast(Doubt, self._doubts.rows[row]).line] = is_same
            self._doubts.put(row, self._doubts.rows[row])
        if rows:
            self.doubts.choose(min(max(rows) + 1, len(self._doubts.rows) - 1))
            self.answered.emit()

    def _shown(self) -> Iterable[tuple[str, str, int, Callable[[], object]]]:
        """Yield each count that filters: its name, its words, its number, and what it shows."""
        report = self.report
        told = report.told
        count = report.created + report.updated + report.left
        yield "all", tr("Everything"), count, partial(self._show_told, told)
        returned = sum(each.fate is Fate.RETURNS for each in told)
        for fate, number in (
            (Fate.ARRIVES, report.created),
            (Fate.CHANGES, report.updated - report.moved - returned),
            (Fate.MOVES, report.moved),
            (Fate.RETURNS, returned),
            (Fate.LEAVES, report.left),
        ):
            if number > 0:
                yield (
                    fate.value,
                    tr(FATE_WORDS[fate]),
                    number,
                    partial(self._show_told, [each for each in told if each.fate is fate]),
                )
        if recalled := [each for each in told if each.loan]:
            yield "recall", tr("To recall"), len(recalled), partial(self._show_told, recalled)
        if report.doubts:
            yield "doubts", tr("To confirm"), len(report.doubts), partial(self._pages.setCurrentIndex, 3)
        if self.wrong:
            yield "problems", tr("Problems"), len(self.wrong), partial(self._pages.setCurrentIndex, 2)

    def _count(self, place: int, name: str, said: str, number: int, show: Callable[[], object]) -> QPushButton:
        button = QPushButton(f"{said}  {words.number(number)}")
        button.setObjectName("segment")
        button.setProperty("count", name)
        button.setCheckable(True)
        button.setAutoDefault(False)
        if name in ("recall", "problems", "doubts"):
            button.setIcon(icons.icon("warning", Tone.WARN))
        button.clicked.connect(lambda _checked: show())
        self._counts.addButton(button, place)
        return button

    def _quiet(self) -> Iterable[QLabel]:
        if self.report.unchanged:
            said = trn("{count} unchanged", "{count} unchanged", self.report.unchanged)
            label = QLabel(said.format(count=words.number(self.report.unchanged)))
            label.setObjectName("soft")
            label.setContentsMargins(6, 8, 6, 8)
            yield label

    def _show_told(self, told: Sequence[Told]) -> None:
        self._told.show(told)
        is_one_school = len({each.school for each in self.report.told}) <= 1
        self.told.hide_columns({"School"} if is_one_school else set())
        report = self.report
        if told:
            self._pages.setCurrentIndex(1)
            return
        self._pages.setCurrentIndex(0)
        if report.created + report.updated + report.left:
            self._nothing.say(tr("Counted, not listed"), tr("This kind of file tells its changes by number alone."))
        elif report.doubts:
            self._nothing.say(tr("Nothing changes yet"), tr("Say who the lines to confirm are, then import."))
        elif report.problems:
            self._nothing.say(tr("Nothing changes"), tr("Look at the problems, correct the file, and import it again."))
        else:
            self._nothing.say(tr("Nothing changes"), tr("All that the file says is known already."))

    def _problems_page(self) -> QWidget:
        copy, save = QPushButton(tr("Copy the problems")), QPushButton(icons.icon("download-simple"), tr("Export…"))
        copy.clicked.connect(self._on_copy)
        save.clicked.connect(lambda: self.save_asked.emit(self.wrong))
        self.problems.copy_asked.connect(self._on_copy)
        return _page(self.problems, tr("These lines are not taken as they are."), copy, save)

    def _doubts_page(self) -> QWidget:
        same, other = QPushButton(tr("Same pupil (S)")), QPushButton(tr("Another pupil (A)"))
        same.clicked.connect(lambda: self.decide(is_same=True))
        other.clicked.connect(lambda: self.decide(is_same=False))
        page = _page(self.doubts, tr("A line without your word is not taken."), same, other)
        for keys, is_same in (("S", True), ("A", False)):
            act = partial(self.decide, is_same=is_same)
            QShortcut(QKeySequence(keys), page, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.doubts.setSelectionMode(DataTable.SelectionMode.ExtendedSelection)
        return page

    def _doubt_columns(self) -> tuple[Column, ...]:
        return (
            Column(N_("Line"), lambda row: _line(row.line), 84, style=Style.NUMBER, tone=_soft),
            Column(N_("In the file"), lambda row: row.name, 160, 2),
            Column(N_("Already here"), lambda row: row.other_name, 160, 2),
            Column(N_("Why"), lambda row: tr(row.why), 140, 5, tone=_soft, is_spare=True),
            Column(N_("Your word"), self._said, 140, style=Style.CHIP, tone=self._said_tone),
        )

    def _said(self, row: Doubt) -> str:
        return {True: tr("Same pupil"), False: tr("Another pupil"), None: tr("Not said")}[self._words.get(row.line)]

    def _said_tone(self, row: Doubt) -> Tone:
        return Tone.OK if row.line in self._words else Tone.WARN

    def _on_copy(self) -> None:
        rows = [self._problems.rows[index.row()] for index in self.problems.selectionModel().selectedRows()]
        chosen = cast(list[Problem], rows or self._problems.rows)
        QGuiApplication.clipboard().setText(as_tsv(PROBLEMS, chosen))


def _table(name: str, model: ListModel, columns: Sequence[Column]) -> DataTable:
    table = DataTable(name, 36)
    table.show_model(model, columns)
    model.modelReset.connect(partial(_choose_first, table))
    return table


def _choose_first(table: DataTable) -> None:
    if table.model().rowCount(QModelIndex()):
        table.choose(0)


def _page(table: DataTable, said: str, *buttons: QPushButton) -> QWidget:
    page, note = QWidget(), QLabel(said)
    note.setObjectName("soft")
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(note, 1)
    for button in buttons:
        button.setAutoDefault(False)
        row.addWidget(button)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    layout.addWidget(table, 1)
    layout.addLayout(row)
    return page
