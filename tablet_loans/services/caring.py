"""Caring: who looks after whom, from the guardians' file of a school, with the households that come of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final

from tablet_loans.domain.act import Subject
from tablet_loans.domain.errors import UnknownSchool
from tablet_loans.domain.household import Carer, changes, guardian_name
from tablet_loans.domain.identifiers import uai
from tablet_loans.domain.problem import MOST_TOLD, Fate, ImportReport, Problem, Told
from tablet_loans.domain.recognition import SchoolNotSaid, WrongSchool
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.roster import Care, GuardianRoster, ListedGuardian
from tablet_loans.services import households
from tablet_loans.services.guarding import Person, Shelf, why_not_keep
from tablet_loans.services.importers import rosters
from tablet_loans.services.importing import (
    Meter,
    Source,
    alone,
    begun,
    collected_later,
    opened,
    split,
    unwritten,
    written,
)
from tablet_loans.services.locating import known_school, welcome_real_pupils
from tablet_loans.services.session import Progress, Receipt, Session, Topic, settled
from tablet_loans.storage import guardians, schools
from tablet_loans.storage.guardians import COLUMNS
from tablet_loans.storage.households import COLUMN as HOUSEHOLD
from tablet_loans.storage.households import Neighbourhood
from tablet_loans.storage.staging import ChangedRow, Load, NewRow
from tablet_loans.text import N_

_WRITTEN: Final = ("civility", "family_name", "given_name")
_SHOWN: Final = 3
_FOLDED: Final = frozenset({"name_key", "address_key"})


@settled
@collected_later
def import_guardians(
    session: Session,
    path: Path,
    *,
    school: str | None = None,
    mapping: Mapping[str, str] | None = None,
    is_dry_run: bool = False,
    progress: Progress | None = None,
) -> Receipt[ImportReport]:
    """Bring in the guardians of a school's pupils, all or none, and say what became of each line.

    A pupil is known by the school's own number, else by names within the school; a guardian by number, else by name
    with mobile, home or pupil; a line that may be several is not taken. An empty cell erases nothing, and nobody is
    deleted: guardians go when needs close. Households are made anew with it, as one import that can be undone.

    Raises: NotPermitted, DemonstrationBase, RecoveryPhraseNotTypedBack, InvalidUai, UnknownSchool, SchoolNotSaid,
    WrongSchool, ImportUnderWay, FileMissing, FileUnreadable, FileTooLarge, WrongFile, MissingColumns,
    BaseTrouble, Cancelled.
    """
    session.require(Permission.ROSTER)
    welcome_real_pupils(session)
    chosen = None if school is None else known_school(session, school).uai
    source = opened("guardians", path)
    roster = rosters.guardians(path, mapping=mapping)
    return brought_in(session, source, roster, school=chosen, is_dry_run=is_dry_run, progress=progress)


def brought_in(
    session: Session,
    source: Source,
    roster: GuardianRoster,
    *,
    school: str | None = None,
    is_dry_run: bool = False,
    progress: Progress | None = None,
) -> Receipt[ImportReport]:
    """Bring in the guardians of a file that is being read; `school` is the UAI that a person chose."""
    meter = Meter(progress or Progress(), roster.size)
    listed, problems, lines = split(roster.lines, meter)
    said = _schools_said(roster, listed, school)
    if is_dry_run:
        with session.base.reading():
            return unwritten(_compared(session, listed, said).report(problems, lines))
    with alone(session):
        with session.base.reading():
            plan = _compared(session, listed, said)
            report = plan.report(problems, lines)
            if plan.is_empty():
                return unwritten(report)
        with begun(session) as run:
            plan.number(guardians.free_ids(session.base, report.created))
            with session.base.reading():
                gathering, standings = households.gathering(session, plan.carers, plan.around())
            moved = [
                (0, pupil, {HOUSEHOLD: standings[pupil].household if pupil in standings else None}, {HOUSEHOLD: after})
                for pupil, after in sorted(changes(gathering, standings).items())
            ]
            loads = [*plan.loads(), Load("pupil", (), moved)]
            about = [(Subject.SCHOOL, school_id) for school_id in sorted({shelf.school_id for shelf, _ in plan.met})]
            receipt = written(session, run, source, report, loads, meter=meter, topics={Topic.PUPILS}, about=about)
            return replace(receipt, value=replace(receipt.value, left=0))  # a household decided meanwhile stays


def _schools_said(roster: GuardianRoster, listed: Sequence[ListedGuardian], school: str | None) -> list[str]:
    """Return the UAIs of the schools whose guardians are taken. Raises: WrongSchool, SchoolNotSaid."""
    said = sorted({_normal(each) for each in roster.schools} | {_normal(line.school) for line in listed if line.school})
    if school is None:
        if not said:
            raise SchoolNotSaid()
        return said
    if said and school not in said:
        raise WrongSchool(school=school, said=", ".join([*said[:_SHOWN], *(["..."] if len(said) > _SHOWN else [])]))
    return [school]


def _normal(text: str) -> str:
    return uai(text) or text


@dataclass(slots=True)
class _Plan:
    """What a file would do, before anything is written: whom it describes, each once."""

    met: list[tuple[Shelf, Person]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ids: dict[int, int] = field(default_factory=dict)  # of new persons, by their place among those met

    def is_empty(self) -> bool:
        """Say whether nothing would change."""
        return all(_fate(shelf, person) is None for shelf, person in self.met)

    def report(self, problems: Sequence[Problem], lines: int) -> ImportReport:
        """Return what the file does, and its problems in the order of the lines."""
        fates = [_fate(shelf, person) for shelf, person in self.met]
        every = tuple(sorted((*problems, *self.problems), key=lambda problem: problem.line))
        told = (_told(*each, fate) for each, fate in zip(self.met, fates, strict=True) if fate)
        created, updated = fates.count(Fate.ARRIVES), fates.count(Fate.CHANGES)
        return ImportReport(lines, created, updated, fates.count(None), 0, every, told=tuple(islice(told, MOST_TOLD)))

    def number(self, free: Sequence[int]) -> None:
        """Give new persons the ids that are free."""
        new = (place for place, (_, person) in enumerate(self.met) if person.known is None)
        self.ids = dict(zip(new, free, strict=True))

    def carers(self, known: Iterable[Carer]) -> Iterator[Carer]:
        """Yield the guardians known as the file has them, then those it brings."""
        changed = {person.known.id: person for _, person in self.met if person.known is not None}
        for carer in known:
            if person := changed.get(carer.id):
                yield _as_carer(carer.id, person, carer.wards)
            else:
                yield carer
        for place, new_id in self.ids.items():
            yield _as_carer(new_id, self.met[place][1])

    def around(self) -> Neighbourhood:
        """Return whose households what changes may decide: guardians as they were and will be, and their pupils."""
        found = Neighbourhood(set(), set(), set())
        for shelf, person in self.met:
            if _fate(shelf, person) is None:
                continue
            found.pupils.update(person.cares)
            found.addresses.add(str(person.values["address_key"]))
            if person.known is not None:
                found.guardians.add(person.known.id)
                found.addresses.add(person.known.address_key)
        found.addresses.discard("")
        return found

    def loads(self) -> list[Load]:
        """Return what is written: guardians before what they are to pupils."""
        cares = [each for place, met in enumerate(self.met) for each in self._cares(place, *met)]
        return [
            Load("guardian", ("id", "school_id", *COLUMNS), self._new()),
            Load("guardian", (), self._changed()),
            Load("guardianship", ("guardian_id", "pupil_id", "care"), (row for row, _ in cares if row)),
            Load("guardianship", (), (row for _, row in cares if row)),
        ]

    def _new(self) -> Iterator[NewRow]:
        for place, new_id in self.ids.items():
            shelf, person = self.met[place]
            yield person.line, (new_id, shelf.school_id, *(person.values[column] for column in COLUMNS))

    def _changed(self) -> Iterator[ChangedRow]:
        for _, person in self.met:
            if person.known is not None and (after := person.after()):
                before = {column: getattr(person.known, column) for column in after}
                yield person.line, person.known.id, before, after

    def _cares(self, place: int, shelf: Shelf, person: Person) -> Iterator[tuple[NewRow | None, ChangedRow | None]]:
        guardian = person.known.id if person.known else self.ids[place]
        for pupil, care in person.cares.items():
            known = shelf.cares.get((guardian, pupil)) if person.known else None
            if known is None:
                yield (person.line, (guardian, pupil, care.value)), None
            elif known.care != care:
                yield None, (person.line, known.id, {"care": known.care}, {"care": care.value})


def _compared(session: Session, listed: Sequence[ListedGuardian], said: Sequence[str]) -> _Plan:
    """Compare the lines of these schools with what is here. Raises: UnknownSchool when none of them is."""
    shelves = {each: _shelf(session, each) for each in said}
    if not any(shelves.values()):
        raise UnknownSchool(school=", ".join(said[:_SHOWN]))
    plan, only = _Plan(), said[0] if len(said) == 1 else ""
    for line in listed:
        where = _normal(line.school) or only
        if not where:
            template = N_("The line does not say which school the pupil goes to.")
            plan.problems.append(Problem(line.line, template))
        elif where not in shelves:
            continue  # a file of many schools, of which a person chose one
        elif (shelf := shelves[where]) is None:
            template = N_("No school bears the UAI {school}.")
            plan.problems.append(Problem(line.line, template, {"school": where}))
        else:
            _meet(plan, shelf, line)
    return plan


def _shelf(session: Session, school: str) -> Shelf | None:
    school_id = schools.find_id(session.base, school)
    if school_id is None:
        return None
    shelf = Shelf(school_id, school, guardians.cares_of(session.base, school_id))
    shelf.stock(guardians.wards_of(session.base, school_id), guardians.of_school(session.base, school_id))
    return shelf


def _meet(plan: _Plan, shelf: Shelf, line: ListedGuardian) -> None:
    if problem := why_not_keep(line):
        plan.problems.append(problem)
        return
    wards, problems = shelf.pupils(line)
    plan.problems += problems
    if not wards:
        if not problems:
            plan.problems.append(Problem(line.line, N_("This guardian looks after no pupil; the line is not taken.")))
        return
    person = shelf.person(line, wards)
    if isinstance(person, Problem):
        plan.problems.append(person)
        return
    if not person.is_met:
        plan.met.append((shelf, person))
    person.meet(line, wards)
    shelf.keep(person)


def _fate(shelf: Shelf, person: Person) -> Fate | None:
    if person.known is None:
        return Fate.ARRIVES
    guardian = person.known.id
    is_as_known = all(
        (known := shelf.cares.get((guardian, pupil))) is not None and known.care == care
        for pupil, care in person.cares.items()
    )
    return None if is_as_known and not person.after() else Fate.CHANGES


def _told(shelf: Shelf, person: Person, fate: Fate) -> Told:
    civility, family_name, given_name = (str(person.values[column]) for column in _WRITTEN)
    after = person.after() if person.known else {}
    said = tuple(
        (column, str(getattr(person.known, column) or ""), str(value or ""))
        for column, value in after.items()
        if column not in _FOLDED
    )
    return Told(fate, person.line, guardian_name(civility, family_name, given_name), shelf.uai, "", said)


def _as_carer(guardian: int, person: Person, known: Sequence[int] = ()) -> Carer:
    """Return a guardian as the file has it; a mere contact is in charge of nobody."""
    in_charge = [pupil for pupil, care in person.cares.items() if care is not Care.CONTACT]
    wards = dict.fromkeys([*(pupil for pupil in known if pupil not in person.cares), *in_charge])
    values = person.values
    return Carer(
        guardian, str(values["name_key"]), str(values["address_key"]), bool(values["is_institution"]), (*wards,)
    )
