"""A reconciliation: what MDMs tell, beside what the register has; it compares, and creates nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final, NamedTuple

from tablet_loans.domain.barcode import pupil_card, pupil_on_card
from tablet_loans.domain.device import DeviceKind, DeviceState
from tablet_loans.domain.enrolment import Enrolment, ExternalRecord, MdmAct
from tablet_loans.domain.finding import ACTS, Finding, FindingKind
from tablet_loans.domain.identifiers import normal_tag
from tablet_loans.domain.mdm_rule import MdmRules, OwnerStyle
from tablet_loans.domain.pupil import PupilId
from tablet_loans.text import sort_key

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_MISSING: Final = frozenset({DeviceState.LOST, DeviceState.STOLEN})
_ORDER: Final = {kind: place for place, kind in enumerate(FindingKind)}


class Registered(NamedTuple):
    """A device of the register with its open loan, if any; `pupil_key` folds the pupil's names."""

    id: int
    tag: str
    state: DeviceState
    kind: str
    school: str = ""
    campaign: str = ""
    pupil_id: int | None = None
    pupil_key: str = ""
    ine: str = ""


class Seen(NamedTuple):
    """A record that an MDM tells now, matched to a device or not; `tells_enrolment` is of the MDM."""

    mdm: str
    record: ExternalRecord
    device_id: int | None = None
    enrolment: Enrolment = Enrolment.NEVER_SEEN
    tells_enrolment: bool = True


def device_of(record: ExternalRecord, by_serial: Mapping[str, int], by_imei: Mapping[str, int]) -> int | None:
    """Return the device that a record is about: by its serial number, then by an IMEI."""
    found = by_serial.get(record.serial) if record.serial else None
    if found is not None:
        return found
    return next((by_imei[imei] for imei in record.imeis if imei in by_imei), None)


def reconcile(
    devices: Iterable[Registered], seen: Iterable[Seen], rules: MdmRules, now: datetime, *, is_all_read: bool = True
) -> list[Finding]:
    """Return where the MDMs and the register differ, what matters most first, then by tag and serial number.

    `is_all_read` says that each MDM was read to its end: before that, no device is missing.
    """
    by_device: dict[int, list[Seen]] = {}
    loose: list[Seen] = []
    for each in seen:
        if each.device_id is None:
            loose.append(each)
        else:
            by_device.setdefault(each.device_id, []).append(each)
    found: list[Finding] = []
    for device in devices:
        found += _of_device(device, by_device.get(device.id, ()), rules, now, is_all_read)
    found += _of_none(loose)
    return sorted(found, key=lambda each: (_ORDER[each.kind], each.tag, each.serial, each.mdm, each.external_id))


def newest(records: Iterable[Seen]) -> list[Seen]:
    """Return the records of one device, the newest enrolment first, then the one seen last."""
    return sorted(records, key=_age, reverse=True)


def _age(each: Seen) -> tuple[bool, datetime, datetime, str]:
    record = each.record
    enrolled_at, seen_at = record.enrolled_at or _LONG_AGO, record.last_seen_at or _LONG_AGO
    return record.is_enrolled, enrolled_at, seen_at, record.external_id


def _of_device(
    device: Registered, records: Sequence[Seen], rules: MdmRules, now: datetime, is_all_read: bool
) -> Iterator[Finding]:
    counting = records
    if len(records) > 1:
        counting = []
        ordered = sorted(records, key=lambda each: each.mdm)
        for _, of_one in groupby(ordered, key=lambda each: each.mdm):
            first, *others = newest(of_one)
            counting.append(first)
            for other in others:
                yield _finding(FindingKind.TWO_RECORDS, device, first, other=other.record.external_id)
    if missing := _enrolment(device, counting, rules, now, is_all_read):
        yield missing
    for each in counting:
        yield from _differences(device, each, rules)


