"""How an MDM is reached, as people type and paste it."""

import pytest

from tablet_loans.domain.enrolment import Provider, Reach
from tablet_loans.domain.mdm_reach import bare, is_same_fleet, named
from tablet_loans.domain.mdm_task import NotAnAddress, PasswordInAddress


def test_a_name_is_one_line_without_marks_that_nobody_sees() -> None:
    assert named(" Lycée\n\tNord\x00 \u00a0") == "Lycée Nord"
    assert named(" \n\u200b ") == ""
    assert named("é" * 80) == "é" * 60
    assert named("<b>=cmd|calc</b>") == "<b>=cmd|calc</b>"


def test_what_was_pasted_loses_what_surrounds_it() -> None:
    typed = Reach(" https://x.example/api\n", "\ufeff10482\u00a0", " tenant ", " proxy.example:3128 ")
    assert bare(Provider.JAMF_SCHOOL, typed) == Reach(
        "https://x.example/api", "10482", "tenant", "http://proxy.example:3128"
    )


@pytest.mark.parametrize("address", ["x.example", "https://x.example:8443/api", "http://[::1]:8080", "http://10.0.0.1"])
def test_addresses_of_every_kind_are_taken(address: str) -> None:
    assert bare(Provider.HEADWIND, Reach(address)).address == address


@pytest.mark.parametrize("address", ["", "http://[::1", "https://x y/api", "ftp://x/", "https://", "x:port", "x:99999"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(NotAnAddress):
        bare(Provider.HEADWIND, Reach(address))
    if address:
        with pytest.raises(NotAnAddress):
            bare(Provider.INTUNE, Reach("", proxy=address))


@pytest.mark.parametrize("address", ["https://me:pw@x.example/", "me:pw@x.example:80", "https://me@x.example"])
def test_an_address_with_a_password_is_refused(address: str) -> None:
    for reach in (Reach(address), Reach("", proxy=address)):
        with pytest.raises(PasswordInAddress):
            bare(Provider.INTUNE, reach)


def test_where_a_provider_has_one_address_for_all_none_is_asked() -> None:
    assert bare(Provider.INTUNE, Reach("")).address == ""


def test_another_network_is_another_fleet_and_a_moved_server_is_not() -> None:
    before = Reach("https://a.example", "10482")
    assert not is_same_fleet(Provider.JAMF_SCHOOL, before, Reach("https://a.example", "10483"))
    assert is_same_fleet(Provider.JAMF_SCHOOL, before, Reach("https://b.example", "10482"))
    assert is_same_fleet(Provider.FILE, Reach("/a.csv"), Reach("/b.csv"))
