"""A drill's figures, and which tablet keeps which promise."""

from dataclasses import replace
from datetime import UTC, datetime

from tablet_loans.domain.drill import Drill, DrillStep, Promised, StepDone, Wrong, paired
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.readiness import Readiness

PLAIN, CELLULAR = frozenset[str](), frozenset({"cellular"})
BOTH = frozenset({"cellular", "keyboard"})


def promised(pupil: int, features: frozenset[str], home: str = "depot:", tag: str | None = None) -> Promised:
    return Promised(PupilId(pupil), features, home, tag)


def drilled(promised: int, *steps: StepDone) -> Drill:
    at = datetime(2026, 4, 6, 8, 0, tzinfo=UTC)
    return Drill("Continuité 2026", "Métropole", at, 1, 1, 1, 1, promised, steps, Readiness(True, ()))


def test_a_promise_takes_its_own_place_then_its_class_then_what_has_least_more() -> None:
    ready = {
        (CELLULAR, "depot:Nord"): ["A"], (CELLULAR, "depot:Sud"): ["B"], (BOTH, "depot:Nord"): ["C"],
        (PLAIN, "depot:Nord"): ["D"],
    }  # fmt: skip
    promises = [promised(number, CELLULAR, "depot:Sud") for number in range(4)]
    assert list(paired(promises, ready)) == [(0, "B"), (1, "A"), (2, "C"), (3, None)]


def test_what_is_packed_for_a_school_goes_to_its_pupils_first_and_to_no_others() -> None:
    ready = {(CELLULAR, "carton:7"): ["A"], (CELLULAR, "depot:"): ["B"], (BOTH, "carton:7"): ["C"]}
    promises = [replace(promised(number, CELLULAR), school=school) for number, school in enumerate((3, 7, 3, 7, 7))]
    assert list(paired(promises, ready)) == [(0, "B"), (1, "A"), (2, None), (3, "C"), (4, None)]


def test_an_exact_promise_takes_its_tablet() -> None:
    assert list(paired([promised(1, PLAIN, tag="ML-000001-X")], {})) == [(1, "ML-000001-X")]


def test_the_pace_and_the_time_for_all_come_from_what_was_really_done() -> None:
    step = StepDone(DrillStep.LEND, 100, 400, 50.0)
    assert (step.an_hour, step.seconds_for_all) == (7200, 200.0)
    assert (StepDone(DrillStep.LEND, 0, 400, 50.0).an_hour, StepDone(DrillStep.LEND, 0, 0, 1.0).seconds_for_all) == (
        None,
        1.0,
    )


def test_the_stations_of_a_day_follow_from_the_pace_at_the_counter() -> None:
    done = drilled(10_178)
    assert (round(done.station_hours), done.stations_within(1), done.stations_within(5)) == (71, 11, 3)
    assert drilled(0).stations_within(1) == 0


def test_a_drill_goes_well_when_nothing_went_wrong() -> None:
    well = StepDone(DrillStep.LEND, 1, 1, 0.1)
    badly = StepDone(DrillStep.LEND, 0, 1, 0.1, (Wrong("PupilHasLeft", 1, ""),))
    assert (drilled(1, well).has_gone_well, drilled(1, well, badly).has_gone_well) == (True, False)


def test_a_drill_that_lends_nothing_has_not_gone_well() -> None:
    assert not drilled(0, StepDone(DrillStep.LEND, 0, 0, 0.1)).has_gone_well
