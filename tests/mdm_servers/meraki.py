"""Meraki Systems Manager: an API key, lists, pages by the Link header."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tests.mdm_servers.base import ELSEWHERE, KEY, Asked, Given, MdmServer, given
from tests.mdm_servers.traps import Tablet, Trap

NETWORK: Final = "N_24329156"
_LIST: Final = f"/api/v1/networks/{NETWORK}/sm/devices"


class MerakiServer(MdmServer):
    """A network; `commands` are what it was asked, by path."""

    page = 20
    unauthorized = {"errors": ["Invalid API key"]}

    def begin(self) -> None:
        """Keep what it was asked."""
        self.commands: list[tuple[str, object]] = []

    def prepare(self) -> None:
        """Render the pages."""
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
            places = {"first": 0, "next": following}
            links = [f"<{home}{_LIST}?perPage=1000&startingAfter={at}>; rel={name}" for name, at in places.items()]
            link = {"Link": ", ".join(links)}
            page = self._pages[0 if Trap.REPEAT in self.traps else number]
            headers = link if following < len(self._pages) else {}
            return Given(200, page, {"Content-Type": "application/json", **headers})
        return self._commanded(asked)

    def _named(self, tablet: Tablet | None, fields: Mapping[str, str]) -> Given:
        if tablet is None:
            return given({"errors": ["Device not found"]}, 404)
        self.change(tablet.number, **fields)
        return given([{"id": tablet.number, **fields}])

    def _commanded(self, asked: Asked) -> Given:
        target, said = asked.path.removeprefix(f"{_LIST}/"), asked.json() if asked.body else None
        self.commands.append((target, said))
        if target == "lock":
            assert isinstance(said, dict)
            return given({"ids": [name for name in said["ids"] if self.tablet(name)]})
        name = said["id"] if isinstance(said, dict) else target.partition("/")[0]
        tablet = self.tablet(name)
        if target == "fields":
            assert isinstance(said, dict)
            return self._named(tablet, said["deviceFields"])
        if tablet is not None:  # wiped or unenrolled
            self.later(tablet.number, is_enrolled=False)
        return given({"id": name} if target == "wipe" else {"success": tablet is not None})


def _told(tablet: Tablet) -> dict[str, object]:
    return {
        "id": f"meraki{tablet.number:06d}",
        "name": tablet.name,
        "tags": ["Prêt"],
        "systemModel": "iPad",
        "serialNumber": tablet.serial,
        "isManaged": tablet.is_enrolled,
        "imei": tablet.imei,
        "createdAt": int(datetime.fromisoformat(tablet.enrolled_at).timestamp()),
        "lastConnected": tablet.seen_at,
        "isSupervised": True,
        "ownerEmail": tablet.owner,
    }
