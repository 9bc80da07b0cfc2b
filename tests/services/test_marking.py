"""Pins and exclusions on both engines: they decide before the rules do, and stay listed with their reasons."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tablet_loans.domain.allocation import Outcome
from tablet_loans.domain.errors import ChangedSince, NotPermitted, OtherSchool, PupilHasLeft, UnknownPupil
from tablet_loans.domain.mark import (
    HoldsOne,
    MarkKind,
    NoteNamesPupil,
    NoteNeeded,
    NoteTooLong,
    NothingAnswered,
    NotMarked,
    OwnsOne,
    PromisedOne,
)
from tablet_loans.domain.need import Answer, Equipment
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import allocating, asking, checking, explaining, lending, marking, undoing
from tablet_loans.storage import rows
from tablet_loans.storage.database import open_database
from tests.builders import CAMPAIGN, DUE, World, new_session
from tests.services.planned import ASKED, applied, drafted, in_need, promises, served

PIN, EXCLUDE = MarkKind.PINNED, MarkKind.EXCLUDED
WHY = "avis du médecin scolaire"


def test_who_is_pinned_comes_first_and_who_is_excluded_waits_for_nothing(world: World) -> None:
    first, second, third = (in_need(world, name) for name in ("Kaya", "Brun", "Roux"))
    shares = in_need(world, "Petit", Equipment.SHARED)
    for _ in range(2):
        world.device()
    marking.mark(world.session, CAMPAIGN, str(shares), PIN, WHY)
    marking.mark(world.session, CAMPAIGN, str(first), EXCLUDE, "a déjà un ordinateur")
    head = drafted(world)
    assert served(world, head)[0] == shares
    assert set(served(world, head)[1:]) < {second, third}
    excluded = explaining.explain(world.session, CAMPAIGN, str(first)).choice
    assert (excluded.outcome, excluded.rank, head.excluded) == (Outcome.EXCLUDED, 0, 1)


def test_a_pin_that_cannot_be_met_is_told(world: World) -> None:
    world.device()
    with world.base.atomic():
        world.base.execute("UPDATE device_model SET features = '[]'")
    pinned = in_need(world, "Kaya", is_cellular=True)
    marking.mark(world.session, CAMPAIGN, str(pinned), PIN, WHY)
    head = drafted(world)
    assert (head.unmet_pins, head.served) == (1, 0)


def test_a_pin_that_could_never_act_is_refused(world: World) -> None:
    silent, owns = world.pupil("Roux"), in_need(world, "Petit", Equipment.OWN)
    holds, promised = in_need(world, "Kaya"), in_need(world, "Brun")
    tag = world.device()
    lending.check_out(world.session, code=tag, pupil_id=holds)
    world.device()
    applied(world)
    for pupil, refusal in ((silent, NothingAnswered), (owns, OwnsOne), (holds, HoldsOne), (promised, PromisedOne)):
        with pytest.raises(refusal):
            marking.mark(world.session, CAMPAIGN, str(pupil), PIN, WHY)
        marking.mark(world.session, CAMPAIGN, str(pupil), EXCLUDE, WHY)


def test_a_pin_of_who_is_no_longer_eligible_is_unmet_unless_something_is_held(world: World) -> None:
    owns, holds, served_ = (in_need(world, name) for name in ("Petit", "Kaya", "Brun"))
    for pupil in (owns, holds, served_):
        marking.mark(world.session, CAMPAIGN, str(pupil), PIN, WHY)
    answer = Answer(Equipment.OWN)
    asking.set_answer(world.session, campaign=CAMPAIGN, pupil=str(owns), answer=answer, told=ASKED)
    lending.check_out(world.session, code=world.device(), pupil_id=holds)
    world.device()
    head = drafted(world)
    assert (served(world, head), head.unmet_pins) == ([served_], 1)


@pytest.mark.parametrize("kind", MarkKind)
def test_the_same_mark_with_the_same_note_is_no_act(world: World, kind: MarkKind) -> None:
    pupil = in_need(world, "Kaya")
    marking.mark(world.session, CAMPAIGN, str(pupil), kind, WHY)
    again = marking.mark(world.session, CAMPAIGN, str(pupil), kind, WHY)
    assert (again.ledger_id, len(marking.marks(world.session, CAMPAIGN))) == ("", 1)
    marking.mark(world.session, CAMPAIGN, str(pupil), kind, "autre avis")
    assert len(marking.marks(world.session, CAMPAIGN)) == 2


def test_the_later_mark_wins_and_the_earlier_stays_listed_as_taken_back(world: World) -> None:
    pupil = in_need(world, "Kaya")
    for kind, note in ((PIN, "un"), (PIN, "deux"), (EXCLUDE, "trois")):
        marking.mark(world.session, CAMPAIGN, str(pupil), kind, note)
    marking.unmark(world.session, CAMPAIGN, str(pupil), "erreur")
    marking.mark(world.session, CAMPAIGN, str(pupil), PIN, "quatre")
    listed = [(row.kind, row.note, row.is_current) for row in marking.marks(world.session, CAMPAIGN)]
    assert listed == [(PIN, "quatre", True), (EXCLUDE, "trois", False), (PIN, "deux", False), (PIN, "un", False)]
    row = marking.marks(world.session, CAMPAIGN)[0]
    assert (row.pupil_id, row.name, row.made_by) == (pupil, "KAYA Inès", "C. Morel")
    assert allocating.instance_now(world.session, lending.chosen_campaign(world.session, CAMPAIGN)).pinned == {pupil}


def test_excluding_a_pupil_releases_the_promise_and_undo_gives_it_back(world: World) -> None:
    pupil = in_need(world, "Kaya")
    world.device()
    applied(world)
    marking.mark(world.session, CAMPAIGN, str(pupil), EXCLUDE, WHY)
    assert promises(world) == [(pupil, "released")]
    undoing.undo_last(world.session)
    assert (promises(world), marking.marks(world.session, CAMPAIGN)) == ([(pupil, "promised")], [])
    checking.check(world.session)


def test_a_promise_whose_device_went_to_another_is_not_given_back(world: World) -> None:
    first = in_need(world, "Kaya")
    world.device()
    applied(world)
    excluded = marking.mark(world.session, CAMPAIGN, str(first), EXCLUDE, WHY)
    second = in_need(world, "Brun")
    applied(world)
    with pytest.raises(ChangedSince):
        undoing.undo(world.session, excluded.ledger_id)
    assert promises(world) == [(first, "released"), (second, "promised")]


def test_a_mark_is_undone_and_not_once_another_replaced_it(world: World) -> None:
    pupil = in_need(world, "Kaya")
    first = marking.mark(world.session, CAMPAIGN, str(pupil), PIN, "un")
    marking.mark(new_session(world.base, "machine-2"), CAMPAIGN, str(pupil), EXCLUDE, "deux")
    with pytest.raises(ChangedSince):
        undoing.undo(world.session, first.ledger_id)
    marking.unmark(world.session, CAMPAIGN, str(pupil), "erreur")
    undoing.undo_last(world.session)
    assert [(row.kind, row.is_current) for row in marking.marks(world.session, CAMPAIGN)] == [
        (EXCLUDE, True), (PIN, False),
    ]  # fmt: skip


def test_marks_of_others_meanwhile_do_not_keep_a_mark(world: World) -> None:
    first, second = in_need(world, "Kaya"), in_need(world, "Brun")
    mine = marking.mark(world.session, CAMPAIGN, str(first), PIN, WHY)
    marking.mark(new_session(world.base, "machine-2"), CAMPAIGN, str(second), PIN, WHY)
    undoing.undo(world.session, mine.ledger_id)
    assert [row.pupil_id for row in marking.marks(world.session, CAMPAIGN)] == [second]


def test_what_is_no_mark_is_refused(world: World) -> None:
    pupil, gone = in_need(world, "Kaya"), in_need(world, "Brun")
    with world.base.atomic():
        rows.update(world.base, "pupil", gone, {"left_on": world.session.today()})
    for known, note, refusal in (
        ("999", WHY, UnknownPupil), (str(pupil), " ", NoteNeeded), (str(pupil), "x" * 251, NoteTooLong),
        (str(pupil), "Kaya part", NoteNamesPupil), (str(gone), WHY, PupilHasLeft),
    ):  # fmt: skip
        with pytest.raises(refusal):
            marking.mark(world.session, CAMPAIGN, known, PIN, note)
    with pytest.raises(NotMarked):
        marking.unmark(world.session, CAMPAIGN, str(pupil), WHY)
    assert marking.marks(world.session, CAMPAIGN) == []


def test_a_pupil_of_another_school_is_not_marked(world: World) -> None:
    pupil = world.pupil(school_id=world.school("0690142E"))
    world.school("0690002C")
    world.campaign("Autre", DUE, ("0690002C",))
    with pytest.raises(OtherSchool):
        marking.mark(world.session, "Autre", str(pupil), PIN, WHY)


def test_a_technician_marks_nobody(world: World) -> None:
    pupil = in_need(world, "Kaya")
    technician = new_session(world.base, "machine-2", Actor("T. Leroy", Role.TECHNICIAN))
    with pytest.raises(NotPermitted):
        marking.mark(technician, CAMPAIGN, str(pupil), PIN, WHY)


def test_of_two_people_who_mark_a_pupil_at_once_one_is_the_later(world: World, url: str) -> None:
    pupil = in_need(world, "Kaya")
    world.base.close()
    ready = Barrier(2)

    def mark(kind: MarkKind) -> None:
        base = open_database(url)
        session = new_session(base, f"machine-{kind}")
        ready.wait()
        for _ in range(5):
            marking.mark(session, CAMPAIGN, str(pupil), kind, WHY)
        base.close()

    with ThreadPoolExecutor(2) as people:
        list(people.map(mark, (PIN, EXCLUDE)))
    listed = [row.is_current for row in marking.marks(world.session, CAMPAIGN)]
    assert (2 <= len(listed) <= 10, sum(listed)) == (True, 1)
    checking.check(world.session)
