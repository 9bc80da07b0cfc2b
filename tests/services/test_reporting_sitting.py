"""The sheet of a sitting on both engines: it tells exactly what this station's ledger tells."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tablet_loans.domain.device import Condition
from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.loan import ReceivedBy
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.sitting import RefusedLine
from tablet_loans.domain.trouble import FileTrouble
from tablet_loans.services import lending, reporting, undoing
from tablet_loans.storage import sittings
from tests.builders import CAMPAIGN, NOON, World, new_session
from tests.services.documents import pages_of, text_of

IRIS = "0690142E"


def lend(world: World, family_name: str, school_id: int, **how: object) -> lending.Handover:
    pupil = world.pupil(family_name, "Zoé", school_id=school_id)
    return lending.check_out(world.session, code=world.device(), pupil_id=pupil, **how).value  # type: ignore[arg-type]


def told(world: World, since: datetime) -> sittings.Beginning:
    return sittings.beginning(world.base, world.session.station, since)


def test_the_sheet_tells_what_was_done_since(world: World, tmp_path: Path) -> None:
    iris, elsewhere = world.school(IRIS), world.school()
    early, kept, away = (lend(world, name, school) for name, school in (("A", iris), ("B", iris), ("C", elsewhere)))
    since = world.session.now()
    lent = lend(world, "Œuvrard", iris, received_by=ReceivedBy.OTHER, received_name="Mme Kaya", missing=("Housse",))
    undone = lend(world, "Petit", iris)
    undoing.undo_last(world.session)
    lending.check_in(world.session, code=early.tag, condition=Condition.WORN, missing=("chargeur",))
    refused = [RefusedLine(world.session.now(), "ML-999999", "Inconnue.")]
    out = tmp_path / "sheet.pdf"
    export = reporting.session_sheet(
        world.session, since=since, refused=refused, schools=(IRIS,), campaign=CAMPAIGN, out=out
    )
    assert export == (5, out)
    (page,) = pages_of(out)
    said = text_of(page)
    for expected in (
        f"ŒUVRARD Zoé 5e B {lent.tag} {lent.number} Mme Kaya, sans : Housse",
        f"A Zoé 5e B {early.tag} {early.number} usée, manque : Chargeur",
        f"PETIT Zoé 5e B {undone.tag} {undone.number} prêt annulé",
        "ML-999999 Inconnue.",
        f"B Zoé 5e B {kept.tag} {kept.number} 03/07/2026",
        "1 prêtée 1 rendue 0 prêt corrigé 1 opération annulée 1 refusée 1 encore attendue",
        "Collège Les Iris", "C. Morel", world.session.station,
    ):  # fmt: skip
        assert expected in said, expected
    assert away.tag not in said


def test_records_put_right_say_both_pupils_and_the_return(world: World) -> None:
    iris = world.school(IRIS)
    one, other = lend(world, "Abel", iris), lend(world, "Bauer", iris)
    since = world.session.now()
    lending.swap_and_check_in(world.session, code=other.tag, pupil_id=one.pupil_id)
    began = told(world, since)
    swapped = sittings.swapped(world.base, began)
    assert [(line.holding.pupil, line.holding.tag, line.former_tag) for line in swapped] == [
        ("ABEL Zoé", other.tag, one.tag),
        ("BAUER Zoé", one.tag, other.tag),
    ]
    assert [line.holding.pupil for line in sittings.returned(world.base, began)] == ["ABEL Zoé"]
    assert [line.holding.tag for line in sittings.expected(world.base, began, (), None, 10)] == [one.tag]
    undoing.undo_last(world.session, 2)
    assert sittings.swapped(world.base, began) == ()
    assert sittings.returned(world.base, began) == ()
    assert sorted(line.action for line in sittings.undone(world.base, began)) == ["checked_in", "swapped", "swapped"]


def test_a_loan_put_right_twice_is_still_expected(world: World) -> None:
    iris = world.school(IRIS)
    one, two, three = (lend(world, name, iris) for name in ("Abel", "Bauer", "Cazal"))
    since = world.session.now()
    lending.swap(world.session, code=one.tag, other_code=two.tag)
    lending.swap(world.session, code=one.tag, other_code=three.tag)
    late = lend(world, "Dumas", iris)
    lending.swap(world.session, code=late.tag, other_code=one.tag)
    began = told(world, since)
    expected = sittings.expected(world.base, began, (), None, 10)
    assert [line.holding.pupil for line in expected] == ["ABEL Zoé", "BAUER Zoé", "CAZAL Zoé"]
    assert sittings.expected_count(world.base, began, (), None) == 3


def test_what_another_station_did_is_on_its_own_sheet(world: World) -> None:
    iris, since = world.school(IRIS), NOON - timedelta(hours=1)
    other = new_session(world.base, machine="machine-2")
    lending.check_out(other, code=world.device(), pupil_id=world.pupil(school_id=iris))
    mine = lend(world, "Zola", iris)
    assert [line.holding.loan for line in sittings.lent(world.base, told(world, since))] == [mine.number]


def test_what_was_lent_in_the_sitting_is_not_expected_yet(world: World) -> None:
    iris = world.school(IRIS)
    before = lend(world, "Avant", iris)
    since = world.session.now()
    lend(world, "Pendant", iris)
    began = told(world, since)
    assert sittings.expected_count(world.base, began, (), None) == 1
    assert [line.holding.loan for line in sittings.expected(world.base, began, (IRIS,), CAMPAIGN, 10)] == [
        before.number
    ]
    assert sittings.expected_count(world.base, began, (IRIS,), "Autre") == 0


def test_more_expected_tablets_than_the_sheet_lists_are_counted(world: World, tmp_path: Path) -> None:
    iris = world.school(IRIS)
    for turn in range(4):
        lend(world, f"Élève {turn}", iris)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reporting, "_EXPECTED", 3)
        export = reporting.session_sheet(world.session, since=world.session.now(), out=tmp_path / "sheet.pdf")
    assert export.rows == 3
    said = text_of(pages_of(export.file)[0])
    assert "4 encore attendues" in said
    assert "Et 1 de plus" in said


def test_a_base_in_which_nothing_was_done_has_a_sheet(world: World, tmp_path: Path) -> None:
    since = world.session.now()
    assert reporting.session_sheet(world.session, since=since, out=tmp_path / "sheet.pdf").rows == 0
    assert "tous les établissements" in text_of(pages_of(tmp_path / "sheet.pdf")[0])


def test_the_sheet_is_one_export_line_without_a_name(world: World, tmp_path: Path) -> None:
    since = world.session.now()
    lend(world, "Œuvrard", world.school(IRIS))
    reporting.session_sheet(world.session, since=since, out=tmp_path / "sheet.pdf")
    action, facts = world.base.execute(
        "SELECT line.action, facts.facts FROM ledger_line line JOIN ledger_facts facts ON facts.line_id = line.id"
        " ORDER BY line.sequence DESC LIMIT 1"
    ).fetchone()
    assert action == "exported"
    assert facts == '{"changes":[],"file":"sheet.pdf","rows":1,"what":"session_sheet"}'


def test_who_may_not_lend_has_no_sheet_and_a_bad_place_is_a_trouble(sqlite_world: World, tmp_path: Path) -> None:
    session = sqlite_world.session
    finance = new_session(sqlite_world.base, actor=Actor("F", Role.FINANCE))
    with pytest.raises(NotPermitted):
        reporting.session_sheet(finance, since=session.now(), out=tmp_path / "sheet.pdf")
    for out in (tmp_path / "sheet.csv", tmp_path / "nowhere" / "sheet.pdf"):
        with pytest.raises(FileTrouble) as refused:
            reporting.session_sheet(session, since=session.now(), out=out)
        assert refused.value.facts["path"] == str(out)
    assert not [path for path in tmp_path.iterdir() if path.suffix in {".pdf", ".part", ".csv"}]
