"""Rostering: schools come in from the directory, pupils from the list of their school."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tablet_loans.domain.act import Subject
from tablet_loans.domain.errors import DemonstrationBase, RecoveryPhraseNotTypedBack
from tablet_loans.domain.identifiers import Ine, ine
from tablet_loans.domain.problem import ImportReport, Problem
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.roster import ListedPupil, Spoilt
from tablet_loans.domain.school import SchoolId
from tablet_loans.services.importers import pupils as pupil_lists
from tablet_loans.services.importers import schools as directories
from tablet_loans.services.importers.content import loaded
from tablet_loans.services.importers.pupils import NameKey, name_key
from tablet_loans.services.importers.schools import DirectorySchool
from tablet_loans.services.importing import Meter, alone, begun, opened, split, unwritten, written
from tablet_loans.services.locating import known_school
from tablet_loans.services.session import Progress, Receipt, Session, Topic, settled
from tablet_loans.storage import rolls
from tablet_loans.storage.pupils import pupil_key
from tablet_loans.storage.rolls import KnownPupil, KnownSchool
from tablet_loans.storage.staging import ChangedRow, Load, NewRow
from tablet_loans.text import N_, search_key, sort_key

_SCHOOL: Final = ("uai", "name", "kind", "address", "postcode", "commune", "phone", "email")
_SCHOOL_KEYS: Final = ("uai", "name", "commune")
_PUPIL: Final = (
    "ine", "school_id", "family_name", "usage_name", "given_name", "class_name", "level", "birth_date", "left_on",
)  # fmt: skip
_PUPIL_KEYS: Final = ("family_name", "usage_name", "given_name", "class_name")
_KEYS: Final = ("search_key", "sort_key")

Values = dict[str, object]
Keys = Callable[[Values], tuple[str, str]]


@dataclass(slots=True)
class _Roll:
    """What a list would do, before anything is written: new rows, and changed ones with what they were."""

    created: list[tuple[int, Values]] = field(default_factory=list)
    updated: list[tuple[int, KnownPupil | KnownSchool, Values]] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)

    def is_empty(self) -> bool:
        """Say whether nothing would change."""
        return not (self.created or self.updated or self.left)

    def meet(self, line: int, known: KnownPupil | KnownSchool, values: Values) -> None:
        """Note what is known and what a line of the list says now."""
        after = {column: value for column, value in values.items() if getattr(known, column) != value}
        if after:
            self.updated.append((line, known, after))
        else:
            self.unchanged += 1

    def report(self, problems: Sequence[Problem], lines: int) -> ImportReport:
        """Return what the list does, its reader's problems and those of comparing in the order of the lines."""
        every = tuple(sorted((*problems, *self.problems), key=lambda problem: problem.line))
        return ImportReport(lines, len(self.created), len(self.updated), self.unchanged, len(self.left), every)


@dataclass(slots=True)
class _Recognition:
    """Who the lines of a list are: the pupil each line found, or its problem; a line with neither is a new pupil."""

    namesakes: Mapping[NameKey, Sequence[KnownPupil]]
    found: dict[int, KnownPupil] = field(default_factory=dict)
    problems: dict[int, Problem] = field(default_factory=dict)
    spared: set[int] = field(default_factory=set)  # pupils of whom a refused line gave the INE
    wanted: dict[int, list[int]] = field(default_factory=dict)  # the lines that may be each pupil


@settled
def import_schools(
    session: Session,
    path: Path,
    *,
    mapping: Mapping[str, str] | None = None,
    is_dry_run: bool = False,
    progress: Progress | None = None,
) -> Receipt[ImportReport]:
    """Bring in the schools of a directory, all or none, and say what became of each line.

    A school that the directory no longer has stays; an empty cell erases nothing.

    Raises: NotPermitted, ImportUnderWay, FileMissing, FileUnreadable, WrongFile, MissingColumns, UnknownField,
    BaseTrouble, Cancelled.
    """
    session.require(Permission.ROSTER)
    source = opened("schools", path)
    size, items = directories.read(loaded(path), str(path), mapping=mapping)
    meter = Meter(progress or Progress(), size)
    listed, problems, lines = split(items, meter)
    if is_dry_run:
        with session.base.reading():
            return unwritten(_schools_compared(session, listed).report(problems, lines))
    with alone(session):
        with session.base.reading():
            roll = _schools_compared(session, listed)
        report = roll.report(problems, lines)
        if roll.is_empty():
            return unwritten(report)
        loads = _loads(roll, "school", _SCHOOL, _SCHOOL_KEYS, _school_keys)
        with begun(session) as run:
            return written(session, run, source, report, loads, meter=meter, topics={Topic.SCHOOLS})


def _schools_compared(session: Session, listed: Sequence[DirectorySchool]) -> _Roll:
    roll = _Roll()
    known = rolls.schools_with(session.base, [school.uai for school in listed])
    for school in listed:
        here = known.get(school.uai)
        values: Values = {
            column: getattr(school, column) or (getattr(here, column) if here else "") for column in _SCHOOL
        }
        if here is None:
            roll.created.append((school.line, values))
        else:
            roll.meet(school.line, here, values)
    return roll


