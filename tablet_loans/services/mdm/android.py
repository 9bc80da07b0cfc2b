"""Android Management API: pages by token, devices that are still being set up, operations to ask after.

Source: Android Management API v1 (its discovery document). Deleting a device would wipe it too, so that
unenrolling is not offered apart; a device has no name of its own that could be written.
"""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote, urlsplit

from tablet_loans.domain.enrolment import (
    PROVIDER_WORDS,
    Connected,
    ExternalRecord,
    KeyRefused,
    MdmAct,
    MdmGarbled,
    MdmTrouble,
    Order,
    Provider,
    Reach,
    Secret,
    TaskState,
    Told,
    bare_serial,
)
from tablet_loans.services.mdm.ahead import Sheet
from tablet_loans.services.mdm.fields import Json, identifier, imeis_of, moment, part, text
from tablet_loans.services.mdm.keys import Bought
from tablet_loans.services.mdm.leaf import Leaf, tested, token_of
from tablet_loans.services.mdm.polite import Call, Manners, Polite
from tablet_loans.services.mdm.wire import OTHER_SHAPE, is_local
from tablet_loans.text import N_

ADDRESS: Final = "https://androidmanagement.googleapis.com/v1"
_SCOPE: Final = "https://www.googleapis.com/auth/androidmanagement"
_RIGHT: Final = "Android Management User"
_PER_SECOND: Final = 8.0  # of the 1,000 in 100 s that a project has
_PAGE: Final = 100
_LIFE_S: Final = 3600
_VALID: Final = "2592000s"  # 30 days: by default a command is over after ten minutes, and a lost tablet is off
_NOT_YET: Final = frozenset({"PROVISIONING", "PREPARING_FOR_MIGRATION", "DELETED"})
_NO_ERROR: Final = "COMMAND_ERROR_CODE_UNSPECIFIED"
_WELL: Final = frozenset({"SUCCESS", "ALREADY_IN_LOST_MODE", "NOT_IN_LOST_MODE"})
_FAILED: Final = N_("the device could not do it")


class Android(Leaf):
    """Devices of an enterprise; the account is its ID, the secret a service account's JSON."""

    acts = frozenset({MdmAct.LOCK, MdmAct.LOST_MODE_ON, MdmAct.LOST_MODE_OFF, MdmAct.WIPE})
    id_field = "name"

    def __init__(self, reach: Reach, secret: Secret, manners: Manners) -> None:
        mdm = PROVIDER_WORDS[Provider.ANDROID]
        polite = Polite(mdm, reach, Bought(self._buy, manners.now), manners, _PER_SECOND)
        super().__init__(polite, manners, secret)
        self._parent = f"enterprises/{quote(reach.account.removeprefix('enterprises/'), safe='')}"

    def check(self) -> Connected:
        """Ask for one device. Raises: MdmTrouble."""

        def one() -> None:
            self._sheet("", 1)

        return tested(self._parent, one)

    def _buy(self) -> tuple[str, float]:
        target, assertion = _assertion(self._polite.mdm, self._secret)
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
        answer = self._polite.send(Call("POST", target, form=form, is_open=True))
        return token_of(self._polite.mdm, answer)

    def _sheet(self, token: str, size: int = _PAGE) -> Sheet:
        params: dict[str, str | int] = {"pageSize": size, **({"pageToken": token} if token else {})}
        body = self._polite.read(f"{self._parent}/devices", _RIGHT, params)
        items, following = body.get("devices", []), body.get("nextPageToken", "")
        is_other = bool(body) and not body.keys() & {"devices", "nextPageToken"}  # {} is an enterprise without devices
        if is_other or not isinstance(items, list) or not isinstance(following, str):
            raise MdmGarbled(mdm=self._polite.mdm, reason=OTHER_SHAPE)
        return Sheet(items, following)

    def _sheets(self, start: str) -> Iterator[Sheet]:
        sheet = self._sheet(start)
        yield sheet
        while sheet.next:
            sheet = self._sheet(sheet.next)
            yield sheet

    def _read(self, record: Json) -> ExternalRecord:
        hardware, network = part(record, "hardwareInfo"), part(record, "networkInfo")
        state = text(record, "appliedState") or text(record, "state")
        mode, is_lost, is_enrolled = text(record, "managementMode"), state == "LOST", state not in _NOT_YET
        contacts = (moment(record.get("lastStatusReportTime")), moment(record.get("lastPolicySyncTime")))
        return ExternalRecord(
            external_id=identifier(record, self.id_field),
            serial=bare_serial(text(hardware, "serialNumber"), text(hardware, "manufacturer") or "unknown"),
            imeis=imeis_of(network.get("imei")),
            is_enrolled=is_enrolled,
            enrolled_at=moment(record.get("enrollmentTime")) if is_enrolled else None,
            last_seen_at=max((at for at in contacts if at), default=None),
            state=state,
            is_supervised=mode == "DEVICE_OWNER" if mode else None,
            is_lost=is_lost,
            asset_tag=text(record, "enrollmentTokenData"),
            group=text(record, "appliedPolicyName").rpartition("/")[2],
            model=text(hardware, "model"),
            acts=_acts(is_enrolled, is_lost, text(record, "ownership")),
        )

    def _ordered(self, order: Order) -> Told:
        body = {**_command(order), "duration": _VALID}
        call = Call("POST", f"{_path(order.external_id)}:issueCommand", _RIGHT, body=body, is_order=True)
        answer = self._polite.send(call)
        name = answer.body.get("name") if isinstance(answer.body, dict) else ""
        return self._told(answer, reference=name if isinstance(name, str) else "")

    def outcome(self, order: Order, reference: str) -> Told:
        """Return what became of the operation that a command is; a device that is gone was wiped."""
        if not reference.startswith(f"{order.external_id}/operations/"):
            return Told(TaskState.ACCEPTED, reference)
        answer = self._polite.send(Call("GET", _path(reference), _RIGHT))
        body = answer.body
        if answer.status == 404 and order.act is MdmAct.WIPE:
            return Told(TaskState.DONE, reference)
        if not answer.is_good or not isinstance(body, dict):
            return self._told(answer, reference=reference)
        if not body.get("done"):
            return Told(TaskState.ACCEPTED, reference)
        return Told(TaskState.FAILED, reference, _FAILED) if _has_failed(body) else Told(TaskState.DONE, reference)


