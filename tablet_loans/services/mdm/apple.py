"""Apple School and Business Manager: which devices are the organisation's and given to an MDM; never enrolment.

Source: Apple School Manager API, v1 (2025).
"""

import time
from collections.abc import Iterator
from typing import Final
from uuid import uuid4

from tablet_loans.domain.enrolment import (
    PROVIDER_WORDS,
    Connected,
    ExternalRecord,
    KeyRefused,
    MdmGarbled,
    Provider,
    Reach,
    Secret,
    bare_serial,
)
from tablet_loans.services.mdm.ahead import Sheet
from tablet_loans.services.mdm.fields import Json, identifier, imeis_of, part, parts, text
from tablet_loans.services.mdm.keys import Bought
from tablet_loans.services.mdm.leaf import Leaf, tested, token_of, whole
from tablet_loans.services.mdm.polite import Call, Manners, Polite
from tablet_loans.services.mdm.wire import OTHER_SHAPE, is_local, origin_of

_TOKENS: Final = "https://account.apple.com/auth/oauth2/token"
_AUDIENCE: Final = "https://account.apple.com/auth/oauth2/v2/token"
_RIGHT: Final = "Device Manager"
_PER_SECOND: Final = 2.0
_LIFE_S: Final = 3600
_FIELDS: Final = "serialNumber,status,updatedDateTime,deviceModel,imei,meid"


def address_of(account: str) -> str:
    """Return where a client ID is good: SCHOOLAPI. and BUSINESSAPI. are two services of one form."""
    return f"https://api-{_kind(account)}.apple.com"


class Apple(Leaf):
    """Devices of an organisation; the account is the client ID, the tenant the key's ID, the secret its PEM."""

    def __init__(self, reach: Reach, secret: Secret, manners: Manners) -> None:
        mdm = PROVIDER_WORDS[Provider.APPLE]
        polite = Polite(mdm, reach, Bought(self._buy, manners.now), manners, _PER_SECOND)
        super().__init__(polite, manners, secret)
        self._reach = reach

    def check(self) -> Connected:
        """Ask for one device, and how many there are. Raises: MdmTrouble."""
        return tested(self._reach.account, lambda: self._sheet("v1/orgDevices?limit=1").total)

    def _buy(self) -> tuple[str, float]:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._reach.account,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self._assertion(),
            "scope": f"{_kind(self._reach.account)}.api",
        }
        is_near = is_local(origin_of(self._polite.base)[1] or "")
        target = f"{self._polite.base}auth/oauth2/token" if is_near else _TOKENS
        answer = self._polite.send(Call("POST", target, form=form, is_open=True))
        return token_of(self._polite.mdm, answer)

    def _assertion(self) -> str:
        """Return the signed claim that a token is bought with. Source: RFC 7523."""
        import jwt  # late: it loads cryptography, which the window's start does not wait for

        client, now = self._reach.account, int(time.time())
        claims = {"iss": client, "sub": client, "aud": _AUDIENCE, "iat": now, "exp": now + _LIFE_S, "jti": str(uuid4())}
        try:
            return jwt.encode(claims, self._secret.text, "ES256", {"kid": self._reach.tenant})
        except (ValueError, TypeError, jwt.PyJWTError):
            pass  # raised below: such an error quotes the key
        raise KeyRefused(mdm=self._polite.mdm)

    def _sheet(self, target: str) -> Sheet:
        body = self._polite.read(target, _RIGHT)
        items, links = body.get("data"), body.get("links")
        link = links.get("next") if isinstance(links, dict) else ""
        if not isinstance(items, list) or not isinstance(link, str | None):
            raise MdmGarbled(mdm=self._polite.mdm, reason=OTHER_SHAPE)
        meta = body.get("meta")
        paging = meta.get("paging") if isinstance(meta, dict) else None
        return Sheet(items, link or "", whole(paging.get("total")) if isinstance(paging, dict) else None)

    def _sheets(self, start: str) -> Iterator[Sheet]:
        place = start or f"v1/orgDevices?limit=1000&fields[orgDevices]={_FIELDS}"
        while place:
            sheet = self._sheet(place)
            yield sheet
            place = sheet.next

    def _read(self, record: Json) -> ExternalRecord:
        told = part(record, "attributes")
        return ExternalRecord(
            external_id=identifier(record, self.id_field),
            serial=bare_serial(text(told, "serialNumber"), "Apple"),
            imeis=imeis_of(*parts(told, "imei")),
            state=text(told, "status"),
            model=text(told, "deviceModel"),
        )


def _kind(account: str) -> str:
    return "business" if account.upper().startswith("BUSINESS") else "school"
