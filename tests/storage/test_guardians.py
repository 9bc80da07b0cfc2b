"""Guardians kept on both engines: shown as they should be, and forgotten when needs close."""

from datetime import date

import pytest

from tablet_loans.domain.errors import NotUndoable
from tablet_loans.domain.need import ClosedNeeds
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roster import Care
from tablet_loans.services import checking, lending, undoing
from tablet_loans.storage import guardians, ledger
from tests.builders import CAMPAIGN, World
from tests.services.cared import LILAS, bring, households, listed, pupil, ward


def campaign_id(world: World, name: str = CAMPAIGN) -> int:
    return int(world.base.execute("SELECT id FROM campaign WHERE name = ?", (name,)).fetchone()[0])


def answered(world: World, pupil_id: PupilId, equipment: str, campaign: str = CAMPAIGN) -> None:
    with world.base.atomic():
        world.base.execute(
            "INSERT INTO need (campaign_id, pupil_id, equipment, is_cellular, is_priority, asked_on, answered_by,"
            " source, recorded_at, is_current) VALUES (?, ?, ?, ?, ?, ?, '', 'grid', 0, ?)",
            (campaign_id(world, campaign), pupil_id, equipment, False, False, date(2026, 4, 6).isoformat(), True),
        )


def called(world: World, pupil_id: PupilId, phone: str) -> None:
    with world.base.atomic():
        world.base.execute(
            "UPDATE pupil SET phone = ?, corrected = ? WHERE id = ?", (phone, '["class_name", "phone"]', pupil_id)
        )


def names(world: World, pupil_id: PupilId) -> list[str]:
    return [view.name for view in guardians.of_pupil(world.base, pupil_id)]


def two_families(world: World) -> tuple[PupilId, PupilId, PupilId]:
    """Return Léa and Tom, of one father, and Zoé."""
    lea, tom = pupil(world, "11", "Dupont", "Léa"), pupil(world, "12", "Dupont", "Tom")
    zoe = pupil(world, "13", "Faure", "Zoé")
    bring(
        world,
        listed(ward("11"), ward("12"), number="900"),
        listed(ward("13"), number="901", name="Faure Ines", mobile="0711111111"),
    )
    for each in (lea, tom, zoe):
        called(world, each, "04 72 00 00 00")
    return lea, tom, zoe


def phone_of(world: World, pupil_id: PupilId) -> tuple[object, ...]:
    return tuple(world.base.execute("SELECT phone, corrected FROM pupil WHERE id = ?", (pupil_id,)).fetchone())


def test_legal_guardians_come_first_then_by_name(world: World) -> None:
    lea = pupil(world, "11", "Dupont", "Léa")
    bring(
        world,
        listed(ward("11", care=Care.CONTACT), number="1", name="Aubert Lou"),
        listed(ward("11"), number="2", name="Petit Ines"),
        listed(ward("11"), number="3", name="Dupont Jean"),
    )
    assert names(world, lea) == ["M. DUPONT Jean", "M. PETIT Ines", "M. AUBERT Lou"]


def test_what_another_school_told_serves_until_the_own_schools_file(world: World) -> None:
    lea = pupil(world, "11", "Dupont", "Léa")
    bring(world, listed(ward("11"), number="900", email="old@example.org"))
    lilas = world.school(LILAS)
    with world.base.atomic():
        world.base.execute("UPDATE pupil SET school_id = ? WHERE id = ?", (lilas, lea))
    assert names(world, lea) == ["M. DUPONT Jean"]
    bring(world, listed(ward("11"), number="77", email="new@example.org"), school=LILAS)
    assert [view.email for view in guardians.of_pupil(world.base, lea)] == ["new@example.org"]


def test_closing_needs_keeps_the_guardians_of_the_needy_alone(world: World) -> None:
    lea, tom, zoe = two_families(world)
    answered(world, lea, "shared")
    answered(world, zoe, "own")
    assert guardians.forgettable(world.base, campaign_id(world)) == ClosedNeeds(guardians=1, phones=2)
    assert guardians.forget(world.base, campaign_id(world)) == ClosedNeeds(guardians=1, phones=2)
    assert (names(world, lea), names(world, tom), names(world, zoe)) == (["M. DUPONT Jean"], [], [])
    assert phone_of(world, lea) == ("04 72 00 00 00", '["class_name", "phone"]')
    assert phone_of(world, zoe) == ("", '["class_name"]')
    assert households(world) == {lea: lea, tom: lea}
    assert guardians.forget(world.base, campaign_id(world)) == ClosedNeeds(guardians=0, phones=0)
    checking.check(world.session)


def test_another_campaign_that_still_asks_keeps_its_own(world: World) -> None:
    lea, _, zoe = two_families(world)
    world.campaign("Second wave")
    answered(world, lea, "none", "Second wave")
    answered(world, zoe, "none", "Second wave")
    assert guardians.forget(world.base, campaign_id(world)).guardians == 0
    with world.base.atomic():
        world.base.execute("UPDATE campaign SET needs_closed_at = 1 WHERE name = 'Second wave'")
    assert guardians.forget(world.base, campaign_id(world)).guardians == 2


def test_who_holds_a_loan_can_still_be_called(world: World) -> None:
    _, _, zoe = two_families(world)
    lending.check_out(world.session, code=world.device(), pupil_id=zoe)
    assert guardians.forget(world.base, campaign_id(world)) == ClosedNeeds(guardians=1, phones=2)
    assert names(world, zoe) == ["M. FAURE Ines"]


def test_nothing_of_a_forgotten_guardian_comes_back_by_undo(world: World) -> None:
    lea, _, _ = two_families(world)
    changed = bring(world, listed(ward("11"), number="900", mobile="0722222222"))
    with world.base.atomic():
        ledger.keep_rows(
            world.base,
            changed.ledger_id,
            [("school", 1, {"phone": "04"}), ("pupil", lea, {"phone": "04", "level": ""})],
        )
        world.base.execute("UPDATE ledger_row SET line_id = (SELECT min(id) FROM ledger_line) WHERE kind = 'school'")
        world.base.execute(
            "UPDATE ledger_row SET line_id = (SELECT min(id) FROM ledger_line) WHERE before LIKE ?", ('%"level"%',)
        )
    guardians.forget(world.base, campaign_id(world))
    kept = world.base.execute("SELECT kind, before FROM ledger_row ORDER BY kind").fetchall()
    assert [tuple(row) for row in kept] == [("pupil", '{"level":""}'), ("school", '{"phone":"04"}')]
    with pytest.raises(NotUndoable):
        undoing.undo(world.session, changed.ledger_id)
