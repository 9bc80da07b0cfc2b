"""The wording editor: typed, previewed, refused in place, saved as a version, and versions taken again."""

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tablet_loans.domain.clause import BrokenClause, Clause, Group, UnknownField
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import agreeing, wording
from tests.builders import CAMPAIGN, World, new_session
from tests.services.test_agreeing import lent
from ui.dialogs.edit_wording import EditWording
from ui.jobs import Jobs
from ui.theme import Tone

LOSS = Clause(Group.LOSS, "La perte", "Appeler {helpline} aussitôt.")


@pytest.fixture
def opened(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> Callable[[], EditWording]:
    """Return the way to open the editor, its first preview made."""

    def open_editor() -> EditWording:
        dialog = EditWording(sqlite_world.session, jobs, CAMPAIGN)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(dialog, before_close_func=lambda _dialog: dialog.paper.throw_away())
        dialog.resize(1280, 680)
        dialog.show()
        dialog.activateWindow()
        with qtbot.waitSignal(dialog.paper.shown, timeout=20_000):
            pass
        return dialog

    return open_editor


def previewed(dialog: EditWording) -> str:
    document = pypdfium2.PdfDocument(dialog.paper.view._file.read_bytes())
    said = " ".join(page.get_textpage().get_text_range() for page in document)
    return " ".join(said.split())


def type_in(dialog: EditWording, group: Group, text: str) -> None:
    dialog.groups.choose(group)
    dialog.clause.text.selectAll()
    dialog.clause.text.insertPlainText(text)


def line_of(dialog: EditWording, group: Group) -> str:
    return dialog.groups.item(list(Group).index(group)).text()


def of(words: tuple[Clause, ...], group: Group) -> str:
    return next(each.text for each in words if each.group is group)


def test_what_is_typed_is_in_the_preview_and_nowhere_else(
    qtbot: QtBot, sqlite_world: World, opened: Callable[[], EditWording]
) -> None:
    dialog = opened()
    assert "EXEMPLE Camille" in previewed(dialog)
    assert not dialog.keep.isEnabled()
    with qtbot.waitSignal(dialog.paper.shown):
        type_in(dialog, Group.DEPOSIT, "Rien n’est demandé.")
    assert "Rien n’est demandé." in previewed(dialog)
    assert "changed" in line_of(dialog, Group.DEPOSIT)
    assert wording.versions(sqlite_world.session, CAMPAIGN) == []


def test_the_preview_keeps_its_place(qtbot: QtBot, opened: Callable[[], EditWording]) -> None:
    dialog = opened()
    dialog.groups.choose(Group.DEPOSIT)
    assert dialog.paper.view.view.pageNavigator().currentPage() == 1
    bar = dialog.paper.view.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 300)
    bar.setValue(300)
    with qtbot.waitSignal(dialog.paper.shown):
        type_in(dialog, Group.DEPOSIT, "Rien.")
    qtbot.waitUntil(lambda: bar.value() == 300)


@pytest.mark.parametrize(("text", "kind"), [("Le {prix}.", UnknownField), ("Le {value.", BrokenClause)])
def test_an_unknown_field_is_named_in_place_and_not_saved(
    qtbot: QtBot, sqlite_world: World, opened: Callable[[], EditWording], text: str, kind: type
) -> None:
    dialog = opened()
    before = previewed(dialog)
    type_in(dialog, Group.LOSS, text)
    assert not dialog.clause.banner.isVisible()
    qtbot.waitUntil(dialog.clause.banner.isVisible)
    said = dialog.clause.banner._words.text()
    assert isinstance(dialog._draft().refusals()[Group.LOSS], kind)
    dialog.groups.choose(Group.USE)
    assert not dialog.clause.banner.isVisible()
    dialog.save()
    assert dialog.groups.group() is Group.LOSS
    assert dialog.clause.banner._words.text() == said
    assert previewed(dialog) == before
    assert wording.versions(sqlite_world.session, CAMPAIGN) == []
    with qtbot.waitSignal(dialog.paper.shown):
        type_in(dialog, Group.LOSS, "Sans rien.")
    assert not dialog.clause.banner.isVisible()


