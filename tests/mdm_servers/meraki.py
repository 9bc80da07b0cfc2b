"""Meraki Systems Manager: an API key, lists, pages by the Link header."""

import json
from typing import Final

from tests.mdm_servers.base import ELSEWHERE, KEY, Asked, Given, MdmServer, given
from tests.mdm_servers.traps import Tablet, Trap

NETWORK: Final = "N_24329156"
_LIST: Final = f"/api/v1/networks/{NETWORK}/sm/devices"


class MerakiServer(MdmServer):
    """A network; `commands` are what it was asked, by path."""

    page = 20
    unauthorized = {"errors": ["Invalid API key"]}

    def prepare(self) -> None:
        """Render the pages."""
        self.commands: list[tuple[str, object]] = []
        pages = self.pages_of([_told(tablet) for tablet in self.tablets])
        self._pages = [json.dumps(page).encode() for page in pages]

    def is_listing(self, asked: Asked) -> bool:
        """Say whether it is a page."""
        return asked.path == _LIST

    def is_known(self, asked: Asked) -> bool:
        """Say whether the key is right."""
        return asked.headers.get("authorization") == f"Bearer {KEY}"

    def answered(self, asked: Asked) -> Given:
        """Answer as v1 does."""
        if self.is_listing(asked):
            number = int(asked.one("startingAfter", "0"))
            following, home = number + 1, ELSEWHERE if Trap.ELSEWHERE in self.traps else self.address
            if Trap.LOOP in self.traps:
                following = following % len(self._pages)
            link = {"Link": f'<{home}{_LIST}?perPage=1000&startingAfter={following}>; rel="next"'}
            page = self._pages[0 if Trap.REPEAT in self.traps else number]
            headers = link if following < len(self._pages) else {}
            return Given(200, page, {"Content-Type": "application/json", **headers})
        self.commands.append((asked.path.removeprefix(f"{_LIST}/"), asked.json() if asked.body else None))
        return given({"ids": []})


def _told(tablet: Tablet) -> dict[str, object]:
    return {
        "id": f"meraki{tablet.number:06d}",
        "name": f"iPad {tablet.number}",
        "tags": ["Prêt"],
        "systemModel": "iPad",
        "serialNumber": tablet.serial,
        "isManaged": tablet.is_enrolled,
        "imei": tablet.imei,
        "createdAt": tablet.enrolled_at,
        "lastConnected": tablet.seen_at,
        "isSupervised": True,
        "ownerEmail": tablet.owner,
    }
