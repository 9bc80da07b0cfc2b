"""Intune: tokens by client credentials, pages linked one to the next, results kept by the device."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Collection
from typing import Final

from tests.mdm_servers.base import ELSEWHERE, KEY, Asked, Given, MdmServer, given
from tests.mdm_servers.traps import Tablet, Trap

TENANT: Final = "9f1c2e7a-tenant"
CLIENT: Final = "client-4711"
RIGHTS: Final = (
    "DeviceManagementManagedDevices.Read.All",
    "DeviceManagementManagedDevices.PrivilegedOperations.All",
)
_LIST: Final = "/v1.0/deviceManagement/managedDevices"
_ACTS: Final = ("remoteLock", "disableLostMode", "retire", "wipe")
_REMOVING: Final = ("retire", "wipe")


class IntuneServer(MdmServer):
    """A tenant; `results` are each device's actions, which a test may move on."""

    page = 20
    unauthorized = {"error": {"code": "InvalidAuthenticationToken", "message": "Access token has expired."}}

    def __init__(
        self, devices: int = 30, traps: Collection[Trap] = (), port: int = 0, rights: Collection[str] = RIGHTS
    ) -> None:
        self.rights = rights
        self.results: dict[str, list[dict[str, str]]] = {}
        super().__init__(devices, traps, port)

    def prepare(self) -> None:
        """Render the pages, with links that must be followed as they are."""
        pages = self.pages_of([_told(tablet) for tablet in self.tablets])
        self.links = [f"{self.address}{_LIST}?$top={self.page}&$skiptoken=Page%27{n}%2B%3D" for n in range(len(pages))]
        self._pages = []
        for number, page in enumerate(pages):
            following = self.links[number + 1] if number + 1 < len(pages) else ""
            if Trap.LOOP in self.traps and not following:
                following = self.links[min(1, number)]
            if Trap.ELSEWHERE in self.traps:
                following = f"{ELSEWHERE}{_LIST}?$skiptoken=1"
            link = {"@odata.nextLink": following} if following else {}
            self._pages.append(json.dumps({"@odata.context": "…", **link, "value": page}).encode())

    def sold(self, asked: Asked) -> Given | None:
        """Sell a token whose claims name its rights."""
        if asked.path != f"/{TENANT}/oauth2/v2.0/token":
            return None
        form = asked.form()
        if form.get("client_secret") != KEY or form.get("client_id") != CLIENT:
            return given({"error": "invalid_client", "error_description": "AADSTS7000215"}, 401)
        self._token = ".".join(
            urlsafe_b64encode(part.encode()).decode().rstrip("=")
            for part in ("{}", json.dumps({"roles": list(self.rights)}), self.token())
        )
        return given({"token_type": "Bearer", "expires_in": 3599, "access_token": self._token})

    def is_listing(self, asked: Asked) -> bool:
        """Say whether it is a page."""
        return asked.path == _LIST

    def is_known(self, asked: Asked) -> bool:
        """Say whether the token is the last one."""
        return asked.headers.get("authorization") == f"Bearer {getattr(self, '_token', None)}"

    def answered(self, asked: Asked) -> Given:
        """Answer as Graph v1.0 does."""
        if self.is_listing(asked):
            whole = f"{self.address}{asked.path}?{asked.raw_query}"
            number = self.links.index(whole) if whole in self.links else 0
            page = self._pages[0 if Trap.REPEAT in self.traps else number]
            return Given(200, page, {"Content-Type": "application/json;odata.metadata=minimal"})
        device, _, act = asked.path.removeprefix(f"{_LIST}/").partition("/")
        tablet = self.tablet(device)
        if tablet is None or not device.startswith("graph-"):
            return given({"error": {"code": "ResourceNotFound", "message": "Not found"}}, 404)
        results = self.results.setdefault(device, [])
        if asked.method == "GET":
            return given({"id": device, "deviceActionResults": results})
        if act not in _ACTS:
            return given({"error": {"code": "BadRequest", "message": "Resource not found for the segment"}}, 400)
        results.append(
            {"actionName": act, "actionState": "pending", "startDateTime": f"2026-11-03T10:{len(results):02d}:00Z"}
        )
        self.later(tablet.number, is_gone=act in _REMOVING)
        return Given(204)

    def report(self) -> None:
        """Let the tablets report: what waited was done, and what is retired or wiped is gone."""
        super().report()
        for results in self.results.values():
            for result in results:
                result["actionState"] = result["actionState"].replace("pending", "done")


def _told(tablet: Tablet) -> dict[str, object]:
    return {
        "id": f"graph-{tablet.number:06d}",
        "deviceName": tablet.name,
        "serialNumber": tablet.serial,
        "imei": tablet.imei,
        "enrolledDateTime": tablet.enrolled_at,
        "lastSyncDateTime": tablet.seen_at,
        "deviceRegistrationState": "registered" if tablet.is_enrolled else "notRegisteredPendingEnrollment",
        "isSupervised": True,
        "operatingSystem": "iPadOS",
        "manufacturer": "Apple",
        "model": "iPad (10th generation)",
        "userPrincipalName": tablet.owner,
        "deviceCategoryDisplayName": "Prêt",
    }
