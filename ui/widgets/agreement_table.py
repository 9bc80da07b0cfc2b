"""The table of agreements by school: how many are to print, lent, printed, signed and not; whole in memory."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QWidget

from tablet_loans.domain.oversight import PaperCount, SchoolPapers
from tablet_loans.text import N_, search_key, sort_key, tr
from ui import words
from ui.columns import Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.lettering import RIGHT
from ui.widgets.ordered_table import OrderedTable

_ROOM_FOR_MARK: Final = "\u2003"  # Qt draws the mark of the order over what is written to the right


class Segment(StrEnum):
    """The part of the list that is shown."""

    ALL = "all"
    TO_PRINT = "to_print"
    UNSIGNED = "unsigned"


@dataclass(frozen=True, slots=True)
class Shown:
    """Which schools are listed: those of a segment, whose name, commune or UAI begins as it was typed."""

    segment: Segment = Segment.ALL
    search: str = ""


def _counted(count: Callable[[PaperCount], int]) -> Callable[[SchoolPapers], str]:
    return lambda row: words.number(count(row.count)) if count(row.count) else "–"


def _some(count: Callable[[PaperCount], int], tone: Tone = Tone.PLAIN) -> Callable[[SchoolPapers], Tone]:
    return lambda row: tone if count(row.count) else Tone.SOFT


def _unsigned(row: SchoolPapers) -> str:
    return words.number(row.count.unsigned) if row.count.unsigned else ""


def _number(
    title: str, count: Callable[[PaperCount], int], sort: str, width: int = 70, tone: Tone = Tone.PLAIN
) -> Column:
    return Column(title, _counted(count), width, 1, style=Style.NUMBER, tone=_some(count, tone), sort=sort)


COLUMNS: Final = (
    Column(N_("School"), lambda row: row.name, 168, 6, sort="name"),
    Column(N_("Commune"), lambda row: row.commune, 104, 2, tone=lambda _row: Tone.SOFT, sort="commune"),
    _number(N_("Promised"), lambda count: count.promised, "promised"),
    _number(N_("To print"), lambda count: count.on_no_paper, "to_print", tone=Tone.ACCENT),
    _number(N_("Lent out"), lambda count: count.lent, "lent", 60),
    _number(N_("Printed out"), lambda count: count.printed, "printed"),
    _number(N_("Back signed"), lambda count: count.signed, "signed", 64),
    Column(
        N_("Not signed"), _unsigned, 92, style=Style.CHIP, tone=lambda _row: Tone.WARN, sort="unsigned",
    ),
)  # fmt: skip
_SPARED: Final = ("Commune", "Promised", "Printed out")
_KEYS: Final[Mapping[str, Callable[[SchoolPapers], Any]]] = {
    "name": lambda _row: (),
    "commune": lambda row: sort_key(row.commune),
    "promised": lambda row: row.count.promised,
    "to_print": lambda row: row.count.on_no_paper,
    "lent": lambda row: row.count.lent,
    "printed": lambda row: row.count.printed,
    "signed": lambda row: row.count.signed,
    "unsigned": lambda row: row.count.unsigned,
}


class AgreementModel(ListModel):
    """The schools of a campaign; those that are shown, in order, are the rows."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self._every: list[SchoolPapers] = []
        self.shown = Shown()
        self._column, self._is_descending = 0, False

    def show_all(self, rows: Iterable[SchoolPapers]) -> None:
        """Take in all schools, and show those that are wanted."""
        self._every = sorted(rows, key=lambda row: (sort_key(row.name, row.commune), row.uai))
        self._arrange()

    def narrow(self, shown: Shown) -> None:
        """Show those that are wanted now."""
        self.shown = shown
        self._arrange()

    def every(self) -> list[SchoolPapers]:
        """Return all schools, shown or not."""
        return self._every

    def listed(self) -> list[SchoolPapers]:
        """Return the schools that are shown, in order."""
        return [row for row in self.rows if isinstance(row, SchoolPapers)]

    def papers_at(self, place: int) -> SchoolPapers | None:
        """Return a row, or None."""
        row = self.rows[place] if 0 <= place < len(self.rows) else None
        return row if isinstance(row, SchoolPapers) else None

    def place_of(self, uai: str) -> int:
        """Return the row of a school, -1 when it is not shown."""
        return next((at for at, row in enumerate(self.rows) if getattr(row, "uai", "") == uai), -1)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column, then by name."""
        self._column, self._is_descending = column, order is Qt.SortOrder.DescendingOrder
        self._arrange()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        is_number = self.columns[section].style is Style.NUMBER
        if role == Qt.ItemDataRole.TextAlignmentRole and is_number:
            return RIGHT
        said = super().headerData(section, orientation, role)
        return f"{said}{_ROOM_FOR_MARK}" if said and is_number and section == self._column else said

    def _arrange(self) -> None:
        typed = search_key(self.shown.search).split()
        wanted = [row for row in self._every if _is_wanted(row, self.shown.segment, typed)]
        if self._column == 0 and self._is_descending:
            wanted.reverse()
        by_column = sorted(wanted, key=_KEYS[COLUMNS[self._column].sort], reverse=self._is_descending)
        self.show(by_column)


def _is_wanted(row: SchoolPapers, segment: Segment, typed: Iterable[str]) -> bool:
    if segment is Segment.TO_PRINT and not row.count.on_no_paper:
        return False
    if segment is Segment.UNSIGNED and not row.count.unsigned:
        return False
    key = search_key(row.uai, row.name, row.commune)
    return all(f" {word}" in f" {key}" for word in typed)


class AgreementTable(OrderedTable):
    """Schools in rows; one is read beside the list, several can be printed together."""

    def __init__(self, model: AgreementModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("Agreements by school"), model, _SPARED, parent)

    def chosen_schools(self) -> tuple[str, ...]:
        """Return the UAI of the schools that are selected."""
        model = self.model()
        places = [at for place in self.chosen_places() for at in range(place.start, place.start + place.size)]
        rows = [model.papers_at(at) for at in places] if isinstance(model, AgreementModel) else []
        return tuple(row.uai for row in rows if row is not None)

    def choose_again(self, current: str, chosen: Sequence[str]) -> None:
        """Select the schools that were selected, wherever they now stand; the current one stays it."""
        if not isinstance(model := self.model(), AgreementModel):
            return
        self.choose(model.place_of(current))
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for place in filter(lambda place: place >= 0, map(model.place_of, chosen)):
            self.selectionModel().select(model.index(place, 0), flags)
