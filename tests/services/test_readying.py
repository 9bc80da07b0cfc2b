"""What would prevent lending on Monday, on both engines: each line is there with its cause, and goes with it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tablet_loans.domain.campaign import Wording
from tablet_loans.domain.concern import Concern
from tablet_loans.domain.errors import NotPermitted, UnknownCampaign
from tablet_loans.domain.mark import MarkKind
from tablet_loans.domain.need import Answer, Equipment, Source, Told
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.rules import Rules
from tablet_loans.services import (
    allocating,
    asking,
    campaigning,
    launching,
    lending,
    marking,
    opening,
    readying,
    ruling,
    stocking,
)
from tablet_loans.services.session import Session
from tablet_loans.storage import schema
from tablet_loans.storage.database import open_database
from tests.builders import ADMINISTRATOR, CAMPAIGN, DUE, NOON, World, new_session, ticking_clock

ASKED = Told(date(2026, 4, 1), "", Source.GRID)
WORDING = Wording("Métropole de Lyon", "04 00 00 00 00", "Tribunal administratif, deux mois", "Lyon")
Step = Callable[[World], object]


def answered(world: World, pupil: PupilId, equipment: Equipment = Equipment.NONE) -> None:
    asking.set_answer(world.session, campaign=CAMPAIGN, pupil=str(pupil), answer=Answer(equipment), told=ASKED)


def codes(session: Session, *, is_thorough: bool = False) -> list[Concern]:
    return [line.code for line in readying.readiness(session, CAMPAIGN, is_thorough=is_thorough).lines]


def planned(world: World) -> None:
    allocating.draft(world.session, CAMPAIGN)
    allocating.apply(world.session, CAMPAIGN)


@pytest.fixture
def ready(world: World, tmp_path: Path) -> World:
    """Return a campaign with nothing left to see to: two pupils promised, three tablets ready, and a copy kept."""
    for name in ("Kaya", "Brun"):
        answered(world, world.pupil(name))
    for _ in range(3):
        world.device()
    campaigning.edit(world.session, CAMPAIGN, wording=WORDING)
    asking.close_needs(world.session, CAMPAIGN)
    planned(world)
    opening.back_up(world.session, tmp_path / "copy.sqlite", is_plain=True)
    return world


def set_column(world: World, table: str, row_id: int, **values: object) -> None:
    from tablet_loans.storage import rows

    with world.base.atomic():
        rows.update(world.base, table, row_id, values)


def one_more(world: World, state: str) -> None:
    world.device(state=state)


def state_to_ready(world: World) -> None:
    with world.base.atomic():
        world.base.execute("UPDATE device SET state = 'ready' WHERE state <> 'ready'")


def lent_in_another(world: World) -> None:
    """Lend a tablet in an earlier campaign, which is closing."""
    world.campaign("Avant 2026")
    lending.check_out(world.session, code=world.device(), pupil_id=world.pupil("Roux"), campaign="Avant 2026")
    campaigning.close(world.session, "Avant 2026")


def returned(world: World) -> None:
    tag = world.base.execute("SELECT tag FROM device WHERE state = 'on_loan'").fetchone()[0]
    lending.check_in(world.session, code=tag)
    stocking.prepare(world.session, [tag])


def promised_beyond(world: World) -> None:
    """Take two of the three ready tablets away, so that one of two promises cannot be kept."""
    with world.base.atomic():
        world.base.execute("UPDATE device SET state = 'retired' WHERE id > 1")


def due(day: date) -> Step:
    return lambda world: set_column(world, "campaign", 1, due_on=day)


CAUSES: list[tuple[list[Concern], Step, Step]] = [
    (
        [Concern.NOT_OPEN],
        lambda world: set_column(world, "campaign", 1, status="draft"),
        lambda world: campaigning.open_campaign(world.session, CAMPAIGN),
    ),
    ([Concern.ENDED], due(date(2026, 4, 5)), due(DUE)),
    (
        [Concern.SEVERAL_OPEN],
        lambda world: world.campaign("Autre 2026"),
        lambda world: campaigning.close(world.session, "Autre 2026"),
    ),
    (
        [Concern.EMPTY_SCHOOLS],
        lambda world: world.school(),
        lambda world: answered_anyway(world, world.pupil("Petit", school_id=2)),
    ),
    (
        [Concern.SILENT_SCHOOLS],
        lambda world: world.pupil("Petit", school_id=world.school()),
        lambda world: answered_anyway(world, PupilId(3)),
    ),
    (
        [Concern.FEW_ANSWERS],
        lambda world: [world.pupil(f"Petit{number}") for number in range(3)],
        lambda world: answered_anyway(world, PupilId(3)),
    ),
    (
        [Concern.NO_CLASS],
        lambda world: set_column(world, "pupil", 1, class_name=""),
        lambda world: set_column(world, "pupil", 1, class_name="5e B"),
    ),
    (
        [Concern.TO_CONFIRM],
        lambda world: set_column(world, "need", 1, to_confirm=True),
        lambda world: set_column(world, "need", 1, to_confirm=False),
    ),
    (
        [Concern.NEEDS_OPEN],
        lambda world: set_column(world, "campaign", 1, needs_closed_at=None),
        lambda world: set_column(world, "campaign", 1, needs_closed_at=NOON),
    ),
    ([Concern.TO_PREPARE], lambda world: one_more(world, "to_prepare"), state_to_ready),
    ([Concern.IN_REPAIR], lambda world: one_more(world, "in_repair"), state_to_ready),
    ([Concern.STILL_OUT, Concern.UNSIGNED], lent_in_another, returned),
    ([Concern.SHORT], promised_beyond, state_to_ready),
    (
        [Concern.RESERVES],
        lambda world: ruling.set_rules(world.session, CAMPAIGN, Rules(reserve=2), note="Pannes"),
        lambda world: ruling.set_rules(world.session, CAMPAIGN, Rules(reserve=1), note="Moins de pannes"),
    ),
    (
        [Concern.WORDING],
        lambda world: campaigning.edit(world.session, CAMPAIGN, wording=replace(WORDING, appeal="")),
        lambda world: campaigning.edit(world.session, CAMPAIGN, wording=WORDING),
    ),
]


def answered_anyway(world: World, pupil: PupilId) -> None:
    """Let an answer in although the needs are closed."""
    set_column(world, "campaign", 1, needs_closed_at=None)
    answered(world, pupil, Equipment.OWN)
    set_column(world, "campaign", 1, needs_closed_at=NOON)


def test_a_campaign_in_order_is_ready(ready: World) -> None:
    found = readying.readiness(ready.session, CAMPAIGN)
    assert (found.is_ready, found.lines) == (True, ())


@pytest.mark.parametrize(("concerns", "cause", "mended"), CAUSES, ids=[each[0][0] for each in CAUSES])
def test_a_line_comes_with_its_cause_and_goes_with_it(
    ready: World, concerns: list[Concern], cause: Step, mended: Step
) -> None:
    cause(ready)
    assert codes(ready.session) == concerns
    mended(ready)
    assert codes(ready.session) == []


def test_an_empty_base_says_all_that_is_missing(world: World) -> None:
    found = readying.readiness(world.session, CAMPAIGN)
    assert not found.is_ready
    assert [line.code for line in found.lines if line.is_blocking] == [
        Concern.NO_PUPILS, Concern.NO_DEVICES, Concern.NO_PLAN,
    ]  # fmt: skip


def test_a_draft_is_to_be_applied_and_made_again_once_something_changed(sqlite_world: World) -> None:
    world = sqlite_world
    answered(world, world.pupil())
    tag = world.device()
    assert Concern.NO_PLAN in codes(world.session)
    allocating.draft(world.session, CAMPAIGN)
    assert Concern.NOT_APPLIED in codes(world.session)
    lending.check_out(world.session, code=tag, pupil_id=world.pupil("Roux"))
    assert Concern.PLAN_OUTDATED in codes(world.session)
    assert Concern.NOT_APPLIED not in codes(world.session)
    returned(world)
    assert Concern.PLAN_OUTDATED in codes(world.session)
    assert Concern.NOT_APPLIED in codes(world.session, is_thorough=True)  # the tablet is back: nothing has changed
    allocating.apply(world.session, CAMPAIGN)
    assert not {Concern.NO_PLAN, Concern.NOT_APPLIED, Concern.PLAN_OUTDATED} & set(codes(world.session))


def test_a_pinned_pupil_who_waits_is_told(sqlite_world: World) -> None:
    world = sqlite_world
    world.device()
    for name in ("Kaya", "Brun"):
        pupil = world.pupil(name)
        answered(world, pupil)
        marking.mark(world.session, CAMPAIGN, str(pupil), MarkKind.PINNED, "Demande du service social")
    planned(world)
    assert Concern.UNMET_PINS in codes(world.session)
    world.device()
    planned(world)
    assert Concern.UNMET_PINS not in codes(world.session)


def test_a_school_whose_answers_lie_far_from_the_others_is_told(sqlite_world: World) -> None:
    world = sqlite_world
    world.device()
    for school, equipment in ((world.school(), Equipment.NONE), (world.school(), Equipment.OWN)):
        for number in range(12):
            answered(world, world.pupil(f"Petit{number}", school_id=school), equipment)
    allocating.draft(world.session, CAMPAIGN)
    found = readying.readiness(world.session, CAMPAIGN)
    assert next(line.count for line in found.lines if line.code is Concern.FAR_SCHOOLS) == 2


def test_a_relaunched_campaign_has_its_needs_to_confirm(sqlite_world: World) -> None:
    world = sqlite_world
    answered(world, world.pupil())
    launching.relaunch(world.session, CAMPAIGN, new_name="Encore 2026", due_on=DUE, is_open=True)
    found = readying.readiness(world.session, "Encore 2026")
    assert Concern.TO_CONFIRM in [line.code for line in found.lines]
    campaigning.confirm_needs(world.session, "Encore 2026")
    found = readying.readiness(world.session, "Encore 2026")
    assert Concern.TO_CONFIRM not in [line.code for line in found.lines]


def test_a_copy_that_was_never_made_or_is_old_is_told(sqlite_world: World, tmp_path: Path) -> None:
    session = sqlite_world.session
    assert Concern.NO_BACKUP in codes(session)
    opening.back_up(session, tmp_path / "copy.sqlite")
    assert not {Concern.NO_BACKUP, Concern.OLD_BACKUP} & set(codes(session))
    later = replace(session, clock=ticking_clock(NOON + timedelta(days=2, hours=1)))
    line = next(each for each in readying.readiness(later, CAMPAIGN).lines if each.code is Concern.OLD_BACKUP)
    assert line.count == 2


def test_the_recovery_phrase_is_to_be_typed_back(sqlite_world: World) -> None:
    session = sqlite_world.session
    unconfirmed = replace(session, settings=replace(session.settings, is_recovery_confirmed=False))
    assert Concern.RECOVERY in codes(unconfirmed)
    assert Concern.RECOVERY not in codes(session)


def test_a_base_of_the_version_before_is_told_to_be_raised(tmp_path: Path) -> None:
    base = open_database(str(tmp_path / "old.sqlite"), create=True)
    schema.upgrade(base, "0005_plans")
    session = new_session(base)
    with base.atomic():
        base.execute(
            "INSERT INTO campaign (name, status, due_on, created_at) VALUES (?, 'open', '2026-07-03', 0)", (CAMPAIGN,)
        )
    assert codes(session) == [Concern.OLD_BASE]
    schema.upgrade(base)
    assert Concern.OLD_BASE not in codes(session)
    base.close()


def test_who_runs_no_campaign_is_told_nothing(sqlite_world: World) -> None:
    technician = new_session(sqlite_world.base, "machine-2", Actor("T. Leroy", Role.TECHNICIAN))
    with pytest.raises(NotPermitted):
        readying.readiness(technician, CAMPAIGN)
    with pytest.raises(UnknownCampaign):
        readying.readiness(replace(sqlite_world.session, actor=ADMINISTRATOR), "Ailleurs")
