"""Answers kept: the later one counts, both stay, and few statements write many."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.need import Answer, Equipment, Heard, Source, Told
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import undoing
from tablet_loans.services.session import Receipt, Topic
from tablet_loans.storage import needs
from tablet_loans.storage.database import Base, RaceLost
from tests.builders import World

NOTHING, OWN = Answer(Equipment.NONE, is_priority=True), Answer(Equipment.OWN)
MONDAY, TUESDAY = date(2026, 3, 30), date(2026, 3, 31)


def told(day: date = MONDAY, source: Source = Source.GRID) -> Told:
    return Told(day, "Mme Perrin", source)


def keep(world: World, *answers: tuple[PupilId, Answer, Told]) -> tuple[list[Heard], Receipt[None]]:
    with world.session.transaction() as act:
        heard = needs.replace_many(world.base, act, campaign_id(world), answers)
        return heard, act(Action.ANSWERED, None, topics={Topic.NEEDS})


def campaign_id(world: World) -> int:
    return int(world.base.execute("SELECT id FROM campaign").fetchone()[0])


def counting(world: World, pupil: PupilId) -> Answer | None:
    found = needs.current(world.base, campaign_id(world), [pupil]).get(pupil)
    return None if found is None else found.answer


def kept(base: Base) -> list[tuple[str, bool]]:
    rows = base.execute("SELECT equipment, is_current FROM need ORDER BY id").fetchall()
    return [(row[0], bool(row[1])) for row in rows]


@pytest.mark.parametrize(
    ("first", "second", "heard", "counts", "rows"),
    [
        ((NOTHING, MONDAY), (OWN, TUESDAY), Heard.CHANGED, OWN, [("none", False), ("own", True)]),
        ((NOTHING, MONDAY), (OWN, MONDAY), Heard.CHANGED, OWN, [("none", False), ("own", True)]),
        ((NOTHING, TUESDAY), (OWN, MONDAY), Heard.OLDER, NOTHING, [("none", True), ("own", False)]),
        ((NOTHING, MONDAY), (NOTHING, TUESDAY), Heard.CHANGED, NOTHING, [("none", False), ("none", True)]),
        ((NOTHING, MONDAY), (NOTHING, MONDAY), Heard.SAME, NOTHING, [("none", True)]),
    ],
)
def test_the_later_answer_counts_and_both_are_kept(
    world: World,
    first: tuple[Answer, date],
    second: tuple[Answer, date],
    heard: Heard,
    counts: Answer,
    rows: list[tuple[str, bool]],
) -> None:
    pupil = world.pupil()
    assert keep(world, (pupil, first[0], told(first[1])))[0] == [Heard.FIRST]
    assert keep(world, (pupil, second[0], told(second[1])))[0] == [heard]
    assert counting(world, pupil) == counts
    assert kept(world.base) == rows


def test_an_older_answer_that_is_here_is_not_kept_twice(world: World) -> None:
    pupil = world.pupil()
    keep(world, (pupil, NOTHING, told(TUESDAY)))
    assert keep(world, (pupil, OWN, told(MONDAY)))[0] == [Heard.OLDER]
    assert keep(world, (pupil, OWN, told(MONDAY)))[0] == [Heard.SAME]
    assert len(kept(world.base)) == 2


def test_two_answers_of_one_pupil_in_one_batch_are_heard_in_their_order(world: World) -> None:
    pupil, other = world.pupil(), world.pupil("Kaya")
    answers = ((pupil, NOTHING, told()), (other, OWN, told()), (pupil, OWN, told()))
    assert keep(world, *answers)[0] == [Heard.FIRST, Heard.FIRST, Heard.CHANGED]
    assert [counting(world, each) for each in (pupil, other)] == [OWN, OWN]


def test_what_an_answer_says_and_who_told_it_come_back(world: World) -> None:
    pupil = world.pupil()
    answer = Answer(Equipment.SHARED, is_cellular=True)
    keep(world, (pupil, answer, told(source=Source.SURVEY)))
    found = needs.current(world.base, campaign_id(world), [pupil, 999])
    assert [(each.answer, each.told) for each in found.values()] == [(answer, told(source=Source.SURVEY))]


def test_an_undone_answer_goes_and_the_one_before_counts_again(world: World) -> None:
    pupil = world.pupil()
    keep(world, (pupil, NOTHING, told()))
    _, receipt = keep(world, (pupil, OWN, told(TUESDAY)))
    undoing.undo(world.session, receipt.ledger_id)
    assert kept(world.base) == [("none", True)]
    assert counting(world, pupil) == NOTHING


def test_many_answers_are_written_in_few_statements(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pupils = [world.pupil(f"Nom{number}") for number in range(40)]
    keep(world, *((pupil, NOTHING, told()) for pupil in pupils))
    statements: list[str] = []
    execute = Base.execute

    def counted(base: Base, sql: str, values: Sequence[object] = ()) -> Any:
        statements.append(sql)
        return execute(base, sql, values)

    with world.session.transaction() as act:
        monkeypatch.setattr(Base, "execute", counted)
        heard = needs.replace_many(world.base, act, 1, [(pupil, OWN, told(TUESDAY)) for pupil in pupils])
        assert [sql.split()[0] for sql in statements] == ["SELECT", "UPDATE", "INSERT"]
        assert heard == [Heard.CHANGED] * 40
        assert {change.subject for change in act.changes} == {Subject.NEED}
        assert len(act.changes) == 80
        act(Action.ANSWERED, None, topics={Topic.NEEDS})


def test_the_base_lets_one_answer_count(world: World) -> None:
    pupil = world.pupil()
    keep(world, (pupil, NOTHING, told()))
    keep(world, (pupil, OWN, told(TUESDAY)))
    with pytest.raises(RaceLost), world.base.atomic():
        world.base.execute("UPDATE need SET is_current = ?", (True,))
