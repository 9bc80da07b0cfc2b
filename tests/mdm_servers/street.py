"""Where each server stands, and the key that opens it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tablet_loans.domain.enrolment import Provider, Reach, Secret
from tests.mdm_servers import android, apple, headwind, intune, jamf_pro, jamf_school, meraki
from tests.mdm_servers.base import KEY, MdmServer

SERVERS: Final[Mapping[str, type[MdmServer]]] = {
    Provider.JAMF_SCHOOL: jamf_school.JamfSchoolServer,
    Provider.INTUNE: intune.IntuneServer,
    Provider.ANDROID: android.AndroidServer,
    Provider.HEADWIND: headwind.HeadwindServer,
    Provider.JAMF_PRO: jamf_pro.JamfProServer,
    Provider.MERAKI: meraki.MerakiServer,
    Provider.APPLE: apple.AppleServer,
}
_ROADS: Final[Mapping[str, tuple[str, str, str]]] = {
    Provider.JAMF_SCHOOL: ("/api", jamf_school.NETWORK, ""),
    Provider.INTUNE: ("/v1.0", intune.CLIENT, intune.TENANT),
    Provider.ANDROID: ("/v1", android.ENTERPRISE, ""),
    Provider.HEADWIND: ("", headwind.LOGIN, ""),
    Provider.JAMF_PRO: ("", jamf_pro.CLIENT, ""),
    Provider.MERAKI: ("/api/v1", meraki.NETWORK, ""),
    Provider.APPLE: ("", apple.CLIENT, apple.KEY_ID),
}


@dataclass(frozen=True, slots=True)
class Street:
    """A server, and how it is reached."""

    provider: str
    server: MdmServer

    def reach(self, timeout_s: float = 5.0) -> Reach:
        """Return its address and account."""
        path, account, tenant = _ROADS[self.provider]
        return Reach(self.server.address + path, account, tenant, timeout_s=timeout_s)

    def secret(self) -> Secret:
        """Return the right key."""
        if isinstance(self.server, android.AndroidServer):
            return Secret(self.server.secret())
        return Secret(apple.pair()[0] if self.provider == Provider.APPLE else KEY)
