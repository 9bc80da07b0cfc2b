"""Each vendor's connector, against its server, with what all of them meet."""

import threading
from datetime import datetime

import pytest

from tablet_loans.domain.enrolment import (
    KeyRefused,
    MdmAct,
    MdmAway,
    MdmBusy,
    MdmGarbled,
    MdmTrouble,
    Order,
    Provider,
    RightMissing,
    TaskState,
)
from tablet_loans.services.mdm.apple import address_of
from tests.mdm_servers.android import AndroidServer
from tests.mdm_servers.base import ASKED_S, Asked, Given
from tests.mdm_servers.jamf_school import JamfSchoolServer
from tests.mdm_servers.traps import SECOND_0, SEEN, Trap, imei, serial
from tests.services.mdm.connected import BY_TOKEN, PAGED, PROVIDERS, Cancelled, keys, leaks_of, linked

each = pytest.mark.parametrize("provider", PROVIDERS)
each_paged = pytest.mark.parametrize("provider", PAGED)


@each
def test_every_device_is_told_once_by_its_bare_serial_number(provider: Provider) -> None:
    with linked(provider, devices=45) as link:
        records = link.records()
    assert [record.serial for record in records] == [serial(number) for number in range(45)]
    assert [record.imeis for record in records] == [(imei(number),) for number in range(45)]
    assert len({record.external_id for record in records}) == 45


@each
def test_what_is_known_of_when_is_told(provider: Provider) -> None:
    with linked(provider) as link:
        told = link.records()[0]
    is_dated = provider not in (Provider.APPLE, Provider.JAMF_SCHOOL)
    assert told.enrolled_at == (datetime.fromisoformat(SECOND_0) if is_dated else None)
    assert told.last_seen_at == (None if provider is Provider.APPLE else datetime.fromisoformat(SEEN))


@each
def test_a_device_still_being_set_up_is_not_enrolled(provider: Provider) -> None:
    with linked(provider, devices=20) as link:
        enrolled = {number for number, record in enumerate(link.records()) if record.is_enrolled}
    all_but_tenth = set(range(20)) - {9, 19}
    assert enrolled == (set() if provider is Provider.APPLE else all_but_tenth)


@each
def test_a_connection_is_tested_with_one_request_for_devices(provider: Provider) -> None:
    with linked(provider) as link:
        found = link.mdm.check()
        assert link.server.listings == 1
    assert found.account
    assert found.missing == ()
    assert found.devices in (None, 30)


@each
def test_a_wrong_key_is_refused(provider: Provider) -> None:
    for wrong in ("wrong", "", "clé d’hier", "two\nlines", '{"token_uri": "x"}'):
        with linked(provider, key=wrong) as link, pytest.raises(KeyRefused):
            link.mdm.check()


@each
def test_a_missing_right_is_named(provider: Provider) -> None:
    with linked(provider, Trap.FORBIDDEN) as link:
        found = link.mdm.check()
        assert found.missing
        assert found.missing[0]
        with pytest.raises(RightMissing) as caught:
            link.pages()
        assert caught.value.facts["right"] == found.missing[0]


@pytest.mark.parametrize("provider", BY_TOKEN)
def test_a_token_that_ends_in_the_middle_is_asked_anew_once(provider: Provider) -> None:
    with linked(provider, Trap.EXPIRES, devices=1200) as link:
        assert len(link.records()) == 1200
        assert link.server.tokens == 2
    with linked(provider, Trap.EXPIRES_FOR_GOOD, devices=1200) as link, pytest.raises(KeyRefused):
        link.pages()


@each
def test_a_server_that_asks_to_wait_is_waited_for(provider: Provider) -> None:
    with linked(provider, Trap.BUSY) as link:
        assert len(link.records()) == 30
        assert link.waits.count(float(ASKED_S)) == 2
    with linked(provider, Trap.BUSY_DATE) as link:
        assert len(link.records()) == 30
        assert any(ASKED_S - 2 <= wait <= ASKED_S for wait in link.waits)


@each
def test_one_that_does_not_say_for_how_long_is_waited_for_longer_and_longer(provider: Provider) -> None:
    with linked(provider, Trap.BUSY_BARE) as link:
        assert len(link.records()) == 30
    with linked(provider, Trap.ALWAYS_BUSY) as link, pytest.raises(MdmBusy):
        link.pages()
    assert 3 <= link.server.listings <= 6


