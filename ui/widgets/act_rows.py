"""How a row of the counter's list is written and painted: at once, wide or narrow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPaintDevice, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from tablet_loans.services.desk import ACTS, Did, Outcome
from tablet_loans.text import N_, tr
from ui import theme, words
from ui.theme import Tone
from ui.widgets.lettering import chip, chip_width, face, metrics, width_of, write
from ui.widgets.outcome_words import Voice, condition, is_typed_name, lacking, late, receiver, undone, why
from ui.words import joined

ROW_ROLE: Final = Qt.ItemDataRole.UserRole + 1
_WORDS: Final[Mapping[Did, str]] = {
    Did.LENT: N_("Lent"),
    Did.RETURNED: N_("Returned"),
    Did.SWAPPED: N_("Swapped"),
    Did.SIGNED: N_("Signed"),
    Did.PROMISED: N_("Promise"),
    Did.REFUSED: N_("Refused"),
    Did.UNDID: N_("Undone"),
}
_TONES: Final[Mapping[Did, Tone]] = {Did.REFUSED: Tone.BAD, Did.UNDID: Tone.ACCENT, Did.SWAPPED: Tone.WARN}
_NARROW: Final = 760
_MOST_DRAWN: Final = 64


@dataclass(frozen=True, slots=True)
class ActRow:
    """The words of one act."""

    time: str
    word: str
    tone: Tone
    code: str
    pupil: str
    due: str
    note: str
    note_tone: Tone
    can_undo: bool

    def spoken(self) -> str:
        """Return the row as one line."""
        return joined(self.time, self.word, self.code, self.pupil, self.due, self.note)


def row_of(outcome: Outcome, voice: Voice) -> ActRow:
    """Return the words of an act of the list."""
    did, loan = outcome.did, outcome.loan
    tardy = late(loan.overdue_days) if loan and did in (Did.RETURNED, Did.SWAPPED) else ""
    note = _note(outcome, voice)
    is_marred = did is Did.RETURNED and bool(tardy or note)
    return ActRow(
        time=words.time_of_day(outcome.at),
        word=tr(_WORDS[did]),
        tone=Tone.WARN if is_marred else _TONES.get(did, Tone.OK),
        code=_code(outcome, voice),
        pupil=voice.listed(outcome.pupil) if outcome.pupil else "",
        due=words.short_date(loan.due_on) if loan and did is Did.LENT else tardy,
        note=note,
        note_tone=_note_tone(outcome),
        can_undo=did in ACTS,
    )


def _note_tone(outcome: Outcome) -> Tone:
    if outcome.did is Did.REFUSED:
        return Tone.BAD
    is_plain = outcome.did in (Did.UNDID, Did.PROMISED) or (outcome.did is Did.LENT and not lacking(outcome))
    return Tone.SOFT if is_plain else Tone.WARN


def _code(outcome: Outcome, voice: Voice) -> str:
    if outcome.tablet:
        return outcome.tablet.tag
    return "" if voice.is_discreet and is_typed_name(outcome) else outcome.code


def _note(outcome: Outcome, voice: Voice) -> str:
    if outcome.did is Did.UNDID:
        return undone(outcome)
    if outcome.did is Did.REFUSED:
        return tr("Nobody found") if voice.is_discreet and outcome.refusal and is_typed_name(outcome) else why(outcome)
    if outcome.did is Did.PROMISED:
        return "" if voice.is_discreet else joined(*(each.spoken() for each in outcome.notices))
    if outcome.did is Did.LENT:
        return joined(receiver(outcome, is_discreet=voice.is_discreet), lacking(outcome))
    if outcome.did is Did.SWAPPED:
        right = tr("With {name}: records put right").format(name=voice.other(outcome.other))
        return joined(right, condition(outcome), lacking(outcome))
    return joined(condition(outcome), lacking(outcome)) if outcome.did is Did.RETURNED else ""


class ActDelegate(QStyledItemDelegate):
    """Paint a whole row in one go; the button that undoes it stands at its end."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.height = 40
        self._drawn: dict[tuple[object, ...], QPixmap] = {}

    def undo_place(self, row: QRect) -> QRect:
        """Return where the button that undoes lies in a row."""
        width = width_of(tr("Undo"), face(self._size())) + 20
        return QRect(row.right() - width - 4, row.top() + 4, width, row.height() - 9)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        place: QRect = option.rect
        state: QStyle.StateFlag = option.state
        row: ActRow = index.data(ROW_ROLE)
        is_current = bool(state & QStyle.StateFlag.State_Selected)
        is_near = is_current or bool(state & QStyle.StateFlag.State_MouseOver)
        painter.drawPixmap(place.topLeft(), self._kept(row, place.size(), painter.device(), is_current, is_near))

    def _kept(self, row: ActRow, size: QSize, device: QPaintDevice, is_current: bool, is_near: bool) -> QPixmap:
        """Return the row drawn before: each act pushes the others down, and words cost more than pictures."""
        ratio = device.devicePixelRatio()
        key = (row, size.width(), size.height(), ratio, is_current, is_near, theme.tokens())
        if key not in self._drawn:
            if len(self._drawn) >= _MOST_DRAWN:
                del self._drawn[next(iter(self._drawn))]
            drawn = QPixmap(size * ratio)
            drawn.setDevicePixelRatio(ratio)
            drawn.fill(QColor(theme.tokens().on_accent if is_current else theme.tokens().panel))
            painter = QPainter(drawn)
            self._draw(painter, row, QRect(QPoint(0, 0), size), is_near=is_near)
            painter.end()
            self._drawn[key] = drawn
        return self._drawn[key]

    def _draw(self, painter: QPainter, row: ActRow, place: QRect, *, is_near: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.ground(Tone.PLAIN), 1))
        painter.drawLine(place.bottomLeft(), place.bottomRight())
        left = self._act(painter, row, place)
        undo = self.undo_place(place)
        if row.can_undo:
            self._undo(painter, undo, is_near=is_near)
        rest = QRect(left, place.top(), undo.left() - 12 - left, place.height())
        self._told(painter, row, rest)

    def _size(self) -> int:
        return 17 if self.height >= 48 else 13 if self.height < 40 else 14

    def _undo(self, painter: QPainter, place: QRect, *, is_near: bool) -> None:
        if is_near:
            painter.setPen(QPen(theme.ground(Tone.PLAIN), 1))
            painter.setBrush(QColor(theme.tokens().panel))
            painter.drawRoundedRect(place, 6, 6)
        tone = Tone.ACCENT if is_near else Tone.SOFT
        write(painter, place.adjusted(10, 0, -8, 0), tr("Undo"), face(self._size()), theme.ink(tone))

    def _act(self, painter: QPainter, row: ActRow, place: QRect) -> int:
        """Write when, what and which tablet; return where the rest begins."""
        size = self._size()
        code, bold = face(size - 1, is_code=True), face(size - 2, is_bold=True)
        left = place.left() + 12
        width = width_of("00:00:00", code) + 16
        write(painter, QRect(left, place.top(), width, place.height()), row.time, code, theme.ink(Tone.SOFT))
        left += width
        height = metrics(bold).height() + 8
        wide = min(chip_width(row.word, bold), size * 8)
        chip(painter, QRect(left, place.center().y() - height // 2, wide, height), row.word, bold, row.tone)
        left += size * 8 + 4
        width = width_of("ML-000000-00", code) + 14
        write(painter, QRect(left, place.top(), width - 14, place.height()), row.code, code, theme.ink(Tone.PLAIN))
        return left + width

    def _told(self, painter: QPainter, row: ActRow, place: QRect) -> None:
        """Write who, until when and what of it; one above the other where the window is narrow."""
        font, small = face(self._size()), face(self._size() - 2)
        plain, note_ink = theme.ink(Tone.PLAIN), theme.ink(row.note_tone)
        due_ink = theme.ink(Tone.PLAIN if row.tone is Tone.OK else Tone.WARN)
        if place.width() < _NARROW * 2 // 5 and (note := joined(row.due, row.note)):
            middle = place.center().y() + 1
            if row.pupil:
                write(painter, QRect(place.left(), middle - 17, place.width(), 17), row.pupil, font, plain)
                place = QRect(place.left(), middle, place.width(), 15)
            write(painter, place, note, small, note_ink if row.note else due_ink)
            return
        due_width = self._size() * 8
        pupil_width = (place.width() - due_width) // 2 if row.due or row.note else place.width()
        left = place.left()
        if row.pupil or row.due:
            write(painter, QRect(left, place.top(), pupil_width - 12, place.height()), row.pupil, font, plain)
            left += pupil_width
            write(painter, QRect(left, place.top(), due_width - 8, place.height()), row.due, font, due_ink)
            left += due_width
        if not row.due and row.pupil:
            left -= due_width
        room = QRect(left, place.top(), place.right() - left, place.height())
        write(painter, room, row.note, font, note_ink)
