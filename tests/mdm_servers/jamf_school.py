"""Jamf School: Basic, all devices at once, 405 for a missing right."""

import json
from base64 import b64encode
from typing import Final

from tests.mdm_servers.base import KEY, Asked, Given, MdmServer, given
from tests.mdm_servers.traps import Tablet, Trap

NETWORK: Final = "10482"


class JamfSchoolServer(MdmServer):
    """A school's network."""

    forbidden = 405
    unauthorized = {"code": 401, "message": "InvalidCredentials"}

    def begin(self) -> None:
        """Keep what it was asked to write."""
        self.owners: dict[str, object] = {}
        self.details: dict[str, object] = {}

    def prepare(self) -> None:
        """Render the one answer."""
        told = self.pages_of([_told(tablet, Trap.MESSY in self.traps) for tablet in self.tablets], 10**9)[0]
        self._all = json.dumps({"code": 200, "count": len(told), "devices": told}).encode()

    def is_listing(self, asked: Asked) -> bool:
        """Say whether it is the list."""
        return asked.path == "/api/devices"

    def is_known(self, asked: Asked) -> bool:
        """Say whether the network and its key are right."""
        basic = b64encode(f"{NETWORK}:{KEY}".encode()).decode()
        is_third = asked.headers.get("x-server-protocol-version") == "3"
        return is_third and asked.headers.get("authorization") == f"Basic {basic}"

    def answered(self, asked: Asked) -> Given:
        """Answer as protocol version 3 does."""
        if Trap.ELSEWHERE in self.traps and self.is_listing(asked):
            return Given(302, b"", {"Location": "http://localhost:9/api/devices"})
        if self.is_listing(asked):
            found = b'{"code": 200, "count": 0, "devices": []}' if asked.one("serialnumber") else self._all
            return Given(200, found, {"Content-Type": "application/json"})
        _, _api, _devices, udid, act = asked.path.split("/")
        tablet = self.tablet(udid)
        if tablet is None or not udid.startswith("udid-"):
            return given({"code": 404, "message": "DeviceNotFound"}, 404)
        match asked.method, act:
            case "POST", "wipe":
                self.later(tablet.number, is_enrolled=False)  # until it is set up again
                return given({"message": "DeviceWipeScheduled", "device": udid})
            case "POST", "unenroll":
                self.later(tablet.number, is_enrolled=False)
                return given({"message": "DeviceUnenrollScheduled", "device": udid})
            case "POST", "details":
                self.details[udid] = written = asked.json()
                assert isinstance(written, dict)
                self.change(tablet.number, tag=written.get("assetTag", tablet.tag))
                return given({"message": "DeviceDetailsSaved", "device": udid})
            case "PUT", "owner":
                self.owners[udid] = asked.json()
                self.change(tablet.number, owner="" if asked.json() == {"user": 0} else tablet.owner)
                return given({"message": "DeviceOwnerSet", "device": udid})
        return Given(404, b"Not Found", {"Content-Type": "text/plain"})


def _told(tablet: Tablet, is_messy: bool) -> dict[str, object]:
    name = tablet.name + ("\n" if is_messy else "")
    return {
        "UDID": f"udid-{tablet.number:06d}",
        "locationId": 1,
        "serialNumber": tablet.serial,
        "name": name,
        "isManaged": True,
        "isSupervised": True,
        "class": "ipad",
        "assetTag": tablet.tag,
        "os": {"prefix": "iPadOS", "version": "26.1"},
        "model": {"name": "iPad (10e génération)", "identifier": "iPad13,18", "type": "iPad"},
        "owner": {"id": 40 + tablet.number if tablet.owner else 0, "locationId": 1, "name": tablet.owner, "vpp": []},
        "groups": ["Prêt", "Lycées"],
        "enrollType": "dep" if tablet.is_enrolled else "depPending",
        "batteryLevel": 0.8,
        "totalCapacity": 64.0,
        "availableCapacity": 21.5,
        "iCloudBackupEnabled": False,
        "iCloudBackupLatest": "",
        "iTunesStoreLoggedIn": False,
        "modified": "2026-11-02 10:30:00",
        "lastCheckin": tablet.seen_at.replace("T", " ").removesuffix("Z"),
        "depProfile": "Prêt",
        "notes": "",
        "region": {"string": "France"},
        "networkInformation": {
            "IPAddress": "10.0.0.1",
            "isNetworkTethered": "false",
            "BluetoothMAC": "aa:bb:cc:00:00:01",
            "WiFiMAC": "aa:bb:cc:00:00:02",
            "VoiceRoamingEnabled": "false",
            "DataRoamingEnabled": "false",
            "PersonalHotspotEnabled": "false",
            "ServiceSubscription": [{"IMEI": " ".join((tablet.imei[:2], tablet.imei[2:])), "ICCID": "", "Slot": "1"}],
        },
    }
