"""Comparing: what a file of pupils would do, school by school, before anything is written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from tablet_loans.domain import move, spelling
from tablet_loans.domain.correction import OF_A_SCHOOL
from tablet_loans.domain.identifiers import Ine, ine
from tablet_loans.domain.problem import MOST_TOLD, Doubt, Fate, ImportReport, Problem, Told
from tablet_loans.domain.pupil import written_name
from tablet_loans.domain.recognition import KnownPupil, Recognition, Same, recognise
from tablet_loans.domain.roster import ListedPupil, Spoilt
from tablet_loans.services.session import Cancelled, Progress
from tablet_loans.storage import rolls
from tablet_loans.storage.database import Base
from tablet_loans.storage.pupils import pupil_key
from tablet_loans.storage.rows import stored
from tablet_loans.storage.staging import ChangedRow, Load, NewRow
from tablet_loans.text import N_, sort_key

Values = dict[str, object]

_NEW: Final = (
    "ine", "school_id", "local_number", "family_name", "usage_name", "given_name", "class_name", "level", "phone",
    "birth_date", "search_key", "sort_key",
)  # fmt: skip
_NAMES: Final = ("family_name", "usage_name", "given_name", "class_name")
_UNTOLD: Final = frozenset({"left_on", "corrected", "moved_from_id", "moved_on", "search_key", "sort_key"})
_MANY_LEAVE: Final = 10
_MANY_LEAVE_A_LIST: Final = 3
_INCOMPLETE: Final = N_(
    "{left} of the {present} pupils of the school {school} are not in this file: look whether it is complete."
)
_PARTIAL: Final = N_(
    "{left} of the {present} pupils of the school {school} are not in this list, which cannot be the whole school:"
    " nobody is marked as having left."
)


@dataclass(frozen=True, slots=True)
class SchoolLines:
    """What a file says of one school: its pupils, and the names on lines that are not taken."""

    id: int
    uai: str
    listed: Sequence[ListedPupil]
    spoilt: Sequence[Spoilt] = ()


@dataclass(frozen=True, slots=True)
class Orders:
    """How a file is compared: on which day, whether who is not in it has left, and what a person said of its lines.

    `is_trusted` is true of an export: it is whole whatever it holds, and its names are those of the pupils. A list
    without a class, or without one pupil in ten, is taken for a part of the school.
    """

    today: date
    is_whole: bool
    is_trusted: bool
    same: Same = ()
    new: Collection[int] = ()


@dataclass(slots=True)
class Roll:
    """What a file would do: new pupils and their school, changed and leaving ones with what they were."""

    created: list[tuple[ListedPupil, int]] = field(default_factory=list)
    changed: list[ChangedRow] = field(default_factory=list)
    left: list[ChangedRow] = field(default_factory=list)
    unchanged: int = 0
    moved: int = 0
    problems: list[Problem] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def is_empty(self) -> bool:
        """Say whether nothing would change."""
        return not (self.created or self.changed or self.left)

    def report(self, rows: int, problems: Sequence[Problem]) -> ImportReport:
        """Return what the file does, with its reader's problems, in the order of the lines."""
        every = tuple(sorted((*problems, *self.problems), key=lambda problem: problem.line))
        doubts = tuple(sorted(self.doubts, key=lambda doubt: doubt.line))
        counts = len(self.created), len(self.changed), self.unchanged, len(self.left)
        return ImportReport(rows, *counts, every, self.moved, tuple(self.told), doubts)

    def loads(self) -> list[Load]:
        """Return what is written."""
        created = (_new_row(pupil, school_id) for pupil, school_id in self.created)
        return [Load("pupil", _NEW, created), Load("pupil", (), self.changed), Load("pupil", (), self.left)]


