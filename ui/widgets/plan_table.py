"""The table of a plan: each school's need and share, whole in memory, the least covered first."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from tablet_loans.domain.plan import SchoolShare
from tablet_loans.text import N_, search_key, sort_key, tr
from ui import theme, words
from ui.columns import Column, Style, as_tsv
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.bars import THICK, percent
from ui.widgets.calm_table import CalmTable
from ui.widgets.cells import PADDING, CellDelegate
from ui.widgets.lettering import LEFT, RIGHT, face, write

SHARE_ROLE: Final = Qt.ItemDataRole.UserRole + 3
_Index = QModelIndex | QPersistentModelIndex
_NOBODY_IN_NEED: Final = 2.0
_NUMBERS: Final = 46
_DENSE: Final = 32


def _soft(_row: SchoolShare) -> Tone:
    return Tone.SOFT


def _counted(count: int) -> str:
    return words.number(count) if count else "–"


def _some(count: Callable[[SchoolShare], int], tone: Tone = Tone.PLAIN) -> Callable[[SchoolShare], Tone]:
    return lambda row: tone if count(row) else Tone.SOFT


def covered_said(row: SchoolShare) -> str:
    """Return the share of those in need who have a device once the plan is applied."""
    return percent(row.equipped + row.served, row.in_need)


def step_said(row: SchoolShare) -> str:
    """Return that share before the plan and once it is applied."""
    return tr("{before} before the plan, {after} after it").format(
        before=percent(row.equipped, row.in_need) or "–", after=covered_said(row) or "–"
    )


COLUMNS: Final = (
    Column(N_("School"), lambda row: row.name, 158, 6, sort="name"),
    Column(N_("Commune"), lambda row: row.commune, 100, 3, tone=_soft, sort="commune"),
    Column(N_("In need"), lambda row: _counted(row.in_need), 78, style=Style.NUMBER, sort="in_need"),
    Column(
        N_("Served"), lambda row: _counted(row.served), 72, style=Style.NUMBER, tone=_some(lambda row: row.served),
        sort="served",
    ),
    Column(
        N_("Waiting"), lambda row: _counted(row.waiting), 84, style=Style.NUMBER,
        tone=_some(lambda row: row.waiting), sort="waiting",
    ),
    Column(N_("Coverage"), covered_said, 152, 2, style=Style.NUMBER, sort="coverage"),
)  # fmt: skip
COVERAGE: Final = 5
_ROOM_FOR_MARK: Final = "\u2003"  # Qt draws the mark of the order over what is written to the right
_SPARED: Final = ("Waiting", "In need")
_KEYS: Final[Mapping[str, Callable[[SchoolShare], Any]]] = {
    "name": lambda _row: (),
    "commune": lambda row: sort_key(row.commune),
    "in_need": lambda row: row.in_need,
    "served": lambda row: row.served,
    "waiting": lambda row: row.waiting,
    "coverage": lambda row: row.after if row.in_need else _NOBODY_IN_NEED,
}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which schools are listed: what was typed, where pupils wait, where nobody is served."""

    search: str = ""
    waits: bool = False
    is_bare: bool = False

    def lets(self, row: SchoolShare) -> bool:
        """Say whether a school is listed."""
        if self.waits and not row.waiting:
            return False
        if self.is_bare and (row.served or not row.eligible):
            return False
        key = search_key(row.uai, row.name, row.commune)
        return all(f" {word}" in key for word in search_key(self.search).split())


