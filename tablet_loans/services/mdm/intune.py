"""Microsoft Intune, by Graph v1.0: pages linked one to the next, null dates of year 1, results kept by the device.

Source: Microsoft Graph v1.0, managedDevice. What only beta offers (enableLostMode, setDeviceName) is not offered.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, urlsplit

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
from tablet_loans.services.mdm.fields import Json, identifier, imeis_of, moment, texts, truth
from tablet_loans.services.mdm.keys import Bought
from tablet_loans.services.mdm.leaf import Leaf, tested, token_of
from tablet_loans.services.mdm.polite import Call, Manners, Polite
from tablet_loans.services.mdm.wire import OTHER_SHAPE, is_local
from tablet_loans.text import N_

ADDRESS: Final = "https://graph.microsoft.com/v1.0"
_READ: Final = "DeviceManagementManagedDevices.Read.All"
_ACT: Final = "DeviceManagementManagedDevices.PrivilegedOperations.All"
_PER_SECOND: Final = 50.0  # of the 100 that all of the tenant's programs share
_PAGE: Final = 1000
_FIELDS: Final = (
    "id,deviceName,serialNumber,imei,enrolledDateTime,lastSyncDateTime,deviceRegistrationState,isSupervised,"
    "operatingSystem,manufacturer,model,userPrincipalName,deviceCategoryDisplayName"
)
_TEXTS: Final = (
    "deviceRegistrationState", "operatingSystem", "serialNumber", "manufacturer", "userPrincipalName", "deviceName",
    "deviceCategoryDisplayName", "model",
)  # fmt: skip
_NOT_YET: Final = frozenset({"notRegisteredPendingEnrollment", "approvalPending", "revoked"})
_WORDS: Final = {
    MdmAct.LOCK: "remoteLock",
    MdmAct.LOST_MODE_OFF: "disableLostMode",
    MdmAct.UNENROL: "retire",
    MdmAct.WIPE: "wipe",
}
_ALL: Final = frozenset(_WORDS)
_USUAL: Final = _ALL - {MdmAct.LOST_MODE_OFF}
_STATES: Final = {
    "done": TaskState.DONE,
    "failed": TaskState.FAILED,
    "canceled": TaskState.FAILED,
    "notSupported": TaskState.FAILED,
}


class Intune(Leaf):
    """Devices of a tenant; the account is the application's client ID, the secret its client secret."""

    acts = _ALL

    def __init__(self, reach: Reach, secret: Secret, manners: Manners) -> None:
        polite = Polite(PROVIDER_WORDS[Provider.INTUNE], reach, Bought(self._buy, manners.now), manners, _PER_SECOND)
        super().__init__(polite, manners, secret)
        self._reach = reach
        self._rights: frozenset[str] = frozenset()

    def check(self) -> Connected:
        """Ask for one device, and compare the token's rights. Raises: MdmTrouble."""

        def one() -> None:
            self._sheet("deviceManagement/managedDevices?$select=id&$top=1")

        found = tested(self._reach.account, one)
        lacking = (_ACT,) if self._rights and _ACT not in self._rights else ()
        return Connected(found.account, missing=(*found.missing, *lacking))

    def _buy(self) -> tuple[str, float]:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._reach.account,
            "client_secret": self._secret.text,
            "scope": f"{_origin(self._polite.base)}/.default",
        }
        target = f"{_login(self._polite.base)}/{quote(self._reach.tenant, safe='')}/oauth2/v2.0/token"
        answer = self._polite.send(Call("POST", target, form=form, is_open=True))
        token, life_s = token_of(self._polite.mdm, answer)
        self._rights = _rights_of(token)
        return token, life_s

    def _sheet(self, target: str) -> Sheet:
        body = self._polite.read(target, _READ)
        items, link = body.get("value"), body.get("@odata.nextLink", "")
        if not isinstance(items, list) or not isinstance(link, str):
            raise MdmGarbled(mdm=self._polite.mdm, reason=OTHER_SHAPE)
        return Sheet(items, link)

    def _sheets(self, start: str) -> Iterator[Sheet]:
        place = start or f"deviceManagement/managedDevices?$select={_FIELDS}&$top={_PAGE}"
        while place:
            sheet = self._sheet(place)
            yield sheet
            place = sheet.next

    def _read(self, record: Json) -> ExternalRecord:
        state, system, serial, maker, owner, name, category, model = texts(record, _TEXTS)
        is_supervised = truth(record, "isSupervised")
        is_enrolled = state not in _NOT_YET
        can_be_lost = is_supervised and system in ("iOS", "iPadOS")
        return ExternalRecord(
            external_id=identifier(record, self.id_field),
            serial=bare_serial(serial, maker),
            imeis=imeis_of(record.get("imei")),
            is_enrolled=is_enrolled,
            enrolled_at=moment(record.get("enrolledDateTime")),
            last_seen_at=moment(record.get("lastSyncDateTime")),
            state=state,
            is_supervised=is_supervised,
            owner=owner,
            name=name,
            group=category,
            model=model,
            acts=(_ALL if can_be_lost else _USUAL) if is_enrolled else frozenset(),
        )

    def _ordered(self, order: Order) -> Told:
        word = _WORDS[order.act]
        body = {"keepEnrollmentData": False, "keepUserData": False} if order.act is MdmAct.WIPE else None
        call = Call("POST", f"{_device(order)}/{word}", _ACT, body=body, is_order=True)
        return self._told(self._polite.send(call), reference=word)

    def outcome(self, order: Order, reference: str) -> Told:
        """Return what the device's own list of results says; one that is gone was wiped or unenrolled."""
        answer = self._polite.send(Call("GET", f"{_device(order)}?$select=id,deviceActionResults", _READ))
        if answer.status == 404 and order.act in (MdmAct.WIPE, MdmAct.UNENROL):
            return Told(TaskState.DONE, reference)
        if not answer.is_good or not isinstance(answer.body, dict):
            return self._told(answer, reference=reference)
        results = answer.body.get("deviceActionResults")
        told = [each for each in results if isinstance(each, dict)] if isinstance(results, list) else []
        mine = [each for each in told if each.get("actionName") == reference]
        last = max(mine, key=lambda each: str(each.get("startDateTime")), default={})
        state = _STATES.get(str(last.get("actionState")), TaskState.ACCEPTED)
        return Told(state, reference, N_("the device could not do it") if state is TaskState.FAILED else "")


def _device(order: Order) -> str:
    return f"deviceManagement/managedDevices/{quote(order.external_id, safe='')}"


def _origin(address: str) -> str:
    parted = urlsplit(address)
    return f"{parted.scheme}://{parted.netloc}"


def _login(address: str) -> str:
    """Return where tokens are given: Microsoft's own for its cloud, the server itself for one on this computer."""
    host = urlsplit(address).hostname or ""
    if is_local(host):
        return _origin(address)
    return f"https://login.microsoftonline.{'us' if host.endswith('.us') else 'com'}"


def _rights_of(token: str) -> frozenset[str]:
    """Return the rights that a token says it carries, none where it is not of that form; it is proof of nothing."""
    try:
        claims = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
        return frozenset(claims["roles"])
    except (ValueError, LookupError, TypeError):
        return frozenset()
