"""Jamf Pro: pages from 0, a token that is asked anew, commands by the device's management ID.

Source: Jamf Pro API, v2 mobile devices (details, update, unmanage) and MDM commands.
"""

from collections.abc import Iterator, Mapping
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
    Provider,
    Reach,
    RightMissing,
    Secret,
    TaskState,
    Told,
    bare_serial,
)
from tablet_loans.services.mdm.ahead import Sheet
from tablet_loans.services.mdm.fields import Json, identifier, imeis_of, moment, part, text, truth
from tablet_loans.services.mdm.keys import Bought
from tablet_loans.services.mdm.leaf import Leaf, tested, token_of, whole
from tablet_loans.services.mdm.polite import Answer, Call, Manners, Polite
from tablet_loans.services.mdm.wire import OTHER_SHAPE
from tablet_loans.text import N_

_READ: Final = "Read Mobile Devices"
_UPDATE: Final = "Update Mobile Devices"
_UNMANAGE: Final = "Unmanage Mobile Devices"
_SEE: Final = "View MDM command information in Jamf Pro API"
_SECTIONS: Final = "section=GENERAL&section=HARDWARE&section=NETWORK&section=SECURITY&section=USER_AND_LOCATION"
_PAGE: Final = 200
_PER_SECOND: Final = 5.0
_QUEUE: Final = "api/v2/mdm/commands"
_TOKENS: Final = ("api/v1/oauth/token", "api/oauth/token")
_COMMANDS: Final = {
    MdmAct.LOCK: ("DEVICE_LOCK", "Send Mobile Device Remote Lock Command"),
    MdmAct.LOST_MODE_ON: ("ENABLE_LOST_MODE", "Send Mobile Device Lost Mode Command"),
    MdmAct.LOST_MODE_OFF: ("DISABLE_LOST_MODE", "Send Mobile Device Lost Mode Command"),
    MdmAct.WIPE: ("ERASE_DEVICE", "Send Mobile Device Remote Wipe Command"),
}
_STATES: Final = {"ACKNOWLEDGED": TaskState.DONE, "ERROR": TaskState.FAILED}
_ON_THE_RECORD: Final = frozenset({MdmAct.REMOVE_OWNER})


