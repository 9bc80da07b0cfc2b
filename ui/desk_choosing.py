"""What is chosen once at the counter and always in sight: read, shown in its head, changed by a key, remembered."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QWidget

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.school import SchoolRow
from tablet_loans.services import serving
from tablet_loans.services.desk import Desk, Mode, OpenCampaign
from tablet_loans.services.session import Session
from ui import desk_memory
from ui.counter_words import desk_parts
from ui.desk_memory import Sitting
from ui.jobs import Jobs, Lane
from ui.widgets.desk_head import DeskHead


class DeskChoosing(QObject):
    """The sitting, the campaigns that are open, and the schools chosen."""

    changed = Signal()
    decided = Signal(object, object)  # a desk and its schools, to be taken in their turn
    unread = Signal(object)
    moved = Signal(str, str)  # the campaign that is no longer open, and the one in which it goes on

    def __init__(self, session: Session, jobs: Jobs, head: DeskHead, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._head, self._screen = session, jobs, head, parent
        self._memory: QSettings | None = None
        self.sitting, self._is_recalled = Sitting(), False
        self.campaigns: list[OpenCampaign] | None = None
        self.schools: list[SchoolRow] = []
        self.is_unread = False
        head.choices_asked.connect(self.ask)
        head.prints_asked.connect(self.toggle_prints)
        head.sound_asked.connect(self.toggle_sound)
        head.discreet_asked.connect(self.toggle_discreet)
        self._show()

    @property
    def desk(self) -> Desk:
        """Return the desk of the sitting."""
        return self.sitting.desk

    @property
    def has_campaign(self) -> bool:
        """Say whether lending is possible, as far as is known."""
        return self.campaigns is None or bool(self.campaigns)

    def read(self, memory: QSettings | None) -> None:
        """Recall the sitting, the first time, and read which campaigns are open."""
        if not self._is_recalled:
            self._is_recalled, self._memory = True, memory
            self._settle(desk_memory.recalled(memory, self._session.today()))
        self.is_unread = False
        self._jobs.run(
            partial(_read, self._session, self.desk.schools),
            done=partial(self._on_read, self.desk.schools),
            refused=self._on_unread,
            failed=self._on_unread,
            lane=Lane.READING,
        )

    def turn_to(self, mode: Mode) -> None:
        """Lend, or take back, from now on."""
        self._settle(replace(self.sitting, desk=replace(self.desk, mode=mode)))

    def take(self, desk: Desk, schools: list[SchoolRow]) -> None:
        """Work at this desk from now on, in the mode one is in."""
        self.schools = schools
        self._settle(replace(self.sitting, desk=replace(desk, mode=self.desk.mode)))

    def toggle_prints(self) -> None:
        """Print the agreement at check-out, or not any more."""
        self._settle(replace(self.sitting, prints=not self.sitting.prints))

    def toggle_receipts(self) -> None:
        """Print a label for the family where the agreement was printed beforehand, or not any more."""
        self._settle(replace(self.sitting, receipts=not self.sitting.receipts))

    def toggle_sound(self) -> None:
        """Be heard, or not any more."""
        self._settle(replace(self.sitting, is_heard=not self.sitting.is_heard))

    def toggle_discreet(self) -> None:
        """Hide from families what is not theirs, or show it again."""
        self._settle(replace(self.sitting, is_discreet=not self.sitting.is_discreet))

    def ask(self) -> None:
        """Ask for the campaign, the schools and the date."""
        from ui.dialogs.desk_choices import DeskChoices

        today, campaigns = self._session.today(), self.campaigns or []
        asked = DeskChoices(self.desk, campaigns, self.schools, self._find_schools, today, self._screen)
        asked.decided.connect(self.decided)
        asked.open()

    def _find_schools(self, typed: str, found: Callable[[list[SchoolRow]], None]) -> None:
        self._jobs.run(partial(serving.schools_like, self._session, typed), done=found, lane=Lane.READING)

    def _on_read(self, uais: tuple[str, ...], read: tuple[list[OpenCampaign], list[SchoolRow]]) -> None:
        before = self.desk.campaign
        self.campaigns = read[0]
        if uais == self.desk.schools:
            self.schools = read[1]
        self._settle(self.sitting.among(self.campaigns))
        if before is not None and self.desk.campaign not in (None, before):
            self.moved.emit(before, self.desk.campaign)

    def _on_unread(self, error: TabletLoansError) -> None:
        self.is_unread = True
        self.unread.emit(error)

    def _settle(self, sitting: Sitting) -> None:
        self.sitting = sitting
        desk_memory.keep(self._memory, sitting)
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        sitting = self.sitting
        self._head.show_mode(sitting.desk.mode)
        self._head.show_toggles(prints=sitting.prints, is_heard=sitting.is_heard, is_discreet=sitting.is_discreet)
        parts = desk_parts(sitting.desk, self.campaigns or [], self.schools)
        self._head.desk.show_parts(parts, is_warning=not self.has_campaign)


def _read(session: Session, uais: tuple[str, ...]) -> tuple[list[OpenCampaign], list[SchoolRow]]:
    return serving.opened(session), serving.schools_known(session, uais) if uais else []
