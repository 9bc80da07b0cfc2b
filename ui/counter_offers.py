"""What is told beside the counter's card once it is found, never waited for: who waits, and what a loan leaves."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from tablet_loans.domain.offer import Offer
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Permission
from tablet_loans.services.desk import Desk, Did, Mode, Notice, Outcome
from tablet_loans.services.lending import Handover
from tablet_loans.services.session import Session
from ui.jobs import Job, Jobs, Lane
from ui.turns import Step
from ui.widgets.outcome_words import offered, promised, set_aside, shortage


@dataclass(frozen=True, slots=True)
class _Found:
    """What is told of an outcome, and the offer of which it tells."""

    notices: tuple[Notice, ...] = ()
    offer: Offer | None = None


class CounterOffers(QObject):
    """Looks in the lane of reading; `told` gives the outcome shown, and it again with what was found."""

    told = Signal(object, object)

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._offer: tuple[Outcome, Offer] | None = None
        self._looking: Job | None = None

    def look(self, outcome: Outcome, desk: Desk) -> None:
        """Look for what is worth telling of the outcome shown; what was looked for of another one is left."""
        self._offer = None
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        if (call := self._reading(outcome, desk)) is not None:
            self._looking = self._jobs.run(call, done=partial(self._on_found, outcome), lane=Lane.READING)

    def promising(self, shown: Outcome | None) -> Step | None:
        """Return what promises the tablet to the pupil of whom the card tells; None when it tells of none."""
        if self._offer is None or self._offer[0] is not shown:
            return None
        return partial(_promise, self._session, *self._offer)

    def _reading(self, outcome: Outcome, desk: Desk) -> Callable[[], _Found] | None:
        """Return what is read of a ready tablet, of a pupil to whom one is lent, of a loan; None of all else."""
        if outcome.did is Did.CHOSE_TABLET and outcome.tablet is not None:
            return partial(_who_waits, self._session, outcome.tablet.tag)
        if outcome.did is Did.CHOSE_PUPIL and outcome.pupil is not None and desk.mode is Mode.LEND:
            return partial(_of_pupil, self._session, outcome.pending.campaign or desk.campaign, outcome.pupil.id)
        if outcome.did is Did.LENT and outcome.loan is not None:
            return partial(_of_loan, self._session, outcome.loan)
        return None

    def _on_found(self, outcome: Outcome, found: _Found) -> None:
        if found.notices:
            told = replace(outcome, notices=(*outcome.notices, *found.notices))
            self._offer = None if found.offer is None else (told, found.offer)
            self.told.emit(outcome, told)


def _who_waits(session: Session, tag: str) -> _Found:
    from tablet_loans.services import offering  # read when it is first wanted: the window's start does not wait

    if (offer := offering.offer_for(session, tag)) is None:
        return _Found()
    return _Found((offered(offer, may_promise=session.actor.may(Permission.CAMPAIGN)),), offer)


def _of_pupil(session: Session, campaign: str | None, pupil_id: PupilId) -> _Found:
    from tablet_loans.services import promising

    aside = (set_aside(),) if promising.is_set_aside(session, campaign, pupil_id) else ()
    held = promising.held(session, pupil_id)
    return _Found((*aside, promised(held)) if held is not None else aside)


def _of_loan(session: Session, loan: Handover) -> _Found:
    from tablet_loans.services import promising

    left = promising.aftermath(session, loan)
    aside = (set_aside(),) if left.is_set_aside else ()
    return _Found((*aside, shortage(left.short)) if left.short else aside)


def _promise(session: Session, shown: Outcome, offer: Offer) -> Outcome:
    from tablet_loans.services import promising

    return promising.promise(session, shown, offer)