def test_a_character_without_a_shape_is_named_in_place_and_not_saved(
    qtbot: QtBot, sqlite_world: World, opened: Callable[[], EditWording]
) -> None:
    dialog = opened()
    with qtbot.waitSignal(dialog.paper.refused):
        type_in(dialog, Group.LOSS, "Bravo 😀")
    assert "😀" in dialog.clause.banner._words.text()
    dialog.save()
    qtbot.waitUntil(dialog.keep.isEnabled)
    assert wording.versions(sqlite_world.session, CAMPAIGN) == []


def test_saving_makes_a_version_and_says_how_many_keep_theirs(
    qtbot: QtBot, sqlite_world: World, opened: Callable[[], EditWording], tmp_path: Path
) -> None:
    number = lent(sqlite_world)
    agreeing.print_agreements(sqlite_world.session, LoanFilter(numbers=(number,)), tmp_path / "a.pdf")
    dialog = opened()
    type_in(dialog, Group.DEPOSIT, "Rien.")
    with qtbot.waitSignal(dialog.saved):
        QTest.keyClick(dialog, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: dialog.banner.isVisible() and dialog.head.versions.count() == 3)
    assert "1 agreement" in dialog.banner._words.text()
    assert of(wording.in_force(sqlite_world.session, CAMPAIGN).clauses, Group.DEPOSIT) == "Rien."
    assert "not the usual" in line_of(dialog, Group.DEPOSIT)
    assert not dialog.keep.isEnabled()


def test_a_version_is_looked_at_and_its_texts_are_taken_again(
    qtbot: QtBot, sqlite_world: World, opened: Callable[[], EditWording]
) -> None:
    first = wording.edit(sqlite_world.session, CAMPAIGN, [LOSS]).value
    wording.edit(sqlite_world.session, CAMPAIGN, [Clause(Group.LOSS, "Perdu", "Prévenir.")])
    dialog = opened()
    dialog.head.versions.setCurrentIndex(2)
    dialog.head.versions.activated.emit(2)
    qtbot.waitUntil(dialog.head.again.isVisible)
    dialog.groups.choose(Group.LOSS)
    assert dialog.clause.text.isReadOnly()
    assert dialog.clause.title.text() == LOSS.title
    assert "changed" in line_of(dialog, Group.LOSS)
    assert "changed" not in line_of(dialog, Group.USE)
    dialog.head.again.click()
    assert not dialog.clause.text.isReadOnly()
    assert dialog.clause.text.toPlainText() == LOSS.text
    dialog.save()
    qtbot.waitUntil(lambda: dialog.head.versions.count() == 4)
    kept = wording.in_force(sqlite_world.session, CAMPAIGN)
    assert (kept.version, kept.clauses) == (3, first.clauses)


def test_the_usual_texts_come_back_and_go_again_with_undo(
    qtbot: QtBot, sqlite_world: World, opened: Callable[[], EditWording]
) -> None:
    wording.edit(sqlite_world.session, CAMPAIGN, [LOSS])
    dialog = opened()
    dialog.groups.choose(Group.LOSS)
    dialog.clause.usual.click()
    usual = of(wording.usual("fr"), Group.LOSS)
    assert dialog.clause.text.toPlainText() == usual
    assert dialog._draft().clauses() == wording.usual("fr")
    assert not dialog.clause.usual.isEnabled()
    dialog.clause.text.setFocus()
    dialog.clause.text.undo()
    assert dialog._draft().typed[Group.LOSS].text == LOSS.text
    assert dialog.head.usual.isVisible()
    dialog.head.usual.click()
    assert dialog._draft().clauses() == wording.usual("fr")
    qtbot.waitUntil(lambda: not dialog.paper._is_busy)


