"""Where MDMs and register differ, finding by finding, and fast."""

from datetime import timedelta
from time import perf_counter

import pytest

from tablet_loans.domain.barcode import pupil_card
from tablet_loans.domain.device import DeviceState
from tablet_loans.domain.enrolment import Enrolment, ExternalRecord, MdmAct
from tablet_loans.domain.enrolment_state import STEPS, EnrolmentEvent, step
from tablet_loans.domain.finding import (
    ACTS,
    BY_HAND,
    BY_HAND_WORDS,
    FINDING_NAMES,
    FINDING_WORDS,
    ByHand,
    Finding,
    FindingKind,
)
from tablet_loans.domain.mdm_rule import MdmRules, OwnerStyle
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.reconciliation import Registered, Seen, device_of, is_owner, reconcile
from tests.builders import NOON

RULES = MdmRules()
LENT = Registered(
    1, "ML-000001-A", DeviceState.ON_LOAN, "tablet", "0690001A", "Été", 7, "abdel malek ines", "123456789AB"
)
HERE = Registered(1, "ML-000001-A", DeviceState.READY, "tablet")
LOST = LENT._replace(state=DeviceState.LOST, pupil_id=None)
OF_PUPIL = pupil_card(PupilId(7))


def record(**said: object) -> ExternalRecord:
    usual = ExternalRecord(
        "x", "S1", (), True, NOON - timedelta(days=9), NOON, acts=frozenset({MdmAct.LOST_MODE_ON, MdmAct.REMOVE_OWNER})
    )
    return usual._replace(**said)  # type: ignore[arg-type]


def found(device: Registered, *records: ExternalRecord, rules: MdmRules = RULES) -> list[Finding]:
    return reconcile([device], [Seen("M", each, 1, Enrolment.ENROLLED) for each in records], rules, NOON)


def kinds(device: Registered, *records: ExternalRecord, rules: MdmRules = RULES) -> list[FindingKind]:
    return [each.kind for each in found(device, *records, rules=rules)]


@pytest.mark.parametrize(
    ("device", "told", "expected"),
    [
        (LENT, {}, None),
        (LENT, {"owner": OF_PUPIL}, None),
        (LENT, {"is_enrolled": False}, FindingKind.NEVER_ENROLLED),
        (LENT, {"last_seen_at": NOON - timedelta(days=15)}, FindingKind.NOT_SEEN),
        (LENT, {"last_seen_at": NOON - timedelta(days=14)}, None),
        (LENT, {"last_seen_at": None}, None),
        (LENT, {"owner": pupil_card(PupilId(8))}, FindingKind.OTHER_PUPIL),
        (LENT, {"owner": "martin.jules@ecole.example"}, FindingKind.OTHER_PUPIL),
        (LENT, {"owner": "ines.abdelmalek@ecole.example"}, None),
        (LENT, {"owner": "Inès ABDEL-MALEK"}, None),
        (LENT, {"owner": "123456789ab"}, None),
        (LENT, {"asset_tag": "ML-000002-B"}, FindingKind.OTHER_TAG),
        (LENT, {"asset_tag": " ml-000001-a"}, None),
        (LENT, {"is_lost": True}, FindingKind.LOST_MODE_LEFT),
        (HERE, {}, None),
        (HERE, {"owner": OF_PUPIL}, FindingKind.NOT_RELEASED),
        (HERE, {"last_seen_at": NOON - timedelta(days=90)}, None),
        (LOST, {}, FindingKind.NO_LOST_MODE),
        (LOST, {"is_lost": True, "owner": OF_PUPIL}, None),
        (LOST, {"is_enrolled": False}, None),
    ],
)
def test_each_difference_is_found_and_nothing_else(
    device: Registered, told: dict[str, object], expected: FindingKind | None
) -> None:
    assert kinds(device, record(**told)) == ([] if expected is None else [expected])


