"""Cisco Meraki Systems Manager: pages by the Link header, lists without an object around them.

Source: Meraki Dashboard API v1, Systems Manager.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import quote

from tablet_loans.domain.enrolment import (
    PROVIDER_WORDS,
    Connected,
    ExternalRecord,
    MdmAct,
    MdmGarbled,
    Order,
    Provider,
    Reach,
    Secret,
    TaskState,
    Told,
    bare_serial,
)
from tablet_loans.services.mdm.ahead import Sheet
from tablet_loans.services.mdm.fields import Json, identifier, imeis_of, moment, moment_of_ms, names, parts, text, truth
from tablet_loans.services.mdm.keys import Lasting
from tablet_loans.services.mdm.leaf import Leaf, tested
from tablet_loans.services.mdm.polite import Call, Manners, Polite
from tablet_loans.services.mdm.wire import OTHER_SHAPE
from tablet_loans.text import N_

ADDRESS: Final = "https://api.meraki.com/api/v1"
_READ: Final = "SM: read"
_WRITE: Final = "SM: write"
_PER_SECOND: Final = 5.0  # of the 10 that all of the organisation's programs share
_FIELDS: Final = ("isManaged", "imei", "createdAt", "lastConnected", "isSupervised", "ownerEmail")


class Meraki(Leaf):
    """Devices of a Systems Manager network; the account is the network's ID, the secret an API key."""

    acts = frozenset({MdmAct.NAME, MdmAct.LOCK, MdmAct.UNENROL, MdmAct.WIPE})

    def __init__(self, reach: Reach, secret: Secret, manners: Manners) -> None:
        key = Lasting({"Authorization": f"Bearer {secret.text}"})
        super().__init__(Polite(PROVIDER_WORDS[Provider.MERAKI], reach, key, manners, _PER_SECOND), manners, secret)
        self._account = reach.account
        self._devices = f"networks/{quote(reach.account, safe='')}/sm/devices"

    def check(self) -> Connected:
        """Ask for three devices, the fewest it gives. Raises: MdmTrouble."""

        def three() -> None:
            self._sheet(f"{self._devices}?perPage=3")

        return tested(self._account, three)

    def _sheet(self, target: str) -> Sheet:
        answer = self._polite.ask(Call("GET", target, _READ))
        if not isinstance(answer.body, list):
            raise MdmGarbled(mdm=self._polite.mdm, reason=OTHER_SHAPE)
        return Sheet(answer.body, answer.next_link)

    def _sheets(self, start: str) -> Iterator[Sheet]:
        fields = "&".join(f"fields[]={name}" for name in _FIELDS)
        place = start or f"{self._devices}?{fields}&perPage=1000"
        while place:
            sheet = self._sheet(place)
            yield sheet
            place = sheet.next

    def _read(self, record: Json) -> ExternalRecord:
        is_managed = truth(record, "isManaged") is True
        return ExternalRecord(
            external_id=identifier(record, self.id_field),
            serial=bare_serial(text(record, "serialNumber"), "" if "iP" in text(record, "systemModel") else "unknown"),
            imeis=imeis_of(record.get("imei")),
            is_enrolled=is_managed,
            enrolled_at=_moment(record.get("createdAt")),
            last_seen_at=_moment(record.get("lastConnected")),
            state="managed" if is_managed else "unmanaged",
            is_supervised=truth(record, "isSupervised"),
            owner=text(record, "ownerEmail"),
            name=text(record, "name"),
            group=names(parts(record, "tags")),
            model=text(record, "systemModel"),
            acts=self.acts if is_managed else frozenset(),
        )

    def _ordered(self, order: Order) -> Told:
        body: Json | None = None
        match order.act:
            case MdmAct.NAME:  # a device has a name and notes, no tag
                body = {"id": order.external_id, "deviceFields": {"name": order.name}}
                named = self._polite.send(Call("PUT", f"{self._devices}/fields", _WRITE, body=body))
                return self._told(named, TaskState.DONE)
            case MdmAct.LOCK:
                path, body = "lock", {"ids": [order.external_id]}
            case MdmAct.WIPE:
                path, body = "wipe", {"id": order.external_id}
            case _:
                path = f"{quote(order.external_id, safe='')}/unenroll"
        answer = self._polite.send(Call("POST", f"{self._devices}/{path}", _WRITE, body=body, is_order=True))
        said = answer.body if isinstance(answer.body, dict) else {}
        if answer.is_good and (said.get("ids") == [] or said.get("success") is False):  # nobody it was said to
            return Told(TaskState.FAILED, reason=N_("the MDM refuses it"))
        return self._told(answer)


def _moment(value: object) -> datetime | None:
    return moment_of_ms(value * 1000) if isinstance(value, int) else moment(value)
