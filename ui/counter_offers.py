"""What a ready tablet offers at the counter: told beside it once found, never waited for."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from tablet_loans.domain.offer import Offer
from tablet_loans.domain.roles import Permission
from tablet_loans.services.desk import Did, Outcome
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import tr
from ui import words
from ui.jobs import Jobs, Lane
from ui.widgets.outcome_words import offered


class CounterOffers(QObject):
    """Looks for who waits in the lane of reading; `told` gives the outcome shown, and it again with a notice more."""

    told = Signal(object, object)
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self._offer: tuple[Outcome, Offer] | None = None

    def look(self, outcome: Outcome) -> None:
        """Look for who waits for the tablet shown, when it is one that is ready and nobody stands here."""
        self._offer = None
        if outcome.did is Did.CHOSE_TABLET and outcome.tablet is not None:
            call = partial(_offer_for, self._session, outcome.tablet.tag)
            self._jobs.run(call, done=partial(self._on_found, outcome), lane=Lane.READING)

    def promise(self, shown: Outcome | None) -> None:
        """Promise the tablet to the pupil of whom the card tells; once, and to nobody when it tells of none."""
        if self._offer is not None and self._offer[0] is shown:
            offer, self._offer = self._offer[1], None
            done = partial(self._on_promised, offer)
            self._jobs.run(
                partial(_accept, self._session, offer), done=done, refused=self.failed.emit, failed=self.failed.emit
            )

    def _on_found(self, outcome: Outcome, offer: Offer | None) -> None:
        if offer is not None:
            may_promise = self._session.actor.may(Permission.CAMPAIGN)
            told = replace(outcome, notices=(*outcome.notices, offered(offer, may_promise=may_promise)))
            self._offer = (told, offer)
            self.told.emit(outcome, told)

    def _on_promised(self, offer: Offer, _receipt: Receipt[int]) -> None:
        self.said.emit(tr("Promised to rank {rank}").format(rank=words.number(offer.waiting.rank)))


def _offer_for(session: Session, tag: str) -> Offer | None:
    from tablet_loans.services import offering  # read when it is first wanted: the window's start does not wait

    return offering.offer_for(session, tag)


def _accept(session: Session, offer: Offer) -> Receipt[int]:
    from tablet_loans.services import offering

    return offering.accept(session, [offer])