class PlanModel(ListModel):
    """The schools of a plan; those that the narrowing lets through, in order, are the rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS)
        self.setParent(parent)
        self._every: list[SchoolShare] = []
        self._chosen = Narrowing()
        self._column, self._is_descending = COVERAGE, False

    def show_all(self, rows: Iterable[SchoolShare]) -> None:
        """Take in all schools, and show those that are let through."""
        self._every = sorted(rows, key=lambda row: (sort_key(row.name, row.commune), row.uai))
        self._arrange()

    def narrow(self, chosen: Narrowing) -> None:
        """Show those that this narrowing lets through."""
        self._chosen = chosen
        self._arrange()

    def every(self) -> list[SchoolShare]:
        """Return all schools, shown or not."""
        return self._every

    def share_of(self, uai: str) -> SchoolShare | None:
        """Return a school's share, shown or not, None when it is not known."""
        return next((row for row in self._every if row.uai == uai), None)

    def share_at(self, place: int) -> SchoolShare | None:
        """Return a row, or None."""
        row = self.rows[place] if 0 <= place < len(self.rows) else None
        return row if isinstance(row, SchoolShare) else None

    def place_of(self, uai: str) -> int:
        """Return the row of a school, -1 when it is not shown."""
        return next((at for at, row in enumerate(self.rows) if getattr(row, "uai", "") == uai), -1)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column, then by name."""
        self._column, self._is_descending = column, order is Qt.SortOrder.DescendingOrder
        self._arrange()

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == SHARE_ROLE:
            return self.share_at(index.row()) if index.column() == COVERAGE else None
        is_told = role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
        if is_told and index.column() == COVERAGE and (share := self.share_at(index.row())) is not None:
            return step_said(share)
        return super().data(index, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and section == COVERAGE:
            return LEFT
        said = super().headerData(section, orientation, role)
        has_mark = section == self._column != COVERAGE and self.columns[section].style is Style.NUMBER
        return f"{said}{_ROOM_FOR_MARK}" if role == Qt.ItemDataRole.DisplayRole and has_mark else said

    def _arrange(self) -> None:
        rows = [row for row in self._every if self._chosen.lets(row)]
        if self._column == 0 and self._is_descending:
            rows.reverse()
        by_column = sorted(rows, key=_KEYS[COLUMNS[self._column].sort], reverse=self._is_descending)
        self.show(by_column)


def paint_coverage(painter: QPainter, place: QRect, row: SchoolShare) -> None:
    """Draw a thin bar: those who had a device before the plan in soft ink, those it serves in the accent's."""
    track = QRect(place.left(), place.center().y() - THICK // 2 + 1, place.width(), THICK)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    after, before = (row.after, row.before) if row.in_need else (0.0, 0.0)
    for share, brush in (
        (1.0, theme.ground(Tone.PLAIN)),
        (after, theme.ink(Tone.OK if after >= 1 else Tone.ACCENT)),
        (before, theme.ink(Tone.SOFT)),
    ):
        if share > 0:
            painter.setBrush(brush)
            width = max(round(track.width() * min(share, 1.0)), THICK)
            painter.drawRoundedRect(QRect(track.left(), track.top(), width, THICK), THICK / 2, THICK / 2)
    painter.restore()


class _PlanCells(CellDelegate):
    """Paint the coverage as a thin bar before its percentage."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if (row := index.data(SHARE_ROLE)) is None:
            super().paint(painter, option, index)
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.tokens().on_accent))
        painter.setPen(QPen(QColor(theme.tokens().line), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inside = rect.adjusted(PADDING, 0, -PADDING, -1)
        bar = QRect(inside.left(), inside.top(), inside.width() - _NUMBERS - 8, inside.height())
        paint_coverage(painter, bar, row)
        right = QRect(inside.right() - _NUMBERS, inside.top(), _NUMBERS + 1, inside.height())
        write(painter, right, str(index.data()), face(13), theme.ink(Tone.PLAIN), RIGHT)
        painter.restore()


class PlanTable(CalmTable):
    """Schools in rows, one of them current; a click on a title orders them."""

    arranged = Signal()

    def __init__(self, model: PlanModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("Schools of the plan"), parent=parent)
        self._plan = model
        self.setItemDelegate(_PlanCells(self))
        self.show_model(model, COLUMNS, _SPARED)
        self._usual = self.verticalHeader().defaultSectionSize()
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicator(COVERAGE, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        header.sortIndicatorChanged.connect(self._on_sorted)
        self.copy_asked.connect(self.copy)

    def _on_sorted(self) -> None:
        self._share_width()
        self.arranged.emit()

    def be_dense(self, *, is_dense: bool) -> None:
        """Make the rows lower where the window is."""
        self.verticalHeader().setDefaultSectionSize(_DENSE if is_dense else self._usual)

    def leave(self) -> None:
        """Stand on no school any more."""
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())

    def copy(self) -> None:
        """Put the schools selected on the clipboard, as tab-separated text."""
        places = (range(each.start, each.start + each.size) for each in self.chosen_places())
        QGuiApplication.clipboard().setText(as_tsv(COLUMNS, [self._plan.rows[at] for some in places for at in some]))

    def is_least_first(self) -> bool:
        """Say whether the least covered school comes first."""
        header = self.horizontalHeader()
        is_ascending = header.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
        return header.sortIndicatorSection() == COVERAGE and is_ascending