def _school_keys(values: Values) -> tuple[str, str]:
    name, uai, commune = (str(values[column]) for column in ("name", "uai", "commune"))
    return search_key(name, uai, commune), sort_key(name)


def _loads(roll: _Roll, table: str, columns: tuple[str, ...], sources: tuple[str, ...], keys: Keys) -> list[Load]:
    """Return what is written: new rows, and of changed ones what changes, with the keys made from `sources`."""

    def created(line: int, values: Values) -> NewRow:
        return line, (*(values[column] for column in columns), *keys(values))

    def changed(line: int, known: KnownPupil | KnownSchool, after: Values) -> ChangedRow:
        before = {column: getattr(known, column) for column in after}
        if not after.keys().isdisjoint(sources):
            before |= {column: getattr(known, column) for column in sources}
            after |= zip(_KEYS, keys(before | after), strict=True)
        return line, known.id, before, after

    return [
        Load(table, (*columns, *_KEYS), (created(*each) for each in roll.created)),
        Load(table, (), (changed(*each) for each in roll.updated)),
    ]


@settled
def import_pupils(
    session: Session,
    path: Path,
    *,
    school: str,
    mapping: Mapping[str, str] | None = None,
    is_dry_run: bool = False,
    progress: Progress | None = None,
) -> Receipt[ImportReport]:
    """Bring in the pupils of the school with this UAI, all or none, and say what became of each line.

    A pupil is known by INE, else within the school by names and birth date, or by names alone where a date is
    missing. A line that may be several pupils, or whose INE is somebody else's, is not taken. Who is no longer in the
    list is marked as having left, never deleted; who comes back is no longer marked. An empty cell erases nothing.

    Raises: NotPermitted, DemonstrationBase, RecoveryPhraseNotTypedBack, InvalidUai, UnknownSchool, ImportUnderWay,
    FileMissing, FileUnreadable, WrongFile, MissingColumns, UnknownField, BaseTrouble, Cancelled.
    """
    school_id = _school_for_real_pupils(session, school)
    source = opened("pupils", path)
    size, items = pupil_lists.read(loaded(path), str(path), mapping=mapping)
    meter = Meter(progress or Progress(), size)
    read, problems, lines = split(items, meter)
    spoilt = [line for line in read if isinstance(line, Spoilt)]
    listed = [line for line in read if isinstance(line, ListedPupil)]
    lines -= len(problems)  # a warning and its pupil share a line
    problems += [line.problem for line in spoilt]
    if is_dry_run:
        with session.base.reading():
            return unwritten(_pupils_compared(session, school_id, listed, spoilt).report(problems, lines))
    with alone(session):
        with session.base.reading():
            roll = _pupils_compared(session, school_id, listed, spoilt)
        report = roll.report(problems, lines)
        if roll.is_empty():
            return unwritten(report)
        loads, about = (
            [*_loads(roll, "pupil", _PUPIL, _PUPIL_KEYS, _pupil_keys), _leavers(session, roll)],
            [(Subject.SCHOOL, school_id)],
        )
        with begun(session) as run:
            return written(session, run, source, report, loads, meter=meter, topics={Topic.PUPILS}, about=about)


def _school_for_real_pupils(session: Session, school: str) -> SchoolId:
    """Return the school's id where real pupils are welcome."""
    session.require(Permission.ROSTER)
    if session.settings.is_demonstration:
        raise DemonstrationBase()
    if not session.settings.is_recovery_confirmed:
        raise RecoveryPhraseNotTypedBack()
    return known_school(session, school).id


def _leavers(session: Session, roll: _Roll) -> Load:
    today = session.today()
    return Load("pupil", (), [(0, row_id, {"left_on": None}, {"left_on": today}) for row_id in roll.left])


def _pupils_compared(
    session: Session, school_id: SchoolId, listed: Sequence[ListedPupil], spoilt: Sequence[Spoilt]
) -> _Roll:
    here = rolls.pupils_of(session.base, school_id)
    who = _recognised(listed, here, rolls.pupils_with(session.base, [pupil.ine for pupil in listed if pupil.ine]))
    roll = _Roll(problems=list(who.problems.values()))
    for pupil in listed:
        if pupil.line in who.problems:
            continue
        known = who.found.get(pupil.line)
        values = _pupil_values(pupil, known, school_id)
        if known is None:
            roll.created.append((pupil.line, values))
        else:
            roll.meet(pupil.line, known, values)
    if listed:
        # A line that was not taken still says who is there.
        names = {_names(line) for line in spoilt} | {_names(pupil) for pupil in listed if pupil.line in who.problems}
        here_still = who.spared | {known.id for known in who.found.values()}
        roll.left = [
            known.id
            for known in here
            if known.left_on is None and known.id not in here_still and _names(known) not in names
        ]
    return roll