def test_a_device_in_no_mdm_is_found_unless_none_was_read() -> None:
    assert kinds(LENT) == [FindingKind.NEVER_ENROLLED]
    assert kinds(HERE) == [FindingKind.NOT_IN_MDM]
    assert kinds(HERE._replace(state=DeviceState.RETIRED)) == []
    assert kinds(HERE._replace(kind="key_4g")) == []
    assert reconcile([LENT, HERE], [], RULES, NOON, is_all_read=False) == []


def test_of_two_records_the_newest_enrolment_counts_and_the_other_is_named() -> None:
    old = record(external_id="old", enrolled_at=NOON - timedelta(days=300), owner="Jules Martin")
    new = record(external_id="new", enrolled_at=NOON)
    for records in ((old, new), (new, old)):
        (twice,) = found(LENT, *records)
        assert (twice.kind, twice.external_id, twice.facts) == (FindingKind.TWO_RECORDS, "new", {"other": "old"})
    others = [Seen("M", old), Seen("M", new), Seen("N", new), Seen("M", record(serial="")), Seen("M", record(
        external_id="i", serial="", imeis=("1",)))]  # fmt: skip
    loose = [(each.kind, each.mdm, each.external_id) for each in reconcile([], others, RULES, NOON)]
    assert loose == [
        (FindingKind.TWO_RECORDS, "M", "new"), (FindingKind.NOT_IN_REGISTER, "M", "i"),
        (FindingKind.NOT_IN_REGISTER, "M", "new"), (FindingKind.NOT_IN_REGISTER, "N", "new"),
        (FindingKind.NO_SERIAL, "M", "x"),
    ]  # fmt: skip


def test_the_group_is_that_of_the_campaign_where_one_is_set() -> None:
    rules = MdmRules(groups={"Été": "Prêts"})
    assert kinds(LENT, record(group="Autres"), rules=rules) == [FindingKind.OTHER_GROUP]
    assert kinds(LENT, record(group="Autres, Prêts"), rules=rules) == []
    assert kinds(HERE, record(group="Autres"), rules=rules) == []


def test_owners_are_not_looked_at_where_nobody_is_told() -> None:
    rules = MdmRules(owner=OwnerStyle.NONE)
    assert kinds(LENT, record(owner="Jules Martin"), rules=rules) == []
    assert not is_owner(OF_PUPIL, HERE)


def test_an_act_is_offered_only_where_the_mdm_takes_it() -> None:
    assert found(LOST, record())[0].is_offered
    assert not found(LOST, record(acts=frozenset()))[0].is_offered
    assert found(LOST, record())[0].proposal != found(LOST, record(acts=frozenset()))[0].proposal


def test_the_serial_number_is_looked_at_before_the_imeis() -> None:
    both = ExternalRecord("x", "S1", ("1", "2"))
    assert device_of(both, {"S1": 5}, {"1": 6}) == 5
    assert device_of(both, {}, {"2": 6}) == 6
    assert device_of(ExternalRecord("x", ""), {"": 5}, {}) is None


def test_every_finding_has_its_words_and_what_is_proposed() -> None:
    assert set(FINDING_WORDS) == set(FINDING_NAMES) == set(FindingKind) == set(ACTS) | set(BY_HAND)
    assert set(BY_HAND_WORDS) == set(ByHand)


def test_every_step_of_an_enrolment_is_known_and_stale_is_a_matter_of_the_day() -> None:
    kept = set(Enrolment) - {Enrolment.STALE}
    assert set(STEPS) == {(state, event) for state in kept for event in EnrolmentEvent}
    assert step(Enrolment.ENROLLED, EnrolmentEvent.TOLD_NOT) is Enrolment.UNENROLLED


def test_forty_thousand_devices_are_compared_in_a_second() -> None:
    devices = [LENT._replace(id=number, tag=f"T{number}") for number in range(40_000)]
    seen = [
        Seen("M", record(external_id=str(number), owner="Jules Martin" if number % 3 else ""), number)
        for number in range(40_000)
    ]
    begun = perf_counter()
    assert len(reconcile(devices, seen, RULES, NOON)) == 26_666
    assert perf_counter() - begun < 3  # a second on a quiet computer
