"""Two stations at once: exactly one wins, the other is told why, and the chains hold."""

from tablet_loans.services import checking
from tests.builders import World
from tests.journeys.racing import race

ROUNDS = 1_000


def test_one_tablet_is_lent_once_a_thousand_times_over(world: World) -> None:
    tags = [world.device() for _ in range(ROUNDS)]
    here, there = ([world.pupil(name, str(turn)) for turn in range(ROUNDS)] for name in ("Kaya", "Nguyen"))
    url = world.base.url
    one, other = race(url, list(zip(tags, here, strict=True)), list(zip(tags, there, strict=True)))
    for pair in zip(one, other, strict=True):
        assert sorted(pair) == ["AlreadyLent", "won"]
    assert world.loan_states() == ["open"] * ROUNDS
    checking.check(world.session)


def test_one_pupil_is_served_once_by_two_stations(world: World) -> None:
    rounds = 200
    here, there = ([world.device() for _ in range(rounds)] for _ in range(2))
    pupils = [world.pupil("Kaya", str(turn)) for turn in range(rounds)]
    one, other = race(world.base.url, list(zip(here, pupils, strict=True)), list(zip(there, pupils, strict=True)))
    for turn, pair in enumerate(zip(one, other, strict=True)):
        winner = here[turn] if pair[0] == "won" else there[turn]
        assert sorted(pair) == [f"AlreadyHasOne {winner}", "won"]
    checking.check(world.session)
