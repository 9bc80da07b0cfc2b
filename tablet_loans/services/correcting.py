"""Correcting: what a person knows better of a pupil than a file; no later file undoes it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.correction import COLUMNS, OF_A_SCHOOL, IneTaken, tidied, why_not_correct
from tablet_loans.domain.errors import UnknownPupil
from tablet_loans.domain.move import Stay, moved
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Permission
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Receipt, Session, Topic, settled
from tablet_loans.storage import pupils, rolls, rows
from tablet_loans.storage.fields import as_date, words
from tablet_loans.storage.pupils import pupil_key
from tablet_loans.text import sort_key

_NAMES: Final = ("family_name", "usage_name", "given_name", "class_name")
_MOVED: Final = ("local_number", "moved_from_id", "moved_on")
_KEPT: Final = (*COLUMNS.values(), "corrected", "search_key", "sort_key", *_MOVED)


@settled
def correct(session: Session, pupil_id: PupilId, changes: Mapping[str, str | date | None]) -> Receipt[PupilId]:
    """Correct a pupil by hand: the fields of domain/correction, a school by its UAI. Nothing changed writes nothing.

    Raises: NotPermitted, UnknownPupil, NotCorrectable, EmptyName, TextTooLong, InvalidIne, IneTaken, NotABirthDate,
    InvalidUai, UnknownSchool, BaseTrouble.
    """
    session.require(Permission.ROSTER)
    wanted = tidied(changes)
    if refusal := why_not_correct(wanted, session.today()):
        raise refusal
    columns: dict[str, object] = {COLUMNS[field]: value for field, value in wanted.items() if field != "school"}
    if "school" in wanted:
        columns["school_id"] = int(known_school(session, str(wanted["school"])).id)
    with session.transaction() as act:
        now = rows.current(session.base, "pupil", pupil_id, _KEPT)
        if now is None:
            raise UnknownPupil(pupil=pupil_id)
        _refuse_another_ones_ine(session, pupil_id, columns)
        after = {column: value for column, value in columns.items() if rows.stored(value) != now[column]}
        if not after:
            return Receipt(pupil_id, LedgerId(""), frozenset())
        after |= _derived(now, after)
        if "school_id" in after:
            after |= _moved(session, pupil_id, now, int(str(after["school_id"])))
        act.change(Subject.PUPIL, pupil_id, {column: now[column] for column in after}, after)
        return act(Action.CORRECTED, pupil_id, topics={Topic.PUPILS}, fields=sorted(wanted))


def _refuse_another_ones_ine(session: Session, pupil_id: PupilId, columns: Mapping[str, object]) -> None:
    if (code := columns.get("ine")) and (holder := pupils.find_id(session.base, str(code))) not in (None, pupil_id):
        raise IneTaken(ine=code, pupil=holder)


def _moved(session: Session, pupil_id: PupilId, now: Mapping[str, Any], school_id: int) -> dict[str, object]:
    """Return what follows from a move, as when a file moves a pupil: from where and when, without the old number."""
    stay = Stay(now["school_id"], now["moved_from_id"], as_date(now["moved_on"]))
    lent_on = rolls.lent_on(session.base, [pupil_id]).get(pupil_id)
    after = moved(stay, school_id, today=session.today(), lent_on=lent_on)
    return {"moved_from_id": after.moved_from_id, "moved_on": after.moved_on, "local_number": None}


def _derived(now: Mapping[str, Any], after: Mapping[str, object]) -> dict[str, object]:
    """Return what follows from a correction: its columns are noted, and the keys follow the names."""
    before = set(words(now["corrected"])) - (OF_A_SCHOOL if "school_id" in after else set())
    derived: dict[str, object] = {"corrected": tuple(sorted({*before, *after}))}
    if not after.keys().isdisjoint(_NAMES):
        family, usage, given, class_name = (str(after.get(column, now[column])) for column in _NAMES)
        derived["search_key"] = pupil_key(family, usage, given, class_name)
        derived["sort_key"] = sort_key(usage or family, given)
    return derived
