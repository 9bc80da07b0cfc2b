"""A school's pupils in the order of their ranks: who each is, and in a line what the plan decides and why."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from tablet_loans.domain.allocation import Outcome
from tablet_loans.domain.mark import MarkKind, MarkRow
from tablet_loans.domain.plan import PupilChoice
from tablet_loans.text import N_, tr
from ui import icons, theme, words
from ui.columns import Column, as_tsv
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.data_table import DataTable
from ui.widgets.lettering import RIGHT, face, write
from ui.widgets.plan_words import OUTCOME_TONES, name_said, short_reason

ROW_HEIGHT: Final = 48
_RANK_WIDTH: Final = 54
_MARK_ICONS: Final[Mapping[str, str]] = {MarkKind.PINNED: "push-pin", MarkKind.EXCLUDED: "prohibit"}
_ROW_ROLE: Final = Qt.ItemDataRole.UserRole + 1
_MARK_ROLE: Final = Qt.ItemDataRole.UserRole + 2


def rank_said(row: PupilChoice) -> str:
    """Return the rank; who is set aside has none."""
    return words.number(row.choice.rank) if row.choice.rank else "–"


COLUMNS: Final = (
    Column(N_("Rank"), rank_said, _RANK_WIDTH),
    Column(N_("Pupil"), name_said, 200, 1),
    Column(N_("Reason"), short_reason, 200, 1),
)


class _Rows(ListModel):
    """The pupils; a row is read aloud as one line."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self.marks: Mapping[int, MarkRow] = {}

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if not isinstance(row, PupilChoice):
            return None
        if role == _ROW_ROLE:
            return row
        if role == _MARK_ROLE:
            return self.marks.get(row.choice.pupil)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return words.joined(rank_said(row), name_said(row), short_reason(row))
        if role == Qt.ItemDataRole.DisplayRole:
            return name_said(row)
        return short_reason(row) if role == Qt.ItemDataRole.ToolTipRole else None


class _Cells(QStyledItemDelegate):
    """Paint the rank, the name and class, and beneath them the reason in the tone of what is decided."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row, mark = index.data(_ROW_ROLE), index.data(_MARK_ROLE)
        if not isinstance(row, PupilChoice):
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.tokens().on_accent))
        painter.setPen(QPen(QColor(theme.tokens().line), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        rank = QRect(rect.left() + 2, rect.top(), _RANK_WIDTH - 8, rect.height() - 1)
        write(painter, rank, rank_said(row), face(12, is_code=True), theme.ink(Tone.SOFT), RIGHT)
        told = QRect(rect.left() + _RANK_WIDTH + 6, rect.top() + 5, rect.width() - _RANK_WIDTH - 14, 19)
        if isinstance(mark, MarkRow):
            icons.paint(painter, QRect(told.right() - 15, told.top() + 1, 15, 15), _MARK_ICONS[mark.kind], Tone.ACCENT)
            write(painter, told.adjusted(0, 0, -20, 0), name_said(row), face(13, is_bold=True), theme.ink(Tone.PLAIN))
        else:
            write(painter, told, name_said(row), face(13, is_bold=True), theme.ink(Tone.PLAIN))
        why = told.translated(0, 19)
        write(painter, why, short_reason(row), face(12), theme.ink(OUTCOME_TONES[row.choice.outcome]))
        painter.restore()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_HEIGHT)


class PlanPupils(DataTable):
    """The list of a school's pupils; `chosen` gives the one selected, or None."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Pupils of the school, by rank"), ROW_HEIGHT, parent)
        self._rows = _Rows()
        self._rows.setParent(self)
        self._every: list[PupilChoice] = []
        self._waits, self._still = False, frozenset[int]()
        self._knows_still = False
        self.horizontalHeader().hide()
        self.setItemDelegate(_Cells(self))
        self.show_model(self._rows, (Column("", name_said, 120, 1),))
        self.selectionModel().currentRowChanged.connect(lambda *_: self.chosen.emit(self.current()))

    def show_pupils(self, rows: Sequence[PupilChoice], marks: Mapping[int, MarkRow]) -> None:
        """Show a school's pupils, and stay on the one selected where she or he is still listed."""
        kept = self.current()
        self._every, self._rows.marks, self._knows_still = list(rows), marks, False
        self._list(None if kept is None else kept.choice.pupil)

    def narrow(self, *, waits: bool) -> None:
        """List those who wait, or all."""
        kept = self.current()
        self._waits = waits
        self._list(None if kept is None else kept.choice.pupil)

    def know_waiting(self, pupils: Iterable[int]) -> None:
        """Take in who of those the plan left waiting still waits: some received a device or a promise since."""
        self._still, self._knows_still = frozenset(pupils), True
        self.narrow(waits=self._waits)

    def go_to(self, pupil: int) -> bool:
        """Stand on a pupil and say whether she or he is listed."""
        if self._waits and any(row.choice.pupil == pupil for row in self._every):
            self._waits = False
            self._list(pupil)
        place = self._place_of(pupil)
        if place >= 0:
            self.choose(place)
            self.scrollTo(self._rows.index(place, 0))
        return place >= 0

    def current(self) -> PupilChoice | None:
        """Return the pupil selected, or None."""
        place = self.currentIndex().row()
        row = self._rows.rows[place] if 0 <= place < len(self._rows.rows) else None
        return row if isinstance(row, PupilChoice) else None

    def mark_of(self, row: PupilChoice) -> MarkRow | None:
        """Return the mark that a person put on a pupil, or None."""
        return self._rows.marks.get(row.choice.pupil)

    def is_narrowed(self) -> bool:
        """Say whether only those who wait are listed."""
        return self._waits

    def listed(self) -> list[PupilChoice]:
        """Return the pupils listed, in rank order."""
        return [row for row in self._rows.rows if isinstance(row, PupilChoice)]

    def as_text(self) -> str:
        """Return the list as tab-separated text."""
        return as_tsv(COLUMNS, self.listed())

    def _list(self, kept: int | None) -> None:
        self._rows.show(row for row in self._every if not self._waits or self._is_waiting(row))
        place = -1 if kept is None else self._place_of(kept)
        if place >= 0:
            self.choose(place)
        else:
            self.chosen.emit(None)

    def _is_waiting(self, row: PupilChoice) -> bool:
        is_left = not self._knows_still or row.choice.pupil in self._still
        return row.choice.outcome is Outcome.WAITING and is_left

    def _place_of(self, pupil: int) -> int:
        return next((at for at, row in enumerate(self.listed()) if row.choice.pupil == pupil), -1)
