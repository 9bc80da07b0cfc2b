"""Batches on both engines: a file a school, taken up where they stopped; blank forms whose numbers nobody else gets."""

from pathlib import Path

import pytest

from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.sheet import NobodyToPrintFor, TooManyForms
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.services import batching, lending
from tablet_loans.services.batching import PrintedBatch
from tablet_loans.services.session import Cancelled, Progress
from tablet_loans.storage import print_batches, rows
from tests.builders import CAMPAIGN, World
from tests.services.documents import codes_on, pages_of

IRIS, LAC = "0690142E", "0690005X"


def schools(world: World) -> tuple[int, int]:
    return world.school(IRIS, "Collège Les Iris"), world.school(LAC, "Collège du Lac")


def lent_at(world: World, school_id: int, name: str) -> str:
    pupil = world.pupil(name, school_id=school_id)
    return lending.check_out(world.session, code=world.device(), pupil_id=pupil).value.number


def bars_in(out: Path) -> list[str]:
    return [code for page in pages_of(out)[::2] for code, kind in codes_on(page) if kind == "Code128"]


def stopping_after(count: int) -> Progress:
    heard: list[int] = []
    return Progress(lambda done, _: heard.append(done), lambda: len(heard) >= count)


def test_there_is_one_file_a_school_in_the_order_of_the_register(world: World, tmp_path: Path) -> None:
    iris, lac = schools(world)
    zola, abel, other = lent_at(world, iris, "Zola"), lent_at(world, iris, "Abel"), lent_at(world, lac, "Kaya")
    done = batching.print_loans(world.session, LoanFilter(), tmp_path / "out")
    assert done == PrintedBatch(3, 6, 2, 0, str(tmp_path / "out"))
    one, two = sorted((tmp_path / "out").iterdir())
    assert one.name == f"{LAC} - Collège du Lac.pdf"
    assert (bars_in(one), bars_in(two)) == ([other], [abel, zola])


def test_a_batch_that_was_stopped_goes_on_with_what_is_not_done(world: World, tmp_path: Path) -> None:
    iris, lac = schools(world)
    lent_at(world, lac, "Kaya")
    for name in ("Abel", "Zola"):
        lent_at(world, iris, name)
    with pytest.raises(Cancelled):
        batching.print_loans(world.session, LoanFilter(), tmp_path, stopping_after(3))
    (first,) = tmp_path.glob("*.pdf")
    before = first.stat().st_mtime_ns
    heard: list[tuple[int, int]] = []
    done = batching.print_loans(world.session, LoanFilter(), tmp_path, Progress(lambda *both: heard.append(both)))
    assert (done.files, done.resumed, done.agreements) == (2, 1, 3)
    assert first.stat().st_mtime_ns == before
    assert heard[-1] == (3, 3)
    again = batching.print_loans(world.session, LoanFilter(), tmp_path)
    assert again.resumed == 0, "it had ended: the same asked again is another batch"


def test_a_file_that_is_gone_is_written_again(world: World, tmp_path: Path) -> None:
    iris, lac = schools(world)
    lent_at(world, lac, "Kaya")
    lent_at(world, iris, "Abel")
    with pytest.raises(Cancelled):
        batching.print_loans(world.session, LoanFilter(), tmp_path, stopping_after(2))
    (first,) = tmp_path.glob("*.pdf")
    first.unlink()
    assert batching.print_loans(world.session, LoanFilter(), tmp_path).resumed == 0
    assert first.exists()


def test_each_file_is_a_ledger_line(world: World, tmp_path: Path) -> None:
    iris, lac = schools(world)
    lent_at(world, iris, "Abel")
    lent_at(world, lac, "Zola")
    before = lines_of(world)
    batching.print_loans(world.session, LoanFilter(), tmp_path)
    assert lines_of(world) == before + 2


def lines_of(world: World) -> int:
    return int(world.base.execute("SELECT count(*) FROM ledger_line").fetchone()[0])


def forms_of(world: World) -> int:
    return int(world.base.execute("SELECT count(*) FROM spare_form").fetchone()[0])


def test_pupils_promised_a_tablet_have_theirs_printed_beforehand(world: World, tmp_path: Path) -> None:
    iris, lac = schools(world)
    promised = [world.pupil(name, school_id=school) for name, school in (("Abel", iris), ("Kaya", lac))]
    world.pupil("Zola", school_id=iris)
    campaign = world.base.execute("SELECT id FROM campaign").fetchone()[0]
    with world.base.atomic():
        for pupil in promised:
            rows.insert(world.base, "reservation", {"campaign_id": campaign, "pupil_id": pupil, "state": "promised"})
    done = batching.print_sheets(world.session, tmp_path, campaign=CAMPAIGN, is_promised=True)
    assert (done.agreements, done.files) == (2, 2)
    lending.check_out(world.session, code=world.device(), pupil_id=promised[0])
    assert batching.print_sheets(world.session, tmp_path, is_promised=True).agreements == 1
    with pytest.raises(NobodyToPrintFor):
        batching.print_sheets(world.session, tmp_path, school=IRIS, is_promised=True)


def test_blank_forms_have_numbers_that_nobody_else_gets(world: World, tmp_path: Path) -> None:
    one, two = tmp_path / "a.pdf", tmp_path / "b.pdf"
    assert batching.print_spare(world.session, 3, one).value.agreements == 3
    batching.print_spare(world.session, 2, two)
    codes = [*bars_in(one), *bars_in(two)]
    assert codes == [print_batches.spare_code(place) for place in range(1, 6)]
    assert forms_of(world) == 5


def test_numbers_that_were_reserved_and_not_printed_are_taken_again(world: World, tmp_path: Path) -> None:
    out = tmp_path / "a.pdf"
    with pytest.raises(Cancelled):
        batching.print_spare(world.session, 3, out, progress=stopping_after(1))
    assert not out.exists()
    batching.print_spare(world.session, 3, out)
    assert bars_in(out) == [print_batches.spare_code(place) for place in range(1, 4)]
    assert forms_of(world) == 3
    batching.print_spare(world.session, 3, out)
    assert bars_in(out)[0] == print_batches.spare_code(4)


@pytest.mark.parametrize("count", [0, 1_001, -1])
def test_a_number_of_blank_forms_that_makes_no_sense_is_refused(
    sqlite_world: World, tmp_path: Path, count: int
) -> None:
    with pytest.raises(TooManyForms):
        batching.print_spare(sqlite_world.session, count, tmp_path / "a.pdf")


def test_a_folder_that_cannot_be_made_or_a_name_without_a_shape_leaves_the_rest_done(
    sqlite_world: World, tmp_path: Path
) -> None:
    iris, lac = schools(sqlite_world)
    lent_at(sqlite_world, lac, "Kaya")
    lent_at(sqlite_world, iris, "李")
    (tmp_path / "file").write_text("x")
    with pytest.raises(FileTrouble):
        batching.print_loans(sqlite_world.session, LoanFilter(), tmp_path / "file")
    with pytest.raises(FontLacks):
        batching.print_loans(sqlite_world.session, LoanFilter(), tmp_path / "out")
    assert [file.name for file in (tmp_path / "out").iterdir()] == [f"{LAC} - Collège du Lac.pdf"]
