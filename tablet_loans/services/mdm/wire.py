"""The wire to an MDM: its address, TLS and proxy, a reply without its request, and an httpx error in our words."""

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urljoin, urlsplit

import certifi
import httpx

from tablet_loans.domain.enrolment import MdmAway, MdmGarbled, MdmTrouble, Reach, TlsRefused
from tablet_loans.text import N_

SILENT: Final = N_("no answer in time")
ELSEWHERE: Final = N_("it sends to another address")
NOTHING_THERE: Final = N_("there is nothing at this address")
OTHER_SHAPE: Final = N_("it is not as the MDM documents it")
UNKNOWN: Final = N_("its address is not known")
NO_ADDRESS: Final = N_("its address is not one")
_UNTRUSTED: Final[Mapping[int, str]] = {
    9: N_("it is not valid yet: look at this computer’s clock"),
    10: N_("it is over"),
    18: N_("it is signed by itself"),
    19: N_("it is signed by an unknown authority"),
    20: N_("it is signed by an unknown authority"),
    62: N_("it is for another name"),
}
"""Why a certificate is not trusted. Source: OpenSSL, X509_V_ERR_*."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; it remembers nothing of the request."""

    status: int
    content: bytes
    headers: Mapping[str, str]
    location: str = ""
    next_link: str = ""

    @classmethod
    def of(cls, response: httpx.Response, content: bytes) -> Self:
        """Return a response's own part."""
        headers = {
            name: response.headers[name] for name in ("retry-after", "date", "content-type") if name in response.headers
        }
        location = str(response.url.join(response.headers["location"])) if response.has_redirect_location else ""
        return cls(response.status_code, content, headers, location, response.links.get("next", {}).get("url", ""))

    @property
    def is_page(self) -> bool:
        """Whether it is a web page: a proxy's, or a portal's."""
        return "html" in self.headers.get("content-type", "") or self.content[:200].lstrip()[:1] == b"<"


def is_json(response: httpx.Response) -> bool:
    """Say whether an answer is a good one, of JSON."""
    return response.is_success and "json" in response.headers.get("content-type", "")


def base_of(mdm: str, address: str) -> str:
    """Return an MDM's address, https where nothing is said. Raises: MdmAway; TlsRefused where the key would be seen."""
    whole = address.strip() if "://" in address else f"https://{address.strip()}"
    try:
        parted = urlsplit(whole)
        host, _port = parted.hostname or "", parted.port
    except ValueError:
        host = ""
    if not host or parted.scheme not in ("http", "https") or parted.username is not None:
        raise MdmAway(mdm=mdm, reason=NO_ADDRESS)
    if parted.scheme == "http" and not is_local(host):
        raise TlsRefused(
            mdm=mdm, reason=N_("there is none, for its address begins with http: anybody could read the key")
        )
    return whole.rstrip("/") + "/"


def is_local(host: str) -> bool:
    """Say whether a host is this very computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin_of(address: str) -> tuple[str, str | None, int]:
    """Return an address's scheme, host and port."""
    parted = urlsplit(address)
    return parted.scheme, parted.hostname, parted.port or (443 if parted.scheme == "https" else 80)


def at_home(mdm: str, base: str, target: str) -> str:
    """Return the whole address of a path, or of an address of the same server. Raises: MdmGarbled for another's."""
    try:
        whole = target if "://" in target else urljoin(base, target)
        is_home = origin_of(whole) == origin_of(base)
    except ValueError:
        is_home = False
    if not is_home:
        raise MdmGarbled(mdm=mdm, reason=ELSEWHERE)
    return whole


def client_of(mdm: str, reach: Reach, base: str, connections: int) -> httpx.Client:
    """Return the connections to a server. Raises: TlsRefused, MdmAway."""
    is_far = not is_local(urlsplit(base).hostname or "")
    try:
        return httpx.Client(
            verify=_trusted(mdm, reach.ca_file) if is_far or base.startswith("https") or reach.proxy else False,
            proxy=reach.proxy or None,
            trust_env=is_far and not reach.proxy,
            timeout=httpx.Timeout(reach.timeout_s, connect=min(reach.timeout_s, 15.0)),
            limits=httpx.Limits(max_connections=connections),
            headers={"User-Agent": "tablet-loans", "Accept": "application/json"},
        )
    except (ValueError, httpx.InvalidURL):
        pass
    raise MdmAway(mdm=mdm, reason=N_("the proxy’s address is not one"))


def _trusted(mdm: str, ca_file: str) -> ssl.SSLContext:
    """Return what the system, the well-known authorities and a filtering proxy's own certificate vouch for."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except OSError:  # a bad certificate's ssl.SSLError is one too
            ca_file = ""
        if not ca_file:
            raise TlsRefused(mdm=mdm, reason=N_("the file of the proxy’s certificate cannot be read"))
    return context


def trouble_of(mdm: str, error: BaseException) -> MdmTrouble:
    """Return, in our words and without its request, why nothing came back."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return TlsRefused(mdm=mdm, reason=_UNTRUSTED.get(cause.verify_code, N_("its chain is not whole")))
        if isinstance(cause, ssl.SSLError) and isinstance(error, httpx.ConnectError):
            return TlsRefused(mdm=mdm, reason=N_("there is none: no TLS is spoken there"))
        if isinstance(cause, socket.gaierror):
            return MdmAway(mdm=mdm, reason=UNKNOWN)
    if isinstance(error, httpx.TimeoutException):
        return MdmAway(mdm=mdm, reason=SILENT)
    if isinstance(error, httpx.DecodingError):
        return MdmGarbled(mdm=mdm, reason=OTHER_SHAPE)
    if isinstance(error, httpx.ProxyError):
        return MdmAway(mdm=mdm, reason=N_("the proxy does not let it through"))
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return MdmAway(mdm=mdm, reason=NO_ADDRESS)
    return MdmAway(mdm=mdm, reason=N_("the network, or its server, went away"))


def _causes(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    return chain
