"""The columns of a list: seen with their first cells, named by hand, remembered for the same titles."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tablet_loans.services import glancing, mapping
from tablet_loans.services.glancing import Glanced
from tests.builders import World
from ui.dialogs.mapping import Mapping

LIST = "Lui ou elle;Prénom;Salle;Allergies\nBenali;Sana;5e A;arachides\nKaya;Deniz;5e B;\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "liste.csv"
    path.write_text(LIST, "utf-8")
    return path


def dialog(qtbot: QtBot, glanced: Glanced) -> Mapping:
    shown = Mapping("liste.csv", glanced)
    qtbot.addWidget(shown)
    shown.show()
    return shown


def seen(shown: Mapping) -> str:
    return "\n".join(label.text() + label.toolTip() for label in shown.findChildren(QLabel))


def test_a_title_that_tells_its_field_is_guessed_and_what_lacks_is_said(
    qtbot: QtBot, sqlite_world: World, file: Path
) -> None:
    shown = dialog(qtbot, glancing.glance(sqlite_world.session, "pupils", file))
    assert shown.mapping() == {"Prénom": "given_name"}
    assert not shown.go.isEnabled()
    assert len(shown.missing()) == 1
    choice = shown.choices["Lui ou elle"]
    choice.setCurrentIndex(choice.findData("family_name"))
    assert shown.go.isEnabled()
    with qtbot.waitSignal(shown.decided) as told:
        shown.go.click()
    assert told.args == [{"Lui ou elle": "family_name", "Prénom": "given_name"}]


def test_first_cells_are_shown_but_never_those_about_health(qtbot: QtBot, sqlite_world: World, file: Path) -> None:
    shown = dialog(qtbot, glancing.glance(sqlite_world.session, "pupils", file))
    assert "Benali" in seen(shown)
    assert "5e A" in seen(shown)
    assert "arachides" not in seen(shown)


def test_a_field_stands_in_one_column_alone(qtbot: QtBot, sqlite_world: World, file: Path) -> None:
    shown = dialog(qtbot, glancing.glance(sqlite_world.session, "pupils", file))
    choice = shown.choices["Lui ou elle"]
    choice.setCurrentIndex(choice.findData("given_name"))
    assert shown.mapping() == {"Lui ou elle": "given_name"}


def test_what_was_named_for_the_same_titles_is_proposed_again(qtbot: QtBot, sqlite_world: World, file: Path) -> None:
    session = sqlite_world.session
    named = {"Lui ou elle": "family_name", "Prénom": "given_name", "Salle": "class_name"}
    mapping.remember(session, "pupils", glancing.glance(session, "pupils", file).digest, named)
    again = glancing.glance(session, "pupils", file)
    assert again.is_remembered
    assert dialog(qtbot, again).mapping() == named


@pytest.mark.parametrize("kind", ["schools", "pupils", "guardians", "devices", "answers"])
def test_every_field_of_every_kind_has_words_and_every_needed_one_can_be_chosen(
    sqlite_world: World, file: Path, kind: str
) -> None:
    glanced = glancing.glance(sqlite_world.session, kind, file)
    assert [field.name for field in glanced.fields if field.words == field.name] == []
    assert all(glanced.needed)
    assert glancing.has_columns(kind)


def test_other_words_for_a_field_are_guessed_and_health_is_never_read(sqlite_world: World, tmp_path: Path) -> None:
    path = tmp_path / "classe.csv"
    path.write_text(
        "Patronyme;Petit nom;Groupe;Tel. maison;Médecin traitant;A un PAI ?;Suivi santé\nA;B;5e A;06;Dr X;oui;asthme\n",
        "utf-8",
    )
    glanced = glancing.glance(sqlite_world.session, "pupils", path)
    assert dict(glanced.proposed) == {
        "Patronyme": "family_name",
        "Petit nom": "given_name",
        "Groupe": "class_name",
        "Tel. maison": "phone",
    }
    assert glanced.samples == (("A", "B", "5e A", "06", "", "", ""),)