@dataclass(frozen=True, slots=True)
class _Change:
    """What a line changes in a pupil who is already here."""

    pupil: ListedPupil
    known: KnownPupil
    after: Values

    @property
    def fate(self) -> Fate:
        """What becomes of the pupil."""
        if "school_id" in self.after:
            return Fate.MOVES
        return Fate.RETURNS if "left_on" in self.after else Fate.CHANGES


def compared(base: Base, schools: Sequence[SchoolLines], orders: Orders, progress: Progress) -> Roll:
    """Return what a file does in its schools, told in their order. Raises: Cancelled."""
    roll = Roll()
    where = {pupil.ine: school.uai for school in schools for pupil in school.listed if pupil.ine}
    holders = rolls.holders(base, where)
    held = {pupil_id: where[code] for code, pupil_id in holders.items()}
    for school in schools:
        if progress.is_cancelled():  # to report from within a reading would let others write in it
            raise Cancelled
        _compare(base, roll, school, orders, holders, held)
    return roll


def _compare(
    base: Base,
    roll: Roll,
    school: SchoolLines,
    orders: Orders,
    holders: Mapping[str, int],
    held: Mapping[int, str],
) -> None:
    everybody = rolls.pupils_of(base, school.id)
    here = [known for known in everybody if held.get(known.id, school.uai) == school.uai]
    who = recognise(school.listed, here, _by_ine(base, school, here, holders), same=orders.same, new=orders.new)
    roll.problems.extend(who.problems.values())
    lent = rolls.lent_on(base, {known.id for known in who.found.values() if known.school_id != school.id})
    created: list[ListedPupil] = []
    changes: list[_Change] = []
    for place, pupil in enumerate(school.listed):
        if (known := who.found.get(place)) is not None:
            if after := _changed(pupil, known, school.id, orders, lent.get(known.id)):
                changes.append(_Change(pupil, known, after))
            else:
                roll.unchanged += 1
        elif place not in who.problems:
            created.append(pupil)
    leavers = _leavers(school, here, who) if orders.is_whole else []
    if _is_suspect(everybody, leavers) if orders.is_trusted else _is_part(school, here, leavers):
        facts = {"left": len(leavers), "present": _present(everybody), "school": school.uai}
        roll.problems.append(Problem(0, _INCOMPLETE if orders.is_trusted else _PARTIAL, facts))
        leavers = leavers if orders.is_trusted else []
    roll.created.extend((pupil, school.id) for pupil in created)
    roll.changed.extend(map(_changed_row, changes))
    roll.left.extend((0, known.id, {"left_on": None}, {"left_on": orders.today}) for known in leavers)
    roll.moved += sum(change.fate is Fate.MOVES for change in changes)
    _tell_doubts(roll, school, who)
    if len(roll.told) < MOST_TOLD:
        told = _told(base, school, created, changes, leavers)
        roll.told.extend(told[: MOST_TOLD - len(roll.told)])


def _by_ine(
    base: Base, school: SchoolLines, here: Sequence[KnownPupil], holders: Mapping[str, int]
) -> dict[str, KnownPupil]:
    """Return who bears the INEs of a school's lines, wherever they are."""
    wanted = {holders[pupil.ine] for pupil in school.listed if pupil.ine is not None and pupil.ine in holders}
    nearby = [known for known in here if known.id in wanted]
    away = rolls.pupils_with_ids(base, wanted.difference(known.id for known in nearby))
    return {known.ine: known for known in (*nearby, *away) if known.ine}


def _leavers(school: SchoolLines, here: Sequence[KnownPupil], who: Recognition) -> list[KnownPupil]:
    """Return who is no longer in the school's list; a line that was not taken still says who is there."""
    if not school.listed:
        return []
    names = {name for line in school.spoilt for name in _names(line)}
    codes = {line.ine for line in school.spoilt if line.ine}
    names |= {name for place in who.problems for name in _names(school.listed[place])}
    return [
        known
        for known in here
        if known.left_on is None
        and known.id not in who.taken
        and known.id not in who.spared
        and known.ine not in codes
        and "school_id" not in known.corrected  # a person knows that he or she is there
        and not (names and not names.isdisjoint(_names(known)))
    ]


