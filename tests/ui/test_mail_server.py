"""The mail server in the window: tried before it is kept, its password never shown, set by an administrator alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tablet_loans.domain.mail import MessageState, NoMailServer, Security
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import mail_connecting, mailing
from tests.builders import World
from tests.mail_server import PASSWORD, USER, LocalMailServer, certified, listening
from tests.services.mailed import SENDER
from tests.services.test_mail_connecting import MemoryKeyring
from ui.dialogs.mail_server import MailServer
from ui.jobs import Jobs
from ui.theme import Tone


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeyring]:
    """Give the computer a keyring, and no variable."""
    monkeypatch.delenv(mail_connecting.PASSWORD_VARIABLE, raising=False)
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def opened(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> Callable[[], MailServer]:
    def open_dialog() -> MailServer:
        dialog = MailServer(sqlite_world.session, jobs)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitUntil(lambda: bool(dialog.port.text()))
        return dialog

    return open_dialog


def write_in(dialog: MailServer, script: LocalMailServer, user: str = USER, password: str = PASSWORD) -> None:
    dialog.host.setText("localhost" if script.tls else "127.0.0.1")
    dialog.security.setCurrentIndex(dialog.security.findData(Security.STARTTLS if script.tls else Security.NONE))
    dialog.port.setText(str(script.port))
    dialog.sender_.setText(SENDER)
    dialog.user.setText(user)
    dialog.password.setText(password)


def said(dialog: MailServer) -> str:
    return dialog.banner._words.text()


def tone(dialog: MailServer) -> object:
    return dialog.banner.property("tone")


def all_shown(dialog: MailServer) -> str:
    return " ".join(field.text() for field in dialog.findChildren(QLineEdit))


def test_a_server_is_tried_and_kept_and_its_password_never_shown(
    qtbot: QtBot, opened: Callable[[], MailServer], sqlite_world: World, ring: MemoryKeyring
) -> None:
    with listening(LocalMailServer(needs_login=True)) as script:
        dialog = opened()
        assert not dialog.go.isEnabled()
        write_in(dialog, script)
        with qtbot.waitSignal(dialog.connected):
            dialog.go.click()
        assert mail_connecting.server(sqlite_world.session).port == script.port
        assert list(ring.kept.values()) == [PASSWORD]
        qtbot.waitUntil(lambda: bool(dialog.password.placeholderText()))
        assert PASSWORD not in all_shown(dialog)
        again = opened()
        qtbot.waitUntil(lambda: again.host.text() == "127.0.0.1")
        assert PASSWORD not in all_shown(again)
        with qtbot.waitSignal(again.connected):  # with the password that is kept
            again.go.click()


def test_a_wrong_password_is_said_and_nothing_is_kept(
    qtbot: QtBot, opened: Callable[[], MailServer], sqlite_world: World
) -> None:
    with listening(LocalMailServer(needs_login=True)) as script:
        dialog = opened()
        write_in(dialog, script, password=PASSWORD[1:])
        dialog.go.click()
        qtbot.waitUntil(dialog.banner.isVisible)
        assert tone(dialog) == Tone.BAD
        assert dialog.go.isEnabled()
    with pytest.raises(NoMailServer):
        mail_connecting.server(sqlite_world.session)


def test_without_a_safe_keyring_the_password_is_asked_for_each_time(
    qtbot: QtBot, opened: Callable[[], MailServer]
) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    with listening(LocalMailServer(needs_login=True)) as script:
        dialog = opened()
        write_in(dialog, script)
        with qtbot.waitSignal(dialog.connected):
            dialog.go.click()
        assert tone(dialog) == Tone.WARN
        qtbot.waitUntil(lambda: dialog._known.server is not None)
        assert not dialog._known.has_password


def test_an_authority_of_ones_own_is_trusted(
    qtbot: QtBot, opened: Callable[[], MailServer], sqlite_world: World, tmp_path: Path
) -> None:
    tls, pem = certified(tmp_path)
    (tmp_path / "authority.pem").write_text(pem)
    with listening(LocalMailServer(tls=tls)) as script:
        dialog = opened()
        write_in(dialog, script, user="")
        dialog.go.click()
        qtbot.waitUntil(dialog.banner.isVisible)
        assert tone(dialog) == Tone.BAD
        dialog.choose_file(tmp_path / "authority.pem")
        with qtbot.waitSignal(dialog.connected):
            dialog.go.click()
    assert mail_connecting.server(sqlite_world.session).authority_pem == pem


@pytest.mark.parametrize("content", [b"no certificate", b"\xff\xfe", None])
def test_a_file_without_a_certificate_is_refused(
    qtbot: QtBot, opened: Callable[[], MailServer], tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "authority.pem"
    if content is not None:
        file.write_bytes(content)
    with listening(LocalMailServer()) as script:
        dialog = opened()
        write_in(dialog, script, user="")
        dialog.choose_file(file)
        dialog.go.click()
        qtbot.waitUntil(dialog.banner.isVisible)
        assert script.connections == 0


def test_a_test_mail_is_sent_and_what_the_server_says_is_read(
    qtbot: QtBot, opened: Callable[[], MailServer], sqlite_world: World
) -> None:
    with listening(LocalMailServer(to={"non@example.org": ["550 no such user"]})) as script:
        dialog = opened()
        write_in(dialog, script, user="")
        with qtbot.waitSignal(dialog.connected):
            dialog.go.click()
        for address, colour, state in (
            ("oui@example.org", Tone.ACCENT, MessageState.SENT),
            ("non@example.org", Tone.WARN, MessageState.REFUSED),
        ):
            dialog.to.setText(address)
            qtbot.waitUntil(dialog.try_.isEnabled)
            dialog.try_.click()
            qtbot.waitUntil(lambda: dialog.banner.isVisible() and not dialog.strip.isVisible())
            assert tone(dialog) == colour
            assert mailing.journal(sqlite_world.session)[0].state == state


def test_a_server_is_forgotten_once_that_was_confirmed(
    qtbot: QtBot, opened: Callable[[], MailServer], sqlite_world: World, ring: MemoryKeyring
) -> None:
    with listening(LocalMailServer(needs_login=True)) as script:
        dialog = opened()
        write_in(dialog, script)
        with qtbot.waitSignal(dialog.connected):
            dialog.go.click()
    qtbot.waitUntil(dialog.forget.isEnabled)
    dialog.forget.click()
    assert mail_connecting.server(sqlite_world.session)
    with qtbot.waitSignal(dialog.forgotten):
        dialog.banner._retry.click()
    assert ring.kept == {}
    with pytest.raises(NoMailServer):
        mail_connecting.server(sqlite_world.session)


def test_a_technician_reads_whom_to_ask_and_changes_nothing(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> None:
    session = replace(sqlite_world.session, actor=Actor("T. Roux", Role.TECHNICIAN))
    dialog = MailServer(session, jobs)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: bool(dialog.port.text()))
    assert dialog.who.isVisible()
    dialog.host.setText("127.0.0.1")
    dialog.sender_.setText(SENDER)
    for widget in (dialog.host, dialog.password, dialog.go, dialog.try_, dialog.forget):
        assert not widget.isEnabled()
