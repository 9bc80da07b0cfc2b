"""A file imported from the window: looked at apart, shown before it is written, imported, undone, or stopped."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tablet_loans.domain.identifiers import uai_key
from tablet_loans.domain.problem import Doubt, Fate, ImportReport, Problem, Told
from tests.builders import World
from ui.dialogs.import_file import ImportFile
from ui.incoming import Kind
from ui.jobs import Jobs

UAI = "0690142" + uai_key("0690142")
DIRECTORY = f"UAI;Nom;Type;Commune\n{UAI};Collège Les Iris;Collège;Bron\nfaux;École Vide;École;Bron\n"
ROSTER = "Nom;Prénom;Classe;Né(e) le\nBenali;Sana;5e A;02/01/2014\nKaya;Deniz;5e B;03/02/2014\n"
PATIENCE_MS = 30_000
Opened = Callable[[Kind, Path | None], ImportFile]


@pytest.fixture
def opened(qtbot: QtBot, sqlite_world: World, jobs: Jobs, tmp_path: Path) -> Iterator[Opened]:
    def open_dialog(kind: Kind, path: Path | None = None) -> ImportFile:
        memory = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
        dialog = ImportFile(sqlite_world.session, jobs, kind, path, memory=memory)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    yield open_dialog


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    file = tmp_path / "annuaire.csv"
    file.write_text(DIRECTORY, "utf-8")
    return file


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    file = tmp_path / "liste.csv"
    file.write_text(ROSTER, "utf-8")
    return file


def looked_at(qtbot: QtBot, dialog: ImportFile) -> None:
    qtbot.waitUntil(lambda: not dialog._apart.is_busy(), timeout=PATIENCE_MS)


def count(world: World, table: str) -> int:
    return int(world.base.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


def seen(dialog: ImportFile) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def test_nothing_is_written_before_the_button_that_says_how_much(
    qtbot: QtBot, opened: Opened, directory: Path, sqlite_world: World
) -> None:
    dialog = opened(Kind.SCHOOLS, directory)
    looked_at(qtbot, dialog)
    assert dialog.go.text() == "Import 1 change"
    assert count(sqlite_world, "school") == 0
    dialog.go.click()
    looked_at(qtbot, dialog)
    assert count(sqlite_world, "school") == 1
    assert dialog.end.isVisible()
    assert dialog.end.big.text() == "1 change imported"


def test_the_same_file_again_changes_nothing_and_has_no_button(qtbot: QtBot, opened: Opened, directory: Path) -> None:
    dialog = opened(Kind.SCHOOLS, directory)
    looked_at(qtbot, dialog)
    dialog.go.click()
    looked_at(qtbot, dialog)
    dialog.open_file(directory)
    looked_at(qtbot, dialog)
    assert not dialog.go.isEnabled()
    assert dialog.preview.changes() == 0


def test_problems_have_their_lines_and_are_copied_and_written_to_a_file(
    qtbot: QtBot, opened: Opened, directory: Path, tmp_path: Path
) -> None:
    dialog = opened(Kind.SCHOOLS, directory)
    looked_at(qtbot, dialog)
    dialog.preview.choose("problems")
    dialog.preview.problems.clearSelection()
    dialog.preview.problems.copy_asked.emit()
    copied = QGuiApplication.clipboard().text().splitlines()
    assert [line.split("\t")[0] for line in copied[1:]] == ["3"]
    out = tmp_path / "problems.csv"
    dialog.save_problems(dialog.preview.report.problems, out)
    qtbot.waitUntil(out.exists)
    assert out.read_text("utf-8-sig").splitlines()[1].startswith("3;")


def test_a_list_without_its_school_asks_for_it_in_place(
    qtbot: QtBot, opened: Opened, roster: Path, sqlite_world: World
) -> None:
    sqlite_world.school(UAI, "Collège Les Iris")
    dialog = opened(Kind.PUPILS, roster)
    looked_at(qtbot, dialog)
    picker = dialog.choice.picker
    assert picker is not None
    QTest.keyClicks(picker.field, "iris")
    qtbot.waitUntil(lambda: picker.list.count() == 1)
    picker._on_picked(picker.list.item(0))
    looked_at(qtbot, dialog)
    qtbot.waitUntil(lambda: f"liste.csv  ·  Collège Les Iris · {UAI}" in seen(dialog))
    assert dialog.go.text() == "Import 2 changes"
    dialog.go.click()
    looked_at(qtbot, dialog)
    assert count(sqlite_world, "pupil") == 2


def test_an_import_is_undone_from_where_it_ended(
    qtbot: QtBot, opened: Opened, roster: Path, sqlite_world: World
) -> None:
    sqlite_world.school(UAI, "Collège Les Iris")
    dialog = opened(Kind.PUPILS, roster)
    looked_at(qtbot, dialog)
    dialog._on_school(UAI)
    looked_at(qtbot, dialog)
    dialog.go.click()
    looked_at(qtbot, dialog)
    assert count(sqlite_world, "pupil") == 2
    dialog.end.undo.click()
    qtbot.waitUntil(lambda: not dialog._undoing.is_busy(), timeout=PATIENCE_MS)
    assert not dialog.banner.isVisible()
    assert count(sqlite_world, "pupil") == 0
    assert not dialog.end.undo.isVisible()


def test_columns_nobody_knows_are_named_by_hand_then_remembered(
    qtbot: QtBot, opened: Opened, tmp_path: Path, sqlite_world: World
) -> None:
    file = tmp_path / "codes.csv"
    file.write_text(f"Code maison;Intitulé\n{UAI};Collège Les Iris\n", "utf-8")
    dialog = opened(Kind.SCHOOLS, file)
    qtbot.waitUntil(lambda: dialog.naming.dialog is not None, timeout=PATIENCE_MS)
    asked = dialog.naming.dialog
    assert asked is not None
    for title, field in (("Code maison", "uai"), ("Intitulé", "name")):
        asked.choices[title].setCurrentIndex(asked.choices[title].findData(field))
    asked.go.click()
    looked_at(qtbot, dialog)
    assert dialog.go.text() == "Import 1 change"
    qtbot.waitUntil(lambda: count(sqlite_world, "column_mapping") == 1)
    again = opened(Kind.SCHOOLS, file)
    looked_at(qtbot, again)
    assert again.go.text() == "Import 1 change"


def test_a_file_of_another_kind_says_what_it_is_and_another_can_be_chosen(
    qtbot: QtBot, opened: Opened, tmp_path: Path, directory: Path
) -> None:
    picture = tmp_path / "liste.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    dialog = opened(Kind.SCHOOLS, picture)
    looked_at(qtbot, dialog)
    assert dialog.banner.isVisible()
    assert dialog.start.isVisible()
    dialog.open_file(directory)
    looked_at(qtbot, dialog)
    assert not dialog.banner.isVisible()
    assert dialog.go.isEnabled()


def test_looking_at_a_file_can_be_stopped_and_begun_again(qtbot: QtBot, opened: Opened, tmp_path: Path) -> None:
    file = tmp_path / "annuaire.csv"
    lines = (f"{n:07d}{uai_key(f'{n:07d}')};École {n};École;Bron" for n in range(690000, 740000))
    file.write_text("UAI;Nom;Type;Commune\n" + "\n".join(lines), "utf-8")
    dialog = opened(Kind.SCHOOLS, file)
    dialog.strip.stop.click()
    looked_at(qtbot, dialog)
    assert dialog.start.isVisible()
    assert not dialog.go.isVisible()
    dialog._again()
    looked_at(qtbot, dialog)
    assert dialog.go.text() == "Import 50,000 changes"


def test_a_process_that_is_killed_says_so_and_the_next_look_works(
    qtbot: QtBot, opened: Opened, directory: Path
) -> None:
    dialog = opened(Kind.SCHOOLS, directory)
    before = {child.pid for child in psutil.Process().children()}

    def workers() -> list[psutil.Process]:
        children = psutil.Process().children()
        return [child for child in children if any("spawn_main" in said for said in child.cmdline())]

    qtbot.waitUntil(lambda: bool(workers()), timeout=PATIENCE_MS)
    workers()[0].kill()
    looked_at(qtbot, dialog)
    assert dialog.banner.isVisible()
    assert before is not None
    dialog._again()
    looked_at(qtbot, dialog)
    assert dialog.go.isEnabled()


def report() -> ImportReport:
    told = (
        Told(Fate.ARRIVES, 2, "BENALI Sana", UAI, "5e A"),
        Told(Fate.CHANGES, 3, "KAYA Deniz", UAI, "5e B", (("class_name", "5e A", "5e B"),)),
        Told(Fate.LEAVES, 0, "SOW Awa", UAI, "3e C", loan="26-AA-0001"),
    )
    doubts = (Doubt(5, "Lefevre Léa", 3, "LEFÈVRE Lea", UAI, ""), Doubt(6, "Traore Adam", 4, "TRAORÉ Adem", UAI, ""))
    return ImportReport(6, 1, 1, 1, 1, (Problem(9, "wrong"),), told=told, doubts=doubts)


def test_each_count_shows_its_own_lines_before_and_after_with_loans_to_recall(opened: Opened) -> None:
    preview = opened(Kind.PUPILS, None).preview
    preview.show_report(report())
    assert preview.told.model().rowCount() == 3
    for name, words in (("changes", "Class: 5e A → 5e B"), ("recall", "to recall: loan 26-AA-0001")):
        preview.choose(name)
        model = preview.told.model()
        assert [model.index(row, 4).data() for row in range(model.rowCount())] == [words]


def test_a_doubt_takes_a_persons_word_which_counts_as_a_change(opened: Opened) -> None:
    dialog = opened(Kind.PUPILS, None)
    preview = dialog.preview
    preview.show_report(report())
    assert preview.changes() == 3
    preview.choose("doubts")
    preview.decide(is_same=True)
    preview.decide(is_same=False)
    assert (preview.same(), preview.new(), preview.changes()) == (frozenset({5}), frozenset({6}), 5)
    assert dialog.go.text() == "Import 5 changes"
    preview.choose("doubts")
    preview.doubts.choose(0)
    preview.decide(is_same=False)
    assert (preview.same(), preview.new()) == (frozenset(), frozenset({5, 6}))


def test_the_next_file_is_not_taken_for_one_of_the_school_chosen_before(
    qtbot: QtBot, opened: Opened, roster: Path, tmp_path: Path, sqlite_world: World
) -> None:
    sqlite_world.school(UAI, "Collège Les Iris")
    dialog = opened(Kind.PUPILS, roster)
    looked_at(qtbot, dialog)
    dialog._on_school(UAI)
    looked_at(qtbot, dialog)
    assert dialog.go.isEnabled()
    other = tmp_path / "autre.csv"
    other.write_text(ROSTER, "utf-8")
    dialog.open_file(other)
    assert UAI not in seen(dialog)
    looked_at(qtbot, dialog)
    assert dialog.choice.picker is not None
    assert not dialog.go.isVisible()
    assert dialog.preview.isHidden()


def test_a_list_that_says_its_school_names_it_and_asks_for_none(
    qtbot: QtBot, opened: Opened, tmp_path: Path, sqlite_world: World
) -> None:
    sqlite_world.school(UAI, "Collège Les Iris")
    file = tmp_path / "liste.csv"
    file.write_text(f"Nom;Prénom;Classe;UAI\nBenali;Sana;5e A;{UAI}\n", "utf-8")
    dialog = opened(Kind.PUPILS, file)
    looked_at(qtbot, dialog)
    qtbot.waitUntil(lambda: f"Collège Les Iris · {UAI}" in seen(dialog))
    assert not dialog.school.isVisible()


def test_a_doubt_is_not_told_among_the_problems_too(opened: Opened) -> None:
    preview = opened(Kind.PUPILS, None).preview
    told = report()
    doubted = Problem(5, "doubted: {pupil}", {"pupil": 3})
    preview.show_report(dataclasses.replace(told, problems=(*told.problems, doubted)))
    assert preview.problems.model().rowCount() == 1
    assert preview.wrong == told.problems


def test_guardians_opened_for_pupils_can_be_taken_for_what_they_are(
    qtbot: QtBot, opened: Opened, tmp_path: Path
) -> None:
    file = tmp_path / "responsables.csv"
    titles = "Civilité Responsable;Nom responsable;Prénom responsable;Nom élève;Prénom élève"
    file.write_text(f"{titles}\nMme;Benali;Nora;Benali;Sana\n", "utf-8")
    dialog = opened(Kind.PUPILS, file)
    looked_at(qtbot, dialog)
    assert dialog.banner._retry.text() == "Import guardians"
    dialog.banner._retry.click()
    looked_at(qtbot, dialog)
    assert dialog.windowTitle() == "Import guardians"
    assert "Import guardians" not in dialog.banner._retry.text() or dialog.banner.isHidden()


def test_after_an_import_the_focus_is_on_leaving_and_while_writing_on_nothing(
    qtbot: QtBot, opened: Opened, directory: Path
) -> None:
    dialog = opened(Kind.SCHOOLS, directory)
    dialog.activateWindow()
    looked_at(qtbot, dialog)
    QTest.keyClick(dialog.preview.told, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert dialog.is_writing()
    assert not isinstance(dialog.focusWidget(), QPushButton)
    looked_at(qtbot, dialog)
    assert dialog.focusWidget() is dialog.leave
