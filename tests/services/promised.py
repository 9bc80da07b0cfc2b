"""A base in which pupils wait and hold promises: needs answered, devices of two classes, plans applied."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.need import Answer, Equipment, Source, Told
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import allocating, asking
from tablet_loans.storage import rows
from tablet_loans.storage.database import Base
from tests.builders import CAMPAIGN, World

ASKED = Told(date(2026, 4, 1), "", Source.GRID)


def in_need(
    world: World, name: str, equipment: Equipment = Equipment.NONE, *, school_id: int | None = None, **said: bool
) -> PupilId:
    """Insert a pupil of a school who answered, and return the id."""
    pupil = world.pupil(name, school_id=school_id)
    asking.set_answer(world.session, campaign=CAMPAIGN, pupil=str(pupil), answer=Answer(equipment, **said), told=ASKED)
    return pupil


def plain_device(world: World, *, state: str = "ready", depot: str = "") -> str:
    """Insert a device without a SIM card, and return its tag."""
    tag = world.device(state=state)
    query = "SELECT id FROM device_model WHERE name = 'Tab M10'"
    with world.base.atomic():
        found = world.base.execute(query).fetchone()
        model = found[0] if found else rows.insert(
            world.base, "device_model",
            {"kind": "tablet", "maker": "Lenovo", "name": "Tab M10", "gtin": "", "features": (), "kit": ()},
        )  # fmt: skip
        world.base.execute("UPDATE device SET model_id = ?, depot = ? WHERE tag = ?", (model, depot, tag))
    return tag


def applied(world: World) -> int:
    """Make a plan, keep its promises, and return its id."""
    plan = allocating.draft(world.session, CAMPAIGN).value.id
    allocating.apply(world.session, CAMPAIGN)
    return plan


def promises(world: World) -> list[tuple[int, str, int | None]]:
    """Return whom something was promised, what became of it, and the exact device, by pupil."""
    found = world.base.execute("SELECT pupil_id, state, device_id FROM reservation ORDER BY pupil_id, id").fetchall()
    return [(row[0], row[1], row[2]) for row in found]


def together(base: Base, *acts: Callable[[], object]) -> list[str]:
    """Do acts at the same time, each in a thread of its own, and return what each answered with, or was refused by."""

    def act(call: Callable[[], object]) -> str:
        try:
            barrier.wait(5)
            return type(call()).__name__
        except TabletLoansError as error:
            return type(error).__name__
        finally:
            base.close()

    barrier = Barrier(len(acts))
    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(act, acts))


def uai_of(world: World, school_id: int) -> str:
    """Return a school's UAI."""
    return str(world.base.execute("SELECT uai FROM school WHERE id = ?", (school_id,)).fetchone()[0])