def _names(who: ListedPupil | KnownPupil | Spoilt) -> list[tuple[str, str]]:
    """Return by which folded names somebody may be listed: with the family name, and with the usage name."""
    given = sort_key(who.given_name)
    return [(sort_key(family), given) for family in (who.family_name, who.usage_name) if family]


def _changed(pupil: ListedPupil, known: KnownPupil, school_id: int, orders: Orders, lent_on: date | None) -> Values:
    """Return what a line changes: what it does not say stays as it was, and so does what was corrected by hand."""
    family_name, usage_name, given_name = _kept_names(pupil, known, orders)
    wanted: Values = {
        "ine": _ine_to_keep(pupil.ine, known.ine),
        "local_number": pupil.local_number or known.local_number,
        "family_name": family_name,
        "usage_name": usage_name,
        "given_name": given_name,
        "class_name": pupil.class_name or known.class_name,
        "level": pupil.level or known.level,
        "phone": pupil.phone or known.phone,
        "birth_date": pupil.birth_date or known.birth_date,
        "left_on": None,
    }
    if school_id != known.school_id:
        if "school_id" in known.corrected:  # the person who said which school it is knew better than this file
            return {"left_on": None} if known.left_on else {}
        wanted |= _moved(pupil, known, school_id, orders.today, lent_on)
    for column in known.corrected and _still_corrected(known, is_moving=school_id != known.school_id):
        wanted.pop(column, None)
    return {column: value for column, value in wanted.items() if getattr(known, column) != value}


def _kept_names(pupil: ListedPupil, known: KnownPupil, orders: Orders) -> tuple[str, str, str]:
    here = known.family_name, known.usage_name, known.given_name
    listed = pupil.family_name, pupil.usage_name, pupil.given_name
    if listed == here:
        return here
    may_rename = orders.is_trusted or pupil.line in orders.same
    return spelling.kept(spelling.Names(*here), spelling.Names(*listed), may_rename=may_rename)


def _moved(pupil: ListedPupil, known: KnownPupil, school_id: int, today: date, lent_on: date | None) -> Values:
    """Return what a new school changes: the number, the class and the level are not those of the old one."""
    stay = move.Stay(known.school_id, known.moved_from_id, known.moved_on)
    return {
        **move.moved(stay, school_id, today=today, lent_on=lent_on)._asdict(),
        "local_number": pupil.local_number,
        "class_name": pupil.class_name,
        "level": pupil.level,
        "corrected": _still_corrected(known, is_moving=True),
    }


def _still_corrected(known: KnownPupil, *, is_moving: bool) -> tuple[str, ...]:
    """Return what was corrected by hand and holds: in another school, no longer the class and the level."""
    return tuple(column for column in known.corrected if not (is_moving and column in OF_A_SCHOOL))


def _ine_to_keep(code: str | None, known_code: str | None) -> str | None:
    """Return the list's INE, but never a doubtful one in the place of what is known."""
    if code == known_code:
        return code
    is_better = code is not None and (known_code is None or ine(code) is Ine.VALID)
    return code if is_better else known_code


def _new_row(pupil: ListedPupil, school_id: int) -> NewRow:
    names = pupil.family_name, pupil.usage_name, pupil.given_name, pupil.class_name
    return pupil.line, (
        pupil.ine, school_id, pupil.local_number, *names, pupil.level, pupil.phone, pupil.birth_date, *_keys(*names)
    )  # fmt: skip


def _changed_row(change: _Change) -> ChangedRow:
    after = change.after
    before = {column: getattr(change.known, column) for column in after}
    if not after.keys().isdisjoint(_NAMES):
        before |= {column: getattr(change.known, column) for column in _NAMES}
        keys = _keys(*(str(after.get(column, before[column])) for column in _NAMES))
        after = after | dict(zip(("search_key", "sort_key"), keys, strict=True))
    if "corrected" in after:
        before, after = ({**values, "corrected": stored(values["corrected"])} for values in (before, after))
    return change.pupil.line, change.known.id, before, after


