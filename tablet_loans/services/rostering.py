"""Rostering: schools come in from the directory, pupils from the list of their school."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tablet_loans.domain import identifiers
from tablet_loans.domain.act import Subject
from tablet_loans.domain.errors import DemonstrationBase, InvalidUai, RecoveryPhraseNotTypedBack, UnknownSchool
from tablet_loans.domain.problem import ImportReport, Problem
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.school import SchoolId
from tablet_loans.services.importers import pupils as pupil_lists
from tablet_loans.services.importers import schools as directories
from tablet_loans.services.importers.pupils import ListedPupil, NameKey, Spoilt, name_key
from tablet_loans.services.importers.schools import DirectorySchool
from tablet_loans.services.importing import Kept, Meter, opened, recorded, split, unwritten
from tablet_loans.services.session import Progress, Receipt, Session, Topic
from tablet_loans.storage import batches, rolls, schools
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.rolls import KnownPupil, KnownSchool
from tablet_loans.text import search_key, sort_key

_SCHOOL: Final = ("uai", "name", "kind", "address", "postcode", "commune", "phone", "email")
_SCHOOL_COLUMNS: Final = (*_SCHOOL, "search_key", "sort_key")
_PUPIL: Final = (
    "ine", "school_id", "family_name", "usage_name", "given_name", "class_name", "level", "birth_date", "left_on",
)  # fmt: skip
_PUPIL_COLUMNS: Final = (*_PUPIL, "search_key", "sort_key")


@dataclass(slots=True)
class _Roll:
    """What a list would do, before anything is written: new rows, and changed ones with what they were."""

    created: list[dict[str, object]] = field(default_factory=list)
    updated: list[tuple[int, dict[str, object], dict[str, object]]] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    unchanged: int = 0

    def is_empty(self) -> bool:
        """Say whether nothing would change."""
        return not (self.created or self.updated or self.left)

    def meet(self, known: KnownPupil | KnownSchool, values: dict[str, object]) -> None:
        """Note what is known and what the list says now."""
        before = {column: getattr(known, column) for column, value in values.items() if getattr(known, column) != value}
        if before:
            self.updated.append((known.id, before, values))
        else:
            self.unchanged += 1

    def report(self, problems: Sequence[Problem], lines: int) -> ImportReport:
        """Return what the list does."""
        return ImportReport(
            lines, len(self.created), len(self.updated), self.unchanged, len(self.left), tuple(problems)
        )


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

    Raises: NotPermitted, FileMissing, FileUnreadable, WrongFile, MissingColumns, UnknownField, BaseTrouble, Cancelled.
    """
    session.require(Permission.ROSTER)
    source = opened("schools", path)
    size, items = directories.read(source.content, str(path), mapping=mapping)
    meter = Meter(progress or Progress(), size)
    listed, problems, lines = split(items, meter)
    if is_dry_run:
        with troubles_spoken(session.base):
            return unwritten(_schools_compared(session, listed).report(problems, lines))
    with session.transaction() as act:
        batches.alone(session.base)
        roll = _schools_compared(session, listed)
        report = roll.report(problems, lines)
        if roll.is_empty():
            return unwritten(report)
        kept = Kept()
        columns = _SCHOOL_COLUMNS
        kept.insert(session, "school", columns, map(_school_row, meter.writing(roll.created)))
        kept.update(
            session,
            "school",
            columns,
            ((row_id, before, _school_row(values)) for row_id, before, values in meter.writing(roll.updated)),
        )
        meter.finish()
        return recorded(act, source, report, kept, topics={Topic.SCHOOLS})


def _schools_compared(session: Session, listed: Sequence[DirectorySchool]) -> _Roll:
    roll = _Roll()
    known = rolls.schools_with(session.base, [school.uai for school in listed])
    for school in listed:
        here = known.get(school.uai)
        values: dict[str, object] = {
            column: getattr(school, column) or (getattr(here, column) if here else "") for column in _SCHOOL
        }
        if here is None:
            roll.created.append(values)
        else:
            roll.meet(here, values)
    return roll


