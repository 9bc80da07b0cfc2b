"""Rostering: schools come in from the directory, pupils from the files of their schools."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from tablet_loans.domain.act import Subject
from tablet_loans.domain.errors import UnknownSchool
from tablet_loans.domain.identifiers import uai
from tablet_loans.domain.problem import ImportReport, Problem
from tablet_loans.domain.recognition import Same
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.roster import ListedPupil, RosterKind, Spoilt
from tablet_loans.services.comparing import Orders, Roll, SchoolLines, compared
from tablet_loans.services.importers import rosters
from tablet_loans.services.importers import schools as directories
from tablet_loans.services.importers.content import loaded
from tablet_loans.services.importers.schools import DirectorySchool
from tablet_loans.services.importing import Meter, alone, begun, collected_later, opened, split, unwritten, written
from tablet_loans.services.locating import SCHOOLS_NAMED, known_school, schools_taken, welcome_real_pupils
from tablet_loans.services.session import Progress, Receipt, Session, Topic, settled
from tablet_loans.storage import rolls
from tablet_loans.storage.rolls import KnownSchool
from tablet_loans.storage.staging import ChangedRow, Load, NewRow
from tablet_loans.text import N_, search_key, sort_key

_SCHOOL: Final = ("uai", "name", "kind", "address", "postcode", "commune", "phone", "email", "depot")
_SCHOOL_KEYS: Final = ("uai", "name", "commune")
_KEYS: Final = ("search_key", "sort_key")
_UNKNOWN_SCHOOL: Final = N_(
    "The school {school} is not known here: its pupils ({count}) are not taken. Import the schools first."
)
_NO_SCHOOL: Final = N_("The line does not say which school the pupil goes to.")


@dataclass(slots=True)
class _Directory:
    """What a directory would do: new schools, and changed ones with what they were."""

    created: list[NewRow] = field(default_factory=list)
    changed: list[ChangedRow] = field(default_factory=list)
    unchanged: int = 0

    def report(self, problems: Sequence[Problem], lines: int) -> ImportReport:
        """Return what the directory does, its problems in the order of the lines."""
        every = tuple(sorted(problems, key=lambda problem: problem.line))
        return ImportReport(lines, len(self.created), len(self.changed), self.unchanged, 0, every)


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
            found = _schools_compared(session, listed)
        report = found.report(problems, lines)
        if not (found.created or found.changed):
            return unwritten(report)
        loads = [Load("school", (*_SCHOOL, *_KEYS), found.created), Load("school", (), found.changed)]
        with begun(session) as run:
            return written(session, run, source, report, loads, meter=meter, topics={Topic.SCHOOLS})


def _schools_compared(session: Session, listed: Sequence[DirectorySchool]) -> _Directory:
    found = _Directory()
    known = rolls.schools_with(session.base, [school.uai for school in listed])
    for school in listed:
        here = known.get(school.uai)
        values = {column: getattr(school, column) or (getattr(here, column) if here else "") for column in _SCHOOL}
        if here is None:
            found.created.append((school.line, (*values.values(), *_school_keys(values))))
        elif change := _school_changed(school.line, here, values):
            found.changed.append(change)
        else:
            found.unchanged += 1
    return found


def _school_changed(line: int, here: KnownSchool, values: Mapping[str, str]) -> ChangedRow | None:
    """Return what changes, with what must still be there: the keys are made from it."""
    after = {column: value for column, value in values.items() if getattr(here, column) != value}
    if not after:
        return None
    before = {column: getattr(here, column) for column in after}
    if not after.keys().isdisjoint(_SCHOOL_KEYS):
        before |= {column: getattr(here, column) for column in _SCHOOL_KEYS}
        after |= dict(zip(_KEYS, _school_keys(values), strict=True))
    return line, here.id, before, after


def _school_keys(values: Mapping[str, str]) -> tuple[str, str]:
    return search_key(values["name"], values["uai"], values["commune"]), sort_key(values["name"])


@settled
@collected_later
def import_pupils(
    session: Session,
    path: Path,
    *,
    school: str | None = None,
    mapping: Mapping[str, str] | None = None,
    same: Same = (),
    new: Collection[int] = (),
    is_dry_run: bool = False,
    progress: Progress | None = None,
) -> Receipt[ImportReport]:
    """Bring in the pupils of a file, all or none, and say what became of each line.

    The file says whose pupils they are, else `school` does: a UAI; a school that is not here is never created. A
    pupil is known by INE anywhere, else within the school by the number, by names and birth date, or by names alone
    where a date is missing. What is ambiguous is not taken; nor is a line that is almost somebody whom no line names,
    until it is named in `same` (it is that pupil, the one with the id if `same` gives one) or in `new` (it is another
    one). Who is no longer in a whole file is marked as having left, never deleted; who comes back is no longer marked.
    An empty cell erases nothing, and what was corrected by hand stays.

    Raises: NotPermitted, DemonstrationBase, RecoveryPhraseNotTypedBack, InvalidUai, UnknownSchool, SchoolNotSaid,
    WrongSchool, ImportUnderWay, FileMissing, FileUnreadable, FileTooLarge, WrongFile, MissingColumns, UnknownField,
    BaseTrouble, Cancelled.
    """
    session.require(Permission.ROSTER)
    welcome_real_pupils(session)
    named = None if school is None else known_school(session, school).uai
    source = opened("pupils", path)
    roster = rosters.pupils(path, mapping=mapping)
    meter = Meter(progress or Progress(), roster.size)
    items, problems, _ = split(roster.lines, meter)
    read = [item for item in items if isinstance(item, ListedPupil | Spoilt)]
    read, problems = _still_there(read, problems, session.today())
    lines = _Lines(roster.schools, named, read, problems)
    orders = Orders(session.today(), roster.is_whole, roster.kind is not RosterKind.LIST, same, frozenset(new))
    if is_dry_run:
        with session.base.reading():
            return unwritten(_pupils_compared(session, lines, orders, meter)[1])
    with alone(session):
        with session.base.reading():
            roll, report, ids = _pupils_compared(session, lines, orders, meter)
        if roll.is_empty():
            return unwritten(report)
        about = [(Subject.SCHOOL, school_id) for school_id in ids]
        with begun(session) as run:
            return written(session, run, source, report, roll.loads(), meter=meter, topics={Topic.PUPILS}, about=about)


def _still_there(
    read: Sequence[ListedPupil | Spoilt], problems: Sequence[Problem], today: date
) -> tuple[list[ListedPupil | Spoilt], list[Problem]]:
    """Return the lines of a file, and its problems, without those of the pupils who have left by then."""
    gone = {_line(item) for item in read if item.leaves_on is not None and item.leaves_on <= today}
    return (
        [item for item in read if _line(item) not in gone],
        [problem for problem in problems if problem.line not in gone],
    )


def _line(item: ListedPupil | Spoilt) -> int:
    return item.problem.line if isinstance(item, Spoilt) else item.line


class _Lines:
    """What a file says, by school: a file without a word on it is that of the school that was named.

    Raises: WrongSchool, SchoolNotSaid.
    """

    def __init__(
        self,
        schools: Sequence[str],
        named: str | None,
        read: Sequence[ListedPupil | Spoilt],
        problems: Sequence[Problem],
    ) -> None:
        codes = {code: uai(code) or code for code in {*schools, *(line.school for line in read)} if code}
        said = set(codes.values())
        self.said = schools_taken(said, named)
        self.problems = list(problems)
        self.listed: dict[str, list[ListedPupil]] = {}
        self.spoilt: dict[str, list[Spoilt]] = {}
        only = self.said[0] if len(self.said) == 1 and len(said) <= 1 else ""
        for line in read:
            self._take(line, codes[line.school] if line.school else only)
        self.rows = _rows(read, problems)

    def _take(self, line: ListedPupil | Spoilt, school: str) -> None:
        if isinstance(line, Spoilt):
            self.problems.append(line.problem)
            self.spoilt.setdefault(school, []).append(line)
        elif school:
            self.listed.setdefault(school, []).append(line)
        else:
            self.problems.append(Problem(line.line, _NO_SCHOOL))


def _rows(read: Sequence[ListedPupil | Spoilt], problems: Sequence[Problem]) -> int:
    """Return how many lines have something on them; a warning and its pupil share a line."""
    lines = set(map(_line, read))
    return len(read) + len({problem.line for problem in problems if problem.line} - lines)


def _pupils_compared(
    session: Session, lines: _Lines, orders: Orders, meter: Meter
) -> tuple[Roll, ImportReport, list[int]]:
    """Return what a file would do, its report, and the ids of its schools. Raises: UnknownSchool, Cancelled."""
    ids = rolls.school_ids(session.base, lines.said)
    if not ids:
        raise UnknownSchool(school=", ".join(lines.said[:SCHOOLS_NAMED]))
    problems = lines.problems + [
        Problem(lines.listed[each][0].line, _UNKNOWN_SCHOOL, {"school": each, "count": len(lines.listed[each])})
        for each in lines.said
        if each not in ids and each in lines.listed
    ]
    anywhere = lines.spoilt.get("", [])
    schools = [
        SchoolLines(ids[each], each, lines.listed.get(each, []), [*lines.spoilt.get(each, []), *anywhere])
        for each in lines.said
        if each in ids
    ]
    roll = compared(session.base, schools, orders, meter.progress)
    return roll, roll.report(lines.rows, problems), [school.id for school in schools]
