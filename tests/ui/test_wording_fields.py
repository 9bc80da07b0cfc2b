"""The texts of a campaign's papers in its form: shown, written, and too long in place."""

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.campaign import LONGEST_WORDING, Wording
from tablet_loans.services import campaigning
from tests.builders import CAMPAIGN, World
from ui.dialogs.new_campaign import NewCampaign
from ui.jobs import Jobs
from ui.widgets.wording_fields import WordingFields

WORDING = Wording(
    authority="a", helpline="b", appeal="c", place="d", representative="e", deliberation="f", return_place="g",
    dpo="h", retention="i", signatures="2",
)  # fmt: skip


@pytest.mark.parametrize("wording", [WORDING, Wording(), Wording(signatures="1")])
def test_what_is_shown_is_what_is_written(qtbot: QtBot, wording: Wording) -> None:
    fields = WordingFields()
    qtbot.addWidget(fields)
    fields.show_wording(wording)
    assert fields.wording() == wording


def test_one_signature_is_chosen_again(qtbot: QtBot) -> None:
    fields = WordingFields()
    qtbot.addWidget(fields)
    fields.show_wording(WORDING)
    fields.signatures.setCurrentIndex(0)
    assert fields.wording().signatures == ""


def test_a_text_too_long_is_told_under_its_field_and_cannot_be_saved(
    qtbot: QtBot, sqlite_world: World, jobs: Jobs
) -> None:
    dialog = NewCampaign(sqlite_world.session, jobs, campaigning.shown(sqlite_world.session, CAMPAIGN))
    qtbot.addWidget(dialog)
    dialog.show()
    fields = dialog.form.papers
    field, wrong = fields.fields["dpo"], fields._wrongs["dpo"]
    field.setText("x" * LONGEST_WORDING)
    QTest.keyClicks(field, "yz")
    assert wrong.isVisible()
    assert not fields._wrongs["retention"].isVisible()
    assert not dialog.go.isEnabled()
    QTest.keyClicks(field, "\b\b")
    assert not wrong.isVisible()
    assert dialog.go.isEnabled()


def test_the_texts_of_the_agreement_are_kept_by_the_campaign(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> None:
    dialog = NewCampaign(sqlite_world.session, jobs, campaigning.shown(sqlite_world.session, CAMPAIGN))
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.form.papers.show_wording(WORDING)
    with qtbot.waitSignal(dialog.done_with):
        dialog.go.click()
    assert campaigning.shown(sqlite_world.session, CAMPAIGN).wording == WORDING
