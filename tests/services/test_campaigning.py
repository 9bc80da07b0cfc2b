"""A campaign from its first day to the next one: what it is held to, its seed, and what is out at its end."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.domain.campaign import (
    BadKit,
    CampaignOver,
    CampaignStatus,
    NeedsAfterDue,
    StartsAfterDue,
    Wording,
    WordingTooLong,
    lent_kit,
    seed_hash,
)
from tablet_loans.domain.errors import (
    ChangedSince,
    DueDatePast,
    Refusal,
    StepNotAllowed,
    UnknownSchool,
)
from tablet_loans.domain.identifiers import uai_key
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.need import Answer, Equipment, NeedFilter, NeedRow, Source, Told
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.trouble import UpgradeNeeded
from tablet_loans.services import agreeing, asking, campaigning, lending, undoing
from tablet_loans.services.campaigning import CampaignView
from tablet_loans.storage import schema
from tablet_loans.storage.database import open_database
from tests.builders import CAMPAIGN, DUE, World, new_session
from tests.services.test_agreeing import pages_of

NEXT = "Automne 2026"
NEXT_DUE = date(2026, 12, 18)
NOTHING, SHARED, OWN = Answer(Equipment.NONE), Answer(Equipment.SHARED, is_cellular=True), Answer(Equipment.OWN)
MONDAY, TOLD = date(2026, 3, 30), Told(date(2026, 3, 30), "Mme Perrin", Source.GRID)
LATER = Told(date(2026, 4, 1), "Mme Faure", Source.SURVEY)
IRIS, ZOLA = ("069014" + last + uai_key("069014" + last) for last in "23")


def relaunched(world: World, **said: Any) -> campaigning.CampaignView:
    campaigning.relaunch(world.session, CAMPAIGN, new_name=NEXT, due_on=NEXT_DUE, **said)
    return campaigning.shown(world.session, NEXT)


def rows(world: World, campaign: str = NEXT, **chosen: Any) -> list[NeedRow]:
    return asking.block(world.session, NeedFilter(campaign, **chosen), Place())


def answered(world: World, *said: tuple[PupilId, Answer], campaign: str = CAMPAIGN, told: Told = TOLD) -> Any:
    return asking.set_answers(world.session, campaign=campaign, answers=said, told=told)


def edited(world: World, **said: Any) -> CampaignView:
    campaigning.edit(world.session, CAMPAIGN, **said)
    return campaigning.shown(world.session, CAMPAIGN)


def test_a_campaign_keeps_its_days_its_kit_and_its_wording(world: World) -> None:
    wording = Wording(authority="Métropole", appeal="Tribunal administratif, deux mois")
    campaigning.create(
        world.session, name=NEXT, due_on=NEXT_DUE, starts_on=date(2026, 9, 1), needs_until=date(2026, 8, 28),
        kit=(" Housse ", "Chargeur", "housse", ""), wording=wording,
    )  # fmt: skip
    shown = campaigning.shown(world.session, NEXT)
    assert (shown.starts_on, shown.needs_until, shown.due) == (date(2026, 9, 1), date(2026, 8, 28), NEXT_DUE)
    assert (shown.kit, shown.wording) == (("Housse", "Chargeur"), wording)
    assert lent_kit(shown.kit, ("chargeur", "Clavier", "Housse")) == ("chargeur", "Housse")
    assert lent_kit((), ("Chargeur", "Clavier")) == ("Chargeur", "Clavier")


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"starts_on": date(2026, 7, 4)}, StartsAfterDue),
        ({"needs_until": date(2026, 7, 4)}, NeedsAfterDue),
        ({"starts_on": date(2026, 5, 4), "due_on": date(2026, 5, 3)}, StartsAfterDue),
        ({"due_on": date(2026, 4, 5)}, DueDatePast),
        ({"kit": ["Chargeur" * 8]}, BadKit),
        ({"kit": [f"Pièce {number}" for number in range(21)]}, BadKit),
        ({"wording": Wording(place="x" * 401)}, WordingTooLong),
        ({"schools_taking_part": ["0690999X"]}, UnknownSchool),
    ],
)
def test_terms_that_contradict_each_other_or_find_no_room_are_refused_and_nothing_is_written(
    world: World, said: dict[str, Any], refusal: type[Refusal]
) -> None:
    before = campaigning.shown(world.session, CAMPAIGN)
    with pytest.raises(refusal):
        campaigning.edit(world.session, CAMPAIGN, **said)
    with pytest.raises(refusal):
        campaigning.create(world.session, name=NEXT, **{"due_on": DUE, **said})
    assert campaigning.listed(world.session) == [before]


def test_a_changed_campaign_is_as_it_was_once_that_is_undone(world: World) -> None:
    world.school(IRIS)
    before = campaigning.shown(world.session, CAMPAIGN)
    receipt = campaigning.edit(
        world.session, CAMPAIGN, due_on=NEXT_DUE, starts_on=MONDAY, kit=("Housse",), wording=Wording(place="Lyon"),
        schools_taking_part=[IRIS],
    )  # fmt: skip
    after = campaigning.shown(world.session, CAMPAIGN)
    assert (after.due, after.starts_on, after.kit, after.schools) == (NEXT_DUE, MONDAY, ("Housse",), (IRIS,))
    undoing.undo(world.session, receipt.ledger_id)
    assert campaigning.shown(world.session, CAMPAIGN) == before


def test_what_changed_since_is_not_undone_under_it(world: World) -> None:
    world.school(IRIS)
    first = campaigning.edit(world.session, CAMPAIGN, schools_taking_part=[IRIS])
    edited(world, schools_taking_part=[])
    with pytest.raises(ChangedSince):
        undoing.undo(world.session, first.ledger_id)
    assert campaigning.shown(world.session, CAMPAIGN).schools == ()


def test_a_day_is_taken_away_and_what_is_the_same_writes_nothing(world: World) -> None:
    assert edited(world, starts_on=MONDAY).starts_on == MONDAY
    assert campaigning.edit(world.session, CAMPAIGN, starts_on=MONDAY, kit=()).ledger_id == ""
    assert edited(world, without=["starts_on"]).starts_on is None


def test_a_closed_campaign_stays_as_it_was(world: World) -> None:
    campaigning.close(world.session, CAMPAIGN)
    with pytest.raises(CampaignOver):
        campaigning.edit(world.session, CAMPAIGN, kit=("Housse",))


def test_the_seed_is_promised_at_once_and_shown_when_needs_are_closed(world: World) -> None:
    before = campaigning.shown(world.session, CAMPAIGN)
    assert (before.seed, len(before.seed_hash)) == (None, 64)
    asking.close_needs(world.session, CAMPAIGN)
    after = campaigning.shown(world.session, CAMPAIGN)
    assert after.seed is not None
    assert seed_hash(after.seed) == before.seed_hash
    assert after.needs_closed_at is not None


def test_closing_lists_by_school_what_is_still_out(world: World) -> None:
    iris, zola = world.school(IRIS, "Collège Les Iris"), world.school(ZOLA, "Collège Zola")
    for school_id in (zola, iris, iris):
        lending.check_out(world.session, code=world.device(), pupil_id=world.pupil(school_id=school_id))
    world.base.execute("UPDATE loan SET due_on = ? WHERE id = (SELECT max(id) FROM loan)", (MONDAY.isoformat(),))
    closing = campaigning.close(world.session, CAMPAIGN).value
    assert (closing.status, closing.loans) == (CampaignStatus.CLOSING, 3)
    assert [(each.uai, each.loans, each.overdue) for each in closing.out] == [(IRIS, 2, 1), (ZOLA, 1, 0)]
    assert list(closing.out) == campaigning.still_out(world.session, CAMPAIGN)
    campaigning.create(world.session, name=NEXT, due_on=NEXT_DUE, is_draft=True)
    with pytest.raises(StepNotAllowed):
        campaigning.close(world.session, NEXT)


def test_a_campaign_with_nothing_out_is_closed_and_lists_nothing(world: World) -> None:
    closing = campaigning.close(world.session, CAMPAIGN).value
    assert (closing.status, closing.out) == (CampaignStatus.CLOSED, ())


def test_agreements_say_the_campaign_s_kit_and_authority(world: World, tmp_path: Path) -> None:
    edited(world, kit=("Housse",), wording=Wording(authority="Ville de Bron"))
    number = lending.check_out(world.session, code=world.device(), pupil_id=world.pupil()).value.number
    agreeing.print_agreements(world.session, LoanFilter(numbers=(number,)), tmp_path / "one.pdf")
    page, _back = pages_of(tmp_path / "one.pdf")
    assert "Ville de Bron" in page
    assert "Housse" in page
    assert "Chargeur" not in page


def test_a_base_of_the_version_before_asks_and_lends_and_launches_nothing_again(url: str) -> None:
    base = open_database(url, create=True)
    schema.upgrade(base, "0005_plans")
    world = World(new_session(base))
    world.campaign()
    pupil = world.pupil()
    answered(world, (pupil, SHARED))
    assert [(row.answer, row.to_confirm) for row in rows(world, CAMPAIGN)] == [(SHARED, False)]
    assert rows(world, CAMPAIGN, to_confirm=True) == []
    assert [each.pupil_id for each in rows(world, CAMPAIGN, to_confirm=False)] == [pupil]
    assert [(each.answered, each.to_confirm) for each in asking.coverage(world.session, CAMPAIGN)] == [(1, 0)]
    assert [(each.needs, each.seed_hash) for each in campaigning.listed(world.session)] == [(1, "")]
    for gesture in (
        lambda: relaunched(world),
        lambda: campaigning.edit(world.session, CAMPAIGN, kit=("Housse",)),
        lambda: campaigning.confirm_needs(world.session, CAMPAIGN),
        lambda: campaigning.create(world.session, name=NEXT, due_on=DUE, kit=("Housse",)),
    ):
        with pytest.raises(UpgradeNeeded):
            gesture()
    assert campaigning.close(world.session, CAMPAIGN).value.status is CampaignStatus.CLOSED
    base.close()
