"""All that was decided in a campaign stays told on both engines: what, by whom, why; what was undone too."""

from tablet_loans.domain.act import Action
from tablet_loans.domain.mark import MarkKind
from tablet_loans.domain.rules import Rules
from tablet_loans.services import chronicling, marking, releasing, ruling, undoing
from tablet_loans.storage import ledger
from tests.builders import CAMPAIGN, DUE, World
from tests.services.planned import applied, in_need


def test_every_decision_is_told_with_who_and_why(world: World) -> None:
    pupil = in_need(world, "Kaya")
    world.device()
    ruling.set_rules(world.session, CAMPAIGN, Rules(reserve=0, exam_classes=("3", "T", "2")), note="conseil")
    head = applied(world)
    releasing.release(world.session, CAMPAIGN, str(pupil), "refus")
    marking.mark(world.session, CAMPAIGN, str(pupil), MarkKind.EXCLUDED, "refus")
    undoing.undo_last(world.session)
    world.campaign("Autre", DUE)
    told = chronicling.events(world.session, CAMPAIGN)
    assert [(each.action, each.note, each.pupil_id, each.is_undone) for each in told] == [
        (Action.UNDONE, "", None, False),
        (Action.MARKED, "refus", pupil, True),
        (Action.RELEASED, "refus", pupil, False),
        (Action.ALLOCATED, "", None, False),
        (Action.PLANNED, "", None, False),
        (Action.RULED, "conseil", None, False),
        (Action.CAMPAIGN_CREATED, "", None, False),
    ]
    assert told[0].undone is Action.MARKED
    assert {each.who for each in told} == {"C. Morel"}
    assert (told[1].pupil, told[3].facts["plan"], told[3].facts["digest"]) == ("KAYA Inès", head.id, head.digest)
    assert len({each.words for each in told}) == len(told)
    assert not any("Kaya" in each.words or "KAYA" in each.words for each in told)


def test_what_was_erased_is_still_told_to_have_been_done(world: World) -> None:
    pupil = in_need(world, "Kaya")
    line = marking.mark(world.session, CAMPAIGN, str(pupil), MarkKind.PINNED, "un").ledger_id
    with world.base.atomic():
        ledger.erase(world.base, [line])
    told = chronicling.events(world.session, CAMPAIGN)[0]
    assert (told.action, told.note, bool(told.words)) == (Action.MARKED, "", True)
