"""How an MDM is reached, as it is typed or pasted: its name, its address, and whether it is the one known before."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from tablet_loans.domain.enrolment import Provider, Reach
from tablet_loans.domain.mdm_task import NotAnAddress, PasswordInAddress

_UNSEEN: Final = "\ufeff\u200b\u2060"
_LONGEST_NAME: Final = 60
_WITHOUT_USUAL: Final = frozenset({Provider.JAMF_SCHOOL, Provider.JAMF_PRO, Provider.HEADWIND})
"""Those whose address is each customer's own."""
_FLEETS: Final[Mapping[Provider, str]] = {
    Provider.JAMF_SCHOOL: "account", Provider.INTUNE: "tenant", Provider.ANDROID: "account",
    Provider.MERAKI: "account",
}  # fmt: skip
"""What tells one fleet of a provider's from another; a key, a file or a server's address may change."""


def named(text: str) -> str:
    """Return an MDM's name as lists and commands have it: on one line, of 60 characters at most."""
    visible = "".join(mark if mark.isprintable() else " " for mark in text)
    return " ".join(visible.split())[:_LONGEST_NAME].strip()


def pasted(text: str) -> str:
    """Return what was pasted, without the spaces and the marks that nobody sees at its ends."""
    return text.strip().strip(_UNSEEN).strip()


def is_same_fleet(provider: Provider, before: Reach, now: Reach) -> bool:
    """Say whether both ways lead to the same devices, as far as that can be told without asking."""
    told_by = _FLEETS.get(provider)
    return told_by is None or getattr(before, told_by) == getattr(now, told_by)


def bare(provider: Provider, reach: Reach) -> Reach:
    """Return how a server is reached as it was meant. Raises: NotAnAddress, PasswordInAddress."""
    address, proxy = pasted(reach.address), pasted(reach.proxy)
    if address or provider in _WITHOUT_USUAL:
        _must_be_address(address)
    if proxy:
        _must_be_address(proxy)
        proxy = proxy if "://" in proxy else f"http://{proxy}"
    return replace(reach, address=address, account=pasted(reach.account), tenant=pasted(reach.tenant), proxy=proxy)


def _must_be_address(address: str) -> None:
    try:
        parted = urlsplit(address if "://" in address else f"https://{address}")
        is_one = bool(parted.hostname) and parted.port != 0 and parted.scheme in ("http", "https")
    except ValueError:
        raise NotAnAddress(address=address) from None
    if parted.username is not None:
        raise PasswordInAddress()
    if not is_one or any(map(str.isspace, address)):
        raise NotAnAddress(address=address)
