"""An MDM room over a real base and a server on this computer, with a keyring in memory."""

from collections.abc import Iterator
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from tablet_loans.domain.enrolment import Provider
from tablet_loans.services import connecting_mdm, lending
from tests.builders import World
from tests.mdm_servers.base import Asked, MdmServer
from tests.mdm_servers.jamf_school import JamfSchoolServer
from tests.mdm_servers.street import Street
from tests.mdm_servers.traps import serial
from ui.widgets.banner import Banner

MDM = "School"


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets when the test ends."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


class Rekeyed(JamfSchoolServer):
    """A Jamf School where somebody made a new key, once it is so."""

    is_rekeyed = False

    def is_known(self, asked: Asked) -> bool:
        return super().is_known(asked) and not self.is_rekeyed


@contextmanager
def with_keyring(made: KeyringBackend) -> Iterator[None]:
    """Give the computer this keyring meanwhile."""
    before = keyring.get_keyring()
    keyring.set_keyring(made)
    yield
    keyring.set_keyring(before)


def connected(world: World, server: MdmServer, provider: Provider = Provider.JAMF_PRO, *, is_read: bool = True) -> None:
    """Connect the MDM of this server, and read it."""
    street = Street(provider, server)
    secret = street.secret().text
    connecting_mdm.connect(world.session, provider, street.reach(), name=MDM, ask=lambda _name: secret)
    if is_read:
        connecting_mdm.sync_named(world.session, MDM)


def fleet(world: World) -> list[str]:
    """Return three tablets that a server tells of: one lent to another than it says, one ready with an owner, one lost.

    Of a server's tablets those of odd numbers have an owner, and the tenth is not enrolled.
    """
    tags = [str(world.device(serial=serial(number))) for number in (1, 3)]
    tags.append(str(world.device(serial=serial(4), state="lost")))
    lending.check_out(world.session, code=tags[0], pupil_id=world.pupil())
    return tags


def said(banner: Banner) -> str:
    """Return what a banner that is seen says."""
    return banner._words.text() if banner.isVisible() else ""
