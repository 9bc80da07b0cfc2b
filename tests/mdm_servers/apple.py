"""Apple School Manager: a signed claim, JSON:API pages, ownership and no enrolment."""

import json
from functools import cache
from typing import Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.mdm_servers.base import ELSEWHERE, Asked, Given, MdmServer, given
from tests.mdm_servers.traps import Tablet, Trap, serial

CLIENT: Final = "SCHOOLAPI.0f1e"
KEY_ID: Final = "key-id-12"
_LIST: Final = "/v1/orgDevices"
_AUDIENCE: Final = "https://account.apple.com/auth/oauth2/v2/token"


@cache
def pair() -> tuple[str, str]:
    """Return an API key's private part and its public one."""
    private = ec.generate_private_key(ec.SECP256R1())
    own = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return own.decode(), public.decode()


class AppleServer(MdmServer):
    """An organisation."""

    page = 20

    def prepare(self) -> None:
        """Render the pages."""
        pages = self.pages_of([_told(tablet) for tablet in self.tablets])
        self._pages = []
        home = ELSEWHERE if Trap.ELSEWHERE in self.traps else self.address
        for number, page in enumerate(pages):
            following = number + 1 if number + 1 < len(pages) else 0
            is_linked = bool(following) or Trap.LOOP in self.traps
            links = {"next": f"{home}{_LIST}?cursor={following}"} if is_linked else {}
            paging = {
                "limit": self.page,
                "nextCursor": str(following) if following else None,
                "total": len(self.tablets),
            }
            self._pages.append(json.dumps({"data": page, "links": links, "meta": {"paging": paging}}).encode())

    def sold(self, asked: Asked) -> Given | None:
        """Sell a token against a signed claim."""
        if asked.path != "/auth/oauth2/token":
            return None
        form = asked.form()
        try:
            claims = jwt.decode(form["client_assertion"], pair()[1], ["ES256"], audience=_AUDIENCE)
            kid = jwt.get_unverified_header(form["client_assertion"])["kid"]
        except jwt.PyJWTError:
            return given({"error": "invalid_client"}, 400)
        if claims["sub"] != CLIENT or kid != KEY_ID or form["scope"] != "school.api":
            return given({"error": "invalid_client"}, 400)
        return given({"access_token": self.token(), "expires_in": 3600, "token_type": "Bearer"})

    def is_listing(self, asked: Asked) -> bool:
        """Say whether it is a page."""
        return asked.path == _LIST

    def is_known(self, asked: Asked) -> bool:
        """Say whether the token is the last one."""
        return self.is_good(asked)

    def answered(self, asked: Asked) -> Given:
        """Answer as the API does."""
        page = self._pages[0 if Trap.REPEAT in self.traps else int(asked.one("cursor", "0"))]
        return Given(200, page, {"Content-Type": "application/json"})


def _told(tablet: Tablet) -> dict[str, object]:
    attributes = {
        "serialNumber": tablet.serial,
        "status": "ASSIGNED" if tablet.is_enrolled else "UNASSIGNED",
        "addedToOrgDateTime": tablet.enrolled_at,
        "updatedDateTime": tablet.seen_at,
        "deviceModel": "iPad 10",
        "imei": [tablet.imei],
    }
    return {"type": "orgDevices", "id": serial(tablet.number), "attributes": attributes}
