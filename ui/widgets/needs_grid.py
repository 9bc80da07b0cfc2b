"""The class list with its answers: a key a pupil, the answer of each in the column of its figure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHideEvent, QKeyEvent, QKeySequence, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from tablet_loans.domain.answer_code import AnswerMark
from tablet_loans.domain.need import Answer, Equipment, NeedRow
from tablet_loans.domain.pupil import written_name
from tablet_loans.text import N_, tr, trn
from ui import theme, words
from ui.answer_queue import Stage
from ui.columns import STYLE_ROLE, TONE_ROLE, Column, Style
from ui.lists import ListModel
from ui.theme import Tone
from ui.widgets.cells import PADDING, CellDelegate
from ui.widgets.data_table import DataTable

_Index = QModelIndex | QPersistentModelIndex
SHORT_WORDS: Final[Mapping[Equipment, str]] = {
    Equipment.NONE: N_("Nothing"),
    Equipment.PHONE: N_("Phone"),
    Equipment.SHARED: N_("Shared"),
    Equipment.OWN: N_("Own"),
}
_TONES: Final[Mapping[Equipment, Tone]] = {
    Equipment.NONE: Tone.BAD,
    Equipment.PHONE: Tone.WARN,
    Equipment.SHARED: Tone.ACCENT,
    Equipment.OWN: Tone.OK,
}
_EQUIPMENT: Final = tuple(Equipment)
_MARKS: Final = {Qt.Key.Key_C: AnswerMark.CELLULAR, Qt.Key.Key_P: AnswerMark.PRIORITY}
_TOP_ROW: Final = "&é\"'"  # what the keys of 1 to 4 type on a French keyboard without Shift
_FIRST, _CELLULAR, _PRIORITY = 2, 6, 7
_AHEAD_ROLE: Final = Qt.ItemDataRole.UserRole + 4  # a mark said before the answer: it is not recorded
_BACK: Final = (Qt.Key.Key_Up, Qt.Key.Key_PageUp, Qt.Key.Key_Home)


@dataclass(frozen=True, slots=True)
class Line:
    """A pupil of the list, how far the answer has come, and the marks said before it."""

    row: NeedRow
    stage: Stage = Stage.KEPT
    marks: frozenset[AnswerMark] = frozenset()

    def has(self, mark: AnswerMark) -> bool:
        """Say whether the mark is set, on the answer or before it."""
        answer = self.row.answer
        if answer is None:
            return mark in self.marks
        return answer.is_cellular if mark is AnswerMark.CELLULAR else answer.is_priority

    def answered(self, equipment: Equipment) -> Answer:
        """Return the answer with this equipment, its marks as they are."""
        return Answer(equipment, self.has(AnswerMark.CELLULAR), self.has(AnswerMark.PRIORITY))

    def marked(self, mark: AnswerMark) -> Answer | None:
        """Return the answer with this mark set or taken back; None before there is one."""
        answer = self.row.answer
        if answer is None:
            return None
        if mark is AnswerMark.CELLULAR:
            return replace(answer, is_cellular=not answer.is_cellular)
        return replace(answer, is_priority=not answer.is_priority)


def note_words(line: Line) -> str:
    """Return what is worth knowing of a pupil beside the answer, in a few quiet words."""
    row = line.row
    household = trn(
        "the household already has {count} device", "the household already has {count} devices", row.household_loans
    )
    return words.joined(
        {Stage.WAITING: tr("being recorded"), Stage.HELD: tr("not recorded yet"), Stage.REFUSED: tr("refused")}.get(
            line.stage, ""
        ),
        tr("to confirm") if row.to_confirm else "",
        tr("has loan {loan}").format(loan=row.loan) if row.loan else "",
        household.format(count=words.number(row.household_loans)) if row.household_loans else "",
    )


def _note_tone(line: Line) -> Tone:
    usual = Tone.WARN if line.row.to_confirm else Tone.SOFT
    return {Stage.HELD: Tone.BAD, Stage.REFUSED: Tone.BAD}.get(line.stage, usual)


def _told_words(line: Line) -> str:
    told = line.row.told
    return "" if told is None else words.joined(words.short_date(told.asked_on), told.answered_by)


def _name(line: Line) -> str:
    return written_name(line.row.family_name, line.row.usage_name, line.row.given_name)


def _nothing(_line: Line) -> str:
    return ""


COLUMNS: Final = (
    Column(N_("Pupil"), _name, 172, 3),
    Column(N_("Class"), lambda line: line.row.class_name, 64),
    Column(N_("1 Nothing"), _nothing, 76),
    Column(N_("2 Phone"), _nothing, 102),
    Column(N_("3 Shared"), _nothing, 84),
    Column(N_("4 Own"), _nothing, 76),
    Column(N_("C SIM"), _nothing, 62),
    Column(N_("P Priority"), _nothing, 98),
    Column(N_("Answered"), _told_words, 78, 2, tone=lambda _line: Tone.SOFT),
    Column(N_("Note"), note_words, 176, 3, tone=_note_tone),
)
_SPARED: Final = ("Answered", "Class")
_NARROW: Final = 720
_NARROW_COLUMNS: Final = tuple(
    replace(column, width=44) if _FIRST <= place <= _PRIORITY else column for place, column in enumerate(COLUMNS)
)


class NeedsModel(ListModel):
    """The lines of a class list: a chip in the column of the answer, and the figures while there is none."""

    def __init__(self) -> None:
        super().__init__(COLUMNS)
        self._places: dict[int, int] = {}
        self._is_narrow = False

    def narrow(self, *, is_narrow: bool) -> None:
        """Say in the columns of the answers only the key of each, where there is no room for words."""
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, _FIRST, _PRIORITY)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        said = super().headerData(section, orientation, role)
        return str(said).split(" ")[0] if said and self._is_narrow and _FIRST <= section <= _PRIORITY else said

    def show(self, rows: Iterable[object]) -> None:
        super().show(rows)
        self._places = {line.row.pupil_id: place for place, line in enumerate(self.lines())}

    def lay(self, rows: Iterable[NeedRow], is_waiting: Callable[[int], bool]) -> None:
        """Show these pupils; the marks said ahead stay, and how far an answer on its way has come."""
        here = {line.row.pupil_id: line for line in self.lines()}
        lines = [replace(here[row.pupil_id], row=row) if row.pupil_id in here else Line(row) for row in rows]
        self.show(line if is_waiting(line.row.pupil_id) else replace(line, stage=Stage.KEPT) for line in lines)

    def first_silent(self) -> int:
        """Return the place of the first pupil without an answer, else of one to confirm, else the first place."""
        lines = self.lines()
        doubtful = next((place for place, line in enumerate(lines) if line.row.to_confirm), 0)
        return next((place for place, line in enumerate(lines) if line.row.answer is None), doubtful)

    def lines(self) -> list[Line]:
        """Return the lines shown."""
        return [line for line in self.rows if isinstance(line, Line)]

    def line_at(self, place: int) -> Line | None:
        """Return the line in that place, or None."""
        line = self.rows[place] if 0 <= place < len(self.rows) else None
        return line if isinstance(line, Line) else None

    def row_of(self, pupil_id: int) -> NeedRow | None:
        """Return a pupil as she or he is shown, or None."""
        line = self.line_at(place) if (place := self.place_of(pupil_id)) is not None else None
        return line.row if line is not None else None

    def place_of(self, pupil_id: int) -> int | None:
        """Return where a pupil stands, or None."""
        return self._places.get(pupil_id)

    def forget_marks(self, but: int = 0) -> bool:
        """Forget the marks that wait for an answer, and say whether there were any; one pupil may keep hers or his."""
        ahead = [
            (place, line)
            for place, line in enumerate(self.lines())
            if line.marks and line.row.answer is None and line.row.pupil_id != but
        ]
        for place, line in ahead:
            self.put(place, replace(line, marks=frozenset()))
        return bool(ahead)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line, column = self.line_at(index.row()), index.column()
        if line is None or not _FIRST <= column <= _PRIORITY:
            return super().data(index, role)
        said, tone, is_set = _cell(line, column)
        is_ahead = is_set and line.row.answer is None
        if role == _AHEAD_ROLE:
            return is_ahead
        if role == Qt.ItemDataRole.DisplayRole:
            return self.headerData(column, Qt.Orientation.Horizontal) if is_set and self._is_narrow else said
        if role == Qt.ItemDataRole.AccessibleTextRole:
            doubt = tr("not recorded yet") if is_ahead else tr("to confirm") if line.row.to_confirm else ""
            return words.joined(said, doubt) if is_set else ""
        if role == STYLE_ROLE:
            return Style.CHIP if is_set else Style.TEXT
        return tone if role == TONE_ROLE else None


def _cell(line: Line, column: int) -> tuple[str, Tone, bool]:
    """Return what the cell of a figure or a mark says, in which tone, and whether it is the answer."""
    if column < _CELLULAR:
        equipment = _EQUIPMENT[column - _FIRST]
        is_set = line.row.answer is not None and line.row.answer.equipment is equipment
        said, tone, sign = tr(SHORT_WORDS[equipment]), _TONES[equipment], str(column - _FIRST + 1)
    else:
        mark = AnswerMark.CELLULAR if column == _CELLULAR else AnswerMark.PRIORITY
        is_set = line.has(mark)
        said = tr("SIM") if mark is AnswerMark.CELLULAR else tr("Priority")
        tone, sign = Tone.ACCENT, "·"
    if not is_set:
        return "" if line.row.answer is not None else sign, Tone.SOFT, False
    waits = line.stage in (Stage.WAITING, Stage.HELD)
    return (f"{said}…" if waits else said), (Tone.PLAIN if waits else tone), True


class _NeedCells(CellDelegate):
    """Paint what is recorded full, and a mark that waits for its answer hollow."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        if not index.data(_AHEAD_ROLE):
            super().paint(painter, option, index)
            return
        said, rect, state = str(index.data()), QRect(option.rect), option.state
        font = QFont(option.font)
        font.setPixelSize(12)
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.tokens().on_accent))
        painter.setPen(QPen(QColor(theme.tokens().line), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font)
        painter.setPen(QPen(theme.ink(Tone.SOFT), 1, Qt.PenStyle.DashLine))
        width = min(painter.fontMetrics().horizontalAdvance(said) + 20, rect.width() - 2 * PADDING)
        chip = QRectF(rect.left() + PADDING + 0.5, rect.center().y() - 11.5, width, 23)
        painter.drawRoundedRect(chip, 7, 7)
        painter.setPen(theme.ink(Tone.SOFT))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, said)
        painter.restore()