@each
def test_one_that_asks_for_hours_is_left_alone_at_once(provider: Provider) -> None:
    with linked(provider, Trap.BUSY_FOR_HOURS) as link, pytest.raises(MdmBusy):
        link.pages()
    assert link.server.listings == 1


@each
def test_an_error_of_the_servers_is_tried_again_a_few_times(provider: Provider) -> None:
    with linked(provider, Trap.ERRORS) as link:
        assert len(link.records()) == 30
    with linked(provider, Trap.DOWN) as link, pytest.raises(MdmAway):
        link.pages()
    assert 3 <= link.server.listings <= 6


@each
@pytest.mark.parametrize("trap", [Trap.HTML, Trap.CUT, Trap.OTHER_SHAPE])
def test_what_is_not_its_own_answer_is_said_so(provider: Provider, trap: Trap) -> None:
    with linked(provider, trap) as link, pytest.raises(MdmGarbled):
        link.pages()


@each
def test_a_connection_cut_in_the_middle_is_tried_again_then_given_up(provider: Provider) -> None:
    with linked(provider, Trap.DROPPED_ONCE) as link:
        assert len({record.serial for record in link.records()}) == len(link.server.tablets)
    with linked(provider, Trap.DROPPED) as link, pytest.raises(MdmAway):
        link.pages()
    assert link.server.listings > 1


@each
def test_a_server_that_is_not_there_is_away(provider: Provider) -> None:
    with linked(provider) as link:
        link.server.__exit__()
        with pytest.raises(MdmAway):
            link.pages()


@each
def test_a_server_that_hangs_is_given_up(provider: Provider) -> None:
    with linked(provider, Trap.HANG, timeout_s=0.15) as link, pytest.raises(MdmAway):
        link.pages()
    assert link.server.listings == 2


def test_what_is_prepared_whole_is_waited_for_longer_than_a_page() -> None:
    class Slow(JamfSchoolServer):
        """Thinks before it begins."""

        def answered(self, asked: Asked) -> Given:
            """Think."""
            self._released.wait(0.5)
            return super().answered(asked)

    with linked(Provider.JAMF_SCHOOL, server=Slow(3), timeout_s=0.2) as link:
        assert len(link.records()) == 3
        assert link.server.listings == 1


@each
def test_a_cancel_is_heard_while_the_server_hangs(provider: Provider) -> None:
    heard = 0

    def cancelled() -> None:
        nonlocal heard
        heard += 1
        if heard > 6:
            raise Cancelled

    with linked(provider, Trap.HANG, timeout_s=2, cancelled=cancelled) as link, pytest.raises(Cancelled):
        link.pages()


def test_what_is_sent_whole_is_read_while_it_comes_and_not_from_the_beginning_twice() -> None:
    with linked(Provider.JAMF_SCHOOL, Trap.DROPPED, devices=4000) as link:
        pages = link.mdm.pages()
        assert len(next(pages).records) >= 1000
        with pytest.raises(MdmAway):
            list(pages)
        assert link.server.listings == 1


@each_paged
def test_a_reader_who_stops_early_leaves_nobody_fetching(provider: Provider) -> None:
    with linked(provider, devices=1200) as link:
        pages = link.mdm.pages()
        next(pages)
        pages.close()  # type: ignore[attr-defined]
        assert not [thread for thread in threading.enumerate() if thread.name == "mdm"]
        assert link.server.listings < 6


@each_paged
@pytest.mark.parametrize("trap", [Trap.LOOP, Trap.REPEAT])
def test_pages_that_come_again_are_refused(provider: Provider, trap: Trap) -> None:
    if trap is Trap.LOOP and provider in (Provider.HEADWIND, Provider.JAMF_PRO):
        pytest.skip("its pages are numbered by us")
    with linked(provider, trap, devices=1200) as link, pytest.raises(MdmGarbled):
        link.pages()
    assert link.server.listings < 130


@pytest.mark.parametrize("provider", [Provider.INTUNE, Provider.MERAKI, Provider.APPLE, Provider.JAMF_SCHOOL])
def test_nothing_is_asked_of_another_server(provider: Provider) -> None:
    with linked(provider, Trap.ELSEWHERE) as link, pytest.raises(MdmGarbled):
        link.pages()


@each_paged
def test_reading_goes_on_from_the_page_reached(provider: Provider) -> None:
    with linked(provider, devices=1200) as link:
        first, *rest = link.pages()
        assert first.next
        assert link.pages(first.next) == rest
        assert rest[-1].next == ""


