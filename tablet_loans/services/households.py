"""Households: gathered from the guardians that pupils share, and decided by a person where that is doubtful."""

from collections.abc import Callable, Collection, Iterable, Sequence

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.errors import UnknownPupil
from tablet_loans.domain.household import (
    Carer,
    DoubtfulHousehold,
    Gathering,
    NoHousehold,
    Standing,
    TooFewToJoin,
    Why,
    changes,
    gathered,
)
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Permission
from tablet_loans.services.importing import alone
from tablet_loans.services.session import Progress, Receipt, Recorder, Session, Topic, settled
from tablet_loans.storage import guardians, households, pupils
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.households import Neighbourhood

_COLUMN = households.COLUMN
_NEAR = 20_000
Overlay = Callable[[Iterable[Carer]], Iterable[Carer]]


def gather(session: Session, progress: Progress | None = None) -> int:
    """Make the households anew from all guardians known, and return of how many pupils it changed.

    What a person decided stays. Raises: NotPermitted, ImportUnderWay, BaseTrouble, Cancelled.
    """
    session.require(Permission.ROSTER)
    with alone(session):
        return regather(session, progress)


def regather(session: Session, progress: Progress | None = None) -> int:
    """Do what `gather` does for whoever is `alone` already: an undone import leaves households to be made anew.

    Raises: BaseTrouble, Cancelled.
    """
    meter = progress or Progress()
    with session.base.reading():
        planned = gathering(session)
    changed = changes(*planned)
    written = 0
    for count in households.write(session.base, changed):
        written += count
        meter.step(written, len(changed))
    return written


def gathering(
    session: Session, overlay: Overlay = lambda carers: carers, around: Neighbourhood | None = None
) -> tuple[Gathering, dict[int, Standing]]:
    """Return the households that all guardians make, and where pupils stand now, read within one moment of the base.

    `overlay` adds to the guardians known what is not written yet; `around` is what that touches: others, whose
    households it cannot change, are not read unless they are so many that it is quicker to read all.
    """
    if around is not None and around.grow(session.base, _NEAR):
        here = households.standings_among(session.base, around.pupils)
        near = overlay(households.carers_among(session.base, around.guardians))
        return gathered(near, here, session.settings.most_in_household), here
    standings = households.standings(session.base)
    known = overlay(households.carers(session.base))
    return gathered(known, standings, session.settings.most_in_household), standings


def doubtful(session: Session) -> list[DoubtfulHousehold]:
    """Return the pupils of whom a person says whether they are a household. Raises: NotPermitted, BaseTrouble."""
    session.require(Permission.ROSTER)
    with session.base.reading():
        doubts = gathering(session)[0].doubts
        carers = guardians.named(session.base, sorted({doubt.carer for doubt in doubts}))
        known = households.pupils(session.base, sorted({pupil for doubt in doubts for pupil in doubt.pupils}))
    return [
        DoubtfulHousehold(
            doubt.why,
            carers[doubt.carer][doubt.why is Why.ADDRESS],
            tuple(known[pupil] for pupil in doubt.pupils if pupil in known),
        )
        for doubt in doubts
    ]


@settled
def join(session: Session, pupil_ids: Sequence[PupilId]) -> Receipt[int]:
    """Say that these pupils, and those of their households, live together; the receipt holds the household's number.

    No later file changes that of those named. Raises: NotPermitted, TooFewToJoin, UnknownPupil, BaseTrouble.
    """
    session.require(Permission.ROSTER)
    named = sorted(set(pupil_ids))
    if len(named) < 2:
        raise TooFewToJoin()
    with troubles_spoken(session.base), session.transaction() as act:
        here = _known(session, named)
        others = households.together(session.base, [now[0] for now in here.values() if now[0] is not None])
        every = {**households.of(session.base, others), **here}
        decided_first = sorted(every, key=lambda pupil: (pupil not in here and _COLUMN not in every[pupil][1], pupil))
        number = _free_number(session, decided_first, every)
        for pupil, now in sorted(every.items()):
            decided = tuple(sorted({*now[1], _COLUMN})) if pupil in here else now[1]
            _change(act, pupil, now, (number, decided))
        return act(Action.CORRECTED, number, topics={Topic.PUPILS}, about=_about(every))


@settled
def part(session: Session, pupil_id: PupilId) -> Receipt[PupilId]:
    """Say that a pupil lives with no other pupil known; no later file changes it.

    Raises: NotPermitted, UnknownPupil, NoHousehold, BaseTrouble.
    """
    session.require(Permission.ROSTER)
    with troubles_spoken(session.base), session.transaction() as act:
        household, corrected = now = _known(session, [pupil_id])[pupil_id]
        if household is None:
            raise NoHousehold()
        _change(act, pupil_id, now, (None, tuple(sorted({*corrected, _COLUMN}))))
        here = households.of(session.base, households.together(session.base, [household]))
        rest = {pupil: now for pupil, now in here.items() if pupil != pupil_id}
        decided = [pupil for pupil, now in rest.items() if _COLUMN in now[1]]
        number = _free_number(session, sorted(decided or rest), here) if len(rest) > 1 else None
        for pupil, now in sorted(rest.items()):
            words = tuple(word for word in now[1] if word != _COLUMN) if number is None else now[1]
            _change(act, pupil, now, (number, words))
        return act(Action.CORRECTED, pupil_id, topics={Topic.PUPILS}, about=_about([pupil_id, *rest]))


def pupil_named(session: Session, code: str) -> PupilId:
    """Return the pupil with this INE or number. Raises: NotPermitted, UnknownPupil, BaseTrouble."""
    session.require(Permission.ROSTER)
    with troubles_spoken(session.base):
        found = pupils.find_id(session.base, code)
    if found is None:
        raise UnknownPupil(pupil=code)
    return found


def _known(session: Session, pupil_ids: Sequence[int]) -> dict[int, tuple[int | None, tuple[str, ...]]]:
    """Return the household and the corrected columns of these pupils. Raises: UnknownPupil."""
    here = households.of(session.base, pupil_ids)
    for pupil in pupil_ids:
        if pupil not in here:
            raise UnknownPupil(pupil=pupil)
    return here


def _free_number(session: Session, members: Sequence[int], every: Collection[int]) -> int:
    """Return the first of the members whose number nobody else bears: it may have outlived an undone household."""
    for number in members:
        if set(every).issuperset(households.together(session.base, [number])):
            return number
    return -members[0]  # no pupil has it


def _change(
    act: Recorder, pupil: int, now: tuple[int | None, tuple[str, ...]], then: tuple[int | None, tuple[str, ...]]
) -> None:
    before = dict(zip((_COLUMN, "corrected"), now, strict=True))
    after = {column: value for column, value in zip(before, then, strict=True) if before[column] != value}
    act.change(Subject.PUPIL, pupil, {column: before[column] for column in after}, after)


def _about(every: Iterable[int]) -> list[tuple[Subject, int]]:
    return [(Subject.PUPIL, pupil) for pupil in every]
