"""The campaigns: prepared, opened, looked at for what prevents lending, closed with what is out, launched again."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QSettings, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.campaign import CampaignStatus, Wording
from tablet_loans.domain.concern import Concern
from tablet_loans.domain.errors import CampaignNameTaken
from tablet_loans.domain.need import Answer, Equipment, Source, Told
from tablet_loans.services import allocating, asking, campaigning, closing, lending
from tests.builders import CAMPAIGN, DUE, World
from ui.dialogs.close_campaign import CloseCampaign
from ui.dialogs.new_campaign import NewCampaign
from ui.dialogs.relaunch import Relaunch, proposed_days, proposed_name
from ui.jobs import Jobs
from ui.screens.campaigns import Campaigns

Opened = Callable[..., Campaigns]
TODAY = date(2026, 4, 6)


@pytest.fixture
def opened(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> Opened:
    """Return the way to open the screen once the base is filled."""

    def open_screen(memory: QSettings | None = None) -> Campaigns:
        screen = Campaigns(sqlite_world.session, jobs)
        screen.memory = memory
        qtbot.addWidget(screen)
        screen.resize(1072, 720)
        screen.show()
        screen.activateWindow()
        qtbot.waitUntil(lambda: bool(screen.head.primary.text()))
        return screen

    return open_screen


@pytest.fixture
def lent(sqlite_world: World) -> World:
    """Return a world in which two families answered and one tablet is lent."""
    world = sqlite_world
    told = Told(TODAY, "Mme Faure", Source.GRID)
    answers = [(world.pupil(name), Answer(Equipment.NONE)) for name in ("Abdelmalek", "Kaya")]
    asking.set_answers(world.session, campaign=CAMPAIGN, answers=answers, told=told)
    lending.check_out(world.session, code=world.device(), pupil_id=answers[0][0])
    return world


def choose(qtbot: QtBot, screen: Campaigns, name: str) -> None:
    screen.table.choose(screen.model.place_of(name))
    qtbot.waitUntil(lambda: screen.chosen() == name and bool(screen.panel.readiness._found))


def status_of(world: World, name: str = CAMPAIGN) -> str:
    return campaigning.shown(world.session, name).status


def dialog_of(qtbot: QtBot, screen: Campaigns, kind: type[NewCampaign | Relaunch | CloseCampaign]) -> object:
    qtbot.waitUntil(lambda: bool(screen.findChildren(kind)))
    return screen.findChildren(kind)[-1]


def test_the_running_campaign_stands_first_and_tells_its_figures(qtbot: QtBot, lent: World, opened: Opened) -> None:
    campaigning.create(lent.session, name="Rentree", due_on=DUE, is_draft=True)
    screen = opened()
    qtbot.waitUntil(lambda: len(screen.model.rows) == 2)
    assert [getattr(row, "name", "") for row in screen.model.rows] == [CAMPAIGN, "Rentree"]
    assert screen.chosen() == CAMPAIGN
    assert "2 answers" in str(screen.model.index(0, 0).data())
    qtbot.waitUntil(screen.panel.out.isVisible)
    assert screen.panel.out._title.text() == "1 tablet still out"
    qtbot.waitUntil(lambda: "Campaign created" in screen.panel.history.words())
    assert screen.head.count.text() == "2 campaigns"


def test_without_a_campaign_the_next_step_is_to_create_one(qtbot: QtBot, sqlite_world: World, opened: Opened) -> None:
    with sqlite_world.base.atomic():
        sqlite_world.base.execute("DELETE FROM campaign")
    screen = opened()
    qtbot.waitUntil(screen._empty.act.isVisible)
    assert not screen.beside._panel.isVisible()
    assert not screen.head.acts.isEnabled()
    screen._empty.act.click()
    assert isinstance(dialog_of(qtbot, screen, NewCampaign), NewCampaign)


def test_a_campaign_is_created_as_a_draft_then_opened_and_the_opening_undone(
    qtbot: QtBot, sqlite_world: World, opened: Opened
) -> None:
    screen = opened()
    QTest.keyClick(screen, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    dialog = dialog_of(qtbot, screen, NewCampaign)
    assert isinstance(dialog, NewCampaign)
    assert not dialog.go.isEnabled()
    QTest.keyClicks(dialog.form.name, "Rentree")
    QTest.keyClicks(dialog.form.days.fields["due_on"], "3/7")
    QTest.keyClicks(dialog.form.wording["helpline"], "04 00 00 00 00")
    assert dialog.go.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.chosen() == "Rentree")
    view = campaigning.shown(sqlite_world.session, "Rentree")
    assert (view.status, view.due, view.wording) == ("draft", DUE, Wording(helpline="04 00 00 00 00"))
    assert screen.head.primary.text() == "Open the campaign"
    screen.head.primary.click()
    qtbot.waitUntil(lambda: screen.head.primary.text() != "Open the campaign")
    assert status_of(sqlite_world, "Rentree") == CampaignStatus.OPEN
    screen.undo()
    qtbot.waitUntil(lambda: screen.head.primary.text() == "Open the campaign")
    assert status_of(sqlite_world, "Rentree") == CampaignStatus.DRAFT


def test_what_is_refused_is_said_in_the_form_which_stays(qtbot: QtBot, sqlite_world: World, opened: Opened) -> None:
    assert sqlite_world.base
    screen = opened()
    screen.head.new.click()
    dialog = dialog_of(qtbot, screen, NewCampaign)
    assert isinstance(dialog, NewCampaign)
    dialog.form.name.setText(CAMPAIGN)
    dialog.form.days.show_days({"due_on": DUE})
    dialog._on_written()
    dialog.go.click()
    qtbot.waitUntil(dialog.banner.isVisible)
    assert dialog.isVisible()
    assert dialog.go.isEnabled()


def test_what_is_no_date_cannot_be_saved(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> None:
    dialog = NewCampaign(sqlite_world.session, jobs)
    qtbot.addWidget(dialog)
    QTest.keyClicks(dialog.form.name, "Rentree")
    QTest.keyClicks(dialog.form.days.fields["due_on"], "3/7")
    QTest.keyClicks(dialog.form.days.fields["starts_on"], "31/31")
    assert not dialog.go.isEnabled()
    assert dialog.form.days._wrong.text()


def test_dates_schools_and_kit_are_edited_in_place_and_undone(
    qtbot: QtBot, sqlite_world: World, opened: Opened
) -> None:
    sqlite_world.school()
    uai = str(sqlite_world.base.execute("SELECT uai FROM school").fetchone()[0])
    screen = opened()
    choose(qtbot, screen, CAMPAIGN)
    screen.head.edit.trigger()
    dialog = dialog_of(qtbot, screen, NewCampaign)
    assert isinstance(dialog, NewCampaign)
    QTest.keyClicks(dialog.form.days.fields["starts_on"], "7/4/2026")
    QTest.keyClicks(dialog.form.kit, "Chargeur, Housse")
    QGuiApplication.clipboard().setText(f"UAI\n{uai}\n")
    dialog.form.schools._kinds.button(1).click()
    assert not dialog.go.isEnabled()
    dialog.form.schools.paste.click()
    qtbot.waitUntil(lambda: "Collège Les Iris" in dialog.form.schools.list.item(0).text())
    dialog.go.click()
    qtbot.waitUntil(lambda: campaigning.shown(sqlite_world.session, CAMPAIGN).kit == ("Chargeur", "Housse"))
    view = campaigning.shown(sqlite_world.session, CAMPAIGN)
    assert (view.starts_on, view.schools) == (date(2026, 4, 7), (uai,))
    qtbot.waitUntil(lambda: screen._last is not None)
    screen.undo()
    qtbot.waitUntil(lambda: campaigning.shown(sqlite_world.session, CAMPAIGN).kit == ())
    assert campaigning.shown(sqlite_world.session, CAMPAIGN).starts_on is None


def test_closing_lists_what_is_still_out_first(qtbot: QtBot, lent: World, opened: Opened) -> None:
    screen = opened()
    choose(qtbot, screen, CAMPAIGN)
    screen.head.close_.trigger()
    dialog = dialog_of(qtbot, screen, CloseCampaign)
    assert isinstance(dialog, CloseCampaign)
    assert [getattr(row, "loans", 0) for row in dialog.model.rows] == [1]
    assert dialog.stay.isDefault()
    assert status_of(lent) == CampaignStatus.OPEN
    dialog.go.click()
    qtbot.waitUntil(lambda: status_of(lent) == CampaignStatus.CLOSING)
    qtbot.waitUntil(lambda: screen.head.primary.text() == "Relaunch…")


def test_promises_that_nobody_fetched_are_counted_before_the_campaign_closes_and_released_by_it(
    qtbot: QtBot, lent: World, opened: Opened
) -> None:
    lent.device()
    allocating.draft(lent.session, CAMPAIGN)
    allocating.apply(lent.session, CAMPAIGN)
    screen = opened()
    choose(qtbot, screen, CAMPAIGN)
    screen.head.close_.trigger()
    dialog = dialog_of(qtbot, screen, CloseCampaign)
    assert isinstance(dialog, CloseCampaign)
    assert not dialog.promises.isHidden()
    dialog.go.click()
    qtbot.waitUntil(lambda: status_of(lent) == CampaignStatus.CLOSING, timeout=20_000)
    qtbot.waitUntil(lambda: closing.promises_left(lent.session, CAMPAIGN) == 0, timeout=20_000)
    qtbot.waitUntil(lambda: screen.head.primary.text() == "Relaunch…", timeout=20_000)


def test_each_thing_to_see_to_leads_to_the_room_that_mends_it(qtbot: QtBot, lent: World, opened: Opened) -> None:
    assert lent.base
    screen = opened()
    choose(qtbot, screen, CAMPAIGN)
    found = screen.panel.readiness._found
    assert found is not None
    codes = [line.code for line in found.lines]
    assert Concern.NO_PLAN in codes
    asked: list[tuple[str, str, str]] = []
    screen.room_asked.connect(lambda *room: asked.append(room))
    screen.panel.readiness.acts[codes.index(Concern.NO_PLAN)].click()
    assert asked == [("allocation", CAMPAIGN, "")]
    screen.panel.readiness.acts[codes.index(Concern.WORDING)].click()
    assert isinstance(dialog_of(qtbot, screen, NewCampaign), NewCampaign)
    assert asked == [("allocation", CAMPAIGN, "")]


def test_a_campaign_is_launched_again_apart_with_its_needs_to_confirm(
    qtbot: QtBot, lent: World, opened: Opened
) -> None:
    screen = opened()
    choose(qtbot, screen, CAMPAIGN)
    asked: list[tuple[str, str, str]] = []
    screen.room_asked.connect(lambda *room: asked.append(room))
    screen.head.relaunch.trigger()
    dialog = dialog_of(qtbot, screen, Relaunch)
    assert isinstance(dialog, Relaunch)
    dialog.name.setText("Continuité 2027")
    needs_until = date(2090, 6, 3)
    dialog.days.show_days({"starts_on": None, "needs_until": needs_until, "due_on": date(2090, 7, 3)})  # a clock apart
    dialog.go.click()
    assert dialog.is_writing()
    qtbot.waitUntil(lambda: screen.chosen() == "Continuité 2027", timeout=30_000)
    view = campaigning.shown(lent.session, "Continuité 2027")
    assert (view.needs, view.needs_to_confirm, view.relaunches) == (2, 2, CAMPAIGN)
    assert view.needs_until == needs_until
    assert screen.head.primary.text() == "Open the campaign"
    qtbot.waitUntil(screen.banner.isVisible)
    screen.banner._retry.click()
    assert asked == [("needs", "Continuité 2027", "to_confirm")]


def test_a_name_that_is_taken_is_refused_in_the_dialog(qtbot: QtBot, lent: World, jobs: Jobs) -> None:
    dialog = Relaunch(lent.session, jobs, campaigning.shown(lent.session, CAMPAIGN))
    qtbot.addWidget(dialog)
    dialog.show()
    failures: list[object] = []
    dialog._apart.failed.connect(failures.append)
    dialog.name.setText(CAMPAIGN)
    dialog.go.click()
    qtbot.waitUntil(dialog.banner.isVisible, timeout=30_000)
    assert [type(each) for each in failures] == [CampaignNameTaken]
    assert dialog.go.isEnabled()
    assert not dialog.is_writing()


def test_name_and_days_are_proposed_from_the_campaign_before(lent: World) -> None:
    campaigning.edit(lent.session, CAMPAIGN, starts_on=date(2026, 4, 3))
    old = campaigning.shown(lent.session, CAMPAIGN)
    assert proposed_days(old, date(2027, 1, 10)) == (date(2027, 1, 10), date(2027, 4, 11))
    assert proposed_name("Continuité 2026", 2027) == "Continuité 2027"
    assert proposed_name("Continuité 2026", 2026) == "Continuité 2026 2"
    assert proposed_name("Continuité 2", 2027) == "Continuité 3"


class Seen(QObject):
    """What the program asked the system to open."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        """Take a file instead of the system."""
        self.urls.append(url.fileName())


def test_the_rehearsal_prints_its_page_and_opens_it(qtbot: QtBot, lent: World, opened: Opened, tmp_path: Path) -> None:
    seen, out = Seen(), tmp_path / "page.pdf"
    QDesktopServices.setUrlHandler("file", seen, "take")  # type: ignore[arg-type]  # it takes no bytes
    try:
        screen = opened()
        choose(qtbot, screen, CAMPAIGN)
        screen.work.drill(CAMPAIGN, out)
        assert screen.work.strip.isVisible()
        assert not screen.head.primary.isEnabled()
        qtbot.waitUntil(lambda: seen.urls == ["page.pdf"], timeout=60_000)
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert out.read_bytes().startswith(b"%PDF")
    assert not screen.work.strip.isVisible()
    assert screen.head.primary.isEnabled()
    assert lent.loan_states() == ["open"]


def test_a_rehearsal_that_is_stopped_leaves_no_page(qtbot: QtBot, lent: World, opened: Opened, tmp_path: Path) -> None:
    screen = opened()
    choose(qtbot, screen, CAMPAIGN)
    screen.work.drill(CAMPAIGN, tmp_path / "page.pdf")
    screen.work.strip.stop.click()
    qtbot.waitUntil(lambda: not screen.work.is_busy(), timeout=60_000)
    assert not (tmp_path / "page.pdf").exists()
    assert lent.loan_states() == ["open"]


def test_the_public_report_is_written_before_the_needs_close(
    qtbot: QtBot, lent: World, opened: Opened, tmp_path: Path
) -> None:
    assert lent.base
    screen = opened()
    choose(qtbot, screen, CAMPAIGN)
    screen.work.report(CAMPAIGN, tmp_path / "report.pdf")
    qtbot.waitUntil(screen.banner.isVisible, timeout=30_000)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_the_fingerprint_of_the_lot_is_copied_and_the_seed_is_kept(qtbot: QtBot, lent: World, opened: Opened) -> None:
    screen = opened()
    choose(qtbot, screen, CAMPAIGN)
    screen.panel.facts.copy.click()
    view = campaigning.shown(lent.session, CAMPAIGN)
    assert QGuiApplication.clipboard().text() == view.seed_hash
    assert view.seed is None


def test_the_campaign_chosen_is_remembered(qtbot: QtBot, sqlite_world: World, opened: Opened, tmp_path: Path) -> None:
    campaigning.create(sqlite_world.session, name="Rentree", due_on=DUE, is_draft=True)
    memory = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
    choose(qtbot, opened(memory), "Rentree")
    again = opened(memory)
    qtbot.waitUntil(lambda: again.chosen() == "Rentree")


def test_enter_goes_from_the_list_to_the_first_thing_to_see_to_and_esc_back(
    qtbot: QtBot, lent: World, opened: Opened
) -> None:
    assert lent.base
    screen = opened()
    choose(qtbot, screen, CAMPAIGN)
    screen.take_focus()
    QTest.keyClick(screen.table, Qt.Key.Key_Return)
    assert screen.panel.readiness.acts[0].hasFocus()
    QTest.keyClick(screen.panel.readiness.acts[0], Qt.Key.Key_Escape)
    assert screen.table.hasFocus()


def test_where_it_is_narrow_the_panel_stands_in_the_place_of_the_list(
    qtbot: QtBot, lent: World, opened: Opened
) -> None:
    assert lent.base
    screen = opened()
    choose(qtbot, screen, CAMPAIGN)
    screen.resize(600, 560)
    qtbot.waitUntil(lambda: not screen.panel.isVisible())
    QTest.keyClick(screen.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.panel.isVisible() and not screen.table.isVisible())
    screen.panel.close_.click()
    qtbot.waitUntil(screen.table.isVisible)


def test_a_copied_list_is_ready_for_a_spreadsheet(qtbot: QtBot, lent: World, opened: Opened) -> None:
    assert lent.base
    screen = opened()
    choose(qtbot, screen, CAMPAIGN)
    QTest.keyClick(screen.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[1].split("\t")[0] == CAMPAIGN
    assert len(lines[0].split("\t")) == len(lines[1].split("\t"))
