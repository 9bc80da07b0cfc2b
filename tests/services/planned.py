"""What tests of plans begin with: pupils who answered that they lack equipment, devices, a plan applied."""

from datetime import date

from tablet_loans.domain.allocation import Outcome
from tablet_loans.domain.need import Answer, Equipment, Source, Told
from tablet_loans.domain.plan import PlanHead
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import allocating, asking, explaining
from tests.builders import CAMPAIGN, World

ASKED = Told(date(2026, 4, 1), "", Source.GRID)


def in_need(
    world: World, name: str, equipment: Equipment = Equipment.NONE, *, school_id: int | None = None, **said: bool
) -> PupilId:
    """Insert a pupil who answered so and return the id."""
    pupil = world.pupil(name, school_id=school_id)
    asking.set_answer(world.session, campaign=CAMPAIGN, pupil=str(pupil), answer=Answer(equipment, **said), told=ASKED)
    return pupil


def drafted(world: World) -> PlanHead:
    """Make a plan."""
    return allocating.draft(world.session, CAMPAIGN).value


def applied(world: World) -> PlanHead:
    """Make a plan and its promises."""
    drafted(world)
    return allocating.apply(world.session, CAMPAIGN).value


def served(world: World, plan: PlanHead) -> list[PupilId]:
    """Return whom a plan serves, in the order of the ranks."""
    choices = explaining.choices(world.session, CAMPAIGN, plan.id).choices
    return [each.pupil for each in choices if each.outcome is Outcome.SERVED]


def promises(world: World) -> list[tuple[int, str]]:
    """Return the pupil and the state of each promise."""
    rows = world.base.execute("SELECT pupil_id, state FROM reservation ORDER BY id").fetchall()
    return [(row[0], row[1]) for row in rows]
