"""The head of the counter: lend or return, what is chosen for the sitting, and how the counter behaves."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from tablet_loans.services.desk import Mode
from tablet_loans.text import N_, tr
from ui import icons, theme
from ui.theme import Tone
from ui.widgets.lettering import face, width_of, write

_MODES: Final[Mapping[Mode, tuple[str, str, str]]] = {
    Mode.LEND: (N_("Lend"), "arrow-up-right", "F2"),
    Mode.RETURN: (N_("Return"), "arrow-down-left", "F3"),
}
_ICON: Final = 16
_GAP: Final = 10
_HIGH: Final = 36


class ModeButton(QPushButton):
    """One of the two modes: its icon, its word and its key, plain when the other one is in use."""

    def __init__(self, mode: Mode, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        word, self._icon_name, self._key = _MODES[mode]
        self._word = tr(word)
        self.setObjectName("mode")
        self.setCheckable(True)
        self.setAccessibleName(f"{self._word} ({self._key})")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        words = width_of(self._word, face(16, is_bold=True)) + width_of(self._key, face(12))
        return QSize(18 + 8 + words + 8 + 32, _HIGH)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        tone = Tone.ACCENT if self.isChecked() else Tone.SOFT
        icons.paint(painter, QRect(14, (self.height() - 18) // 2, 18, 18), self._icon_name, tone)
        font = face(16, is_bold=self.isChecked())
        left = 14 + 18 + 8
        width = width_of(self._word, face(16, is_bold=True))
        write(painter, QRect(left, 0, width, self.height()), self._word, font, theme.ink(tone))
        key = QRect(left + width + 8, 1, 24, self.height())
        write(painter, key, self._key, face(12), theme.ink(Tone.SOFT))
        painter.end()


class DeskButton(QPushButton):
    """Campaign, schools and due date in one line; it is cut where the window is narrow, the date last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("deskChoices")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.parts: tuple[tuple[str, str], ...] = ()
        self._is_warning = False

    def show_parts(self, parts: tuple[tuple[str, str], ...], *, is_warning: bool) -> None:
        """Show these (icon, words), and whether one of them must be looked at."""
        self.parts, self._is_warning = parts, is_warning
        told = ", ".join(words for _, words in parts)
        self.setAccessibleName(tr("Campaign, schools, date: {chosen}").format(chosen=told))
        self.setToolTip(f"{told}  (F6)")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()) + _GAP, _HIGH)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, _HIGH)

    def _widths(self) -> list[int]:
        return [_ICON + 6 + width_of(words, face(13)) + 2 * _GAP + 2 for _, words in self.parts]

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QPen(theme.ground(Tone.PLAIN), 1))
        left = _GAP // 2
        for place, ((icon, words), width) in enumerate(zip(self.parts, self._shared(), strict=True)):
            if place:
                painter.setPen(QPen(theme.ground(Tone.PLAIN), 1))
                painter.drawLine(left, 9, left, self.height() - 10)
            tone = Tone.WARN if self._is_warning and place == 0 else Tone.SOFT
            icons.paint(painter, QRect(left + _GAP, (self.height() - _ICON) // 2, _ICON, _ICON), icon, tone)
            room = QRect(left + _GAP + _ICON + 6, 0, width - 2 * _GAP - _ICON - 6, self.height())
            write(painter, room, words, face(13), theme.ink(Tone.WARN if tone is Tone.WARN else Tone.PLAIN))
            left += width
        painter.end()

    def _shared(self) -> list[int]:
        """Return how wide each part is drawn: the last as it is, the others share what is left."""
        widths = self._widths()
        spare = self.width() - _GAP - sum(widths)
        if spare >= 0 or len(widths) < 2:
            return widths
        room = max(self.width() - _GAP - widths[-1], 2 * (_ICON + 2 * _GAP))
        first = sum(widths[:-1])
        return [*(width * room // first for width in widths[:-1]), widths[-1]]


class DeskHead(QWidget):
    """What is chosen once and always in sight; each part has its key."""

    mode_asked = Signal(object)
    choices_asked = Signal()
    prints_asked = Signal()
    sound_asked = Signal()
    discreet_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._modes = {mode: ModeButton(mode) for mode in Mode}
        group = QButtonGroup(self)
        self.desk = DeskButton()
        self.prints, self.sound, self.discreet = _toggle(), _toggle(), _toggle()
        self.more = _toggle()
        self.more.setCheckable(False)
        self.menu = QMenu(self.more)
        self.more.setIcon(icons.icon("dots-three"))
        _name(self.more, tr("More"), "F10")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._is_folded = False
        row, self._row, self._below = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addLayout(self._below)
        row.setSpacing(8)
        switch = QHBoxLayout()
        switch.setSpacing(0)
        for mode, button in self._modes.items():
            group.addButton(button)
            switch.addWidget(button)
            button.clicked.connect(lambda _=False, mode=mode: self.mode_asked.emit(mode))
        row.addLayout(switch)
        row.addSpacing(4)
        row.addLayout(self._row, 1)
        self._row.addWidget(self.desk)
        self._row.addStretch(1)
        for toggle in (self.prints, self.sound, self.discreet, self.more):
            row.addWidget(toggle)
        self.desk.clicked.connect(self.choices_asked)
        self.prints.clicked.connect(self.prints_asked)
        self.sound.clicked.connect(self.sound_asked)
        self.discreet.clicked.connect(self.discreet_asked)
        self.more.clicked.connect(self.open_menu)

    def show_mode(self, mode: Mode) -> None:
        """Show which mode is in use."""
        self._modes[mode].setChecked(True)

    def show_toggles(self, *, prints: bool, is_heard: bool, is_discreet: bool) -> None:
        """Show what is on and what is off, in a picture and in words."""
        for button, is_on, icon, words, key in (
            (self.prints, prints, "printer", _said_prints(prints), "F7"),
            (self.sound, is_heard, "speaker-high" if is_heard else "speaker-slash", _said_sound(is_heard), "F9"),
            (self.discreet, is_discreet, "eye-slash" if is_discreet else "eye", _said_discreet(is_discreet), "F8"),
        ):
            button.setChecked(is_on)
            button.setIcon(icons.icon(icon))
            _name(button, words, key)

    def fold(self, *, is_folded: bool) -> None:
        """Write campaign, schools and date on a line of their own where the window is narrow."""
        if is_folded != self._is_folded:
            self._is_folded = is_folded
            (self._below if is_folded else self._row).insertWidget(0, self.desk)

    def open_menu(self) -> None:
        """Open what is seldom needed."""
        self.menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))


def _said_prints(is_on: bool) -> str:
    return tr("The agreement is printed at check-out") if is_on else tr("No printing at check-out")


def _said_sound(is_on: bool) -> str:
    return tr("Sounds are on") if is_on else tr("Sounds are off")


def _said_discreet(is_on: bool) -> str:
    return tr("Discreet screen: families may see it") if is_on else tr("Full screen: names are shown")


def _toggle() -> QPushButton:
    button = QPushButton()
    button.setObjectName("toggle")
    button.setCheckable(True)
    button.setFixedSize(40, _HIGH)
    button.setIconSize(QSize(18, 18))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _name(button: QPushButton, words: str, key: str) -> None:
    button.setAccessibleName(words)
    button.setToolTip(f"{words}  ({key})")
