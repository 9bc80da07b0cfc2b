"""What would prevent lending, as a list made of counts alone."""

from dataclasses import replace

import pytest

from tablet_loans.domain.concern import BLOCKING, MENDED, SAID, TO_DO, Concern
from tablet_loans.domain.readiness import (
    BaseCounts,
    CampaignCounts,
    Circumstances,
    DeviceCounts,
    PeopleCounts,
    PlanCounts,
    action_of,
    readiness_in,
    sentence_of,
)

CAMPAIGN = CampaignCounts("Continuité 2026", True, False, 1, True, 0)
PEOPLE = PeopleCounts(schools=3, pupils=900)
DEVICES = DeviceCounts(ready=100, promised=80)
PLAN = PlanCounts(is_applied=True, is_promised=True, is_outdated=False, unmet_pins=0, far_schools=0)
READY = Circumstances(CAMPAIGN, PEOPLE, DEVICES, PLAN)

CAUSES = {
    Concern.OLD_BASE: replace(READY, base=BaseCounts(is_of_this_version=False)),
    Concern.NOT_OPEN: replace(READY, campaign=replace(CAMPAIGN, is_open=False)),
    Concern.OVER: replace(READY, campaign=replace(CAMPAIGN, is_open=False, is_closed=True, has_ended=True)),
    Concern.ENDED: replace(READY, campaign=replace(CAMPAIGN, has_ended=True)),
    Concern.SEVERAL_OPEN: replace(READY, campaign=replace(CAMPAIGN, open_campaigns=2)),
    Concern.NO_PUPILS: replace(READY, people=replace(PEOPLE, pupils=0)),
    Concern.EMPTY_SCHOOLS: replace(READY, people=replace(PEOPLE, empty_schools=2)),
    Concern.NO_CLASS: replace(READY, people=replace(PEOPLE, without_class=1)),
    Concern.SILENT_SCHOOLS: replace(READY, people=replace(PEOPLE, silent_schools=2)),
    Concern.FEW_ANSWERS: replace(READY, people=replace(PEOPLE, schools_with_few_answers=1)),
    Concern.TO_CONFIRM: replace(READY, people=replace(PEOPLE, needs_to_confirm=7)),
    Concern.NEEDS_OPEN: replace(READY, campaign=replace(CAMPAIGN, are_needs_closed=False)),
    Concern.DOUBTFUL_HOUSEHOLDS: replace(READY, people=replace(PEOPLE, doubtful_households=4)),
    Concern.NO_DEVICES: replace(READY, devices=DeviceCounts()),
    Concern.TO_PREPARE: replace(READY, devices=replace(DEVICES, to_prepare=5)),
    Concern.IN_REPAIR: replace(READY, devices=replace(DEVICES, in_repair=1)),
    Concern.STILL_OUT: replace(READY, devices=replace(DEVICES, still_out=3)),
    Concern.UNSIGNED: replace(READY, devices=replace(DEVICES, unsigned=3)),
    Concern.RESERVES: replace(READY, devices=replace(DEVICES, reserved=21)),
    Concern.NO_PLAN: replace(READY, plan=None),
    Concern.PLAN_OUTDATED: replace(READY, plan=PlanCounts(False, False, True, 0, 0)),
    Concern.NOT_APPLIED: replace(READY, plan=PlanCounts(False, False, False, 0, 0)),
    Concern.UNMET_PINS: replace(READY, plan=replace(PLAN, unmet_pins=1)),
    Concern.FAR_SCHOOLS: replace(READY, plan=replace(PLAN, far_schools=2)),
    Concern.SHORT: replace(READY, devices=replace(DEVICES, promised_in_vain=6)),
    Concern.PROMISES_LEFT: replace(READY, campaign=replace(CAMPAIGN, over="Avant 2026", promises_left=4)),
    Concern.WORDING: replace(READY, campaign=replace(CAMPAIGN, empty_texts=3)),
    Concern.NO_BACKUP: replace(READY, base=BaseCounts(days_since_backup=None)),
    Concern.OLD_BACKUP: replace(READY, base=BaseCounts(days_since_backup=2)),
    Concern.RECOVERY: replace(READY, base=BaseCounts(is_recovery_confirmed=False)),
}


def test_every_concern_has_a_cause_a_sentence_an_action_and_what_mends_it() -> None:
    assert set(CAUSES) == set(Concern) == set(SAID) == set(TO_DO) == set(MENDED)


def test_a_campaign_in_order_is_ready_and_nothing_is_to_see_to() -> None:
    assert (readiness_in(READY).is_ready, readiness_in(READY).lines) == (True, ())


@pytest.mark.parametrize("concern", Concern)
def test_each_cause_gives_its_line_alone_with_what_to_do(concern: Concern) -> None:
    found = readiness_in(CAUSES[concern])
    assert [line.code for line in found.lines] == [concern]
    (line,) = found.lines
    is_blocking = concern in BLOCKING or concern is Concern.NOT_APPLIED
    assert (line.is_blocking, found.is_ready) == (is_blocking, not is_blocking)
    assert "{" not in sentence_of(line) + action_of(line) + line.command


def test_what_blocks_comes_first() -> None:
    found = readiness_in(replace(READY, devices=replace(DEVICES, in_repair=1), plan=None))
    assert [line.code for line in found.lines] == [Concern.NO_PLAN, Concern.IN_REPAIR]


def test_silence_of_all_schools_blocks_and_silence_of_some_does_not() -> None:
    everybody = replace(READY, people=replace(PEOPLE, silent_schools=3))
    assert not readiness_in(everybody).is_ready
    assert readiness_in(CAUSES[Concern.SILENT_SCHOOLS]).is_ready


def test_a_draft_beside_promises_that_stand_does_not_block() -> None:
    beside = PlanCounts(is_applied=False, is_promised=True, is_outdated=False, unmet_pins=0, far_schools=0)
    assert readiness_in(replace(READY, plan=beside)).is_ready
    assert readiness_in(replace(READY, plan=replace(beside, is_outdated=True))).lines == ()


def test_a_demonstration_needs_no_copy() -> None:
    shown = BaseCounts(is_demonstration=True, days_since_backup=None)
    assert readiness_in(replace(READY, base=shown)).lines == ()


def test_a_campaign_s_name_is_quoted_in_the_command() -> None:
    named = replace(CAMPAIGN, name='Printemps "bis"', is_open=False)
    (line,) = readiness_in(replace(READY, campaign=named)).lines
    assert line.command == 'campaign open "Printemps \\"bis\\""'


def test_promises_of_a_campaign_that_is_over_are_told_with_its_name() -> None:
    (line,) = readiness_in(CAUSES[Concern.PROMISES_LEFT]).lines
    assert (line.count, line.over, line.command) == (4, "Avant 2026", 'campaign close "Avant 2026"')
    assert "Avant 2026" in sentence_of(line)


def test_a_closed_campaign_is_to_be_launched_again_and_not_opened() -> None:
    (line,) = readiness_in(CAUSES[Concern.OVER]).lines
    assert line.command.startswith("campaign relaunch")
