"""Jamf Pro: tokens, pages from 0, commands by management ID that wait until the tablet reports."""

import json
from collections.abc import Mapping
from typing import Any, Final

from tests.mdm_servers.base import KEY, Asked, Given, MdmServer, given
from tests.mdm_servers.traps import Tablet, Trap

CLIENT: Final = "api-client-1"
_LIST: Final = "/api/v2/mobile-devices/detail"
_DEVICE: Final = "/api/v2/mobile-devices/"
_COMMANDS: Final = "/api/v2/mdm/commands"
_NOT_FOUND: Final = {"httpStatus": 404, "errors": []}
_UNMANAGED: Final = {"httpStatus": 400, "errors": [{"code": "INVALID_ID", "description": "it is not managed"}]}
_DOES: Final[Mapping[str, Mapping[str, Any]]] = {
    "ENABLE_LOST_MODE": {"is_lost": True},
    "DISABLE_LOST_MODE": {"is_lost": False},
    "DEVICE_LOCK": {},
    "ERASE_DEVICE": {"is_enrolled": False, "is_lost": False},
}
"""What a command makes of a tablet; an erased one is unmanaged, and its record stays as it was, its owner too."""


class JamfProServer(MdmServer):
    """A server; `commands` are what it was asked, `states` what became of each."""

    def begin(self) -> None:
        """Keep its commands, and have one tablet lost."""
        self.commands: list[object] = []
        self.states: dict[str, str] = {}
        self.change(0, is_lost=True)

    def prepare(self) -> None:
        """Keep the records."""
        self._told = self.pages_of([_told(tablet) for tablet in self.tablets], 10**9)[0]

    def report(self) -> None:
        """Let the tablets report: each command that waited was carried out."""
        super().report()
        self.states = {number: "ACKNOWLEDGED" if state == "PENDING" else state for number, state in self.states.items()}

    def sold(self, asked: Asked) -> Given | None:
        """Sell a token at the older of the two addresses."""
        if asked.path == "/api/v1/oauth/token":
            return given(_NOT_FOUND, 404)
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
            return self._page(asked)
        if asked.path == _COMMANDS:
            return self._commanded(asked) if asked.method == "POST" else self._found(asked)
        identifier, _, act = asked.path.removeprefix(_DEVICE).partition("/")
        tablet = self._tablet(identifier)
        if tablet is None:
            return given(_NOT_FOUND, 404)
        match asked.method, act:
            case "PATCH", "":
                return self._patched(tablet, asked.json())
            case "POST", "unmanage":
                number = self._queued({"commandType": "UNMANAGE"}, tablet, {"is_enrolled": False})
                return given({"deviceId": identifier, "commandUuid": number})
        return given({"id": identifier, "managementId": f"management-{identifier}"})

    def _page(self, asked: Asked) -> Given:
        size, page = int(asked.one("page-size", "100")), int(asked.one("page", "0"))
        begun = 0 if Trap.REPEAT in self.traps else page * size
        total = 10**6 if Trap.REPEAT in self.traps else len(self._told)
        body = json.dumps({"totalCount": total, "results": self._told[begun : begun + size]}).encode()
        return Given(200, body, {"Content-Type": "application/json"})

    def _tablet(self, identifier: str) -> Tablet | None:
        return self.tablet(str(int(identifier) - 1)) if identifier.isdigit() else None

    def _commanded(self, asked: Asked) -> Given:
        command = asked.json()
        assert isinstance(command, dict)
        (client,) = command["clientData"]
        tablet = self._tablet(client["managementId"].removeprefix("management-"))
        if tablet is None or not tablet.is_enrolled:
            return given(_UNMANAGED, 400)
        return given(
            [{"id": self._queued(command, tablet, _DOES[command["commandData"]["commandType"]]), "href": ""}], 201
        )

    def _queued(self, command: object, tablet: Tablet, does: Mapping[str, Any]) -> str:
        self.commands.append(command)
        number = f"command-{len(self.commands)}"
        self.states[number] = "PENDING"
        self.later(tablet.number, **does)
        return number

    def _found(self, asked: Asked) -> Given:
        number = asked.one("filter").removeprefix("uuid==").strip('"')
        found = [{"uuid": number, "commandState": self.states[number]}] if number in self.states else []
        return given({"totalCount": len(found), "results": found})

    def _patched(self, tablet: Tablet, body: object) -> Given:
        assert isinstance(body, dict)
        told = {
            "name": body.get("name"),
            "tag": body.get("assetTag"),
            "owner": body.get("location", {}).get("realName"),
        }
        self.change(tablet.number, **{name: value for name, value in told.items() if value is not None})
        return given({"id": str(tablet.number + 1)})


def _told(tablet: Tablet) -> dict[str, object]:
    return {
        "mobileDeviceId": str(tablet.number + 1),
        "general": {
            "displayName": tablet.name,
            "assetTag": tablet.tag,
            "managed": tablet.is_enrolled,
            "supervised": True,
            "lastEnrolledDate": tablet.enrolled_at,
            "lastInventoryUpdateDate": tablet.seen_at,
        },
        "hardware": {"serialNumber": tablet.serial, "model": "iPad 10"},
        "network": {"imei": tablet.imei},
        "security": {"lostModeEnabled": tablet.is_lost},
        "userAndLocation": {"realName": tablet.owner, "username": ""},
    }
