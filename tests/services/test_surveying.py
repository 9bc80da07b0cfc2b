"""The school workbooks, on both engines: out, filled in, back; altered, mixed up, sorted, shortened."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tablet_loans.domain import school_return as rules
from tablet_loans.domain import workbook as layout
from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.need import Answer, Equipment, NeedFilter, NeedsClosed, NobodyToAsk, Source, Told
from tablet_loans.domain.paging import Place
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.school_return import (
    NamesAltered,
    NotWhatWasSent,
    OtherCampaignsWorkbook,
    OtherSchoolsWorkbook,
    SchoolNotAsked,
)
from tablet_loans.domain.trouble import FileTrouble, WrongFile
from tablet_loans.domain.workbook import SchoolReturn
from tablet_loans.services import answering, asking, surveying, undoing
from tablet_loans.services.session import Cancelled, Progress
from tests.builders import CAMPAIGN, DUE, NOON, World, new_session
from tests.services.filled import FilledSheet, office, saved_by_office

IRIS, LILAS = "0690142E", "0690143F"
TODAY = NOON.date()


@pytest.fixture
def classes(world: World) -> World:
    """Return a world in which one school has three pupils and another one has one."""
    iris = world.school(IRIS, "Collège Les Iris")
    world.pupil("Kaya", "Emre", class_name="6e 10", school_id=iris)
    world.pupil("Œuvrard", "Zoé", class_name="5e B", school_id=iris)
    world.pupil("=Diallo", "Awa", class_name="5e B", school_id=iris)
    world.pupil("Parti", "Jean", class_name="5e B", school_id=iris, left_on=date(2026, 1, 5))
    world.pupil("Bakary", "Lina", class_name="CM2", school_id=world.school(LILAS, "École Les Lilas"))
    world.school(name="École sans liste")
    return world


def sent(world: World, folder: Path, uai: str = IRIS, campaign: str = CAMPAIGN) -> Path:
    surveying.write_workbooks(world.session, campaign=campaign, school=uai, out=folder)
    return next(folder.glob(f"{uai}*.xlsx"))


def back(world: World, *paths: Path, campaign: str = CAMPAIGN, is_dry_run: bool = False) -> list[SchoolReturn]:
    return surveying.import_returns(world.session, paths, campaign=campaign, is_dry_run=is_dry_run)


def answers(world: World, uai: str = IRIS) -> dict[str, Answer | None]:
    rows = asking.block(world.session, NeedFilter(CAMPAIGN, school=uai), Place(0, 100))
    return {row.family_name: row.answer for row in rows}


def changes(returned: SchoolReturn) -> tuple[object, ...]:
    return type(returned.refused), returned.read, returned.changed, returned.unchanged, len(returned.problems)


def filled(path: Path, out: Path, **said: str) -> Path:
    """Return the workbook with one answer for Zoé Œuvrard."""
    sheet = FilledSheet(path)
    sheet.write(sheet.line_of("Œuvrard"), **(said or {"EQUIPMENT": "Rien"}))
    return sheet.save(out)


def test_a_workbook_is_written_for_each_school_with_pupils(classes: World, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    out = tmp_path / "out"
    progress = Progress(lambda done, total: seen.append((done, total)))
    written = surveying.write_workbooks(classes.session, campaign=CAMPAIGN, out=out, progress=progress)
    assert (written.files, written.pupils, written.folder) == (2, 4, str(out))
    assert sorted(file.name for file in out.iterdir()) == [
        f"{IRIS} - Collège Les Iris.xlsx",
        f"{LILAS} - École Les Lilas.xlsx",
    ]
    assert seen[-1] == (3, 3)
    sheet = FilledSheet(out / f"{IRIS} - Collège Les Iris.xlsx")
    shown = [(sheet.text(line, layout.CLASS), sheet.text(line, layout.NAME)) for line in sheet.lines()]
    assert shown == [("5e B", "'=Diallo"), ("5e B", "Œuvrard"), ("6e 10", "Kaya")]


def test_what_a_school_answers_counts_and_is_undone_as_one_act(classes: World, tmp_path: Path) -> None:
    sheet = FilledSheet(sent(classes, tmp_path))
    sheet.write(sheet.line_of("Œuvrard"), EQUIPMENT="  telephone SEULEMENT ", CELLULAR="oui", BY="Mme la principale")
    sheet.write(sheet.line_of("'=Diallo"), EQUIPMENT="Partagé", PRIORITY="x", ASKED="05/04/2026")
    file = sheet.save(tmp_path / "back.xlsx")
    (dry,) = back(classes, file, is_dry_run=True)
    assert changes(dry) == (type(None), 2, 2, 0, 0)
    assert set(answers(classes).values()) == {None}
    (returned,) = back(classes, file)
    assert (returned.school, *changes(returned)) == (IRIS, type(None), 2, 2, 0, 0)
    assert answers(classes) == {
        "=Diallo": Answer(Equipment.SHARED, is_priority=True),
        "Œuvrard": Answer(Equipment.PHONE, is_cellular=True),
        "Kaya": None,
    }
    rows = asking.block(classes.session, NeedFilter(CAMPAIGN, is_answered=True), Place(0, 10))
    assert {row.family_name: row.told for row in rows} == {
        "Œuvrard": Told(TODAY, "Mme la principale", Source.WORKBOOK),
        "=Diallo": Told(date(2026, 4, 5), "", Source.WORKBOOK),
    }
    undoing.undo_last(classes.session)
    assert set(answers(classes).values()) == {None}
    assert back(classes, file)[0].changed == 2


def test_the_same_file_again_changes_nothing_even_after_a_later_answer(classes: World, tmp_path: Path) -> None:
    file = filled(sent(classes, tmp_path), tmp_path / "back.xlsx")
    assert back(classes, file)[0].changed == 1
    pupil = asking.block(classes.session, NeedFilter(CAMPAIGN, search="Zoe"), Place(0, 1))[0].pupil_id
    grid = Told(TODAY, "", Source.GRID)
    asking.set_answer(
        classes.session, campaign=CAMPAIGN, pupil=str(pupil), answer=Answer(Equipment.OWN), told=grid
    )  # fmt: skip
    (again,) = back(classes, file)
    assert (again.is_known, *changes(again)) == (True, type(None), 1, 0, 1, 0)
    assert answers(classes)["Œuvrard"] == Answer(Equipment.OWN)


def test_the_later_answer_counts_and_the_older_is_told_and_kept(classes: World, tmp_path: Path) -> None:
    path = sent(classes, tmp_path)
    assert back(classes, filled(path, tmp_path / "1.xlsx", EQUIPMENT="Rien", ASKED="2026-04-05"))[0].changed == 1
    older = filled(path, tmp_path / "2.xlsx", EQUIPMENT="Personnel", ASKED="04/04/2026")
    (dry,), (returned,) = back(classes, older, is_dry_run=True), back(classes, older)
    assert changes(dry) == changes(returned) == (type(None), 1, 0, 0, 1)
    assert [problem.template for problem in returned.problems] == [rules.LATER_COUNTS]
    assert answers(classes)["Œuvrard"] == Answer(Equipment.NONE)
    assert classes.base.execute("SELECT count(*) FROM need").fetchone()[0] == 2
    later = filled(path, tmp_path / "3.xlsx", EQUIPMENT="Personnel", ASKED="06/04/2026")
    assert back(classes, later)[0].changed == 1
    assert answers(classes)["Œuvrard"] == Answer(Equipment.OWN)


def test_known_answers_go_out_and_come_back_unchanged(classes: World, tmp_path: Path) -> None:
    back(classes, filled(sent(classes, tmp_path), tmp_path / "back.xlsx", EQUIPMENT="Rien", BY="=Secrétariat"))
    again = sent(classes, tmp_path / "again")
    assert FilledSheet(again).text(FilledSheet(again).line_of("Œuvrard"), layout.EQUIPMENT) == "Rien"
    assert changes(back(classes, again)[0]) == (type(None), 1, 0, 1, 0)


@pytest.mark.parametrize("title", ["CLASS", "NAME", "GIVEN", "MARK"])
def test_a_changed_class_name_or_number_refuses_the_file(classes: World, tmp_path: Path, title: str) -> None:
    sheet = FilledSheet(sent(classes, tmp_path))
    line = sheet.line_of("Kaya")
    other = sheet.text(sheet.line_of("Œuvrard"), layout.MARK) if title == "MARK" else "Autre"
    sheet.write(line, EQUIPMENT="Rien", **{title: other})
    (returned,) = back(classes, sheet.save(tmp_path / "back.xlsx"))
    assert isinstance(returned.refused, NamesAltered)
    assert returned.refused.facts == {"count": 1, "lines": str(line)}
    assert set(answers(classes).values()) == {None}


@pytest.mark.parametrize(("line", "text"), [(2, "Une autre campagne"), (3, f"{LILAS} - École Les Lilas")])
def test_a_changed_beginning_refuses_the_file(classes: World, tmp_path: Path, line: int, text: str) -> None:
    sheet = FilledSheet(sent(classes, tmp_path))
    sheet.put(line, "C", text)
    (returned,) = back(classes, sheet.save(tmp_path / "back.xlsx"))
    assert isinstance(returned.refused, NotWhatWasSent)


def test_lines_of_another_school_refuse_the_file(classes: World, tmp_path: Path) -> None:
    sheet, other = FilledSheet(sent(classes, tmp_path)), FilledSheet(sent(classes, tmp_path, LILAS))
    line, source = sheet.line_of("Kaya"), other.line_of("Bakary")
    sheet.write(line, EQUIPMENT="Rien", **{
        name: other.text(source, getattr(layout, name)) for name in ("MARK", "CLASS", "NAME", "GIVEN")
    })  # fmt: skip
    (returned,) = back(classes, sheet.save(tmp_path / "back.xlsx"))
    assert isinstance(returned.refused, OtherSchoolsWorkbook)
    assert returned.refused.facts == {"school": LILAS}
    (named,) = surveying.import_returns(
        classes.session, [sent(classes, tmp_path / "1", LILAS)], campaign=CAMPAIGN, school=IRIS
    )  # fmt: skip
    assert isinstance(named.refused, OtherSchoolsWorkbook)


def test_a_workbook_of_another_campaign_is_refused(classes: World, tmp_path: Path) -> None:
    other = classes.campaign("Autre campagne")
    file = filled(sent(classes, tmp_path, campaign=other), tmp_path / "back.xlsx")
    (returned,) = back(classes, file)
    assert isinstance(returned.refused, OtherCampaignsWorkbook)
    assert returned.refused.facts == {"campaign": other}
    assert back(classes, file, campaign=other)[0].changed == 1


def test_a_school_that_no_longer_takes_part_is_refused(classes: World, tmp_path: Path) -> None:
    limited = classes.campaign("Quelques écoles", DUE, (IRIS, LILAS))
    file = sent(classes, tmp_path, LILAS, limited)
    with classes.base.atomic():
        classes.base.execute(
            "DELETE FROM campaign_school WHERE school_id = (SELECT id FROM school WHERE uai = ?)", (LILAS,)
        )
    assert isinstance(back(classes, file, campaign=limited)[0].refused, SchoolNotAsked)
    with pytest.raises(SchoolNotAsked):
        sent(classes, tmp_path / "again", LILAS, limited)


def test_sorted_and_deleted_lines_are_no_alteration(classes: World, tmp_path: Path) -> None:
    sheet = FilledSheet(sent(classes, tmp_path))
    for line in sheet.lines():
        sheet.write(line, EQUIPMENT="Rien" if sheet.text(line, layout.NAME) == "Œuvrard" else "Personnel")
    sheet.sort(lambda said: said[layout.NAME])
    sheet.delete(sheet.line_of("Kaya"))
    (returned,) = back(classes, sheet.save(tmp_path / "back.xlsx"))
    assert (returned.missing, *changes(returned)) == (1, type(None), 2, 2, 0, 0)
    assert answers(classes) == {"=Diallo": Answer(Equipment.OWN), "Œuvrard": Answer(Equipment.NONE), "Kaya": None}


def test_lines_that_are_not_understood_are_told_and_the_others_taken(classes: World, tmp_path: Path) -> None:
    sheet = FilledSheet(sent(classes, tmp_path))
    first, second, third = sheet.lines()
    sheet.write(first, EQUIPMENT="on ne sait pas")
    sheet.write(second, EQUIPMENT="Rien", ASKED="07/04/2026")
    sheet.write(third, EQUIPMENT="Rien")
    spare = sheet.spare()
    sheet.write(spare, CLASS="5e B", NAME="Nouveau", GIVEN="Élève", EQUIPMENT="Rien")
    file = sheet.save(tmp_path / "back.xlsx")
    (returned,) = back(classes, file)
    assert changes(returned) == (type(None), 1, 1, 0, 3)
    assert [(problem.line, problem.template) for problem in returned.problems] == [
        (first, rules.NOT_AN_EQUIPMENT),
        (second, rules.NOT_A_PAST_DAY),
        (spare, rules.NOT_LISTED),
    ]
    assert returned.problems[2].facts["read"] == "5e B · Nouveau · Élève · Rien"
    (told,) = surveying.write_problems(classes.session, [returned])
    assert told.parent == file.parent
    assert [each.name for each in surveying.write_problems(classes.session, [returned, returned], tmp_path / "p")] == [
        "back - lignes à revoir.xlsx", "back (2) - lignes à revoir.xlsx",
    ]  # fmt: skip


def test_a_pupil_on_two_lines_with_two_answers_is_told(classes: World, tmp_path: Path) -> None:
    sheet = FilledSheet(sent(classes, tmp_path))
    line, spare = sheet.line_of("Kaya"), sheet.spare()
    said = {name: sheet.text(line, getattr(layout, name)) for name in ("MARK", "CLASS", "NAME", "GIVEN")}
    sheet.write(line, EQUIPMENT="Rien").write(spare, EQUIPMENT="Personnel", **said)
    (returned,) = back(classes, sheet.save(tmp_path / "back.xlsx"))
    assert [(problem.line, problem.template) for problem in returned.problems] == [
        (line, rules.SEVERAL_ANSWERS),
        (spare, rules.SEVERAL_ANSWERS),
    ]
    assert answers(classes)["Kaya"] is None


def test_a_pupil_who_left_meanwhile_is_told(classes: World, tmp_path: Path) -> None:
    file = filled(sent(classes, tmp_path), tmp_path / "back.xlsx")
    with classes.base.atomic():
        classes.base.execute("UPDATE pupil SET left_on = ? WHERE family_name = ?", ("2026-04-01", "Œuvrard"))
    (returned,) = back(classes, file)
    assert changes(returned) == (type(None), 0, 0, 0, 1)


def test_a_folder_of_attachments_names_the_files_that_are_no_workbook(classes: World, tmp_path: Path) -> None:
    mails = tmp_path / "mails"
    (mails / "iris").mkdir(parents=True)
    filled(sent(classes, tmp_path), mails / "iris" / "réponse.xlsx")
    (mails / "signature.png").write_bytes(b"\x89PNG" + bytes(range(200)))
    (mails / "liste.csv").write_text("Classe;Nom\n", encoding="utf-8")
    (mails / "~$réponse.xlsx").write_bytes(b"lock")
    (mails / "réponse - lignes à revoir.xlsx").write_bytes(b"ours")
    found = {Path(each.file).name: each for each in back(classes, mails, mails / "absent.xlsx")}
    assert sorted(found) == ["absent.xlsx", "liste.csv", "réponse.xlsx", "signature.png"]
    assert isinstance(found["signature.png"].refused, WrongFile)
    assert isinstance(found["liste.csv"].refused, WrongFile)
    assert isinstance(found["absent.xlsx"].refused, FileTrouble)
    assert found["réponse.xlsx"].changed == 1


def test_closed_needs_take_no_workbook(classes: World, tmp_path: Path) -> None:
    file = filled(sent(classes, tmp_path), tmp_path / "back.xlsx")
    asking.close_needs(classes.session, CAMPAIGN)
    with pytest.raises(NeedsClosed):
        back(classes, file)
    with pytest.raises(NeedsClosed):
        sent(classes, tmp_path / "again")


def test_a_file_already_there_is_never_replaced(classes: World, tmp_path: Path) -> None:
    path = sent(classes, tmp_path)
    before = path.read_bytes()
    with pytest.raises(FileTrouble):
        surveying.write_workbooks(classes.session, campaign=CAMPAIGN, out=tmp_path)
    assert path.read_bytes() == before
    assert list(tmp_path.glob(f"{LILAS}*")) == []


def test_nothing_is_left_when_it_is_stopped_or_nobody_is_to_be_asked(classes: World, tmp_path: Path) -> None:
    out = tmp_path / "out"
    stopped = Progress(is_cancelled=lambda: True)
    with pytest.raises(Cancelled):
        surveying.write_workbooks(classes.session, campaign=CAMPAIGN, out=out, progress=stopped)
    with pytest.raises(NobodyToAsk):
        surveying.write_workbooks(classes.session, campaign=CAMPAIGN, school=classes_without(classes), out=out)
    assert list(out.iterdir()) == []


def classes_without(world: World) -> str:
    row = world.base.execute("SELECT uai FROM school WHERE name = ?", ("École sans liste",)).fetchone()
    return str(row[0])


def test_finance_neither_asks_nor_collects(classes: World, tmp_path: Path) -> None:
    finance = new_session(classes.base, actor=Actor("X", Role.FINANCE))
    with pytest.raises(NotPermitted):
        surveying.write_workbooks(finance, campaign=CAMPAIGN, out=tmp_path)
    with pytest.raises(NotPermitted):
        surveying.import_returns(finance, [tmp_path], campaign=CAMPAIGN)


def test_no_line_of_the_ledger_holds_a_name(classes: World, tmp_path: Path) -> None:
    back(classes, filled(sent(classes, tmp_path), tmp_path / "Œuvrard.xlsx"))
    facts = [json.loads(row[0]) for row in classes.base.execute("SELECT facts FROM ledger_facts").fetchall()]
    assert "uvrard" not in json.dumps(facts, ensure_ascii=False)
    assert [fact["answers"] for fact in facts if "sha256" in fact] == [1]


def test_a_large_school_is_one_act_undone_as_one_and_known_afterwards(classes: World, tmp_path: Path) -> None:
    iris = classes.base.execute("SELECT id FROM school WHERE uai = ?", (IRIS,)).fetchone()[0]
    with classes.base.atomic():
        for number in range(600):
            classes.base.execute(
                "INSERT INTO pupil (school_id, family_name, usage_name, given_name, class_name, level, search_key,"
                " sort_key) VALUES (?, ?, '', 'X', '3e A', '', '', ?)",
                (iris, f"Nom {number}", f"nom {number:04d}"),
            )
    sheet = FilledSheet(sent(classes, tmp_path))
    sheet.fill(layout.EQUIPMENT, "Rien")
    file = sheet.save(tmp_path / "back.xlsx")
    assert back(classes, file)[0].changed == 603
    assert back(classes, file)[0].is_known
    undoing.undo_last(classes.session)
    assert set(answers(classes).values()) == {None}
    assert not back(classes, file, is_dry_run=True)[0].is_known


def test_needs_closed_while_files_are_read_take_no_answer_more(classes: World, tmp_path: Path) -> None:
    file = filled(sent(classes, tmp_path), tmp_path / "back.xlsx")

    def close(done: int, _total: int) -> None:
        if done == 0:
            asking.close_needs(classes.session, CAMPAIGN)

    progress = Progress(close)
    (returned,) = surveying.import_returns(classes.session, [file], campaign=CAMPAIGN, progress=progress)
    assert isinstance(returned.refused, NeedsClosed)
    assert classes.base.execute("SELECT count(*) FROM need").fetchone()[0] == 0


def test_a_workbook_whose_answers_are_all_known_chains_no_line(classes: World, tmp_path: Path) -> None:
    path = sent(classes, tmp_path)
    for name, said in (("1", "Rien"), ("2", "Personnel")):
        back(classes, filled(path, tmp_path / f"{name}.xlsx", EQUIPMENT=said, ASKED=f"0{name}/04/2026"))
    older = filled(path, tmp_path / "3.xlsx", EQUIPMENT="Rien", ASKED="01/04/2026", PRIORITY="non")
    assert changes(back(classes, older)[0]) == (type(None), 1, 0, 1, 0)
    lines = classes.base.execute("SELECT count(*) FROM ledger_line WHERE action = 'answered'").fetchone()[0]
    assert (lines, back(classes, older)[0].is_known) == (2, False)


@pytest.mark.skipif(office() is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_libreoffice_opens_and_saves_it_without_breaking_a_seal(classes: World, tmp_path: Path, ending: str) -> None:
    sheet = FilledSheet(sent(classes, tmp_path))
    line = sheet.line_of("Œuvrard")
    sheet.write(line, EQUIPMENT="Téléphone seulement", CELLULAR="Oui")
    sheet.put_number(line, layout.ASKED, (TODAY - timedelta(days=1) - date(1899, 12, 30)).days)
    file = sheet.save(tmp_path / "back.xlsx")
    (tmp_path / "saved").mkdir()
    (returned,) = back(classes, saved_by_office(file, ending, tmp_path / "saved"))
    assert changes(returned) == (type(None), 1, 1, 0, 0)
    assert returned.missing == 0
    (row,) = asking.block(classes.session, NeedFilter(CAMPAIGN, is_answered=True), Place(0, 10))
    assert (row.answer, row.told) == (
        Answer(Equipment.PHONE, is_cellular=True),
        Told(TODAY - timedelta(days=1), "", Source.WORKBOOK),
    )


def test_a_workbook_is_no_survey(classes: World, tmp_path: Path) -> None:
    surveying.write_workbooks(classes.session, campaign=CAMPAIGN, out=tmp_path)
    path = next(tmp_path.glob("*.xlsx"))
    with pytest.raises(WrongFile):
        answering.import_answers(classes.session, path, campaign=CAMPAIGN)
