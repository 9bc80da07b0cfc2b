"""What all vendors' leaves refuse: pages that lead nowhere, or that keep back what they promise; and tokens."""

import json

import pytest

from tablet_loans.domain.enrolment import KeyRefused, MdmGarbled, Provider
from tablet_loans.services.mdm.leaf import token_of
from tablet_loans.services.mdm.polite import Answer
from tests.mdm_servers.base import Asked, Given, given
from tests.mdm_servers.intune import IntuneServer
from tests.mdm_servers.jamf_pro import JamfProServer
from tests.mdm_servers.jamf_school import JamfSchoolServer
from tests.services.mdm.connected import linked


def test_a_token_that_says_it_lives_for_ages_is_asked_anew_within_a_day() -> None:
    for told, life_s in ((10**400, 86_400), (3599, 3599), (0, 300), ("3599", 300)):
        assert token_of("Intune", Answer(200, {"access_token": "t", "expires_in": told})) == ("t", life_s)


class _Elsewhere(IntuneServer):
    """Links to a place that is no address, or that no base could keep."""

    place = ""

    def answered(self, asked: Asked) -> Given:
        """Answer with one device and that link."""
        del asked
        one = {"value": [{"id": "graph-1"}], "@odata.nextLink": f"{self.address}/v1.0/{self.place}"}
        return Given(200, json.dumps(one).encode(), {"Content-Type": "application/json"})


@pytest.mark.parametrize("place", ["x\x01", "a\0b", "\ud800", "a\nb"])
def test_a_page_that_links_to_what_is_no_address_is_refused(place: str) -> None:
    server = _Elsewhere(1)
    server.place = place
    with linked(Provider.INTUNE, server=server) as link, pytest.raises(MdmGarbled):
        link.pages()
    assert server.listings == 1


class _Hollow(JamfProServer):
    """Gives no device on its second page, of three."""

    def answered(self, asked: Asked) -> Given:
        """Answer with nothing there."""
        if self.is_listing(asked) and asked.one("page") == "1":
            return given({"totalCount": len(self.tablets), "results": []})
        return super().answered(asked)


def test_an_empty_page_where_more_is_promised_does_not_end_a_list() -> None:
    with linked(Provider.JAMF_PRO, server=_Hollow(450)) as link, pytest.raises(MdmGarbled):
        link.pages()


class _Short(JamfProServer):
    """Gives half of what is asked for on each page, as a server does that gives fewer at a time."""

    def answered(self, asked: Asked) -> Given:
        """Answer with the first half of the page."""
        whole = super().answered(asked)
        if not self.is_listing(asked):
            return whole
        body = json.loads(whole.body)
        return given({**body, "results": body["results"][: len(body["results"]) // 2]})


def test_a_list_that_ends_short_of_what_it_promised_is_refused() -> None:
    with linked(Provider.JAMF_PRO, server=_Short(450)) as link, pytest.raises(MdmGarbled):
        link.pages()


class _Boasting(JamfSchoolServer):
    """Says that it has more devices than it lists."""

    def answered(self, asked: Asked) -> Given:
        """Answer with all but one of them."""
        body = json.loads(super().answered(asked).body)
        return given({**body, "devices": body["devices"][1:]})


def test_a_list_shorter_than_the_count_beside_it_is_refused() -> None:
    with linked(Provider.JAMF_SCHOOL, server=_Boasting(5)) as link, pytest.raises(MdmGarbled):
        link.pages()


class _LongWinded(JamfSchoolServer):
    """Tells a state that is longer than the base has room for."""

    def answered(self, asked: Asked) -> Given:
        """Answer with it."""
        body = json.loads(super().answered(asked).body)
        wordy = {"enrollType": "x" * 200, "isManaged": False}
        return given({**body, "devices": [{**each, **wordy} for each in body["devices"]]})


def test_a_state_is_told_as_far_as_the_base_has_room_for_it() -> None:
    with linked(Provider.JAMF_SCHOOL, server=_LongWinded(2)) as link:
        assert {len(record.state) for record in link.records()} == {200}


def test_a_shop_for_tokens_that_is_not_there_is_a_wrong_address_and_no_wrong_key() -> None:
    for status, trouble in ((404, MdmGarbled), (400, KeyRefused), (200, KeyRefused)):
        with pytest.raises(trouble):
            token_of("Jamf Pro", Answer(status, {"error": "x"}))