class JamfPro(Leaf):
    """Mobile devices of a Jamf Pro server; the account is an API client's ID, the secret its own."""

    acts = frozenset({*_COMMANDS, *_ON_THE_RECORD, MdmAct.NAME, MdmAct.UNENROL})
    id_field = "mobileDeviceId"

    def __init__(self, reach: Reach, secret: Secret, manners: Manners) -> None:
        mdm = PROVIDER_WORDS[Provider.JAMF_PRO]
        polite = Polite(mdm, reach, Bought(self._buy, manners.now), manners, _PER_SECOND)
        super().__init__(polite, manners, secret)
        self._account = reach.account

    def check(self) -> Connected:
        """Ask for one device, and how many there are. Raises: MdmTrouble."""
        return tested(self._account, lambda: self._sheet(0, 1).total)

    def _buy(self) -> tuple[str, float]:
        form = {"client_id": self._account, "client_secret": self._secret.text, "grant_type": "client_credentials"}
        answer = Answer(404)
        for path in _TOKENS:
            if answer.status == 404:
                answer = self._polite.send(Call("POST", f"{self._polite.base}{path}", form=form, is_open=True))
        return token_of(self._polite.mdm, answer)

    def _sheet(self, page: int, size: int = _PAGE) -> Sheet:
        target = f"api/v2/mobile-devices/detail?{_SECTIONS}&page={page}&page-size={size}"
        body = self._polite.read(target, _READ)
        items, total = body.get("results"), whole(body.get("totalCount"))
        if not isinstance(items, list) or total is None or len(items) < min(size, total - page * size):
            raise MdmGarbled(mdm=self._polite.mdm, reason=OTHER_SHAPE)
        return Sheet(items, str(page + 1) if items and (page + 1) * size < total else "", total)

    def _sheets(self, start: str) -> Iterator[Sheet]:
        sheet = self._sheet(int(start) if start.isascii() and start.isdigit() else 0)
        yield sheet
        while sheet.next:
            sheet = self._sheet(int(sheet.next))
            yield sheet

    def _read(self, record: Json) -> ExternalRecord:
        general, hardware = part(record, "general"), part(record, "hardware")
        user, security = part(record, "userAndLocation"), part(record, "security")
        is_managed, is_lost = truth(general, "managed") is True, truth(security, "lostModeEnabled")
        lost = MdmAct.LOST_MODE_OFF if is_lost else MdmAct.LOST_MODE_ON
        is_supervised = truth(general, "supervised")
        acts = {MdmAct.LOCK, MdmAct.WIPE, MdmAct.UNENROL, *([lost, MdmAct.NAME] if is_supervised else [])}
        return ExternalRecord(
            external_id=identifier(record, self.id_field),
            serial=bare_serial(text(hardware, "serialNumber"), "Apple"),
            imeis=imeis_of(part(record, "network").get("imei")),
            is_enrolled=is_managed,
            enrolled_at=moment(general.get("lastEnrolledDate")),
            last_seen_at=moment(general.get("lastInventoryUpdateDate")),
            state="managed" if is_managed else "unmanaged",
            is_supervised=is_supervised,
            is_lost=is_lost,
            owner=text(user, "realName") or text(user, "username"),
            name=text(general, "displayName"),
            asset_tag=text(general, "assetTag"),
            model=text(hardware, "model"),
            acts=_ON_THE_RECORD | acts if is_managed else _ON_THE_RECORD,
        )

    def _ordered(self, order: Order) -> Told:
        device = f"api/v2/mobile-devices/{quote(order.external_id, safe='')}"
        match order.act:
            case MdmAct.NAME:
                body = {"name": order.name, "assetTag": order.asset_tag, "location": _location(order.owner)}
                return self._written(device, body)
            case MdmAct.REMOVE_OWNER:
                return self._written(device, {"location": _location("")})
            case MdmAct.UNENROL:
                answer = self._polite.send(Call("POST", f"{device}/unmanage", _UNMANAGE, is_order=True))
                return self._told(answer, reference=_named(answer.body, "commandUuid"))
        management = _named(self._polite.send(Call("GET", device, _READ)).body, "managementId")
        if not management:
            return Told(TaskState.FAILED, reason=N_("the MDM no longer knows this device"))
        asked = {"clientData": [{"managementId": management}], "commandData": _command(order)}
        answer = self._polite.send(Call("POST", _QUEUE, _COMMANDS[order.act][1], body=asked, is_order=True))
        first = answer.body[0] if isinstance(answer.body, list) and answer.body else None
        return self._told(answer, reference=_named(first, "id"))

    def _written(self, device: str, body: object) -> Told:
        return self._told(self._polite.send(Call("PATCH", device, _UPDATE, body=body)), TaskState.DONE)

    def outcome(self, order: Order, reference: str) -> Told:
        """Return what became of a command, accepted where the account may not see it. Raises: MdmTrouble."""
        told = super().outcome(order, reference)
        try:
            answer = self._polite.send(Call("GET", _QUEUE, _SEE, {"filter": f'uuid=="{reference}"'}))
        except RightMissing:
            return told
        found = answer.body.get("results") if isinstance(answer.body, dict) else None
        listed = found if isinstance(found, list) else []
        told_of = {_named(each, "uuid"): _named(each, "commandState") for each in listed}
        state = _STATES.get(told_of.get(reference, ""), TaskState.ACCEPTED)
        return replace(told, state=state, reason=N_("the device could not do it") if state is TaskState.FAILED else "")


def _command(order: Order) -> Mapping[str, str]:
    said = {"lostModeMessage": order.message, "lostModePhone": order.phone} if order.act is MdmAct.LOST_MODE_ON else {}
    return {"commandType": _COMMANDS[order.act][0], **{name: words for name, words in said.items() if words}}


def _location(owner: str) -> Mapping[str, str]:
    """Return the owner as it is written: the full name alone, for a username would make a user there."""
    return {"realName": owner, "username": "", "emailAddress": "", "phoneNumber": "", "position": ""}


def _named(body: object, name: str) -> str:
    """Return a text of an object, "" where there is none."""
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) else ""
