"""How a connector is made: the leaf of a provider, its manners, and its usual address."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from tablet_loans.domain.enrolment import Provider, Reach, Secret
from tablet_loans.services.mdm import Connector
from tablet_loans.services.mdm.polite import Manners

_LISTEN_S: Final = 0.1


def _never() -> None:
    return


def connector(
    provider: Provider,
    reach: Reach,
    secret: Secret,
    *,
    wait: Callable[[float], None] | None = None,
    cancelled: Callable[[], None] = _never,
    columns: Mapping[str, str] | None = None,
) -> Connector:
    """Return the way to one MDM; `cancelled` raises when the caller gave up, `columns` are a file's (title to field).

    Raises: MdmAway for an address that is none, TlsRefused for one that would show the key.
    """
    manners = Manners(wait or _waiting(cancelled), cancelled)
    match provider:
        case Provider.JAMF_SCHOOL:
            from tablet_loans.services.mdm.jamf_school import JamfSchool

            return JamfSchool(reach, secret, manners)
        case Provider.INTUNE:
            from tablet_loans.services.mdm import intune

            return intune.Intune(_usual(reach, intune.ADDRESS), secret, manners)
        case Provider.ANDROID:
            from tablet_loans.services.mdm import android

            return android.Android(_usual(reach, android.ADDRESS), secret, manners)
        case Provider.HEADWIND:
            from tablet_loans.services.mdm.headwind import Headwind

            return Headwind(reach, secret, manners)
        case Provider.JAMF_PRO:
            from tablet_loans.services.mdm.jamf_pro import JamfPro

            return JamfPro(reach, secret, manners)
        case Provider.MERAKI:
            from tablet_loans.services.mdm import meraki

            return meraki.Meraki(_usual(reach, meraki.ADDRESS), secret, manners)
        case Provider.APPLE:
            from tablet_loans.services.mdm import apple

            return apple.Apple(_usual(reach, apple.address_of(reach.account)), secret, manners)
        case Provider.FILE:
            from tablet_loans.services.mdm.table_file import TableFile

            return TableFile(reach.address, columns or {})


def _usual(reach: Reach, address: str) -> Reach:
    return reach if reach.address else replace(reach, address=address)


def _waiting(cancelled: Callable[[], None]) -> Callable[[float], None]:
    """Return a wait that hears a cancel within a tenth of a second."""

    def wait(seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            cancelled()
            time.sleep(min(left, _LISTEN_S))

    return wait
