"""Headwind MDM: a token by login, pages from 1, errors within a 200, 403 for a token that is over.

Source: its DeviceResource, DeviceView, AuthFilter and JWTAuthResource.
"""

import hashlib
import json
from typing import Final

from tests.mdm_servers.base import KEY, Asked, Given, MdmServer, given
from tests.mdm_servers.traps import SECOND_0_MS, SEEN_MS, Tablet, Trap

LOGIN: Final = "inventory"
_LIST: Final = "/rest/private/devices/search"
_ERROR: Final = {"status": "ERROR", "message": "error.internal.server", "data": None}
_NOT_FOUND: Final = {**_ERROR, "message": "error.notfound.device"}
_FORBIDDEN: Final = {**_ERROR, "message": "error.permission.denied"}
_STRANGER: Final = Given(403, b"<!doctype html><title>HTTP Status 403</title>", {"Content-Type": "text/html"})
_WRITTEN: Final = frozenset(
    {
        "number",
        "description",
        "configurationId",
        "imei",
        "phone",
        "custom1",
        "custom2",
        "custom3",
        "oldNumber",
        "groups",
    }
)


class HeadwindServer(MdmServer):
    """A server; `devices` are its records by number."""

    def prepare(self) -> None:
        """Render nothing: the page's size is the caller's."""
        has_dates = Trap.NULL_DATES not in self.traps
        told = [_told(tablet, has_dates) for tablet in self.tablets]
        self.devices = {str(each["number"]): each for each in told}
        self._told = self.pages_of(told, 10**9)[0]

    def sold(self, asked: Asked) -> Given | None:
        """Sell a token for a login and the upper-case MD5 of its password."""
        if asked.path != "/rest/public/jwt/login":
            return None
        digest = hashlib.md5(KEY.encode(), usedforsecurity=False).hexdigest().upper()
        if asked.json() != {"login": LOGIN, "password": digest}:
            return Given(401)
        return given({"id_token": self.token()})

    def is_listing(self, asked: Asked) -> bool:
        """Say whether it is a search."""
        return asked.path == _LIST

    def is_known(self, asked: Asked) -> bool:
        """Say whether the token is the last one."""
        return self.is_good(asked)

    def answered(self, asked: Asked) -> Given:
        """Answer as its REST resources do."""
        if Trap.ERROR_INSIDE in self.traps:
            return given(_ERROR)
        if self.is_listing(asked):
            return self._found(asked.json())
        if asked.method == "PUT" and asked.path == "/rest/private/devices":
            return self._put(asked.json())
        device = self.devices.get(asked.path.rpartition("/")[2])
        return given({"status": "OK", "message": None, "data": device} if device else _NOT_FOUND)

    def _answer(self, asked: Asked) -> Given:
        answer = super()._answer(asked)
        return _STRANGER if answer.status == 401 and asked.path.startswith("/rest/private/") else answer

    def _trapped(self, turn: int) -> Given | None:
        return given(_FORBIDDEN) if Trap.FORBIDDEN in self.traps else super()._trapped(turn)

    def _put(self, device: object) -> Given:
        """Write all its columns, also those that are not told; what it reported is text to the base."""
        assert isinstance(device, dict)
        if not isinstance(device.get("info", ""), str):
            return Given(
                400, b"Cannot deserialize value of type String from Object value", {"Content-Type": "text/plain"}
            )
        known = next(each for each in self.devices.values() if each["id"] == device["id"])
        known |= {name: device.get(name) for name in _WRITTEN}
        return given({"status": "OK", "message": None, "data": None})

    def _found(self, search: object) -> Given:
        assert isinstance(search, dict)
        size, page = search.get("pageSize", 50), search.get("pageNum", 1)
        begun = 0 if Trap.REPEAT in self.traps else (page - 1) * size
        devices = {"items": self._told[begun : begun + size], "totalItemsCount": len(self._told)}
        if Trap.REPEAT in self.traps:
            devices["totalItemsCount"] = 10**6
        configurations = {"7": {"id": 7, "name": "Prêt"}}
        body = {"status": "OK", "message": None, "data": {"configurations": configurations, "devices": devices}}
        return Given(200, json.dumps(body).encode(), {"Content-Type": "application/json"})


def _told(tablet: Tablet, has_dates: bool) -> dict[str, object]:
    enrolled = {"enrollTime": SECOND_0_MS} if has_dates and tablet.is_enrolled else {}  # nothing that is null is told
    return {
        "id": 1000 + tablet.number,
        "number": f"h{tablet.number:05d}",
        "description": tablet.owner,
        "configurationId": 7,
        "imei": tablet.imei,
        "serial": tablet.serial,
        "lastUpdate": SEEN_MS if enrolled else 0,
        **enrolled,
        "groups": [{"id": 3, "name": "Prêt"}],
        "custom1": "salle 12",
        "mdmMode": True,
        "statusCode": "green",
        "info": {"model": "SM-T500", "serial": tablet.serial, "imei": tablet.imei, "batteryLevel": 80},
    }
