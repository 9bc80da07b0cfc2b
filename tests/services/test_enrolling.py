"""What MDMs tell is kept and compared, on both engines: only what differs is written, and nothing is created."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tablet_loans.domain.enrolment import (
    Enrolment,
    ExternalRecord,
    KeyRefused,
    MdmAway,
    MdmGarbled,
    OddRecord,
    Page,
    Provider,
)
from tablet_loans.domain.finding import FindingFilter, FindingKind
from tablet_loans.domain.mdm_task import NoDevicesTold
from tablet_loans.services import checking, enrolling, lending, stocking
from tablet_loans.services.connecting_mdm import known_account
from tablet_loans.services.session import Cancelled, Progress
from tablet_loans.services.sync_run import SyncReport
from tests.builders import NOON, World
from tests.services.enrolled import MDM, Console, actions, connected, dump, serial_of, told


def synced(
    world: World, *records: ExternalRecord, is_dry_run: bool = False, believes_empty: bool = False
) -> SyncReport:
    account = known_account(world.session, MDM)
    return enrolling.sync(
        world.session, account, Console(records), is_dry_run=is_dry_run, believes_empty=believes_empty
    ).value


def fleet(world: World, count: int = 5) -> list[ExternalRecord]:
    return [told(serial_of(world, world.device())) for _ in range(count)]


def test_a_first_sync_keeps_every_record_and_creates_no_device(world: World) -> None:
    connected(world.session)
    records = [*fleet(world), told("UNKNOWN1")]
    devices = dump(world.base)["device"]
    report = synced(world, *records)
    assert (report.devices, report.new, report.changed, report.gone, report.unchanged) == (6, 6, 0, 0, 0)
    assert report.findings == {"not_in_register": 1}
    assert dump(world.base)["device"] == devices
    assert actions(world.base)[-1] == "mdm_synced"
    checking.check(world.session)


def test_a_record_that_turns_out_to_be_of_another_device_is_in_the_story_of_both(world: World) -> None:
    connected(world.session)
    first, second = str(world.device()), str(world.device())
    synced(world, told(serial_of(world, first), external_id="x"))
    synced(world, told(serial_of(world, second), external_id="x"))
    steps = [[step.after for step in stocking.shown(world.session, tag).enrolments] for tag in (first, second)]
    assert steps == [[Enrolment.UNENROLLED, Enrolment.ENROLLED], [Enrolment.ENROLLED]]


def test_a_second_sync_of_unchanged_devices_changes_nothing_in_the_base(world: World) -> None:
    connected(world.session)
    records = [*fleet(world), told("UNKNOWN1"), told("", external_id="x"), told("R52M1", imeis=("356938035643809",))]
    synced(world, *records)
    before = dump(world.base)
    receipt = enrolling.sync(world.session, known_account(world.session, MDM), Console(records))
    assert dump(world.base) == before
    assert receipt.value.unchanged == len(records)
    assert (receipt.ledger_id, receipt.topics) == ("", frozenset())


def test_a_dry_run_says_the_same_and_writes_nothing(world: World) -> None:
    connected(world.session)
    records = [*fleet(world), told("UNKNOWN1")]
    before = dump(world.base)
    dry = synced(world, *records, is_dry_run=True)
    assert dump(world.base) == before
    assert dry == synced(world, *records)


def test_what_is_told_no_more_is_gone_and_comes_back(world: World) -> None:
    connected(world.session)
    first, *others = fleet(world)
    synced(world, first, *others)
    report = synced(world, *others)
    assert (report.gone, report.unchanged, report.findings) == (1, 4, {"not_in_mdm": 1})
    assert synced(world, *others).gone == 0
    assert synced(world, first, *others).changed == 1
    story = stocking.shown(world.session, first.serial).enrolments
    assert [(step.before, step.after) for step in story][::-1] == [
        (Enrolment.NEVER_SEEN, Enrolment.ENROLLED), (Enrolment.ENROLLED, Enrolment.UNENROLLED),
        (Enrolment.UNENROLLED, Enrolment.ENROLLED),
    ]  # fmt: skip


def test_an_mdm_that_tells_of_nothing_is_not_believed_unless_a_person_does(world: World) -> None:
    connected(world.session)
    synced(world, *fleet(world))
    before = dump(world.base)
    with pytest.raises(NoDevicesTold) as caught:
        synced(world)
    assert caught.value.facts["count"] == 5
    assert dump(world.base) == before
    assert synced(world, believes_empty=True).gone == 5


def test_a_sync_that_breaks_off_keeps_what_it_read_says_nobody_is_gone_and_goes_on_from_there(world: World) -> None:
    connected(world.session)
    records = fleet(world, 7)
    synced(world, *records, told("LATER1"))
    changed = [record._replace(name="other") for record in records]
    console = Console(changed, breaks_at=2, trouble=MdmAway(mdm=MDM, reason="?"))
    with pytest.raises(MdmAway):
        enrolling.sync(world.session, known_account(world.session, MDM), console)
    account = known_account(world.session, MDM)
    assert account.unfinished is not None
    assert (account.unfinished.place, len(account.unfinished.seen)) == ("4", 4)
    again = Console(changed)
    report = enrolling.sync(world.session, account, again).value
    assert again.starts == ["4"]
    assert (report.is_resumed, report.devices, report.changed, report.gone) == (True, 7, 3, 1)
    assert known_account(world.session, MDM).unfinished is None
    before = dump(world.base)
    synced(world, *changed)
    assert dump(world.base) == before
    checking.check(world.session)


def test_what_a_killed_sync_wrote_is_told_by_the_line_of_the_next(world: World) -> None:
    connected(world.session)
    records = fleet(world, 40)

    class Killed(BaseException):
        """Nobody hears it."""

    class Deadly(Console):
        def pages(self, start: str = "") -> Iterator[Page]:
            for number, page in enumerate(super().pages(start)):
                if number == 18:
                    raise Killed
                yield page

    with pytest.raises(Killed):
        enrolling.sync(world.session, known_account(world.session, MDM), Deadly(records))
    written = len(dump(world.base)["external_record"])
    assert 0 < written < 40
    assert "mdm_synced" not in actions(world.base)
    report = synced(world, *records)
    assert (report.new, report.unchanged, report.is_resumed) == (40 - written, written, False)
    facts = world.base.execute(
        "SELECT facts FROM ledger_facts JOIN ledger_line ON id = line_id WHERE action = 'mdm_synced'"
    ).fetchall()
    assert [json.loads(each[0])["new"] for each in facts] == [40]
    before = dump(world.base)
    synced(world, *records)
    assert dump(world.base) == before
    checking.check(world.session)


def test_one_that_cannot_even_begin_writes_nothing(world: World) -> None:
    connected(world.session)
    synced(world, *fleet(world))
    before = dump(world.base)
    with pytest.raises(KeyRefused):
        enrolling.sync(world.session, known_account(world.session, MDM), Console(
            fleet(world, 0), breaks_at=0, trouble=KeyRefused(mdm=MDM)))  # fmt: skip
    assert dump(world.base) == before


def test_a_place_that_is_not_known_any_more_is_begun_again(world: World) -> None:
    connected(world.session)
    records = fleet(world, 6)
    with pytest.raises(MdmAway):
        enrolling.sync(world.session, known_account(world.session, MDM), Console(
            records, breaks_at=1, trouble=MdmAway(mdm=MDM, reason="?")))  # fmt: skip

    class Forgetful(Console):
        def pages(self, start: str = ""):  # type: ignore[no-untyped-def]
            if start:
                self.starts.append(start)
                raise MdmGarbled(mdm=MDM, reason="?")
            yield from super().pages(start)

    console = Forgetful(records)
    report = enrolling.sync(world.session, known_account(world.session, MDM), console).value
    assert console.starts == ["2", ""]
    assert (report.devices, report.is_resumed, report.gone) == (6, False, 0)


def test_a_cancelled_sync_keeps_what_was_read(world: World) -> None:
    connected(world.session)
    read: list[int] = []
    progress = Progress(lambda done, _total: read.append(done), lambda: len(read) > 1)
    with pytest.raises(Cancelled):
        enrolling.sync(world.session, known_account(world.session, MDM), Console(fleet(world, 9)), progress=progress)
    assert 0 < len(dump(world.base)["external_record"]) < 9
    assert actions(world.base)[-1] == "mdm_synced"


def test_a_device_is_matched_by_its_serial_number_then_by_an_imei_and_when_it_is_received_later(world: World) -> None:
    connected(world.session)
    by_imei = world.device(imei="356938035643809")
    records = [told("OTHER", imeis=("356938035643809",)), told("R52LATER01")]
    assert synced(world, *records).findings == {"not_in_register": 1}
    later = world.device(serial="R52LATER01")
    report = synced(world, *records)
    assert (report.changed, report.unchanged, report.findings) == (1, 1, {})
    for tag in (by_imei, later):
        assert [step.after for step in stocking.shown(world.session, tag).enrolments] == [Enrolment.ENROLLED]


def test_twins_do_not_flip_and_odd_records_are_lines_of_the_report(world: World) -> None:
    connected(world.session)
    serial = serial_of(world, world.device())
    old = told(serial, external_id="old", enrolled_at=NOON - timedelta(days=300))
    new = told(serial, external_id="new", enrolled_at=NOON - timedelta(days=3))
    console = Console([old, new, new], odd=(OddRecord("3", "it has no identifier"),))
    report = enrolling.sync(world.session, known_account(world.session, MDM), console).value
    assert (report.new, report.odd_count, report.findings) == (2, 1, {"two_records": 1})
    twice = enrolling.findings(world.session).rows[0]
    assert (twice.external_id, twice.facts) == ("new", {"other": "old"})
    before = dump(world.base)
    for order in ([new, old], [old, new]):
        synced(world, *order)
        assert dump(world.base) == before


def test_one_whose_record_is_odd_stays_as_it_was(world: World) -> None:
    connected(world.session)
    kept, gone, other = fleet(world, 3)
    synced(world, kept, gone, other)
    console = Console([other], odd=(OddRecord("1", "it is not as the MDM documents it", kept.external_id),))
    for is_dry_run in (True, False):
        report = enrolling.sync(
            world.session, known_account(world.session, MDM), console, is_dry_run=is_dry_run, believes_empty=True
        ).value
        assert (report.gone, report.unchanged, report.odd_count) == (1, 1, 1)
        assert report.findings == {"not_in_mdm": 1}
    assert enrolling.findings(world.session).counts == {"not_in_mdm": 1}


def test_until_all_mdms_were_read_no_device_is_missing(world: World) -> None:
    connected(world.session)
    synced(world, *fleet(world, 1))
    world.device()
    assert enrolling.findings(world.session).counts == {"not_in_mdm": 1}
    second = connected(world.session, name="Second")
    assert enrolling.findings(world.session).counts == {}
    enrolling.sync(world.session, second, Console(), believes_empty=True)
    assert enrolling.findings(world.session).counts == {"not_in_mdm": 1}


def test_findings_are_filtered_and_counted(world: World) -> None:
    connected(world.session)
    school = world.school()
    lent, ready = world.device(), world.device()
    lending.check_out(world.session, code=lent, pupil_id=world.pupil(school_id=school))
    assert enrolling.findings(world.session).rows == ()  # nothing was read to its end yet
    synced(world, told("UNKNOWN1"))
    found = enrolling.findings(world.session)
    assert found.counts == {"never_enrolled": 1, "not_in_mdm": 1, "not_in_register": 1}
    assert [row.tag for row in found.rows] == [lent, "", ready]
    only = enrolling.findings(world.session, FindingFilter(kind=FindingKind.NOT_IN_MDM)).rows
    assert [row.tag for row in only] == [ready]
    counts = enrolling.counts(world.session)
    assert (counts.mdms, counts.lent, counts.lent_enrolled, counts.not_in_register) == (1, 1, 0, 1)


def test_one_that_tells_ownership_alone_says_nothing_of_enrolments(world: World) -> None:
    connected(world.session, provider=Provider.APPLE)
    lent = world.device()
    lending.check_out(world.session, code=lent, pupil_id=world.pupil())
    report = synced(world, told(serial_of(world, lent), is_enrolled=False))
    assert report.findings == {}
    assert stocking.shown(world.session, lent).enrolments == ()
