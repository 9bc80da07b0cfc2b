"""Jamf School: all devices in one answer, no enrolment date, a missing right said by 405.

Source: Jamf School API, protocol version 3.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from tablet_loans.domain.enrolment import (
    PROVIDER_WORDS,
    Connected,
    ExternalRecord,
    MdmAct,
    MdmGarbled,
    Order,
    Page,
    Provider,
    Reach,
    Secret,
    TaskState,
    Told,
    bare_serial,
)
from tablet_loans.services.mdm.ahead import Sheet
from tablet_loans.services.mdm.fields import Json, identifier, imeis_of, moment, names, part, parts, plain, text, truth
from tablet_loans.services.mdm.keys import Lasting
from tablet_loans.services.mdm.leaf import Leaf, tested, whole
from tablet_loans.services.mdm.polite import Call, Manners, Polite
from tablet_loans.services.mdm.sieve import Sieve
from tablet_loans.services.mdm.wire import OTHER_SHAPE

_READ: Final = "Devices: Read"
_EDIT: Final = "Devices: Edit"
_ADD: Final = "Devices: Add"
_NO_OWNER: Final = 0
_PER_SECOND: Final = 1.0
_PATIENCE: Final = 4  # times longer than for a page: it prepares the one answer for all before it begins
_ON_THE_RECORD: Final = frozenset({MdmAct.NAME, MdmAct.REMOVE_OWNER})
_ON_THE_DEVICE: Final = frozenset({MdmAct.UNENROL, MdmAct.WIPE})


class JamfSchool(Leaf):
    """Devices of a Jamf School network; the account is the network ID, the secret its API key."""

    acts = _ON_THE_RECORD | _ON_THE_DEVICE
    id_field = "UDID"

    def __init__(self, reach: Reach, secret: Secret, manners: Manners) -> None:
        basic = b64encode(f"{reach.account}:{secret.text}".encode()).decode()
        key = Lasting({"Authorization": f"Basic {basic}", "X-Server-Protocol-Version": "3"})
        patient = replace(reach, timeout_s=reach.timeout_s * _PATIENCE)
        polite = Polite(PROVIDER_WORDS[Provider.JAMF_SCHOOL], patient, key, manners, _PER_SECOND)
        super().__init__(polite, manners, secret)
        self._account = reach.account

    def check(self) -> Connected:
        """Ask for no device: the list comes whole or not at all. Raises: MdmTrouble."""

        def none() -> None:
            self._listed(self._polite.read("devices", _READ, {"serialnumber": "0"}))

        return tested(self._account, none)

    def pages(self, start: str = "") -> Iterator[Page]:  # noqa: ARG002 - there is one place to start from
        """Yield the devices by a thousand, while the one answer still comes. Raises: MdmTrouble."""
        return super().pages()

    def _deliver(self, start: str, put: Callable[[Sheet], None]) -> None:  # noqa: ARG002
        sieve = Sieve("devices", lambda items: put(Sheet(items, str(sieve.count))))
        answer = self._polite.ask(Call("GET", "devices", _READ, sieve=sieve))
        body = answer.body if isinstance(answer.body, dict) else {}
        last, total = [*sieve.last(), *self._listed(body)], whole(body.get("count"))
        if sieve.count + len(last) < (total or 0):  # the rest would be taken for gone
            raise MdmGarbled(mdm=self._polite.mdm, reason=OTHER_SHAPE)
        put(Sheet(last, total=total))

    def _listed(self, body: Json) -> list[object]:
        items = body.get("devices")
        if not isinstance(items, list):
            raise MdmGarbled(mdm=self._polite.mdm, reason=OTHER_SHAPE)
        return items

    def _read(self, record: Json) -> ExternalRecord:
        way, is_managed = text(record, "enrollType"), truth(record, "isManaged") is True
        network, model, owner = part(record, "networkInformation"), part(record, "model"), part(record, "owner")
        sims = parts(network, "ServiceSubscription")
        is_enrolled = is_managed and not way.endswith("Pending")
        return ExternalRecord(
            external_id=identifier(record, self.id_field),
            serial=bare_serial(text(record, "serialNumber"), "Apple"),
            imeis=imeis_of(*(sim.get("IMEI") for sim in sims if isinstance(sim, dict))),
            is_enrolled=is_enrolled,
            last_seen_at=moment(record.get("lastCheckin")),
            state=way if is_managed else plain(f"{way}, unmanaged"),
            is_supervised=truth(record, "isSupervised"),
            owner=text(owner, "name") if owner.get("id") != _NO_OWNER else "",
            name=text(record, "name"),
            asset_tag=text(record, "assetTag"),
            group=names(parts(record, "groups")),
            model=text(model, "name"),
            acts=self.acts if is_enrolled else _ON_THE_RECORD,
        )

    def _ordered(self, order: Order) -> Told:
        device = f"devices/{quote(order.external_id, safe='')}"
        match order.act:
            case MdmAct.NAME:  # the API writes the tag and notes; a name is the device's, an owner one of its users
                return self._done(Call("POST", f"{device}/details", _ADD, body={"assetTag": order.asset_tag}))
            case MdmAct.REMOVE_OWNER:
                return self._done(Call("PUT", f"{device}/owner", _EDIT, body={"user": _NO_OWNER}))
            case MdmAct.WIPE:
                asked = Call("POST", f"{device}/wipe", _ADD, body={"clearActivationLock": True}, is_order=True)
            case _:
                asked = Call("POST", f"{device}/unenroll", _ADD, is_order=True)
        return self._told(self._polite.send(asked))

    def _done(self, call: Call) -> Told:
        return self._told(self._polite.send(call), TaskState.DONE)