def test_a_bracket_offers_the_fields(qtbot: QtBot, opened: Callable[[], EditWording]) -> None:
    dialog = opened()
    text = dialog.clause.text
    dialog.groups.choose(Group.DEPOSIT)
    text.selectAll()
    text.setFocus()
    QTest.keyClicks(text, "Voir {help")
    qtbot.waitUntil(text.popup.isVisible)
    QTest.keyClick(text.popup, Qt.Key.Key_Return)
    assert text.toPlainText() == "Voir {helpline}"
    text.selectAll()
    text.make_optional()
    assert text.toPlainText() == "[Voir {helpline}]"
    qtbot.waitUntil(lambda: not dialog.paper._is_busy)


def test_clauses_too_long_for_two_pages_are_told(qtbot: QtBot, opened: Callable[[], EditWording]) -> None:
    dialog = opened()
    assert dialog.paper.told.isVisible()
    with qtbot.waitSignal(dialog.paper.shown):
        type_in(dialog, Group.USE, "Une phrase de plus, qui est longue. " * 60)
    assert dialog.paper.banner.property("tone") == Tone.WARN.value
    assert "page 3" in dialog.paper.banner._words.text()
    type_in(dialog, Group.USE, "Court.")
    with qtbot.waitSignal(dialog.paper.shown):
        type_in(dialog, Group.SIGNATURES, "Une phrase de plus, qui est longue. " * 40)
    assert dialog.paper.banner.isVisible()
    assert "page 3" not in dialog.paper.banner._words.text()


def test_each_language_has_its_own_texts_and_keeps_what_is_typed(
    qtbot: QtBot, opened: Callable[[], EditWording]
) -> None:
    dialog = opened()
    type_in(dialog, Group.DEPOSIT, "Rien.")
    for language, text in (("en", of(wording.usual("en"), Group.DEPOSIT)), ("fr", "Rien.")):
        place = dialog.head.languages.findData(language)
        with qtbot.waitSignal(dialog.paper.shown):
            dialog.head.languages.setCurrentIndex(place)
            dialog.head.languages.activated.emit(place)
        assert dialog.clause.text.toPlainText() == text
    assert dialog.keep.isEnabled()


def test_what_another_station_kept_meanwhile_is_shown_after_saving(
    qtbot: QtBot, sqlite_world: World, opened: Callable[[], EditWording]
) -> None:
    dialog = opened()
    dialog.groups.choose(Group.LOSS)
    type_in(dialog, Group.DEPOSIT, "Rien.")
    wording.edit(sqlite_world.session, CAMPAIGN, [LOSS])
    dialog.save()
    qtbot.waitUntil(lambda: dialog.head.versions.count() == 3)
    assert dialog._draft().changed() == []
    dialog.groups.choose(Group.LOSS)
    assert dialog.clause.text.toPlainText() == LOSS.text
    assert of(wording.in_force(sqlite_world.session, CAMPAIGN).clauses, Group.DEPOSIT) == "Rien."


def test_leaving_with_unsaved_texts_asks_once(qtbot: QtBot, opened: Callable[[], EditWording]) -> None:
    dialog = opened()
    type_in(dialog, Group.DEPOSIT, "Rien.")
    folder = dialog.paper._papers.folder
    assert folder is not None
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.banner.isVisible()
    with qtbot.waitSignal(dialog.rejected):
        dialog.banner._retry.click()
    assert not folder.exists()


def test_who_may_not_run_campaigns_reads_only(qtbot: QtBot, sqlite_world: World, jobs: Jobs) -> None:
    session = new_session(sqlite_world.base, actor=Actor("L", Role.LIAISON))
    dialog = EditWording(session, jobs, CAMPAIGN)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitSignal(dialog.paper.shown):
        pass
    assert dialog.clause.text.isReadOnly()
    assert not dialog.keep.isVisible()
    assert not dialog.head.usual.isVisible()
