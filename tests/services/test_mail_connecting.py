"""The mail server: set once it was tried, its password in the keyring alone, each failure in words."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from tablet_loans.domain.errors import NotPermitted, Refusal
from tablet_loans.domain.mail import BadMailServer, MailServer, NoMailServer, NotAnAddress, PlainLine, Security
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.trouble import (
    MailLoginRefused,
    MailNotEncrypted,
    MailNotTrusted,
    MailServerAway,
    MailServerBusy,
    MailTrouble,
)
from tablet_loans.services import mail_connecting, mailing, smtp
from tablet_loans.storage import settings
from tests.builders import World
from tests.mail_server import DROP, HANG, PASSWORD, USER, LocalMailServer, certified, listening
from tests.services.mailed import SENDER


class MemoryKeyring(KeyringBackend):
    """A keyring that lives as long as a test."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.kept.pop((service, username), None)


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeyring]:
    """Give the computer a keyring, and no variable."""
    monkeypatch.delenv(mail_connecting.PASSWORD_VARIABLE, raising=False)
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def asked(script: LocalMailServer, **changes: object) -> MailServer:
    """Return a server as somebody asks for it."""
    return replace(MailServer("127.0.0.1", script.port, USER, SENDER, Security.NONE), **changes)  # type: ignore[arg-type]


def typed(password: str = PASSWORD) -> Callable[[], str]:
    return lambda: password


def never() -> str:
    raise AssertionError("the password is asked for, though it is kept")


def test_a_server_is_kept_with_its_password_in_the_keyring_alone(world: World, ring: MemoryKeyring) -> None:
    with listening(LocalMailServer(needs_login=True)) as script:
        done = mail_connecting.connect(world.session, asked(script), typed())
        assert done.is_password_kept
        assert mail_connecting.server(world.session) == asked(script)
        assert list(ring.kept.values()) == [PASSWORD]
        rows = world.base.execute("SELECT name, value FROM setting").fetchall()
        facts = world.base.execute("SELECT facts FROM ledger_facts").fetchall()
        assert PASSWORD not in str([*rows, *facts])
        told = mail_connecting.test(world.session, "essai@metropole.example", never)
        assert (told.state, script.got) == ("sent", ["essai@metropole.example"])
        (row,) = mailing.journal(world.session)
        assert (row.kind, row.loan, row.address, row.state) == ("test", None, "e***@metropole.example", "sent")
        mail_connecting.forget(world.session)
    assert ring.kept == {}
    with pytest.raises(NoMailServer):
        mail_connecting.test(world.session, "essai@metropole.example", never)


def test_without_a_keyring_the_password_is_asked_for_each_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    with listening(LocalMailServer(needs_login=True)) as script:
        assert not mail_connecting.connect(world.session, asked(script), typed()).is_password_kept
        assert mail_connecting.test(world.session, "a@b.example", typed()).state == "sent"
        with pytest.raises(MailLoginRefused):
            mail_connecting.test(world.session, "a@b.example", typed("autre"))
        monkeypatch.setenv(mail_connecting.PASSWORD_VARIABLE, PASSWORD)
        assert mail_connecting.test(world.session, "a@b.example", never).state == "sent"
    assert PASSWORD not in str(world.base.execute("SELECT value FROM setting").fetchall())


def test_the_password_of_one_server_is_never_told_to_another(world: World, ring: MemoryKeyring) -> None:
    with listening(LocalMailServer()) as one, listening(LocalMailServer()) as other:
        mail_connecting.connect(world.session, asked(one), typed())
        with world.base.atomic():
            settings.keep_mail_server(world.base, asked(other))
        with pytest.raises(MailLoginRefused):
            mail_connecting.test(world.session, "a@b.example", typed("autre"))
        mail_connecting.connect(world.session, asked(one), typed())
        assert len(ring.kept) == 1


def test_a_wrong_password_changes_nothing(world: World, ring: MemoryKeyring) -> None:
    with listening(LocalMailServer()) as script, pytest.raises(MailLoginRefused) as refused:
        mail_connecting.connect(world.session, asked(script), typed("faux"))
    assert "faux" not in str(refused.value.facts) + str(refused.value)
    assert (ring.kept, settings.mail_server(world.base)) == ({}, None)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
def test_an_encrypted_line_trusts_the_authority_that_was_given_and_no_other(
    world: World, tmp_path: Path, security: Security
) -> None:
    tls, pem = certified(tmp_path)
    (tmp_path / "other").mkdir()
    _, other = certified(tmp_path / "other")
    offered = LocalMailServer(tls=tls, is_ssl=security is Security.SSL, needs_login=True)
    with listening(offered) as script:
        for trusted in ("", other):
            with pytest.raises(MailNotTrusted):
                mail_connecting.connect(world.session, asked(script, security=security, authority_pem=trusted), typed())
        wanted = asked(script, security=security, authority_pem=pem)
        mail_connecting.connect(world.session, wanted, typed())
        assert mail_connecting.test(world.session, "a@b.example", never).state == "sent"


def test_a_password_never_goes_over_a_line_that_should_be_encrypted(world: World) -> None:
    with listening(LocalMailServer()) as script:
        for security in (Security.STARTTLS, Security.SSL):
            with pytest.raises((MailNotEncrypted, MailServerAway)):
                mail_connecting.connect(world.session, asked(script, security=security), typed())
        assert script.taken == []
    assert settings.mail_server(world.base) is None


@pytest.mark.parametrize(
    ("greeting", "trouble"),
    [(DROP, MailServerAway), (HANG, MailServerAway), ("421 busy", MailServerBusy), ("554 no", MailServerAway)],
)
def test_what_is_wrong_with_a_server_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch, greeting: str, trouble: type[MailTrouble]
) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT_S", 0.3)
    with listening(LocalMailServer(greetings=[greeting])) as script, pytest.raises(trouble):
        mail_connecting.connect(world.session, asked(script), typed())


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"host": "mail.example"}, PlainLine),
        ({"sender": "personne"}, NotAnAddress),
        ({"authority_pem": "-----BEGIN CERTIFICATE-----\nnon\n-----END CERTIFICATE-----\n"}, BadMailServer),
        ({"authority_pem": "é"}, BadMailServer),
        ({"authority_pem": "\n"}, BadMailServer),
    ],
)
def test_what_is_no_server_is_refused_before_it_is_tried(
    world: World, changes: dict[str, object], refusal: type[Refusal]
) -> None:
    with listening(LocalMailServer()) as script:
        with pytest.raises(refusal):
            mail_connecting.connect(world.session, asked(script, **changes), never)
        assert script.connections == 0


def test_only_an_administrator_sets_the_server(world: World) -> None:
    technician = replace(world.session, actor=Actor("T", Role.TECHNICIAN))
    for act in (
        lambda: mail_connecting.connect(technician, MailServer("h", 25, "", SENDER), never),
        lambda: mail_connecting.forget(technician),
        lambda: mail_connecting.test(technician, "a@b.example", never),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_a_test_that_is_refused_or_put_off_is_told(world: World) -> None:
    with listening(LocalMailServer(to={"a@b.example": ["550 <a@b.example> no", "451 later"]})) as script:
        mail_connecting.connect(world.session, asked(script, user=""), never)
        told = [mail_connecting.test(world.session, "a@b.example", never) for _ in range(2)]
    assert [(each.state, each.reason) for each in told] == [
        ("refused", "550 <a***@b.example> no"), ("failed", "451 later"),
    ]  # fmt: skip
