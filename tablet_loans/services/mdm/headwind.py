"""Headwind MDM: pages from 1, milliseconds, no enrolment time until the device comes, errors in a 200.

A token that is over is refused by 403, as a web page.

Source: Headwind MDM server, its REST resources. Locking and wiping are paid plugins of it, and not offered.
"""

import hashlib
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from tablet_loans.domain.enrolment import (
    PROVIDER_WORDS,
    Connected,
    ExternalRecord,
    MdmAct,
    MdmAway,
    MdmGarbled,
    Order,
    Provider,
    Reach,
    RightMissing,
    Secret,
    TaskState,
    Told,
    bare_serial,
)
from tablet_loans.services.mdm.ahead import Sheet
from tablet_loans.services.mdm.fields import Json, identifier, imeis_of, moment_of_ms, names, part, plain, text, truth
from tablet_loans.services.mdm.keys import Bought
from tablet_loans.services.mdm.leaf import Leaf, tested, token_of, whole
from tablet_loans.services.mdm.polite import Call, Manners, Polite
from tablet_loans.services.mdm.wire import OTHER_SHAPE
from tablet_loans.text import N_

_READ: Final = "devices"
_EDIT: Final = "edit_devices"
_PER_SECOND: Final = 20.0
_PAGE: Final = 500
_TOKEN_LIFE_S: Final = 12 * 3600.0
_REFUSAL: Final = 403


class Headwind(Leaf):
    """Devices of a Headwind server; the account is a login, the secret its password."""

    acts = frozenset({MdmAct.NAME})
    id_field = "number"

    def __init__(self, reach: Reach, secret: Secret, manners: Manners) -> None:
        mdm = PROVIDER_WORDS[Provider.HEADWIND]
        key = Bought(self._buy, manners.now)
        polite = Polite(mdm, reach, key, manners, _PER_SECOND, refusal=_REFUSAL)
        super().__init__(polite, manners, secret)
        self._login = reach.account
        self._configurations: dict[str, str] = {}

    def check(self) -> Connected:
        """Ask for one device, and how many there are. Raises: MdmTrouble."""
        return tested(self._login, lambda: self._sheet(1, 1).total)

    def _buy(self) -> tuple[str, float]:
        digest = hashlib.md5(self._secret.text.encode(), usedforsecurity=False).hexdigest().upper()
        asked = {"login": self._login, "password": digest}
        answer = self._polite.send(Call("POST", f"{self._polite.base}rest/public/jwt/login", body=asked, is_open=True))
        return token_of(self._polite.mdm, answer, _TOKEN_LIFE_S)

    def _inside(self, target: str, right: str, by: str, body: object) -> object:
        """Return what an answer of 200 really holds, None for no such thing. Raises: MdmTrouble."""
        reply = self._polite.ask(Call(by, target, right, body=body)).body
        if not isinstance(reply, dict):
            raise MdmGarbled(mdm=self._polite.mdm, reason=OTHER_SHAPE)
        if reply.get("status") == "OK":
            return reply.get("data")
        if reply.get("status") != "ERROR":
            raise MdmGarbled(mdm=self._polite.mdm, reason=OTHER_SHAPE)
        said = str(reply.get("message")).replace(".", "")
        if "notfound" in said:
            return None
        if "permission" in said:
            raise RightMissing(mdm=self._polite.mdm, right=right)
        raise MdmAway(mdm=self._polite.mdm, reason=N_("its server has an error of its own"))

    def _sheet(self, page: int, size: int = _PAGE) -> Sheet:
        found = self._inside("rest/private/devices/search", _READ, "POST", {"pageSize": size, "pageNum": page})
        devices = found.get("devices") if isinstance(found, dict) else None
        items = devices.get("items") if isinstance(devices, dict) else None
        if not isinstance(found, dict) or not isinstance(devices, dict) or not isinstance(items, list):
            raise MdmGarbled(mdm=self._polite.mdm, reason=OTHER_SHAPE)
        configurations = found.get("configurations")
        if isinstance(configurations, dict):
            named = {number: each.get("name") for number, each in configurations.items() if isinstance(each, dict)}
            self._configurations |= {number: names([name]) for number, name in named.items()}
        total = whole(devices.get("totalItemsCount"))
        is_last = len(items) < size if total is None else page * size >= total or not items
        return Sheet(items, "" if is_last else str(page + 1), total)

    def _sheets(self, start: str) -> Iterator[Sheet]:
        sheet = self._sheet(int(start) if start.isascii() and start.isdigit() else 1)
        yield sheet
        while sheet.next:
            sheet = self._sheet(int(sheet.next))
            yield sheet

    def _read(self, record: Json) -> ExternalRecord:
        inside = part(record, "info")
        enrolled_at, last_seen_at = moment_of_ms(record.get("enrollTime")), moment_of_ms(record.get("lastUpdate"))
        number = identifier(record, self.id_field)
        return ExternalRecord(
            external_id=number,
            serial=bare_serial(text(record, "serial") or text(inside, "serial"), "unknown"),
            imeis=imeis_of(record.get("imei"), inside.get("imei")),
            is_enrolled=enrolled_at is not None or ("enrollTime" not in record and last_seen_at is not None),
            enrolled_at=enrolled_at,
            last_seen_at=last_seen_at,
            state=text(record, "statusCode"),
            is_supervised=truth(record, "mdmMode"),
            name=text(record, "description") or number,
            group=self._configurations.get(plain(record.get("configurationId")), ""),
            model=text(inside, "model"),
            acts=self.acts,
        )

    def _ordered(self, order: Order) -> Told:
        """Write the tag as description; the device is read first, for a PUT replaces all but what it reported."""
        target = f"rest/private/devices/number/{quote(order.external_id, safe='')}"
        device = self._inside(target, _READ, "GET", None)
        if not isinstance(device, dict):
            return Told(TaskState.FAILED, reason=N_("the MDM no longer knows this device"))
        kept = {name: value for name, value in device.items() if name != "info"}  # told as an object, taken as text
        self._inside("rest/private/devices", _EDIT, "PUT", {**kept, "description": order.asset_tag})
        return Told(TaskState.DONE)