@each
def test_no_device_is_an_answer_too(provider: Provider) -> None:
    with linked(provider, Trap.EMPTY) as link:
        assert link.records() == []


@each
def test_dates_of_year_1_are_unknown(provider: Provider) -> None:
    with linked(provider, Trap.NULL_DATES) as link:
        records = link.records()
    assert {(record.enrolled_at, record.last_seen_at) for record in records} == {(None, None)}


@each
def test_serial_numbers_are_made_bare_and_none_is_nothing(provider: Provider) -> None:
    with linked(provider, Trap.MESSY) as link:
        told = [record.serial for record in link.records()]
    is_apple = provider not in (Provider.ANDROID, Provider.HEADWIND)
    printed = serial(1) if is_apple else f"S{serial(1)}"
    assert told[:3] == [serial(0), printed, serial(2)]
    with linked(provider, Trap.BLANK) as link:
        found = {record.serial for record in link.records()}
    assert found == {""}


@each
def test_two_records_with_one_serial_number_are_both_told(provider: Provider) -> None:
    with linked(provider, Trap.TWINS) as link:
        told = link.records()
    assert told[0].serial == told[1].serial
    assert told[0].external_id != told[1].external_id


@each
def test_an_odd_record_is_named_and_the_page_goes_on(provider: Provider) -> None:
    with linked(provider, Trap.ODD) as link:
        pages = link.pages()
    assert sum(len(page.records) for page in pages) == 27
    assert [odd.place for page in pages for odd in page.odd] == ["2", "3", "4"]
    assert all(odd.reason for page in pages for odd in page.odd)


@each
def test_an_act_that_the_mdm_does_not_offer_fails_without_a_request(provider: Provider) -> None:
    with linked(provider) as link:
        for act in set(MdmAct) - link.mdm.acts:
            assert link.mdm.ask(Order(act, "x")).state is TaskState.FAILED
        assert link.server.requests == []


@each
def test_no_key_is_in_an_error_nor_in_the_log(provider: Provider, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    traps = [Trap.FORBIDDEN, Trap.ALWAYS_BUSY, Trap.DOWN, Trap.HTML, Trap.CUT, Trap.DROPPED, Trap.OTHER_SHAPE]
    troubles: list[BaseException] = []
    for trap in (*traps, Trap.EXPIRES_FOR_GOOD, Trap.ELSEWHERE):
        with linked(provider, trap, devices=1200) as link:
            for ask in (link.mdm.check, link.pages, link.pages):
                try:
                    ask()
                except MdmTrouble as trouble:
                    troubles.append(trouble)
    assert len(troubles) >= 12
    assert [leaks_of(trouble, caplog.text) for trouble in troubles if leaks_of(trouble, caplog.text)] == []
    assert all(trouble.spoken() for trouble in troubles if isinstance(trouble, MdmTrouble))


def test_a_device_that_comes_from_another_console_is_not_yet_enrolled_in_android() -> None:
    class Moving(AndroidServer):
        """Has devices that are moved to it."""

        def prepare(self) -> None:
            """Render the pages."""
            super().prepare()
            self._pages = [page.replace(b"PROVISIONING", b"PREPARING_FOR_MIGRATION") for page in self._pages]

    with linked(Provider.ANDROID, server=Moving(20)) as link:
        told = link.records()
    assert {record.state for record in told if not record.is_enrolled} == {"PREPARING_FOR_MIGRATION"}
    assert not any(record.acts for record in told if not record.is_enrolled)


def test_a_client_of_apple_business_is_asked_for_elsewhere_than_one_of_apple_school() -> None:
    assert address_of("SCHOOLAPI.0f1e") == "https://api-school.apple.com"
    assert address_of("BUSINESSAPI.0f1e") == "https://api-business.apple.com"


@each
def test_no_key_is_in_an_address(provider: Provider) -> None:
    with linked(provider) as link:
        link.pages()
        asked = [f"{each.path}?{each.raw_query}" for each in link.server.requests]
    assert not [place for place in asked if any(key in place for key in keys())]


@each
def test_a_connector_shows_no_key(provider: Provider) -> None:
    with linked(provider) as link:
        shown = repr(link.mdm) + str(vars(link.mdm))
    assert not [key for key in keys() if key in shown]
