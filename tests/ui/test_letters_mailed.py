"""Letters mailed from the window: a dry run first, then at the pace of the server; nothing goes twice."""

from collections.abc import Iterator
from dataclasses import replace

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.mail import MailServer as Server
from tablet_loans.domain.mail import MessageRow, MessageState, Security
from tablet_loans.services import lending
from tablet_loans.storage import settings
from tests.builders import World
from tests.mail_server import PASSWORD, USER, LocalMailServer, listening
from tests.services.mailed import SENDER
from tests.ui.at_the_letters import Late, late_loans, open_read, states, ticked
from ui.dialogs.mail_server import MailServer
from ui.dialogs.write_letters import WriteLetters
from ui.jobs import Jobs, Lane


@pytest.fixture
def late(sqlite_world: World) -> Late:
    return late_loans(sqlite_world)


@pytest.fixture
def dialog(qtbot: QtBot, late: Late, jobs: Jobs) -> WriteLetters:
    """Return the dialog, its three loans listed and the first letter read."""
    return open_read(qtbot, jobs, late.session)


@pytest.fixture
def server(late: Late) -> Iterator[LocalMailServer]:
    with listening(LocalMailServer()) as script:
        set_server(late.world, script)
        yield script


def set_server(world: World, script: LocalMailServer, user: str = "") -> None:
    with world.base.atomic():
        settings.keep_mail_server(world.base, Server("127.0.0.1", script.port, user, SENDER, Security.NONE))


def rehearse(qtbot: QtBot, dialog: WriteLetters) -> None:
    with qtbot.waitSignal(dialog.work.rehearsed):
        dialog.foot.send.click()


def confirm(dialog: WriteLetters, per_minute: int = 1_000_000) -> None:
    """Confirm the mails, sent without waiting between them."""
    told = dialog.sending._rehearsed
    assert told is not None
    dialog.sending._rehearsed = replace(told, how=replace(told.how, per_minute=per_minute))
    dialog.sending.go.click()


def test_without_a_mail_server_one_is_asked_for_and_then_it_goes_on(qtbot: QtBot, dialog: WriteLetters) -> None:
    dialog.foot.send.click()
    qtbot.waitUntil(lambda: bool(dialog.findChildren(MailServer)))
    (asked,) = dialog.findChildren(MailServer)
    qtbot.waitUntil(lambda: bool(asked.port.text()))
    with listening(LocalMailServer()) as script:
        asked.host.setText("127.0.0.1")
        asked.security.setCurrentIndex(asked.security.findData(Security.NONE))
        asked.port.setText(str(script.port))
        asked.sender_.setText(SENDER)
        with qtbot.waitSignal(dialog.work.rehearsed):
            asked.keep()
        assert dialog.sending.go.isVisible()
        assert script.taken == []


def test_nothing_leaves_before_the_dry_run_is_confirmed(
    qtbot: QtBot, dialog: WriteLetters, late: Late, server: LocalMailServer
) -> None:
    rehearse(qtbot, dialog)
    told = dialog.sending._rehearsed
    assert told is not None
    assert {each.loan for each in told.run.to_send} == {late.reached, late.homeless}
    assert told.run.without_email == (late.mute,)
    assert any(late.mute in said for said in dialog.sending.lines.words())
    assert server.connections == 0
    assert states(late) == []
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.beside.currentWidget() is dialog.paper


def test_mails_are_sent_and_what_failed_is_told(
    qtbot: QtBot, dialog: WriteLetters, late: Late, server: LocalMailServer
) -> None:
    server.to["kaya@example.org"] = ["550 5.1.1 no such user"]
    rehearse(qtbot, dialog)
    with qtbot.waitSignal(dialog.work.sent, timeout=20_000):
        confirm(dialog)
    assert server.got == ["benali@example.org"]
    assert sorted(states(late), key=str) == sorted(
        [(late.reached, MessageState.SENT), (late.homeless, MessageState.REFUSED)], key=str
    )
    assert any(late.homeless in said for said in dialog.sending.lines.words())
    qtbot.waitUntil(lambda: late.reached not in ticked(dialog))
    assert dialog.beside.currentWidget() is dialog.sending
    dialog.sending.journal.click()
    qtbot.waitUntil(lambda: len(dialog.journal.rows.rows) == 2)
    with qtbot.waitSignal(dialog.journal.rows.modelReset):
        dialog.journal.states[MessageState.REFUSED].click()
    (row,) = dialog.journal.rows.rows
    assert isinstance(row, MessageRow)
    assert (row.loan, row.address) == (late.homeless, "k***@example.org")


