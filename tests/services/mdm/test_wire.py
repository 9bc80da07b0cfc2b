"""Addresses, TLS, redirects, pace: what keeps the key from strangers and the server from us."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Event

import pytest
from cryptography import x509

from tablet_loans.domain.enrolment import ExternalRecord, MdmAway, MdmGarbled, Provider, Reach, Secret, TlsRefused
from tablet_loans.services.mdm import Connector
from tablet_loans.services.mdm.ahead import Sheet, pages_ahead
from tablet_loans.services.mdm.keys import Bought, Lasting
from tablet_loans.services.mdm.making import connector
from tablet_loans.services.mdm.polite import Manners, Polite
from tablet_loans.services.mdm.wire import at_home, base_of
from tests.mdm_servers.base import KEY, Asked, Given
from tests.mdm_servers.jamf_school import NETWORK, JamfSchoolServer
from tests.services.mdm.certificates import HERE, certificate
from tests.services.mdm.connected import Cancelled


def _connector(address: str, **more: str) -> Connector:
    reach = replace(Reach(f"{address}/api", NETWORK, timeout_s=5), **more)  # type: ignore[arg-type]
    return connector(Provider.JAMF_SCHOOL, reach, Secret(KEY), wait=lambda _seconds: None)


def test_a_certificate_of_our_own_authority_is_trusted_when_it_is_given(tmp_path: Path) -> None:
    server, file = JamfSchoolServer(3), certificate(tmp_path, HERE)
    server.secure(file)
    with server:
        assert len(next(iter(_connector(server.address, ca_file=file).pages())).records) == 3
        with pytest.raises(TlsRefused):
            _connector(server.address).check()


@pytest.mark.parametrize("names, days", [([x509.DNSName("other.example.org")], 30), (None, -1)])
def test_a_certificate_for_another_or_over_is_refused(
    tmp_path: Path, names: list[x509.GeneralName] | None, days: int
) -> None:
    server, file = JamfSchoolServer(3), certificate(tmp_path, *(names or [HERE]), days=days)
    server.secure(file)
    with server, pytest.raises(TlsRefused) as caught:
        _connector(server.address, ca_file=file).check()
    assert "trusted" in caught.value.spoken()
    assert not server.requests


def test_a_server_without_tls_is_refused_and_asked_nothing() -> None:
    with JamfSchoolServer(3) as server, pytest.raises(TlsRefused):
        _connector(server.address.replace("http:", "https:")).check()
    assert not server.requests


@pytest.mark.parametrize("address", ["http://school.jamfcloud.com", "http://10.0.0.4", "http://127.0.0.1.evil.example"])
def test_a_key_never_travels_in_clear(address: str) -> None:
    with pytest.raises(TlsRefused):
        _connector(address)


@pytest.mark.parametrize("address", ["", "ftp://x", "https://", "https://user:pass@x", "https://[", "https://x:y"])
def test_what_is_no_address_is_said_so(address: str) -> None:
    with pytest.raises(MdmAway):
        base_of("Jamf School", address)


def test_an_unknown_name_and_a_missing_authority_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(MdmAway):
        _connector("https://no-such-school.invalid").check()
    with pytest.raises(TlsRefused):
        _connector("https://school.example", ca_file=str(tmp_path / "none.pem"))
    (tmp_path / "bad.pem").write_text("not a certificate")
    with pytest.raises(TlsRefused):
        _connector("https://school.example", ca_file=str(tmp_path / "bad.pem"))
    with pytest.raises(MdmAway):
        _connector("https://school.example", proxy="nonsense")


def test_a_proxy_is_gone_through() -> None:
    with JamfSchoolServer(3) as proxy, pytest.raises(MdmAway):
        _connector("https://school.example", proxy=proxy.address).check()


@pytest.mark.parametrize(
    "target",
    ["https://graph.microsoft.com.evil.org/x", "http://graph.microsoft.com/x", "https://graph.microsoft.com:8443/"],
)
def test_another_host_scheme_or_port_is_not_home(target: str) -> None:
    base = "https://graph.microsoft.com/v1.0/"
    assert at_home("Intune", base, "https://graph.microsoft.com/v1.0/x?$skiptoken=a%2Bb") == (
        "https://graph.microsoft.com/v1.0/x?$skiptoken=a%2Bb"
    )
    with pytest.raises(MdmGarbled):
        at_home("Intune", base, target)


class _Turning(JamfSchoolServer):
    """Sends the list to another path of its own, or round in circles."""

    goes = "/api/devices/"

    def answered(self, asked: Asked) -> Given:
        """Send elsewhere once."""
        if asked.path == "/api/devices":
            return Given(302, b"", {"Location": self.goes})
        return Given(200, self._all, {"Content-Type": "application/json"})


class _Circling(_Turning):
    """Sends round in circles."""

    goes = "/api/devices"


def test_a_redirect_to_the_same_server_is_followed_but_not_in_circles() -> None:
    with _Turning(3) as server:
        assert sum(len(page.records) for page in _connector(server.address).pages()) == 3
    with _Circling(3) as server, pytest.raises(MdmGarbled):
        _connector(server.address).check()
    assert len(server.requests) <= 4


class _Time:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def wait(self, seconds: float) -> None:
        """Move on."""
        self.now += seconds


@pytest.fixture
def clock() -> Iterator[_Time]:
    yield _Time()


def test_requests_keep_the_vendors_pace(clock: _Time) -> None:
    with JamfSchoolServer(3) as server:
        key = Lasting({"Authorization": "x"})
        manners = Manners(clock.wait, lambda: None, lambda: clock.now)
        polite = Polite("Jamf School", Reach(server.address), key, manners, per_second=2)
        begun = clock.now
        for _turn in range(5):
            with pytest.raises(Exception, match="key"):
                polite.read("api/devices", "")
        polite.close()
    assert clock.now - begun == pytest.approx(2.0)


def test_a_token_is_bought_again_before_it_is_over(clock: _Time) -> None:
    bought: list[str] = []

    def buy() -> tuple[str, float]:
        bought.append(f"t{len(bought)}")
        return bought[-1], 3600

    key = Bought(buy, lambda: clock.now)
    for _turn in range(3):
        assert key.headers() == {"Authorization": "Bearer t0"}
    clock.wait(3599)
    assert key.headers() == {"Authorization": "Bearer t1"}


def test_a_cancel_is_heard_while_waiting() -> None:
    def cancelled() -> None:
        raise Cancelled

    with JamfSchoolServer(3) as server, pytest.raises(Cancelled):
        connector(Provider.JAMF_SCHOOL, Reach(server.address), Secret(KEY), cancelled=cancelled).check()
    assert not server.requests


class _Filtered(JamfSchoolServer):
    """Stands behind a proxy that forbids by a page of its own."""

    def answered(self, asked: Asked) -> Given:
        """Give the proxy's page."""
        del asked
        return Given(403, b"<html>Blocked</html>", {"Content-Type": "text/html"})


