"""The window: the rail on the left, one room at a time on the right."""

from functools import partial
from typing import Any, Final, Protocol, runtime_checkable

from PySide6.QtCore import QObject, QPoint, QSettings, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.roles import ROLE_WORDS
from tablet_loans.services import housekeeping, serving
from tablet_loans.services.desk import OpenCampaign
from tablet_loans.services.session import Session, Topic
from tablet_loans.text import tr, trn
from ui.jobs import Jobs, Lane
from ui.message import Message
from ui.parting import Parting, PartsInWords, Writes
from ui.rooms import ROOMS
from ui.scanning import ScanFilter
from ui.sounds import Sound, Sounds
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.curtain import Curtain
from ui.widgets.empty import Empty
from ui.widgets.rail import Rail
from ui.widgets.screen import Screen
from ui.words import number

_FOLDS_UNDER: Final = 1100
_QUIET_MS: Final = 3_000
_LOOKS_MS: Final = 15_000
_DIGITS: Final = 10


@runtime_checkable
class TakesScans(Protocol):
    """A room or a dialog in which scans mean something."""

    def take_scan(self, raw: str) -> None:
        """Take what a scanner typed, wherever the focus was."""

    def take_double(self, raw: str) -> None:
        """Hear that the scanner read the same code twice; it was ignored."""