def test_other_ticks_ask_for_another_dry_run(qtbot: QtBot, dialog: WriteLetters, server: LocalMailServer) -> None:
    rehearse(qtbot, dialog)
    dialog.list.model.tick([0], is_on=False)
    assert dialog.beside.currentWidget() is dialog.paper
    assert server.taken == []


def test_mails_are_stopped_and_those_sent_are_not_sent_again(
    qtbot: QtBot, dialog: WriteLetters, late: Late, server: LocalMailServer
) -> None:
    rehearse(qtbot, dialog)
    confirm(dialog, per_minute=1)
    qtbot.waitUntil(lambda: len(server.taken) == 1)
    assert dialog.is_writing()
    with qtbot.waitSignal(dialog.work.stopped):
        dialog.work.strip.stop.click()
    assert len(states(late)) == 1
    qtbot.waitUntil(lambda: len(ticked(dialog)) == 2)
    rehearse(qtbot, dialog)
    with qtbot.waitSignal(dialog.work.sent):
        confirm(dialog)
    assert sorted(server.got) == ["benali@example.org", "kaya@example.org"]


def test_the_counter_goes_on_while_mails_leave(
    qtbot: QtBot, dialog: WriteLetters, late: Late, server: LocalMailServer, jobs: Jobs
) -> None:
    rehearse(qtbot, dialog)
    confirm(dialog, per_minute=1)
    qtbot.waitUntil(lambda: len(server.taken) == 1)
    pupil, tag = late.world.pupil("Sow"), late.world.device()
    lent: list[object] = []
    jobs.run(lambda: lending.check_out(late.world.session, code=tag, pupil_id=pupil), done=lent.append)
    receipts: list[object] = []
    jobs.run(lambda: "a receipt", done=receipts.append, lane=Lane.BACKGROUND)
    qtbot.waitUntil(lambda: bool(lent and receipts))
    assert dialog.work.is_sending()


def test_a_window_that_is_closed_comes_back_when_mails_do_not_arrive(
    qtbot: QtBot, dialog: WriteLetters, server: LocalMailServer
) -> None:
    server.to["kaya@example.org"] = ["550 5.1.1 no such user"]
    rehearse(qtbot, dialog)
    dialog.sending.confirmed.connect(lambda _told, _password: dialog.close())
    with qtbot.waitSignal(dialog.work.sent):
        confirm(dialog)
        assert not dialog.isVisible()
    assert dialog.isVisible()
    assert dialog.beside.currentWidget() is dialog.sending


def test_a_server_that_is_away_is_told_and_nothing_is_lost(qtbot: QtBot, dialog: WriteLetters, late: Late) -> None:
    with listening(LocalMailServer()) as script:
        set_server(late.world, script)
    rehearse(qtbot, dialog)
    with qtbot.waitSignal(dialog.work.failed, timeout=20_000):
        confirm(dialog)
    assert dialog.banner.isVisible()
    assert not dialog.work.is_busy()
    assert MessageState.SENT not in {state for _, state in states(late)}


def test_a_password_that_is_not_kept_is_asked_for_and_not_shown(qtbot: QtBot, dialog: WriteLetters, late: Late) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    try:
        with listening(LocalMailServer(needs_login=True)) as script:
            set_server(late.world, script, USER)
            rehearse(qtbot, dialog)
            assert dialog.sending.password.isVisible()
            assert not dialog.sending.go.isEnabled()
            dialog.sending.password.setText(PASSWORD)
            assert PASSWORD not in dialog.sending.password.displayText()
            with qtbot.waitSignal(dialog.work.sent):
                confirm(dialog)
            assert not dialog.sending.password.text()
            assert len(script.got) == 2
    finally:
        keyring.set_keyring(before)


def test_letters_go_along_as_a_pdf_where_that_is_asked(
    qtbot: QtBot, dialog: WriteLetters, server: LocalMailServer
) -> None:
    rehearse(qtbot, dialog)
    with qtbot.waitSignal(dialog.work.rehearsed, timeout=20_000):
        dialog.sending.attach.click()
    with qtbot.waitSignal(dialog.work.sent, timeout=20_000):
        confirm(dialog)
    for each in server.taken:
        assert [part.get_content_type() for part in each.message.iter_attachments()] == ["application/pdf"]
