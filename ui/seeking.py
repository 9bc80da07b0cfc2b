"""Who and what the words typed may mean, as they are typed: the sitting's schools first, one key for all."""

from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from tablet_loans.services import serving
from tablet_loans.services.desk import Outcome, Suggested
from tablet_loans.services.session import Session
from tablet_loans.text import tr
from ui.counter_words import searched_among
from ui.desk_choosing import DeskChoosing
from ui.jobs import Job, Jobs, Lane
from ui.widgets.scan_field import ScanField
from ui.widgets.suggestions import Found, Suggestions

_PAUSE_MS: Final = 60
_FIGURES: Final = 4


class Seeking(QObject):
    """The search behind the field; it waits on the background lane and never on a scan's."""

    changed = Signal()

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        field: ScanField,
        suggestions: Suggestions,
        choosing: DeskChoosing,
    ) -> None:
        super().__init__(field)
        self._session, self._jobs, self._choosing = session, jobs, choosing
        self._field, self._suggestions = field, suggestions
        self._job: Job | None = None
        self._is_wide = False
        self._typing = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._typing.timeout.connect(self._search)

    def among(self) -> tuple[str, ...]:
        """Return the UAI of the schools in which a name is searched now; none means all."""
        return () if self._is_wide else self._choosing.desk.schools

    def type_on(self) -> None:
        """Hear that something was typed."""
        self.leave()
        self._typing.start()

    def leave(self) -> None:
        """Suggest nothing any more."""
        self._typing.stop()
        if self._suggestions.isVisible():
            self._suggestions.hide()
            self.changed.emit()

    def narrow(self) -> None:
        """Search the sitting's own schools again."""
        self._is_wide = False

    def widen(self) -> None:
        """Search all schools, or the sitting's own again."""
        self._is_wide = not self._is_wide
        self._field.whisper(tr("All schools") if not self.among() else tr("Your schools alone"))
        self._search()

    def show_several(self, outcome: Outcome) -> None:
        """Show what a name entered may mean, each with a figure that chooses it."""
        found: tuple[Found, ...] = (*outcome.candidates, *outcome.tablets)
        caption = tr("A figure chooses, or the arrows and Enter.")
        is_discreet = self._choosing.sitting.is_discreet
        self._suggestions.suggest(found, self._field, caption, has_figures=True, is_discreet=is_discreet)

    def _search(self) -> None:
        typed = self._field.text().strip()
        if self._job is not None:
            self._job.cancel()
        if len(typed) > 1 and (len(typed) == _FIGURES or not typed.isdigit()):
            self._job = self._jobs.run(
                partial(serving.suggested, self._session, typed, self.among()),
                done=partial(self._on_suggested, typed),
                lane=Lane.READING,
            )

    def _on_suggested(self, typed: str, found: Suggested) -> None:
        if self._field.text().strip() != typed:
            return
        both: list[Found] = [*found.pupils, *found.tablets]
        if typed.isdigit():
            both = [*found.tablets, *found.pupils]
        desk, schools = self._choosing.desk, self._choosing.schools
        caption = searched_among(desk, schools, is_wide=self._is_wide, is_found=bool(both))
        is_discreet = self._choosing.sitting.is_discreet
        self._suggestions.suggest(both, self._field, caption, is_discreet=is_discreet)