def test_a_proxys_page_is_no_missing_right() -> None:
    with _Filtered(3) as server, pytest.raises(MdmGarbled):
        _connector(server.address).check()


def test_empty_pages_that_send_back_are_refused() -> None:
    def deliver(put: Callable[[Sheet], None]) -> None:
        for place in ("a", "b", "a"):
            put(Sheet([], place))

    with pytest.raises(MdmGarbled):
        list(pages_ahead("Intune", deliver, lambda _record: ExternalRecord("1", ""), lambda: None))


def test_pages_are_on_their_way_before_they_are_read_and_no_more_once_nobody_will() -> None:
    is_asked, is_let_go = Event(), Event()

    def deliver(put: Callable[[Sheet], None]) -> None:
        is_asked.set()
        try:
            while True:
                put(Sheet([{"id": "1"}], "next"))
        finally:
            is_let_go.set()

    pages = pages_ahead("Intune", deliver, lambda _record: ExternalRecord("1", ""), lambda: None)
    assert is_asked.wait(5)
    assert not is_let_go.is_set()
    del pages
    assert is_let_go.wait(5)


@pytest.mark.parametrize("address", ["https://jamf.example/\x01", "https://ex\u2024.a b"])
def test_an_address_that_is_none_is_said_so_at_once(address: str) -> None:
    waits: list[float] = []
    with pytest.raises(MdmAway):
        connector(Provider.JAMF_SCHOOL, Reach(address, "1"), Secret(KEY), wait=waits.append).check()
    assert waits == []


def test_a_name_that_nobody_knows_is_looked_up_twice_and_no_more() -> None:
    waits: list[float] = []
    with pytest.raises(MdmAway):
        connector(Provider.MERAKI, Reach("https://no-such-mdm.invalid"), Secret(KEY), wait=waits.append).check()
    assert len([wait for wait in waits if wait > 0.25]) == 1


def test_an_answer_that_drips_is_given_up_though_each_drop_is_in_time() -> None:
    seconds = count()
    manners = Manners(lambda _seconds: None, lambda: None, lambda: float(next(seconds)))
    with JamfSchoolServer(4000) as server:
        basic = {
            "Authorization": "Basic " + b64encode(f"{NETWORK}:{KEY}".encode()).decode(),
            "X-Server-Protocol-Version": "3",
        }
        polite = Polite("Jamf School", Reach(server.address, timeout_s=1), Lasting(basic), manners, per_second=100)
        with pytest.raises(MdmAway):
            polite.read("api/devices", "")
        polite.close()