def _keys(family_name: str, usage_name: str, given_name: str, class_name: str) -> tuple[str, str]:
    searched = pupil_key(family_name, usage_name, given_name, class_name)
    return searched, sort_key(usage_name or family_name, given_name)


def _is_suspect(everybody: Sequence[KnownPupil], leavers: Sequence[KnownPupil]) -> bool:
    """Say whether more pupils would leave than a school loses in a year."""
    return len(leavers) > _MANY_LEAVE and 3 * len(leavers) > _present(everybody)


def _is_part(school: SchoolLines, here: Sequence[KnownPupil], leavers: Sequence[KnownPupil]) -> bool:
    """Say whether a list cannot be the whole school: it lacks one pupil in ten, or everybody of a class."""
    if len(leavers) > _MANY_LEAVE_A_LIST and 10 * len(leavers) > _present(here):
        return True
    staying = {known.id for known in here if known.left_on is None}.difference(known.id for known in leavers)
    classes = {sort_key(pupil.class_name) for pupil in school.listed}
    classes |= {sort_key(known.class_name) for known in here if known.id in staying}
    return any(known.class_name and sort_key(known.class_name) not in classes for known in leavers)


def _present(everybody: Sequence[KnownPupil]) -> int:
    return sum(known.left_on is None for known in everybody)


def _tell_doubts(roll: Roll, school: SchoolLines, who: Recognition) -> None:
    for place, doubted in who.doubts.items():
        pupil = school.listed[place]
        other = doubted.known
        roll.doubts.append(Doubt(pupil.line, _written(pupil), other.id, _written(other), school.uai, doubted.why))


def _written(who: ListedPupil | KnownPupil) -> str:
    return written_name(who.family_name, who.usage_name, who.given_name)


def _told(
    base: Base,
    school: SchoolLines,
    created: Sequence[ListedPupil],
    changes: Sequence[_Change],
    leavers: Sequence[KnownPupil],
) -> list[Told]:
    """Return what the file does in one school, by class and name."""
    movers = [change.known for change in changes if change.fate is Fate.MOVES]
    loans = rolls.open_loans(base, {known.id for known in (*movers, *leavers)})
    uais = rolls.uais(base, {change.known.school_id for change in changes}) | {school.id: school.uai}
    told = [Told(Fate.ARRIVES, each.line, _written(each), school.uai, each.class_name) for each in created]
    told += [_told_change(change, uais, loans) for change in changes]
    told += [
        Told(Fate.LEAVES, 0, _written(known), school.uai, known.class_name, loan=loans.get(known.id))
        for known in leavers
    ]
    return sorted(told, key=lambda each: (sort_key(each.class_name), sort_key(each.name)))


def _told_change(change: _Change, uais: Mapping[int, str], loans: Mapping[int, str]) -> Told:
    known, after = change.known, change.after
    now: Values = {column: after.get(column, getattr(known, column)) for column in (*_NAMES, "school_id")}
    family_name, usage_name, given_name, class_name = (str(now[column]) for column in _NAMES)
    fields = tuple(
        (column, _said(getattr(known, column)), _said(value))
        for column, value in after.items()
        if column not in _UNTOLD and column != "school_id"
    )
    if change.fate is Fate.MOVES:
        fields = (("school", uais[known.school_id], uais[int(str(now["school_id"]))]), *fields)
    name = written_name(family_name, usage_name, given_name)
    loan = loans.get(known.id) if change.fate is Fate.MOVES else None
    return Told(change.fate, change.pupil.line, name, uais[int(str(now["school_id"]))], class_name, fields, loan)


def _said(value: object) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
