"""From a principal's list to closed needs: workbooks out and back, the roster that completes, the guardians gone."""

from pathlib import Path

import pytest

from tablet_loans.domain import workbook as layout
from tablet_loans.domain.need import Equipment, NeedFilter, NeedsClosed
from tablet_loans.domain.paging import Place
from tablet_loans.domain.pupil import PupilFilter, PupilRow
from tablet_loans.domain.school_return import NamesAltered, OtherSchoolsWorkbook
from tablet_loans.domain.workbook import SchoolReturn
from tablet_loans.services import asking, caring, checking, consulting, lending, rostering, surveying
from tests.builders import CAMPAIGN, World
from tests.files import siecle
from tests.services.filled import FilledSheet

IRIS, LILAS, ROSES = "0690142E", "0690026D", "0691670R"
BARE = {
    IRIS: ("Nom;Prénom;Classe;Téléphone", "KAYA;Emre;5A;06 39 98 00 01", "BRUN;Zoé;5A;06 39 98 00 02"),
    LILAS: ("Nom;Prénom;Classe;Téléphone", "DIALLO;Awa;4B;06 39 98 00 03", "ROUX;Lou;4B;06 39 98 00 04"),
    ROSES: ("Nom;Prénom;Classe;Téléphone", "PETIT;Noé;3C;06 39 98 00 05"),
}


@pytest.fixture
def territory(world: World, tmp_path: Path) -> World:
    """Return three schools with the few pupils whom their principals listed."""
    for uai, lines in BARE.items():
        world.school(uai, f"Collège {uai}")
        path = tmp_path / f"{uai}.csv"
        path.write_text("\n".join(lines), "utf-8")
        rostering.import_pupils(world.session, path, school=uai)
    return world


def _workbooks(world: World, folder: Path) -> dict[str, FilledSheet]:
    surveying.write_workbooks(world.session, campaign=CAMPAIGN, out=folder)
    return {path.name[:8]: FilledSheet(path) for path in folder.glob("*.xlsx")}


def _returned(world: World, folder: Path) -> dict[str, SchoolReturn]:
    returns = surveying.import_returns(world.session, [folder], campaign=CAMPAIGN)
    return {Path(each.file).stem: each for each in returns}


def _answered(world: World) -> dict[str, Equipment | None]:
    rows = asking.block(world.session, NeedFilter(CAMPAIGN), Place())
    return {row.given_name: row.answer.equipment if row.answer else None for row in rows}


def _pupil(world: World, name: str) -> PupilRow:
    (row,) = consulting.pupils_block(world.session, PupilFilter(search=name), Place())
    return row


def _siecle(folder: Path) -> tuple[Path, Path]:
    """Write what the school of the irises exports, one pupil more than its principal listed."""
    pupils = [
        siecle.Pupil("11", "KAYA", "Emre", "012345678AB", classes=(("5A", "D"),)),
        siecle.Pupil("12", "BRUN", "Zoé", "123456789CD", classes=(("5A", "D"),)),
        siecle.Pupil("13", "KAYA", "Ada", "234567890EF", classes=(("6C", "D"),)),
    ]
    persons = [
        siecle.Person("91", "KAYA", "Deniz", (("11", "1", "10"), ("13", "1", "10")), "71"),
        siecle.Person("92", "BRUN", "Léa", (("12", "1", "10"),), "72"),
    ]
    addresses = [("71", "1 rue des Tilleuls", "69100", "VILLEURBANNE"), ("72", "2 rue du Moulin", "69100", "LYON")]
    roster, guardians = folder / "export-1", folder / "export-2"
    roster.write_bytes(siecle.zipped(("ElevesSansAdresses.xml", siecle.pupils_xml(pupils))))
    guardians.write_bytes(siecle.guardians_xml(persons, addresses))
    return roster, guardians


def test_a_campaign_asks_its_schools_and_forgets_who_needs_nothing(territory: World, tmp_path: Path) -> None:
    session, mails = territory.session, tmp_path / "mails"
    mails.mkdir()
    sheets = _workbooks(territory, tmp_path / "out")
    assert set(sheets) == {IRIS, LILAS, ROSES}

    # Back come one as it was asked, one with a name written over, and one that holds another school's line.
    good, altered, foreign = sheets[IRIS], sheets[LILAS], sheets[ROSES]
    good.write(good.line_of("KAYA"), EQUIPMENT=layout.EQUIPMENT_OFFERED[Equipment.NONE])
    good.write(good.line_of("BRUN"), EQUIPMENT=layout.EQUIPMENT_OFFERED[Equipment.OWN])
    altered.write(altered.line_of("DIALLO"), NAME="DIALO", EQUIPMENT=layout.EQUIPMENT_OFFERED[Equipment.NONE])
    line = foreign.line_of("PETIT")
    for letter, title in zip("ABCD", layout.TITLES, strict=False):  # a whole line, pasted from the neighbours' workbook
        foreign.put(line, letter, good.text(good.line_of("KAYA"), title))
    for name, sheet in (("good", good), ("altered", altered), ("foreign", foreign)):
        sheet.save(mails / f"{name}.xlsx")
    returns = _returned(territory, mails)
    assert (returns["good"].refused, returns["good"].changed) == (None, 2)
    assert isinstance(returns["altered"].refused, NamesAltered)
    assert isinstance(returns["foreign"].refused, OtherSchoolsWorkbook)
    assert _answered(territory) == {
        "Emre": Equipment.NONE, "Zoé": Equipment.OWN, "Awa": None, "Lou": None, "Noé": None
    }  # fmt: skip

    # The school's own export completes the pupils of the list, and brings who looks after them.
    roster, guardians = _siecle(tmp_path)
    before = _pupil(territory, "Kaya Emre")
    report = rostering.import_pupils(session, roster).value
    assert (report.created, report.updated, report.left, report.problems) == (1, 2, 0, ())
    after = _pupil(territory, "Kaya Emre")
    assert (after.id, after.ine, before.ine) == (before.id, "012345678AB", None)
    assert caring.import_guardians(session, guardians, school=IRIS).value.created == 2
    record = consulting.record(session, after.id)
    assert [member.name for member in record.household] == ["KAYA Ada"]
    lending.check_out(session, code=territory.device(), pupil_id=after.id)
    ada = _pupil(territory, "Kaya Ada")
    rows = asking.block(session, NeedFilter(CAMPAIGN, search="Ada"), Place())
    assert [(row.pupil_id, row.household_loans) for row in rows] == [(ada.id, 1)]

    # Needs close: who looks after pupils without a need is forgotten, telephone numbers too; the others stay.
    closed = asking.close_needs(session, CAMPAIGN).value
    assert closed.guardians == 1
    assert [guardian.name for guardian in consulting.record(session, after.id).guardians] == ["MME KAYA Deniz"]
    zoe = consulting.record(session, _pupil(territory, "Brun Zoé").id)
    assert (zoe.guardians, zoe.phone) == ((), "")
    with pytest.raises(NeedsClosed):
        surveying.import_returns(session, [mails / "good.xlsx"], campaign=CAMPAIGN)
    checking.check(session)