def _school_row(values: Mapping[str, object]) -> tuple[object, ...]:
    name, uai, commune = (str(values[column]) for column in ("name", "uai", "commune"))
    return (*(values[column] for column in _SCHOOL), search_key(name, uai, commune), sort_key(name))


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

    A pupil is known by INE, else by names and birth date within the school. Who is no longer in the list is marked
    as having left, never deleted; who comes back is no longer marked. An empty cell erases nothing.

    Raises: NotPermitted, DemonstrationBase, RecoveryPhraseNotTypedBack, InvalidUai, UnknownSchool, FileMissing,
    FileUnreadable, WrongFile, MissingColumns, UnknownField, BaseTrouble, Cancelled.
    """
    school_id = _school_for_real_pupils(session, school)
    source = opened("pupils", path)
    size, items = pupil_lists.read(source.content, str(path), mapping=mapping)
    meter = Meter(progress or Progress(), size)
    read, problems, lines = split(items, meter)
    spoilt = [line for line in read if isinstance(line, Spoilt)]
    listed = [line for line in read if isinstance(line, ListedPupil)]
    problems = sorted((*problems, *(line.problem for line in spoilt)), key=lambda problem: problem.line)
    lines -= len(problems) - len(spoilt)  # a warning and its pupil share a line
    if is_dry_run:
        with troubles_spoken(session.base):
            return unwritten(_pupils_compared(session, school_id, listed, spoilt).report(problems, lines))
    with session.transaction() as act:
        batches.alone(session.base)
        roll = _pupils_compared(session, school_id, listed, spoilt)
        report = roll.report(problems, lines)
        if roll.is_empty():
            return unwritten(report)
        kept = Kept()
        _write_pupils(session, roll, kept, meter)
        meter.finish()
        return recorded(act, source, report, kept, topics={Topic.PUPILS}, about=[(Subject.SCHOOL, school_id)])


def _school_for_real_pupils(session: Session, school: str) -> SchoolId:
    """Return the school's id where real pupils are welcome."""
    session.require(Permission.ROSTER)
    if session.settings.is_demonstration:
        raise DemonstrationBase()
    if not session.settings.is_recovery_confirmed:
        raise RecoveryPhraseNotTypedBack()
    if (uai := identifiers.uai(school)) is None:
        raise InvalidUai(school=school)
    with troubles_spoken(session.base):
        school_id = schools.find_id(session.base, uai)
    if school_id is None:
        raise UnknownSchool(school=uai)
    return school_id


def _write_pupils(session: Session, roll: _Roll, kept: Kept, meter: Meter) -> None:
    kept.insert(session, "pupil", _PUPIL_COLUMNS, map(_pupil_row, meter.writing(roll.created)))
    kept.update(
        session,
        "pupil",
        _PUPIL_COLUMNS,
        ((row_id, before, _pupil_row(values)) for row_id, before, values in meter.writing(roll.updated)),
    )
    today = session.today()
    kept.update(session, "pupil", ("left_on",), ((row_id, {"left_on": None}, (today,)) for row_id in roll.left))


def _pupils_compared(
    session: Session, school_id: SchoolId, listed: Sequence[ListedPupil], spoilt: Sequence[Spoilt]
) -> _Roll:
    here = rolls.pupils_of(session.base, school_id)
    by_ine = rolls.pupils_with(session.base, [pupil.ine for pupil in listed if pupil.ine])
    by_name: dict[NameKey, list[KnownPupil]] = {}
    for known in here:
        by_name.setdefault(name_key(known.family_name, known.given_name, known.birth_date), []).append(known)
    roll, met = _Roll(), set[int]()
    claimed = {known.id for known in by_ine.values()}
    for pupil in listed:
        known_pupil = by_ine.get(pupil.ine or "") or _namesake(pupil, by_name, met | claimed)
        values = _pupil_values(pupil, known_pupil, school_id)
        if known_pupil is None:
            roll.created.append(values)
        else:
            met.add(known_pupil.id)
            roll.meet(known_pupil, values)
    if listed:
        names = {name_key(line.family_name, line.given_name, None) for line in spoilt}
        roll.left = [known.id for known in here if known.id not in met and _is_gone(known, names)]
    return roll


def _is_gone(known: KnownPupil, spoilt_names: set[NameKey]) -> bool:
    """Say whether a pupil not met is to be marked: a line that could not be read still says who is there."""
    return known.left_on is None and name_key(known.family_name, known.given_name, None) not in spoilt_names


def _namesake(pupil: ListedPupil, by_name: Mapping[NameKey, list[KnownPupil]], taken: set[int]) -> KnownPupil | None:
    """Return the school's pupil of the same names and birth date, unless another INE tells them apart."""
    namesakes = by_name.get(name_key(pupil.family_name, pupil.given_name, pupil.birth_date), [])
    return next(
        (known for known in namesakes if known.id not in taken and (pupil.ine is None or known.ine is None)), None
    )


def _pupil_values(pupil: ListedPupil, known: KnownPupil | None, school_id: SchoolId) -> dict[str, object]:
    """Return the pupil's columns: what the list says, else what was known."""
    return {
        "ine": pupil.ine or (known.ine if known else None),
        "school_id": int(school_id),
        "family_name": pupil.family_name,
        "usage_name": pupil.usage_name or (known.usage_name if known else ""),
        "given_name": pupil.given_name,
        "class_name": pupil.class_name or (known.class_name if known else ""),
        "level": pupil.level or (known.level if known else ""),
        "birth_date": pupil.birth_date or (known.birth_date if known else None),
        "left_on": None,
    }


def _pupil_row(values: Mapping[str, object]) -> tuple[object, ...]:
    family, usage, given, class_name = (
        str(values[column]) for column in ("family_name", "usage_name", "given_name", "class_name")
    )
    return (
        *(values[column] for column in _PUPIL),
        search_key(family, usage, given, class_name),
        sort_key(usage or family, given),
    )
