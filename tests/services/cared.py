"""Guardians' files for tests: what a reader would give, without a file."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from pathlib import Path

from tablet_loans.domain.problem import ImportReport, Problem
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roster import Care, GuardianRoster, ListedGuardian, ListedWard, RosterKind
from tablet_loans.services import caring
from tablet_loans.services.importing import Source
from tablet_loans.services.session import Receipt
from tests.builders import World

IRIS, LILAS = "0690142E", "0690026D"
SOURCE = Source("guardians", Path("ResponsablesAvecAdresses.xml"), "0" * 64)
_LINES = count(2)


def pupil(world: World, number: str | None, family_name: str, given_name: str, *, school: str = IRIS) -> PupilId:
    """Return a pupil with this number in the base of a school."""
    found = world.base.execute("SELECT id FROM school WHERE uai = ?", (school,)).fetchone()
    school_id = int(found[0]) if found else world.school(school)
    pupil_id = world.pupil(family_name, given_name, school_id=school_id)
    with world.base.atomic():
        world.base.execute("UPDATE pupil SET local_number = ? WHERE id = ?", (number, pupil_id))
    return pupil_id


def ward(number: str | None = None, name: str = "", class_name: str = "", care: Care = Care.LEGAL) -> ListedWard:
    """Return a pupil as a guardians' file names one: by number, or by “Family Given”."""
    family_name, _, given_name = name.partition(" ")
    return ListedWard(care, number, family_name, given_name, class_name)


def listed(*wards: ListedWard, number: str | None = None, name: str = "Dupont Jean", **said: object) -> ListedGuardian:
    """Return a guardian as a file has one."""
    family_name, _, given_name = name.partition(" ")
    plain = ListedGuardian(
        next(_LINES), number, "M.", family_name, given_name, "", "06 12 34 56 78", "", "5 rue des Roses", "69100",
        "Villeurbanne", wards,
    )  # fmt: skip
    return replace(plain, **said)  # type: ignore[arg-type]


def roster(lines: Iterable[ListedGuardian | Problem], *schools: str) -> GuardianRoster:
    """Return a file of these guardians, of these schools."""
    every = list(lines)
    return GuardianRoster(RosterKind.SIECLE, schools, len(every), iter(every))


def bring(
    world: World, *lines: ListedGuardian | Problem, school: str = IRIS, is_dry_run: bool = False
) -> Receipt[ImportReport]:
    """Import these guardians of a school."""
    return caring.brought_in(world.session, SOURCE, roster(lines, school), is_dry_run=is_dry_run)


def households(world: World) -> dict[int, int]:
    """Return the household of each pupil who has one."""
    rows = world.base.execute("SELECT id, household FROM pupil WHERE household IS NOT NULL").fetchall()
    return {row[0]: row[1] for row in rows}
