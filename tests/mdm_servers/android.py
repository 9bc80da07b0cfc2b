"""Android Management: a service account's token, pages by token, commands that are operations."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.mdm_servers.base import KEY, Asked, Given, MdmServer, given
from tests.mdm_servers.traps import Tablet, Trap

ENTERPRISE: Final = "LC04abcd12"
MAIL: Final = "loans@project.iam.gserviceaccount.com"
_LIST: Final = f"/v1/enterprises/{ENTERPRISE}/devices"
_GONE: Final = {"error": {"code": 404, "message": "Device not found.", "status": "NOT_FOUND"}}
_DOES: Final[Mapping[str, Mapping[str, bool]]] = {
    "START_LOST_MODE": {"is_lost": True},
    "STOP_LOST_MODE": {"is_lost": False},
    "WIPE": {"is_gone": True},
}


@cache
def pair() -> tuple[str, str]:
    """Return a service account's private key and its public one."""
    private = rsa.generate_private_key(65537, 2048)
    own = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return own.decode(), public.decode()


class AndroidServer(MdmServer):
    """An enterprise; `operations` are its commands, which a test may move on."""

    page = 10
    unauthorized = {"error": {"code": 401, "message": "Request had invalid credentials.", "status": "UNAUTHENTICATED"}}

    def secret(self) -> str:
        """Return the service account's JSON."""
        return json.dumps(
            {
                "type": "service_account",
                "client_email": MAIL,
                "private_key_id": KEY,
                "private_key": pair()[0],
                "token_uri": f"{self.address}/token",
            }
        )

    def begin(self) -> None:
        """Keep its commands."""
        self.operations: dict[str, dict[str, object]] = {}

    def prepare(self) -> None:
        """Render the pages."""
        pages = self.pages_of([_told(tablet) for tablet in self.tablets])
        self._pages = []
        for number, page in enumerate(pages):
            following = f"token-{number + 1}" if number + 1 < len(pages) else ""
            if Trap.LOOP in self.traps and not following:
                following = "token-1"
            link = {"nextPageToken": following} if following else {}
            self._pages.append(json.dumps({**({"devices": page} if page else {}), **link}).encode())

    def sold(self, asked: Asked) -> Given | None:
        """Sell a token against a signed claim."""
        if asked.path != "/token":
            return None
        try:
            claims = jwt.decode(asked.form()["assertion"], pair()[1], ["RS256"], audience=f"{self.address}/token")
        except jwt.PyJWTError:
            return given({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400)
        if claims["iss"] != MAIL or claims["scope"] != "https://www.googleapis.com/auth/androidmanagement":
            return given({"error": "invalid_scope"}, 400)
        return given({"access_token": self.token(), "expires_in": 3599, "token_type": "Bearer"})

    def is_listing(self, asked: Asked) -> bool:
        """Say whether it is a page."""
        return asked.path == _LIST and asked.method == "GET"

    def is_known(self, asked: Asked) -> bool:
        """Say whether the token is the last one."""
        return self.is_good(asked)

    def answered(self, asked: Asked) -> Given:
        """Answer as v1 does."""
        if self.is_listing(asked):
            number = int(asked.one("pageToken", "token-0").removeprefix("token-"))
            page = self._pages[0 if Trap.REPEAT in self.traps else number]
            return Given(200, page, {"Content-Type": "application/json; charset=UTF-8"})
        if asked.method == "GET" and "/operations/" in asked.path:
            operation = self.operations.get(asked.path.removeprefix("/v1/"))
            return given(operation) if operation else given(_GONE, 404)
        device, _, act = asked.path.removeprefix("/v1/").partition(":")
        tablet = self.tablet(device)
        if act != "issueCommand" or "/devices/amapi" not in device or tablet is None:
            return given(_GONE, 404)
        name = f"{device}/operations/{len(self.operations) + 1}"
        command = asked.json()
        assert isinstance(command, dict)
        self.operations[name] = {"name": name, "metadata": command}
        self.later(tablet.number, **_DOES.get(command["type"], {}))
        return given(self.operations[name])

    def report(self) -> None:
        """Let the tablets report: each command that waited was carried out."""
        super().report()
        for operation in self.operations.values():
            operation.setdefault("response", {})
            operation["done"] = True


def _told(tablet: Tablet) -> dict[str, object]:
    return {
        "name": f"enterprises/{ENTERPRISE}/devices/amapi{tablet.number:06d}",
        "managementMode": "DEVICE_OWNER",
        "ownership": "COMPANY_OWNED",
        "state": "ACTIVE",
        "appliedState": "LOST" if tablet.is_lost else "ACTIVE" if tablet.is_enrolled else "PROVISIONING",
        "enrollmentTime": tablet.enrolled_at,
        "lastStatusReportTime": tablet.enrolled_at,
        "lastPolicySyncTime": tablet.seen_at,
        "enrollmentTokenData": tablet.tag,
        "appliedPolicyName": f"enterprises/{ENTERPRISE}/policies/pret",
        "hardwareInfo": {
            "serialNumber": tablet.serial,
            "manufacturer": "samsung",
            "model": "SM-X210",
            "brand": "samsung",
        },
        "networkInfo": {"imei": tablet.imei},
    }