class MainWindow(QMainWindow):
    """The desk of one person at one station."""

    def __init__(self, session: Session, jobs: Jobs, memory: QSettings | None = None) -> None:
        super().__init__()
        self._session, self._jobs, self._memory = session, jobs, memory
        self._rooms = [room for room in ROOMS if session.actor.may(room.permission)]
        self._screens: dict[int, Screen] = {}
        self._question: Message | None = None
        self._is_leaving = self._gives_up = self._stops_writing = False
        self._acts: dict[str, int] | None = None
        self._has_acted = False
        self._sounds = Sounds(self)
        self._quiet = QTimer(self, interval=_QUIET_MS, singleShot=True)
        self._looks = QTimer(self, interval=_LOOKS_MS)
        self._build()
        self.curtain = Curtain(self, session.settings.idle_lock_min, session.now)
        self._connect()
        self._recall()
        jobs.run(partial(housekeeping.warm, session))

    def enter(self, place: int) -> None:
        """Go into a room; its screen is made the first time."""
        if place not in range(len(self._rooms)):
            return
        if place not in self._screens:
            self._screens[place] = self._rooms[place].make(self._session, self._jobs)
            self._screens[place].memory, self._screens[place].sounds = self._memory, self._sounds
            self._screens[place].lock_asked.connect(self.curtain.lock)
            self._screens[place].room_asked.connect(self._on_room_asked)
            self._stack.addWidget(self._screens[place])
            self._screens[place].settled.connect(self._on_settled)
        self._stack.setCurrentWidget(self._screens[place])
        self._rail.stand_in(place)
        self._screens[place].take_focus()

    def listen_to(self, scanner: ScanFilter) -> None:
        """Give what a scanner types to the window in front, else to the room one stands in."""
        scanner.scanned.connect(self._on_scanned)
        scanner.doubled.connect(self._on_doubled)
        scanner.pressed.connect(self.curtain.touch)
        scanner.pressed.connect(partial(housekeeping.expected, self._session))

    def screen_of(self, name: str) -> Screen:
        """Go into the room of that name and return its screen."""
        place = next(place for place, room in enumerate(self._rooms) if room.name == name)
        self.enter(place)
        return self._screens[place]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._rail.fold(self.width() < _FOLDS_UNDER)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close once every scan is answered; where one is held, or at the second asking, ask first."""
        busy = [place for place, screen in self._screens.items() if screen.unanswered()]
        if busy and not self._gives_up:
            event.ignore()
            if self._is_leaving or any(self._screens[place].is_held() for place in busy):
                self._ask_to_give_up(busy[0])
            self._is_leaving = True
            return
        if not self._stops_writing and (writing := self._writing()):
            event.ignore()
            self._ask_to_stop_writing(writing)
            return
        if self._question is not None:
            self._question.close()
        self._is_leaving = False
        if self._memory is not None:
            self._memory.setValue("geometry", self.saveGeometry())
            self._memory.setValue("room", self._name_of_room())
        super().closeEvent(event)

    def _on_room_asked(self, name: str, campaign: str, part: str) -> None:
        """Go there, if this person may, to that campaign and to that part of the list."""
        if any(room.name == name for room in self._rooms):
            screen = self.screen_of(name)
            if campaign:
                screen.show_campaign(campaign)
            if part:
                screen.show_part(part)

    def _on_scanned(self, raw: str) -> None:
        if self.curtain.is_locked:
            self.curtain.refuse_scan()
            self._sounds.play(Sound.REFUSED)
            return
        if (taker := self._taker()) is not None:
            taker.take_scan(raw)
        else:
            self._sounds.play(Sound.REFUSED)
            _tell_not_taken()

    def _on_doubled(self, raw: str) -> None:
        if (taker := self._taker()) is not None:
            taker.take_double(raw)

    def _taker(self) -> TakesScans | None:
        """Return who takes a scan: the window in front, else the room, unless a dialog that takes none hides it."""
        for window in (QApplication.activeModalWidget(), QApplication.activeWindow()):
            if isinstance(window, TakesScans):
                return window
            if isinstance(window, QDialog) and not isinstance(window, Message):
                return None
        room = self._stack.currentWidget()
        return room if isinstance(room, TakesScans) else None

    def _on_settled(self) -> None:
        if self._is_leaving:
            self.close()

    def _ask_to_give_up(self, place: int) -> None:
        """Show the room whose acts are not done, and ask whether to leave without them."""
        if self._question is not None:
            return
        self.enter(place)
        count = self._screens[place].unanswered()
        said = trn("{count} scan or agreement is not done", "{count} scans or agreements are not done", count)
        title = said.format(count=number(count))
        sentence = tr("Stay to have them done. If you leave, they are forgotten: do them again later.")
        self._question = Message(title, sentence, act=tr("Leave without them"), parent=self)
        self._question.finished.connect(self._on_question_answered)
        self._question.open()

    def _writing(self) -> list[Writes]:
        return [each for each in self.findChildren(QObject) if isinstance(each, Writes) and each.is_writing()]

    def _ask_to_stop_writing(self, writing: list[Writes]) -> None:
        """Ask whether to leave before what was confirmed is written, or what was typed is kept."""
        if self._question is not None:
            return
        self._is_leaving = False
        own = [each.parting_words() for each in writing if isinstance(each, PartsInWords)]
        asked = [*own, *_parting_from_imports(len(writing) - len(own))]
        sentence = "\n".join(dict.fromkeys(each.sentence for each in asked))
        stay = tr("Stay") if own else tr("Wait for its end")
        self._question = Message(asked[0].title, sentence, act=asked[0].act, stay=stay, parent=self)
        self._question.finished.connect(self._on_writing_answered)
        self._question.open()

    def _on_writing_answered(self, answer: int) -> None:
        self._question = None
        if answer == Message.DialogCode.Accepted:
            for each in self._writing():
                each.stop_writing()
            self._stops_writing = True
            self.close()

    def _on_question_answered(self, answer: int) -> None:
        self._question, self._is_leaving = None, False
        if answer == Message.DialogCode.Accepted:
            self._gives_up = True
            self.close()

    def _build(self) -> None:
        self.setWindowTitle("Tablet Loans")
        self.setMinimumSize(640, 340)
        self.resize(1280, 800)
        actor = self._session.actor
        self._rail = Rail(self._rooms, f"{actor.name} · {tr(ROLE_WORDS[actor.role])}")
        self._stack = QStackedWidget()
        desk = QWidget()
        desk.setObjectName("desk")
        right = QVBoxLayout()
        right.setSpacing(0)
        if self._session.settings.is_demonstration:
            right.addWidget(self._strip())
        right.addWidget(self._stack, 1)
        layout = QHBoxLayout(desk)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._rail)
        layout.addLayout(right, 1)
        self.setCentralWidget(desk)

    def _strip(self) -> QFrame:
        strip = QFrame()
        strip.setObjectName("strip")
        words = QLabel(tr("Demonstration base: fictional people, not encrypted"))
        row = QHBoxLayout(strip)
        row.setContentsMargins(24, 5, 24, 5)
        row.addWidget(words)
        return strip

    def _connect(self) -> None:
        self._rail.chosen.connect(self.enter)
        self._jobs.changed.connect(self._on_changed)
        self._quiet.timeout.connect(self._on_quiet)
        self._looks.timeout.connect(self._look_for_others)
        self._looks.start()
        for place in range(min(len(self._rooms), _DIGITS)):  # the tenth is Ctrl+0
            QShortcut(QKeySequence(f"Ctrl+{(place + 1) % _DIGITS}"), self, partial(self.enter, place))

    def _recall(self) -> None:
        """Stand where one stood the last time."""
        if not self._rooms:
            nothing = Empty("tray")
            nothing.say(tr("No room for your role yet"), tr("Use the command line, or ask an administrator."))
            self._stack.addWidget(nothing)
            return
        names = [room.name for room in self._rooms]
        kept = None
        if self._memory is not None:
            kept = self._memory.value("room")
            if geometry := self._memory.value("geometry"):
                self.restoreGeometry(geometry)
        self.enter(names.index(kept) if kept in names else 0)
        self._name_campaign()

    def _name_of_room(self) -> str:
        current = self._stack.currentWidget()
        return next((self._rooms[place].name for place, screen in self._screens.items() if screen is current), "")

    def _on_quiet(self) -> None:
        self._jobs.run(partial(housekeeping.tidy, self._session), lane=Lane.BACKGROUND)

    def _on_changed(self, topics: frozenset[Topic]) -> None:
        self._quiet.start()
        self._has_acted = True
        if Topic.CAMPAIGNS in topics:
            self._name_campaign()
        if Topic.MDM in topics:
            self._read_settings()

    def _look_for_others(self) -> None:
        """See, now and then, whether somebody acted at another computer."""
        if self.isVisible() and not self.isMinimized() and not self.curtain.is_locked:
            self._jobs.run(partial(housekeeping.last_acts, self._session), done=self._on_last_acts, lane=Lane.READING)

    def _on_last_acts(self, acts: dict[str, int]) -> None:
        """Read again what the screens show once somebody else has acted; what was done here is shown already."""
        before, self._acts = self._acts, acts
        has_acted, self._has_acted = self._has_acted, False
        moved = {station for station, last in acts.items() if before is not None and before.get(station, 0) != last}
        if moved - ({self._session.station} if has_acted else set()):
            for screen in self._screens.values():
                screen.read_again()
            self._name_campaign()
            self._read_settings()

    def _read_settings(self) -> None:
        self._jobs.run(partial(housekeeping.as_set_now, self._session), done=self._use, lane=Lane.READING)

    def _use(self, session: Session) -> None:
        """Let whatever works in this window go on by the settings as they are now."""
        if session.settings == self._session.settings:
            return
        held: list[Any] = [self, *self.findChildren(QObject)]
        for each in held:
            if isinstance(getattr(each, "_session", None), Session):  # all that work with one call it so
                each._session = session
        for screen in self._screens.values():
            screen.read_again()

    def _name_campaign(self) -> None:
        self._jobs.run(partial(serving.opened, self._session), done=self._on_campaigns, lane=Lane.READING)

    def _on_campaigns(self, campaigns: list[OpenCampaign]) -> None:
        self._rail.name_campaign(" · ".join(campaign.name for campaign in campaigns) or tr("No campaign is open"))


def _tell_not_taken() -> None:
    """Say in the window in front that it takes no scan; where it says something else already, leave that there."""
    front = QApplication.activeModalWidget() or QApplication.activeWindow()
    told = tr("Nothing is scanned here: close this window, then scan again.")
    banner = getattr(front, "banner", None)
    if isinstance(banner, Banner) and not banner.isVisible():
        banner.tell(told, tone=Tone.WARN)
    elif front is not None:
        QToolTip.showText(front.mapToGlobal(QPoint(24, 24)), told, front)


def _parting_from_imports(count: int) -> list[Parting]:
    if not count:
        return []
    said = trn("{count} import is not done", "{count} imports are not done", count).format(count=number(count))
    sentence = tr("What is stopped before its last step writes nothing: import the file again later.")
    return [Parting(said, sentence, tr("Stop and leave"))]