def _enrolment(
    device: Registered, records: Sequence[Seen], rules: MdmRules, now: datetime, is_all_read: bool
) -> Finding | None:
    """Return what there is to say of where the device stands in the MDMs, None for nothing."""
    if device.state is DeviceState.ON_LOAN and is_all_read and device.kind != DeviceKind.KEY_4G:
        enrolled = [each for each in records if each.record.is_enrolled]
        if not enrolled:
            return _finding(FindingKind.NEVER_ENROLLED, device, records[0] if records else None)
        last, seen_at = max(((each, each.record.last_seen_at or _LONG_AGO) for each in enrolled), key=lambda it: it[1])
        if seen_at is not _LONG_AGO and now - seen_at > timedelta(days=rules.stale_days):
            return _finding(FindingKind.NOT_SEEN, device, last, days=(now - seen_at).days)
    elif not records and is_all_read and device.state is not DeviceState.RETIRED and device.kind != DeviceKind.KEY_4G:
        return _finding(FindingKind.NOT_IN_MDM, device, None)
    return None


def _differences(device: Registered, each: Seen, rules: MdmRules) -> Iterator[Finding]:
    """Yield what an MDM has otherwise of a device than the register."""
    record = each.record
    if device.state in _MISSING:
        if record.is_enrolled and not record.is_lost:
            yield _finding(FindingKind.NO_LOST_MODE, device, each)
    elif record.is_lost:
        yield _finding(FindingKind.LOST_MODE_LEFT, device, each)
    if record.owner and device.state is DeviceState.ON_LOAN:
        if rules.owner is not OwnerStyle.NONE and not is_owner(record.owner, device):
            yield _finding(FindingKind.OTHER_PUPIL, device, each)
    elif record.owner and device.state not in _MISSING:
        yield _finding(FindingKind.NOT_RELEASED, device, each)
    if record.asset_tag and record.asset_tag != device.tag and normal_tag(record.asset_tag) != device.tag:
        yield _finding(FindingKind.OTHER_TAG, device, each, told=record.asset_tag)
    if (
        rules.groups
        and (wanted := rules.groups.get(device.campaign))
        and wanted not in {name.strip() for name in record.group.split(",")}
    ):
        yield _finding(FindingKind.OTHER_GROUP, device, each, group=wanted)


def _of_none(loose: Sequence[Seen]) -> Iterator[Finding]:
    """Yield what there is to say of records that are of no device of the register."""
    by_serial: dict[tuple[str, str], list[Seen]] = {}
    for each in loose:
        record = each.record
        if record.serial:
            by_serial.setdefault((each.mdm, record.serial), []).append(each)
        else:
            kind = FindingKind.NOT_IN_REGISTER if record.imeis else FindingKind.NO_SERIAL
            yield _finding(kind, None, each)
    for twins in by_serial.values():
        first, *others = newest(twins) if len(twins) > 1 else twins
        yield _finding(FindingKind.NOT_IN_REGISTER, None, first)
        for other in others:
            yield _finding(FindingKind.TWO_RECORDS, None, first, other=other.record.external_id)


def is_owner(owner: str, device: Registered) -> bool:
    """Say whether an owner told by an MDM is the pupil who has the device: by the card's code, INE, or both names."""
    if device.pupil_id is None:
        return False
    told = owner.strip().upper()
    if told == pupil_card(PupilId(device.pupil_id)) or (device.ine and told == device.ine):
        return True
    if pupil_on_card(told) is not None:
        return False
    folded = sort_key(owner)
    return bool(device.pupil_key) and all(word in folded for word in device.pupil_key.split())


def _finding(kind: FindingKind, device: Registered | None, each: Seen | None, **facts: object) -> Finding:
    record = each.record if each else None
    act: MdmAct | None = ACTS.get(kind)
    return Finding(
        kind,
        tag=device.tag if device else "",
        device_id=device.id if device else None,
        mdm=each.mdm if each else "",
        external_id=record.external_id if record else "",
        serial=record.serial if record else "",
        school=device.school if device else "",
        campaign=device.campaign if device else "",
        is_offered=act is not None and record is not None and act in record.acts,
        facts=facts,
    )