class NeedsGrid(DataTable):
    """The grid: figures answer, C and P mark, a click does the same; it tells what is asked and moves by itself.

    Once the last pupil is answered for, keys answer no more until the cursor is moved; `ended` says so.
    """

    answer_asked = Signal(int, object)
    mark_asked = Signal(int, object)
    paste_asked = Signal()
    moved = Signal()
    ended = Signal(bool)

    def __init__(self, model: NeedsModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("Class list"), 34, parent)
        self._lines = model
        self._at = self._ended = 0
        self.setItemDelegate(_NeedCells(self))
        self.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        self.show_model(model, COLUMNS, _SPARED)
        self.clicked.connect(self._on_clicked)
        self.selectionModel().currentRowChanged.connect(lambda current, _previous: self._on_current(current))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write the keys alone over narrow columns where the words have no room."""
        is_narrow = self.viewport().width() < _NARROW
        self._lines.narrow(is_narrow=is_narrow)
        self._columns = _NARROW_COLUMNS if is_narrow else COLUMNS
        super().resizeEvent(event)

    def at(self) -> int:
        """Return the pupil on whom one stands, 0 before one stands on any."""
        return self._at

    def go_to(self, place: int) -> None:
        """Stand on a pupil, where keys answer again."""
        self._ended = 0
        self.choose(place)

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget the marks that no answer followed."""
        super().hideEvent(event)
        self._lines.forget_marks()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place, key = self.currentIndex().row(), Qt.Key(event.key())
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        equipment = _meant(event) if plain or event.modifiers() == Qt.KeyboardModifier.ShiftModifier else None
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_asked.emit()
        elif place >= 0 and self._at == self._ended and (equipment is not None or (plain and key in _MARKS)):
            self.ended.emit(True)
        elif equipment is not None and place >= 0:
            self.answer_asked.emit(place, equipment)
        elif plain and key in _MARKS and place >= 0:
            self.mark_asked.emit(place, _MARKS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go_on(place)
        elif event.text().isprintable() and event.text().strip() and plain:
            event.accept()  # other letters seek nobody: a slip moves no one
        else:
            self._ended = 0 if key in _BACK else self._ended
            super().keyPressEvent(event)

    def go_on(self, place: int) -> None:
        """Go to the next pupil."""
        if self._lines.rowCount():
            self.choose(min(place + 1, self._lines.rowCount() - 1))

    def end_at(self, place: int) -> None:
        """Go to the next pupil; where there is none, say that the list is at its end."""
        self.go_on(place)
        if place == self._lines.rowCount() - 1:
            self._ended = self._at
            self.ended.emit(False)

    def _on_current(self, current: QModelIndex) -> None:
        """Forget, once one stands on another pupil, what was said ahead for the one before."""
        line = self._lines.line_at(current.row())
        if line is not None and line.row.pupil_id != self._at:
            self._at, self._ended = line.row.pupil_id, 0
            self._lines.forget_marks(but=self._at)
            self.moved.emit()

    def _on_clicked(self, index: QModelIndex) -> None:
        if _FIRST <= index.column() < _CELLULAR:
            self.answer_asked.emit(index.row(), _EQUIPMENT[index.column() - _FIRST])
        elif index.column() in (_CELLULAR, _PRIORITY):
            mark = AnswerMark.CELLULAR if index.column() == _CELLULAR else AnswerMark.PRIORITY
            self.mark_asked.emit(index.row(), mark)


def _meant(event: QKeyEvent) -> Equipment | None:
    """Return what the key of a figure answers, of the keypad or of the top row, shifted or not."""
    typed = event.text()
    figure = "1234".find(typed) if typed in tuple("1234") else _TOP_ROW.find(typed) if typed in tuple(_TOP_ROW) else -1
    return _EQUIPMENT[figure] if figure >= 0 else None
