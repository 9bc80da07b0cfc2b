"""Jamf Pro: pages from 0, a token that is asked anew, commands by the device's management ID.

Source: Jamf Pro API, v2 mobile devices and MDM commands.
"""

from collections.abc import Iterator, Mapping
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
from tablet_loans.services.mdm.fields import Json, identifier, imeis_of, moment, part, text, truth
from tablet_loans.services.mdm.keys import Bought
from tablet_loans.services.mdm.leaf import Leaf, tested, token_of, whole
from tablet_loans.services.mdm.polite import Answer, Call, Manners, Polite
from tablet_loans.services.mdm.wire import OTHER_SHAPE
from tablet_loans.text import N_

_READ: Final = "Read Mobile Devices"
_SECTIONS: Final = "section=GENERAL&section=HARDWARE&section=NETWORK&section=SECURITY&section=USER_AND_LOCATION"
_PAGE: Final = 200
_PER_SECOND: Final = 5.0
_TOKENS: Final = ("api/v1/oauth/token", "api/oauth/token")
_COMMANDS: Final = {
    MdmAct.LOCK: ("DEVICE_LOCK", "Send Mobile Device Remote Lock Command"),
    MdmAct.LOST_MODE_ON: ("ENABLE_LOST_MODE", "Send Mobile Device Lost Mode Command"),
    MdmAct.LOST_MODE_OFF: ("DISABLE_LOST_MODE", "Send Mobile Device Lost Mode Command"),
    MdmAct.WIPE: ("ERASE_DEVICE", "Send Mobile Device Remote Wipe Command"),
}


class JamfPro(Leaf):
    """Mobile devices of a Jamf Pro server; the account is an API client's ID, the secret its own."""

    acts = frozenset(_COMMANDS)

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
        body = self._polite.read(target, _READ, long="results")
        items, total = body.get("results"), whole(body.get("totalCount"))
        if not isinstance(items, list) or total is None:
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
        acts = {MdmAct.LOCK, MdmAct.WIPE, *([lost] if is_supervised else [])}
        return ExternalRecord(
            external_id=identifier(record, "mobileDeviceId"),
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
            acts=frozenset(acts) if is_managed else frozenset(),
        )

    def _ordered(self, order: Order) -> Told:
        _kind, right = _COMMANDS[order.act]
        path = f"api/v2/mobile-devices/{quote(order.external_id, safe='')}"
        known = self._polite.send(Call("GET", path, _READ)).body
        management = known.get("managementId") if isinstance(known, dict) else None
        if not isinstance(management, str) or not management:
            return Told(TaskState.FAILED, reason=N_("the MDM no longer knows this device"))
        body = {"clientData": [{"managementId": management}], "commandData": _command(order)}
        answer = self._polite.send(Call("POST", "api/v2/mdm/commands", right, body=body, is_order=True))
        first = answer.body[0] if isinstance(answer.body, list) and answer.body else None
        number = first.get("id") if isinstance(first, dict) else None
        return self._told(answer, reference=str(number or ""))


def _command(order: Order) -> Mapping[str, str]:
    said = {"lostModeMessage": order.message, "lostModePhone": order.phone} if order.act is MdmAct.LOST_MODE_ON else {}
    return {"commandType": _COMMANDS[order.act][0], **{name: words for name, words in said.items() if words}}
