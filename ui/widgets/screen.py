"""What all screens share: topics, a session, jobs, and being read again when something has changed."""

from time import monotonic
from typing import ClassVar, Final

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QWidget

from tablet_loans.services.session import Session, Topic
from ui.jobs import Jobs
from ui.sounds import Sounds

_OLD_S: Final = 10.0  # others act meanwhile, at other computers
_LOW: Final = 420


class Screen(QWidget):
    """A place at work; it is refreshed when its topics are touched, at once or when it is seen again."""

    topics: ClassVar[frozenset[Topic]] = frozenset()
    settled = Signal()  # nothing goes on by itself any more: all is answered, or a person is waited for
    lock_asked = Signal()
    room_asked = Signal(str, str, str)  # another room where work goes on, its campaign, the part of its list
    memory: QSettings | None = None  # what is remembered from one day to the next
    sounds: Sounds | None = None  # the window sets both, before the screen is first shown

    def __init__(self, session: Session, jobs: Jobs) -> None:
        super().__init__()
        self._session, self._jobs = session, jobs
        self._is_stale = True
        self._read_at = 0.0
        self._build()
        self._connect()
        QShortcut(QKeySequence("F5"), self, self.read_again)
        jobs.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again what the screen shows."""

    def read_again(self) -> None:
        """Read what is shown at once, or when the screen is seen again."""
        self._is_stale = True
        self._refresh_if_seen()

    def take_focus(self) -> None:
        """Put the focus where work begins."""
        self.setFocus()

    def take_scan(self, raw: str) -> None:
        """Take what a scanner typed, wherever the focus was."""

    def take_double(self, raw: str) -> None:
        """Hear that the scanner read the same code twice; it was ignored."""

    def show_campaign(self, name: str) -> None:
        """Turn to a campaign, where the room is one of campaigns."""

    def show_part(self, part: str) -> None:
        """Narrow the list to one part of it, where the room knows it."""

    def unanswered(self) -> int:
        """Return how many acts asked here have no answer yet, or met trouble; the window waits for them."""
        return 0

    def is_held(self) -> bool:
        """Say whether these acts wait for the person to try again."""
        return False

    def _build(self) -> None:
        """Make the widgets."""

    def _connect(self) -> None:
        """Join signals to slots."""

    def fit_margins(self) -> None:
        """Leave the room to the rows where the window is low."""
        layout, is_low = self.layout(), self.height() < _LOW
        if layout is not None:
            layout.setContentsMargins(24, 8 if is_low else 18, 24, 8 if is_low else 18)
            layout.setSpacing(8 if is_low else 12)

    def _on_changed(self, topics: frozenset[Topic]) -> None:
        if topics & self.topics:
            self.read_again()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._is_stale |= monotonic() - self._read_at > _OLD_S
        self._refresh_if_seen()

    def _refresh_if_seen(self) -> None:
        if self._is_stale and self.isVisible():
            self._is_stale, self._read_at = False, monotonic()
            self.refresh()