def _acts(is_enrolled: bool, is_lost: bool, ownership: str) -> frozenset[MdmAct]:
    if not is_enrolled:
        return frozenset()
    lost = MdmAct.LOST_MODE_OFF if is_lost else MdmAct.LOST_MODE_ON
    return frozenset({MdmAct.LOCK, MdmAct.WIPE, *([lost] if ownership == "COMPANY_OWNED" else [])})


def _command(order: Order) -> Mapping[str, object]:
    match order.act:
        case MdmAct.LOCK:
            return {"type": "LOCK"}
        case MdmAct.LOST_MODE_ON:
            said = {"lostMessage": order.message, "lostPhoneNumber": order.phone}
            shown = {name: {"defaultMessage": words} for name, words in said.items() if words}
            return {"type": "START_LOST_MODE", "startLostModeParams": shown}
        case MdmAct.LOST_MODE_OFF:
            return {"type": "STOP_LOST_MODE", "stopLostModeParams": {}}
        case _:
            return {"type": "WIPE"}


def _has_failed(operation: Json) -> bool:
    """Say whether a command failed: its own status tells before its error code, this before the operation's error."""
    command = operation.get("metadata")
    told = command if isinstance(command, dict) else {}
    status = told.get("startLostModeStatus") or told.get("stopLostModeStatus")
    if isinstance(status, dict):
        return status.get("status") not in _WELL
    return told.get("errorCode", _NO_ERROR) != _NO_ERROR or bool(operation.get("error"))


def _path(name: str) -> str:
    return quote(name, safe="/")


def _assertion(mdm: str, secret: Secret) -> tuple[str, str]:
    """Return where the token is bought, and the signed claim it is bought with. Source: RFC 7523."""
    import jwt  # late: it loads cryptography, which the window's start does not wait for

    trouble: MdmTrouble = KeyRefused(mdm=mdm)
    try:
        account = json.loads(secret.text)
        target = str(account["token_uri"])
        parted, now = urlsplit(target), int(time.time())
        claims = {"iss": account["client_email"], "scope": _SCOPE, "aud": target, "iat": now, "exp": now + _LIFE_S}
        signed = jwt.encode(claims, account["private_key"], "RS256", {"kid": account.get("private_key_id", "")})
        if parted.scheme == "https" or is_local(parted.hostname or ""):
            return target, signed
        trouble = MdmGarbled(mdm=mdm, reason=N_("its key names a place that is not https"))
    except (ValueError, LookupError, TypeError, AttributeError, jwt.PyJWTError):
        pass  # raised below: such an error quotes the key
    raise trouble
