"""Jamf Pro: tokens, pages from 0, commands by management ID."""

import json
from typing import Final

from tests.mdm_servers.base import KEY, Asked, Given, MdmServer, given
from tests.mdm_servers.traps import Tablet, Trap

CLIENT: Final = "api-client-1"
_LIST: Final = "/api/v2/mobile-devices/detail"


class JamfProServer(MdmServer):
    """A server; `commands` are what it was asked."""

    def prepare(self) -> None:
        """Keep the records."""
        self.commands: list[object] = []
        self._told = self.pages_of([_told(tablet) for tablet in self.tablets], 10**9)[0]

    def sold(self, asked: Asked) -> Given | None:
        """Sell a token at the older of the two addresses."""
        if asked.path == "/api/v1/oauth/token":
            return given({"httpStatus": 404, "errors": []}, 404)
        if asked.path != "/api/oauth/token":
            return None
        form = asked.form()
        if form.get("client_secret") != KEY or form.get("client_id") != CLIENT:
            return given({"error": "invalid_client"}, 401)
        return given({"access_token": self.token(), "expires_in": 60, "token_type": "Bearer"})

    def is_listing(self, asked: Asked) -> bool:
        """Say whether it is a page."""
        return asked.path == _LIST

    def is_known(self, asked: Asked) -> bool:
        """Say whether the token is the last one."""
        return self.is_good(asked)

    def answered(self, asked: Asked) -> Given:
        """Answer as the API does."""
        if self.is_listing(asked):
            size, page = int(asked.one("page-size", "100")), int(asked.one("page", "0"))
            begun = 0 if Trap.REPEAT in self.traps else page * size
            total = 10**6 if Trap.REPEAT in self.traps else len(self._told)
            body = json.dumps({"totalCount": total, "results": self._told[begun : begun + size]}).encode()
            return Given(200, body, {"Content-Type": "application/json"})
        if asked.method == "POST" and asked.path == "/api/v2/mdm/commands":
            self.commands.append(asked.json())
            return given([{"id": f"command-{len(self.commands)}", "href": ""}], 201)
        device = asked.path.rpartition("/")[2]
        known = {"id": device, "managementId": f"management-{device}"}
        return given(known) if device.isdigit() else given({"httpStatus": 404, "errors": []}, 404)


def _told(tablet: Tablet) -> dict[str, object]:
    return {
        "mobileDeviceId": str(tablet.number + 1),
        "general": {
            "displayName": f"iPad {tablet.number}",
            "assetTag": tablet.tag,
            "managed": tablet.is_enrolled,
            "supervised": True,
            "lastEnrolledDate": tablet.enrolled_at,
            "lastInventoryUpdateDate": tablet.seen_at,
        },
        "hardware": {"serialNumber": tablet.serial, "model": "iPad 10"},
        "network": {"imei": tablet.imei},
        "security": {"lostModeEnabled": tablet.number == 0},
        "userAndLocation": {"realName": tablet.owner, "username": ""},
    }