def _names(who: ListedPupil | KnownPupil | Spoilt) -> NameKey:
    return name_key(who.family_name, who.given_name, None)


def _recognised(
    listed: Sequence[ListedPupil], here: Sequence[KnownPupil], by_ine: Mapping[str, KnownPupil]
) -> _Recognition:
    """Say who each line is: by INE first, then by names and birth date, then by names where a date is missing."""
    namesakes: dict[NameKey, list[KnownPupil]] = {}
    for known in here:
        namesakes.setdefault(_names(known), []).append(known)
    who = _Recognition(namesakes)
    for pupil in listed:
        if (holder := by_ine.get(pupil.ine or "")) is None:
            continue
        rivals = [known for known in namesakes.get(_names(pupil), ()) if _may_share_day(pupil, known)]
        if _is_somebody_else(pupil, holder, rivals):
            template = N_("The INE {ine} is that of another pupil than the one named here; the line is not taken.")
            who.problems[pupil.line] = Problem(pupil.line, template, {"ine": pupil.ine})
            who.spared.add(holder.id)
            for known in rivals:  # the line may be theirs: no other line takes them by names alone
                who.wanted.setdefault(known.id, []).append(pupil.line)
        else:
            who.found[pupil.line] = holder
    _recognise_by_names(who, listed, is_dated=True)
    _recognise_by_names(who, listed, is_dated=False)
    return who


def _is_somebody_else(pupil: ListedPupil, holder: KnownPupil, rivals: Sequence[KnownPupil]) -> bool:
    """Say whether a line's INE belongs to another: nothing else is alike, or somebody else here bears its names."""
    here, there = _names(pupil), _names(holder)
    if here == there:
        return False
    is_same_day = pupil.birth_date is not None and pupil.birth_date == holder.birth_date
    is_alike = here[0] == there[0] or here[1] == there[1] or is_same_day
    return not is_alike or any(rival.id != holder.id for rival in rivals)


def _recognise_by_names(who: _Recognition, listed: Sequence[ListedPupil], *, is_dated: bool) -> None:
    """Find the lines that are one pupil and no other; two lines for one pupil, or two pupils for one line, wait."""
    taken = {known.id for known in who.found.values()}
    candidates = {
        pupil.line: [
            known
            for known in who.namesakes.get(_names(pupil), ())
            if known.id not in taken
            and _may_share_day(pupil, known)
            and (not is_dated or (pupil.birth_date is not None and known.birth_date is not None))
            and not _are_told_apart(pupil.ine, known.ine)
        ]
        for pupil in listed
        if pupil.line not in who.found and pupil.line not in who.problems
    }
    for line, several in candidates.items():
        for known in several:
            who.wanted.setdefault(known.id, []).append(line)
    for line, several in candidates.items():
        if len(several) > 1:
            template = N_(
                "Several pupils bear these names; the line is not taken until a birth date or an INE says which."
            )
            who.problems[line] = Problem(line, template)
        elif several and (other := next((rival for rival in who.wanted[several[0].id] if rival != line), None)):
            template = N_(
                "This line and line {other} may both be the pupil known by these names; neither is taken."
                " Import once without the line of the new pupil."
            )
            who.problems[line] = Problem(line, template, {"other": other})
        elif several:
            who.found[line] = several[0]


def _may_share_day(pupil: ListedPupil, known: KnownPupil) -> bool:
    return pupil.birth_date is None or known.birth_date is None or pupil.birth_date == known.birth_date


def _are_told_apart(code: str | None, known_code: str | None) -> bool:
    """Say whether two INEs make two pupils: a doubtful one proves nothing."""
    return code is not None and known_code is not None and {ine(code), ine(known_code)} == {Ine.VALID}


def _ine_to_keep(code: str | None, known_code: str | None) -> str | None:
    """Return the list's INE, but never a doubtful one in the place of what is known."""
    is_better = code is not None and (known_code is None or ine(code) is Ine.VALID)
    return code if is_better else known_code


def _pupil_values(pupil: ListedPupil, known: KnownPupil | None, school_id: SchoolId) -> dict[str, object]:
    """Return the pupil's columns: what the list says, else what was known."""
    return {
        "ine": _ine_to_keep(pupil.ine, known.ine if known else None),
        "school_id": int(school_id),
        "family_name": pupil.family_name,
        "usage_name": pupil.usage_name or (known.usage_name if known else ""),
        "given_name": pupil.given_name,
        "class_name": pupil.class_name or (known.class_name if known else ""),
        "level": pupil.level or (known.level if known else ""),
        "birth_date": pupil.birth_date or (known.birth_date if known else None),
        "left_on": None,
    }


def _pupil_keys(values: Values) -> tuple[str, str]:
    family, usage, given, class_name = (str(values[column]) for column in _PUPIL_KEYS)
    return pupil_key(family, usage, given, class_name), sort_key(usage or family, given)
