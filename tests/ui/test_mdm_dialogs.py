"""The dialogs of the MDM room: a connection is tested before it is kept, a wipe needs its word and its person."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.enrolment import MdmAct, Provider, TaskState
from tablet_loans.domain.mdm_rule import Caution
from tablet_loans.services import commanding, connecting_mdm, minding_mdm
from tablet_loans.services.commanding import Words
from tablet_loans.services.minding_mdm import Errand
from tests.builders import World
from tests.mdm_servers.base import KEY
from tests.mdm_servers.jamf_school import NETWORK, JamfSchoolServer
from tests.mdm_servers.traps import Trap, serial
from tests.ui.at_the_mdm import MDM, MemoryKeyring, connected, fleet, with_keyring
from ui.dialogs.mdm_act import MdmActDialog
from ui.dialogs.mdm_connect import MdmConnect
from ui.dialogs.mdm_rules import MdmRulesDialog
from ui.jobs import Jobs
from ui.widgets.mdm_ways import WAYS


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeyring]:
    monkeypatch.delenv(connecting_mdm.KEY_VARIABLE, raising=False)
    made = MemoryKeyring()
    with with_keyring(made):
        yield made


@pytest.fixture
def server() -> Iterator[JamfSchoolServer]:
    with JamfSchoolServer(12) as made:
        yield made


def opened(qtbot: QtBot, world: World, jobs: Jobs, address: str, key: str = KEY) -> MdmConnect:
    """Return the dialog, filled in."""
    made = MdmConnect(world.session, jobs)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(made)
    made.show()
    made.choice.setCurrentIndex(made.choice.findData(Provider.JAMF_SCHOOL.value))
    assert not made.go.isEnabled()
    for field, text in ((made.name, MDM), (made.address, address), (made.account, NETWORK), (made.key, key)):
        field.setText(text)
    assert made.go.isEnabled()
    return made


def said(made: MdmConnect) -> str:
    return made.banner._words.text()


def test_every_provider_asks_for_what_it_needs(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> None:
    made = MdmConnect(sqlite_world.session, jobs)
    qtbot.addWidget(made)
    made.show()
    assert set(WAYS) == set(Provider)
    for provider in Provider:
        made.choice.setCurrentIndex(made.choice.findData(provider.value))
        way = WAYS[provider]
        shown = tuple(field.isVisibleTo(made) for field in (made.address, made.account, made.tenant, made.key))
        assert shown == tuple(asked is not None for asked in (way.address, way.account, way.tenant, way.key))
        assert made.proxy.isVisibleTo(made) == (provider is not Provider.FILE)


def test_a_connection_is_tested_then_kept_its_key_in_the_keyring_alone(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs, server: JamfSchoolServer, kept: MemoryKeyring
) -> None:
    made = opened(qtbot, sqlite_world, jobs, f"{server.address}/api")
    made.go.click()
    qtbot.waitUntil(lambda: bool(made._name))
    assert made.key.text() == ""
    assert list(kept.kept.values()) == [KEY]
    (account,) = connecting_mdm.accounts(sqlite_world.session)
    assert (account.name, account.reach.account) == (MDM, NETWORK)
    with qtbot.waitSignal(made.connected) as heard:
        made.go.click()
    assert heard.args == [MDM]


def test_a_key_that_is_refused_is_said_and_nothing_is_kept(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs, server: JamfSchoolServer, kept: MemoryKeyring
) -> None:
    made = opened(qtbot, sqlite_world, jobs, f"{server.address}/api", "another")
    made.go.click()
    qtbot.waitUntil(lambda: "does not accept the key" in said(made))
    assert "tablet-loans" not in said(made)
    assert connecting_mdm.accounts(sqlite_world.session) == []
    assert kept.kept == {}
    assert made.go.isEnabled()


def test_a_missing_right_is_named(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> None:
    with JamfSchoolServer(12, [Trap.FORBIDDEN]) as server:
        made = opened(qtbot, sqlite_world, jobs, f"{server.address}/api")
        made.go.click()
        qtbot.waitUntil(lambda: "Devices: Read" in said(made))


def test_where_there_is_no_keyring_it_is_said(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs, server: JamfSchoolServer
) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    made = opened(qtbot, sqlite_world, jobs, f"{server.address}/api")
    made.go.click()
    qtbot.waitUntil(lambda: bool(made._name))
    assert "asked each time" in said(made)


def test_a_key_of_many_lines_comes_from_its_file_and_is_not_shown(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs, tmp_path: Path
) -> None:
    made = MdmConnect(sqlite_world.session, jobs)
    qtbot.addWidget(made)
    made.choice.setCurrentIndex(made.choice.findData(Provider.APPLE.value))
    (tmp_path / "key.pem").write_text("-----BEGIN KEY-----\nabc\n", "utf-8")
    made.take_key_file(tmp_path / "key.pem")
    assert made._key_text.startswith("-----BEGIN")
    assert "BEGIN" not in made.key.text()
    (tmp_path / "no.pem").write_bytes(b"\xff\xfe\x00")
    made.take_key_file(tmp_path / "no.pem")
    assert made.banner.isVisibleTo(made)


def test_an_mdm_connected_anew_shows_how_it_is_reached_and_never_its_key(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs, server: JamfSchoolServer
) -> None:
    connected(sqlite_world, server, Provider.JAMF_SCHOOL)
    known = minding_mdm.board(sqlite_world.session).mdms[0]
    made = MdmConnect(sqlite_world.session, jobs, known)
    qtbot.addWidget(made)
    assert (made.name.text(), made.account.text(), made.key.text()) == (MDM, NETWORK, "")
    assert not made.choice.isEnabled()


def test_a_wipe_of_a_lent_tablet_needs_another_person_and_a_typed_word(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs, server: JamfSchoolServer
) -> None:
    tag = fleet(sqlite_world)[0]
    connected(sqlite_world, server, Provider.JAMF_SCHOOL)
    made = MdmActDialog(sqlite_world.session, jobs, [Errand(MDM, MdmAct.WIPE, (tag,))])
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.model.rowCount() == 1)
    assert made.second.isVisible()
    assert made.focusWidget() is made.second
    QTest.keyClicks(made.word, "wipe")
    assert not made.go.isEnabled()
    QTest.keyClicks(made.second, sqlite_world.session.actor.name)
    qtbot.wait(400)
    assert not made.go.isEnabled()
    made.second.clear()
    QTest.keyClicks(made.second, "D. Roy")
    qtbot.waitUntil(made.go.isEnabled)
    made.word.setText("wip")
    assert not made.go.isEnabled()
    made.word.setText("wipe")
    with qtbot.waitSignal(made.asked) as heard:
        made.go.click()
    assert heard.args is not None
    errands, second, words = heard.args
    answers = minding_mdm.ask_all(sqlite_world.session, errands, {}, second=second, words=words)
    assert [(task.second_by, task.state) for task in answers.tasks] == [("D. Roy", TaskState.ACCEPTED)]


def test_many_are_never_wiped_at_once(qtbot: QtBot, sqlite_world: World, jobs: Jobs, server: JamfSchoolServer) -> None:
    tags = tuple(fleet(sqlite_world)[1:])
    connected(sqlite_world, server, Provider.JAMF_SCHOOL)
    made = MdmActDialog(sqlite_world.session, jobs, [Errand(MDM, MdmAct.WIPE, tags)])
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: made.model.rowCount() == len(tags))
    QTest.keyClicks(made.word, "wipe")
    assert not made.go.isEnabled()


def test_an_mdm_that_is_away_does_not_keep_the_others_from_being_asked(
    sqlite_world: World, server: JamfSchoolServer
) -> None:
    _, returned, _ = fleet(sqlite_world)
    connected(sqlite_world, server, Provider.JAMF_SCHOOL)
    errands = [Errand("Gone", MdmAct.LOCK, (returned,)), Errand(MDM, MdmAct.REMOVE_OWNER, (returned,))]
    answers = minding_mdm.ask_all(sqlite_world.session, errands, {}, words=Words())
    assert [errand.mdm for errand, _ in answers.troubles] == ["Gone"]
    assert [task.state for task in commanding.tasks(sqlite_world.session)] == [TaskState.DONE]
    assert list(server.owners) == ["udid-000003"]


def ruling(qtbot: QtBot, world: World, jobs: Jobs) -> MdmRulesDialog:
    """Return the dialog of the settings, once it has read them."""
    made = MdmRulesDialog(world.session, jobs)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)  # the test closes it, and once
    qtbot.addWidget(made)
    made.show()
    assert not made.go.isEnabled()
    qtbot.waitUntil(made.go.isEnabled)
    return made


def test_the_settings_are_kept(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> None:
    made = ruling(qtbot, sqlite_world, jobs)
    made.days.setText("0")
    assert not made.go.isEnabled()
    made.days.setText("30")
    made.at_counter.setCurrentIndex(made.at_counter.findData(Caution.REFUSE.value))
    with qtbot.waitSignal(made.accepted):
        made.go.click()
    now = minding_mdm.rules(sqlite_world.session).settings
    assert now == replace(sqlite_world.session.settings, mdm_stale_days=30, mdm_at_counter=Caution.REFUSE)


def test_a_campaign_has_its_group_which_those_told_complete(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs, server: JamfSchoolServer
) -> None:
    fleet(sqlite_world)
    connected(sqlite_world, server, Provider.JAMF_SCHOOL)
    made = ruling(qtbot, sqlite_world, jobs)
    (name,) = made.groups
    assert made.body.verticalScrollBar().maximum() == 0
    completions = made.groups[name].completer().completionModel()
    told = {completions.data(completions.index(at, 0)) for at in range(completions.rowCount())}
    assert told == {"Lycées", "Prêt"}
    made.groups[name].setText("Prêt")
    with qtbot.waitSignal(made.accepted):
        made.go.click()
    assert minding_mdm.rules(sqlite_world.session).settings.mdm_groups == {name: "Prêt"}
    again = ruling(qtbot, sqlite_world, jobs)
    assert again.groups[name].text() == "Prêt"
    again.groups[name].clear()
    with qtbot.waitSignal(again.accepted):
        again.go.click()
    assert minding_mdm.rules(sqlite_world.session).settings.mdm_groups == {}


def test_the_columns_of_a_file_are_named_by_hand_and_kept_when_it_is_connected_anew(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs, tmp_path: Path
) -> None:
    (tmp_path / "fleet.csv").write_text("Matos;Chez\nDMPX000001J7;Anne\n", "utf-8")
    made = MdmConnect(sqlite_world.session, jobs)
    qtbot.addWidget(made)
    made.show()
    made.choice.setCurrentIndex(made.choice.findData(Provider.FILE.value))
    assert not made.columns.isEnabled()
    made.address.setText(str(tmp_path / "fleet.csv"))
    made.go.click()
    qtbot.waitUntil(lambda: made._naming.dialog is not None, timeout=20_000)
    asked = made._naming.dialog
    assert asked is not None
    asked.choices["Matos"].setCurrentIndex(asked.choices["Matos"].findData("serial"))
    asked.choices["Chez"].setCurrentIndex(asked.choices["Chez"].findData("owner"))
    asked.go.click()
    assert made.named.text() == "Matos, Chez"
    assert not made.banner.isVisible()
    made.go.click()
    qtbot.waitUntil(lambda: bool(made._name))
    known = minding_mdm.board(sqlite_world.session).mdms[0]
    assert known.columns == {"Matos": "serial", "Chez": "owner"}
    again = MdmConnect(sqlite_world.session, jobs, known)
    qtbot.addWidget(again)
    again.go.click()
    qtbot.waitUntil(lambda: bool(again._name))
    assert minding_mdm.board(sqlite_world.session).mdms[0].columns == known.columns
    again.address.setText(str(tmp_path / "other.csv"))
    assert again.named.text() == ""


def test_differences_go_into_a_file_as_they_are_listed(
    sqlite_world: World, server: JamfSchoolServer, tmp_path: Path
) -> None:
    fleet(sqlite_world)
    connected(sqlite_world, server, Provider.JAMF_SCHOOL)
    rows = minding_mdm.board(sqlite_world.session).rows
    done = minding_mdm.export(sqlite_world.session, rows, tmp_path / "list.csv")
    assert done.rows == len(rows)
    assert serial(7) in (tmp_path / "list.csv").read_text("utf-8-sig")
