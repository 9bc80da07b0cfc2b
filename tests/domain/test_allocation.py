"""Plans: exact against a brute force, the same whatever the order, monotone, and nothing wasted or moved in vain."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations, permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tablet_loans.domain.allocation import Choice, Claim, Instance, Outcome, Stock, allocate, held_back
from tablet_loans.domain.matching import Features, served
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.ranking import DEFAULT_CRITERIA, Candidate, Criterion, lot, ranked
from tablet_loans.domain.rules import Rules
from tablet_loans.domain.school import SchoolId

FEATURES = ("cellular", "keyboard", "stylus")
CLASSES = [frozenset(each) for size in range(4) for each in combinations(FEATURES, size)]
NEEDY = (Equipment.NONE, Equipment.PHONE, Equipment.SHARED)
HOMES = ("Nord", "Sud")


def a_candidate(number: int, chance: Random | None = None) -> Candidate:
    draw = chance or Random(number)
    return Candidate(
        pupil=PupilId(number),
        school=SchoolId(draw.randrange(4)),
        equipment=draw.choice(NEEDY),
        is_priority=draw.random() < 0.2,
        is_exam_year=draw.random() < 0.3,
        household=draw.choice((number, draw.randrange(6))),
        received=draw.choice((0, 0, 1)),
        asked_on=date(2026, 4, 1) + timedelta(draw.randrange(4)),
        required=draw.choice(CLASSES[:4]),
    )


def an_instance(seed: int, *, candidates: int = 8, stock: int = 4) -> Instance:
    chance = Random(seed)
    return Instance(
        candidates=[a_candidate(number, chance) for number in range(chance.randrange(1, candidates + 1))],
        stock=[
            Stock(chance.choice(CLASSES), chance.choice(HOMES), chance.randrange(3))
            for _ in range(chance.randrange(stock))
        ],
        homes={SchoolId(school): chance.choice((("Nord",), ("Sud",), HOMES, ())) for school in range(4)},
        seed=f"{seed}",
    )


def can_be_served(needs: list[Features], units: list[Features]) -> bool:
    """Say by augmenting paths, unit by unit, whether all needs have a device of their own."""
    holder: dict[int, int] = {}

    def finds(need: int, seen: set[int]) -> bool:
        for unit, features in enumerate(units):
            if needs[need] <= features and unit not in seen:
                seen.add(unit)
                if unit not in holder or finds(holder[unit], seen):
                    holder[unit] = need
                    return True
        return False

    return all(finds(need, set()) for need in range(len(needs)))


def units_of(instance: Instance) -> list[tuple[Features, str]]:
    return [(each.features, each.home) for each in instance.stock for _ in range(each.count)]


def cost_of(instance: Instance, choices: list[Choice]) -> tuple[int, int]:
    """Return how many features are given away for nothing, and how many devices are moved."""
    by_pupil = {each.pupil: each for each in instance.candidates}
    taken = [each for each in choices if each.outcome is Outcome.SERVED]
    wasted = sum(len((each.features or frozenset()) - by_pupil[each.pupil].required) for each in taken)
    return wasted, sum(each.home not in instance.homes[each.school] for each in taken)


def least_cost(instance: Instance, pupils: list[Candidate]) -> tuple[int, int]:
    """Return the least cost at which exactly these pupils are served, by trying everything."""
    return min(
        (
            sum(len(features - each.required) for each, (features, _) in zip(pupils, chosen, strict=True)),
            sum(home not in instance.homes[each.school] for each, (_, home) in zip(pupils, chosen, strict=True)),
        )
        for chosen in permutations(units_of(instance), len(pupils))
        if all(each.required <= features for each, (features, _) in zip(pupils, chosen, strict=True))
    )


@given(st.integers(0, 10**9))
@settings(max_examples=600, deadline=None)
def test_the_servable_set_is_the_first_in_rank_order_and_nothing_is_given_twice(seed: int) -> None:
    instance = an_instance(seed)
    choices = allocate(instance)
    by_pupil = {each.pupil: each for each in instance.candidates}
    units = [features for features, _ in units_of(instance)]
    taken: list[Features] = []
    for choice in choices:
        fits = can_be_served([*taken, by_pupil[choice.pupil].required], units)
        assert (choice.outcome is Outcome.SERVED) == fits
        if fits:
            taken.append(by_pupil[choice.pupil].required)
    assert [each.rank for each in choices] == list(range(1, len(choices) + 1))
    given_out = Counter((each.features, each.home) for each in choices if each.outcome is Outcome.SERVED)
    assert not given_out - Counter(units_of(instance))
    assert all(by_pupil[each.pupil].required <= (each.features or frozenset()) for each in choices if each.home)


@given(st.integers(0, 10**9))
@settings(max_examples=150, deadline=None)
def test_fewest_features_are_wasted_then_fewest_devices_moved(seed: int) -> None:
    instance = an_instance(seed, candidates=5, stock=4)
    choices = allocate(instance)
    by_pupil = {each.pupil: each for each in instance.candidates}
    taken = [by_pupil[each.pupil] for each in choices if each.outcome is Outcome.SERVED]
    assert cost_of(instance, choices) == (least_cost(instance, taken) if taken else (0, 0))


@given(st.integers(0, 10**9), st.sampled_from(CLASSES))
@settings(max_examples=300, deadline=None)
def test_one_more_device_never_takes_anyone_s_away(seed: int, more: Features) -> None:
    instance = an_instance(seed)
    richer = replace(instance, stock=[*instance.stock, Stock(more, "Nord", 1)])
    served_now, served_then = (
        {each.pupil for each in allocate(one) if each.outcome is Outcome.SERVED} for one in (instance, richer)
    )
    assert served_now <= served_then


@given(st.integers(0, 10**9), st.permutations(list(Criterion)), st.integers(0, 4))
@settings(max_examples=300, deadline=None)
def test_one_s_own_higher_need_never_lowers_one_s_rank(seed: int, criteria: list[Criterion], kept: int) -> None:
    candidates = list(an_instance(seed).candidates)
    chosen = criteria[:kept]
    before = ranked(candidates, chosen, "seed")
    for place, each in enumerate(candidates):
        higher = replace(each, equipment=Equipment.NONE, is_priority=True)
        after = ranked([*candidates[:place], higher, *candidates[place + 1 :]], chosen, "seed")
        assert after.index(higher) <= before.index(each)


def in_turn_one_by_one(candidates: list[Candidate], seed: str) -> list[Candidate]:
    """Rank by equipment alone, then let schools take turns, one pupil after the other, in exact fractions."""
    sizes = Counter(each.school for each in candidates)
    ranked_of: Counter[SchoolId] = Counter()
    order = []
    for equipment in NEEDY:
        waiting = [each for each in candidates if each.equipment is equipment]
        while waiting:
            school = min(
                {each.school for each in waiting},
                key=lambda school: (-Fraction(sizes[school], 2 * ranked_of[school] + 1), lot(seed, "school", school)),
            )
            first = min(
                (each for each in waiting if each.school == school),
                key=lambda each: (each.asked_on, lot(seed, "pupil", each.pupil)),
            )
            waiting.remove(first)
            ranked_of[school] += 1
            order.append(first)
    return order


@given(st.integers(0, 10**9), st.randoms())
@settings(max_examples=300, deadline=None)
def test_schools_take_turns_by_their_highest_averages(seed: int, chance: Random) -> None:
    candidates = list(an_instance(seed, candidates=14).candidates)
    expected = in_turn_one_by_one(candidates, "seed")
    chance.shuffle(candidates)
    assert ranked(candidates, [Criterion.EQUIPMENT], "seed") == expected


def test_a_first_device_for_a_home_comes_before_a_second_one() -> None:
    base = replace(a_candidate(1), equipment=Equipment.NONE, is_priority=False, is_exam_year=False, received=0)
    elder, younger, other = (
        replace(base, pupil=PupilId(number), household=home, asked_on=date(2026, 4, day))
        for number, home, day in ((1, 1, 1), (2, 1, 2), (3, 3, 3))
    )
    assert [each.pupil for each in ranked([elder, younger, other], DEFAULT_CRITERIA, "seed")] == [1, 3, 2]
    served_before = replace(other, received=1)
    assert [each.pupil for each in ranked([younger, served_before], [Criterion.HOUSEHOLD], "seed")] == [2, 3]


def test_who_waits_hears_what_ran_out_at_which_rank_and_how_many_come_first() -> None:
    plain, cellular = frozenset[str](), frozenset({"cellular"})
    shortages = served([cellular, plain, plain, cellular], {cellular: 1, plain: 1})
    assert shortages[:2] == [None, None]
    assert shortages[2] is not None
    assert (shortages[2].rank, shortages[2].classes) == (2, frozenset({plain, cellular}))
    assert shortages[3] is not None
    assert served([cellular], {plain: 4})[0] is not None


@pytest.mark.parametrize("percent", [0, 50, 100])
def test_priorities_beyond_a_school_s_share_count_as_none(percent: int) -> None:
    base = replace(a_candidate(1), equipment=Equipment.NONE, is_exam_year=False, received=0, required=frozenset())
    candidates = [
        replace(
            base, pupil=PupilId(number), household=number, is_priority=number < 4, asked_on=date(2026, 4, 1 + number)
        )
        for number in range(8)
    ]
    rules = Rules((Criterion.PRIORITY,), percent)
    order = [each.pupil for each in allocate(Instance(candidates, [], {}, "seed", rules))]
    assert order == list(range(8))


def test_pinned_pupils_come_first_and_excluded_ones_get_nothing() -> None:
    candidates = [replace(a_candidate(number), required=frozenset()) for number in range(6)]
    instance = Instance(
        candidates, [Stock(frozenset(), "Nord", 5)], {}, "seed", pinned=frozenset({PupilId(5)}),
        excluded=frozenset({PupilId(0)}),
    )  # fmt: skip
    choices = allocate(instance)
    assert choices[0].pupil == 5
    assert (choices[-1].pupil, choices[-1].rank, choices[-1].outcome) == (0, 0, Outcome.EXCLUDED)
    assert sum(each.outcome is Outcome.SERVED for each in choices) == 5


def with_marks(instance: Instance, seed: int) -> Instance:
    """Return the instance with some pinned, some excluded, a share of priorities and a few criteria."""
    chance = Random(-seed)
    pupils = [each.pupil for each in instance.candidates]
    pinned, excluded = ({each for each in pupils if chance.random() < 0.15} for _ in range(2))
    rules = Rules(tuple(chance.sample(list(Criterion), chance.randrange(5))), chance.choice((0, 30, 50, 100)))
    return replace(instance, rules=rules, pinned=frozenset(pinned), excluded=frozenset(excluded - pinned))


def is_served(instance: Instance, pupil: PupilId) -> bool:
    return next(each.outcome is Outcome.SERVED for each in allocate(instance) if each.pupil == pupil)


@given(st.integers(0, 10**9))
@settings(max_examples=400, deadline=None)
def test_just_as_many_devices_as_are_told_serve_who_waits(seed: int) -> None:
    instance = with_marks(an_instance(seed, candidates=12), seed)
    for choice in allocate(instance):
        if choice.outcome is Outcome.WAITING:
            for count, fits in ((choice.ahead + 1, True), (choice.ahead, False)):
                more = [*instance.stock, Stock(choice.grounds.required, "Sud", count)]
                assert is_served(replace(instance, stock=more), choice.pupil) is fits


@given(st.integers(0, 10**9), st.integers(0, 6))
@settings(max_examples=300, deadline=None)
def test_as_many_devices_as_are_told_are_enough_whatever_the_reserve_takes_of_them(seed: int, reserve: int) -> None:
    rules, drawn = Rules((Criterion.EQUIPMENT,), reserve=reserve), an_instance(seed, candidates=10)

    def with_more(*more: Stock) -> Instance:
        ready = [*drawn.stock, *more]
        held = min(reserve, sum(each.count for each in ready))
        return replace(drawn, stock=held_back(ready, rules, {}), rules=rules, held_back=held)

    for choice in allocate(with_more()):
        if choice.outcome is Outcome.WAITING:
            enough = Stock(choice.grounds.required, "Sud", choice.ahead + 1)
            assert is_served(with_more(enough), choice.pupil)


def given_one_after_the_other(instance: Instance, devices: int) -> set[PupilId]:
    """Return whom so many plans of one device serve, each applied before the next is made."""
    taken: set[PupilId] = set()
    for _ in range(devices):
        choices = allocate(replace(instance, stock=[Stock(frozenset(), "Nord", 1)]))
        for served_one in (each for each in instance.candidates if each.pupil == choices[0].pupil):
            taken.add(served_one.pupil)
            claim = Claim(served_one.pupil, served_one.school, served_one.asked_on)
            instance = replace(
                instance,
                candidates=[
                    replace(each, received=each.received + (each.household == served_one.household))
                    for each in instance.candidates
                    if each.pupil != served_one.pupil
                ],
                equipped=Counter(instance.equipped) + Counter([served_one.school]),
                claims=[*instance.claims, *([claim] if served_one.is_priority else [])],
            )
    return taken


@given(st.integers(0, 10**9))
@settings(max_examples=400, deadline=None)
def test_many_plans_of_one_device_serve_whom_one_plan_of_all_of_them_serves(seed: int) -> None:
    instance = with_marks(an_instance(seed, candidates=14), seed)
    alike = [replace(each, required=frozenset[str](), received=each.household % 2) for each in instance.candidates]
    instance = replace(instance, candidates=alike)
    devices = Random(seed).randrange(len(alike) - len(instance.excluded) + 1)
    at_once = allocate(replace(instance, stock=[Stock(frozenset(), "Nord", devices)]))
    served_at_once = {each.pupil for each in at_once if each.outcome is Outcome.SERVED}
    assert given_one_after_the_other(instance, devices) == served_at_once


def test_a_large_school_is_not_put_behind_by_plans_that_follow_each_other() -> None:
    base = replace(a_candidate(1), equipment=Equipment.NONE, is_priority=False, is_exam_year=False, received=0)
    people = [
        replace(base, pupil=PupilId(number), school=SchoolId(number > 20), household=number, required=frozenset())
        for number in range(1, 25)
    ]
    instance = Instance(people, [], {}, "seed")
    schools = Counter(number > 20 for number in given_one_after_the_other(instance, 12))
    assert schools == {False: 10, True: 2}


def capped_pupils(instance: Instance) -> set[int]:
    return {each.pupil for each in allocate(instance) if each.grounds.is_capped}


def test_who_is_set_aside_leaves_the_share_of_priorities_and_who_has_a_device_does_not() -> None:
    base = replace(a_candidate(1), school=SchoolId(1), equipment=Equipment.NONE, received=0, required=frozenset())
    people = [
        replace(base, pupil=PupilId(day), household=day, is_priority=day < 4, asked_on=date(2026, 4, day))
        for day in range(1, 9)
    ]
    instance = Instance(people, [], {}, "seed", Rules(priority_cap_percent=25))
    assert capped_pupils(instance) == {3}
    assert capped_pupils(replace(instance, excluded=frozenset({PupilId(1), PupilId(8)}))) == {3}
    claim = Claim(PupilId(9), SchoolId(1), date(2026, 4, 1))
    assert capped_pupils(replace(instance, equipped={SchoolId(1): 1}, claims=[claim])) == {2, 3}
    late = replace(claim, asked_on=date(2026, 4, 20))
    assert capped_pupils(replace(instance, equipped={SchoolId(1): 1}, claims=[late])) == {3}


@given(st.integers(0, 10**9), st.integers(0, 8), st.integers(0, 8), st.sampled_from(CLASSES))
@settings(max_examples=300, deadline=None)
def test_reserves_hold_back_no_more_than_there_is_and_one_more_device_lowers_nothing(
    seed: int, reserve: int, own: int, more: Features
) -> None:
    rules = Rules(reserve=reserve, school_reserves=(("0690001A", own),))
    stock = an_instance(seed).stock

    def left(piles: list[Stock]) -> Counter[tuple[Features, str]]:
        counts = Counter[tuple[Features, str]]()
        for each in held_back(piles, rules, {"0690001A": ("Sud",)}):
            counts[each.features, each.home] += each.count
        return counts

    whole = Counter[tuple[Features, str]]()
    for each in stock:
        whole[each.features, each.home] += each.count
    piles = [Stock(*pile, count) for pile, count in whole.items()]
    assert left(piles).total() == max(whole.total() - reserve - own, 0)
    whole[more, "Nord"] += 1
    assert not left(piles) - left([Stock(*pile, count) for pile, count in whole.items()])
