"""The counts of a campaign's agreements, and the scan that closes one, on both engines."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tablet_loans.domain.agreement import mark_of
from tablet_loans.domain.errors import LoanNotOpen, NotPermitted, StepNotAllowed, UnknownCampaign, UnknownLoan
from tablet_loans.domain.identifiers import uai_key
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.oversight import (
    Among,
    ClassPapers,
    FormNotUsed,
    NoLoanYet,
    NotAnAgreement,
    PaperCount,
    PaperFate,
    Part,
    SchoolPapers,
    SeveralLoans,
)
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.sheet import NobodyToPrintFor
from tablet_loans.services import agreeing, batching, lending, overseeing, undoing
from tablet_loans.storage import agreement_counts, print_batches, rows
from tests.builders import CAMPAIGN, World, new_session
from tests.services.documents import codes_on, pages_of

IRIS = "0690142E"
CANUTS = "0690001" + uai_key("0690001")
NOBODY = "20-ZZ-0001"


def promise(world: World, pupil: PupilId) -> None:
    """Promise a tablet to a pupil."""
    (campaign,) = world.base.execute("SELECT id FROM campaign WHERE name = ?", (CAMPAIGN,)).fetchone()
    with world.base.atomic():
        rows.insert(
            world.base, "reservation",
            {"campaign_id": campaign, "pupil_id": pupil, "state": "promised", "kind": "tablet"},
        )  # fmt: skip


def lent(world: World, pupil: PupilId) -> str:
    return lending.check_out(world.session, code=world.device(), pupil_id=pupil).value.number


@pytest.fixture
def two_schools(world: World) -> tuple[int, int]:
    return world.school(IRIS, "Collège Les Iris"), world.school(CANUTS, "Lycée Les Canuts")


def test_a_school_is_counted_from_promise_to_signature(
    world: World, two_schools: tuple[int, int], tmp_path: Path
) -> None:
    iris, canuts = two_schools
    for place in range(3):
        promise(world, world.pupil(f"Attend{place}", school_id=iris, class_name="4e A" if place else "5e B"))
    loans = [lent(world, world.pupil(f"Prêt{place}", school_id=iris)) for place in range(3)]
    other = lent(world, world.pupil("Ailleurs", school_id=canuts, class_name="2de 1"))
    agreeing.print_agreements(world.session, LoanFilter(numbers=tuple(loans[:2])), tmp_path / "two.pdf")
    agreeing.sign(world.session, loans[0])
    first, second = overseeing.papers(world.session, CAMPAIGN)
    assert second == SchoolPapers(IRIS, "Collège Les Iris", "Villeurbanne", PaperCount(3, 0, 3, 2, 1))
    assert first == SchoolPapers(CANUTS, "Lycée Les Canuts", "Villeurbanne", PaperCount(0, 0, 1, 0, 0))
    assert (second.count.to_print, second.count.unprinted, second.count.unsigned) == (3, 1, 2)
    view = overseeing.papers_of(world.session, CAMPAIGN, IRIS)
    assert view.classes == (
        ClassPapers("4e A", PaperCount(2, 0, 0, 0, 0)),
        ClassPapers("5e B", PaperCount(1, 0, 3, 2, 1)),
    )
    assert [(each.loan, each.printed_at is None) for each in view.unsigned] == [(loans[1], False), (loans[2], True)]
    assert view.unsigned[0].pupil == "PRÊT1 Inès"
    assert other not in {each.loan for each in view.unsigned}


def test_who_is_lent_something_or_has_left_waits_for_no_paper(world: World, two_schools: tuple[int, int]) -> None:
    served, gone = world.pupil("Servi", school_id=two_schools[0]), world.pupil("Parti", school_id=two_schools[0])
    for pupil in (served, gone):
        promise(world, pupil)
    lent(world, served)
    with world.base.atomic():
        rows.update(world.base, "pupil", gone, {"left_on": "2026-01-01"})
    (school,) = overseeing.papers(world.session, CAMPAIGN)
    assert school.count == PaperCount(lent=1)


def test_a_sheet_printed_beforehand_is_not_to_print_any_more(
    world: World, two_schools: tuple[int, int], tmp_path: Path
) -> None:
    pupils = [world.pupil(name, school_id=school) for name, school in zip(("A", "B"), two_schools, strict=True)]
    for pupil in pupils:
        promise(world, pupil)
    agreeing.print_sheets(
        world.session, campaign=CAMPAIGN, is_promised=True, out=tmp_path / "one.pdf", part=Part(schools=(IRIS,))
    )
    assert [each.count.to_print for each in overseeing.papers(world.session, CAMPAIGN)] == [1, 0]
    rest = agreeing.print_sheets(
        world.session, campaign=CAMPAIGN, is_promised=True, out=tmp_path / "rest.pdf", part=Part(Among.UNPRINTED)
    )
    assert rest.value.agreements == 1
    with pytest.raises(NobodyToPrintFor):
        agreeing.print_sheets(
            world.session, campaign=CAMPAIGN, is_promised=True, out=tmp_path / "no.pdf", part=Part(Among.UNPRINTED)
        )


def test_loans_never_printed_or_not_signed_are_printed_alone(
    world: World, two_schools: tuple[int, int], tmp_path: Path
) -> None:
    pupils = [world.pupil(name, school_id=two_schools[0]) for name in ("A", "B", "C")]
    pupils.append(world.pupil("D", school_id=two_schools[1]))
    loans = [lent(world, pupil) for pupil in pupils]
    agreeing.print_agreements(world.session, LoanFilter(numbers=tuple(loans[:2])), tmp_path / "two.pdf")
    agreeing.sign(world.session, loans[0])
    chosen, out = LoanFilter(campaign=CAMPAIGN), tmp_path / "some.pdf"

    def printed(part: Part) -> int:
        return agreeing.print_agreements(world.session, chosen, out, part=part).value.agreements

    assert printed(Part(Among.UNSIGNED)) == 3
    world.base.execute("DELETE FROM agreement WHERE state = 'printed'")
    assert printed(Part(Among.UNPRINTED, (CANUTS,))) == 1
    assert printed(Part(Among.ALL, (IRIS,))) == 3
    batch = batching.print_loans(world.session, chosen, tmp_path / "by-school", part=Part(schools=(IRIS,)))
    assert (batch.agreements, batch.files) == (3, 1)


@pytest.mark.parametrize("as_scanned", [str, lambda number: str(mark_of(number, 1, "ab" * 32))])
def test_the_scan_of_a_loans_agreement_closes_it_once(
    world: World, two_schools: tuple[int, int], as_scanned: Callable[[str], str]
) -> None:
    number = lent(world, world.pupil("Zola", school_id=two_schools[0]))
    receipt = overseeing.sign_scanned(world.session, as_scanned(number))
    assert receipt.value.fate is PaperFate.SIGNED
    assert (receipt.value.loan, receipt.value.pupil, receipt.value.class_name) == (number, "ZOLA Inès", "5e B")
    assert receipt.value.school == "Collège Les Iris"
    assert receipt.topics
    again = overseeing.sign_scanned(world.session, number)
    assert again.value.fate is PaperFate.BEFORE
    assert again.value.signed_at == receipt.value.signed_at
    assert not again.topics
    back = overseeing.take_back(world.session, receipt.ledger_id, number)
    assert (back.value.loan, back.value.fate, back.value.signed_at) == (number, PaperFate.TAKEN_BACK, None)
    assert overseeing.papers(world.session, CAMPAIGN)[0].count.signed == 0
    assert overseeing.sign_scanned(world.session, number).value.fate is PaperFate.SIGNED


def test_a_sheet_closes_the_loan_it_became(world: World, two_schools: tuple[int, int]) -> None:
    pupil = world.pupil("Zola", school_id=two_schools[0])
    with pytest.raises(NoLoanYet) as refused:
        overseeing.sign_scanned(world.session, world.sheet(pupil))
    assert refused.value.facts == {"pupil": "ZOLA Inès"}
    number = lent(world, pupil)
    assert overseeing.sign_scanned(world.session, world.sheet(pupil)).value.loan == number


def test_a_sheet_of_several_ended_loans_is_not_guessed(world: World, two_schools: tuple[int, int]) -> None:
    pupil = world.pupil("Zola", school_id=two_schools[0])
    for _ in range(2):
        tag = world.device()
        lending.check_out(world.session, code=tag, pupil_id=pupil)
        lending.check_in(world.session, code=tag)
    with pytest.raises(SeveralLoans):
        overseeing.sign_scanned(world.session, world.sheet(pupil))


def test_what_is_no_known_agreement_is_refused_by_its_reason(world: World, two_schools: tuple[int, int]) -> None:
    number = lent(world, world.pupil("Zola", school_id=two_schools[0]))
    undoing.undo_last(world.session)
    with world.base.atomic():
        (campaign,) = world.base.execute("SELECT id FROM campaign").fetchone()
        (spare,) = print_batches.reserve(world.base, campaign, 1, world.session.now(), "C. Morel")
    for code, refusal in (
        (world.device(), NotAnAgreement), ("3666000123456", NotAnAgreement), (NOBODY, UnknownLoan),
        (number, LoanNotOpen), (spare, FormNotUsed),
    ):  # fmt: skip
        with pytest.raises(refusal):
            overseeing.sign_scanned(world.session, code)


def test_one_seen_signed_needs_no_scan_but_a_printing(
    world: World, two_schools: tuple[int, int], tmp_path: Path
) -> None:
    number = lent(world, world.pupil("Zola", school_id=two_schools[0]))
    with pytest.raises(StepNotAllowed):
        overseeing.sign_seen(world.session, number)
    agreeing.print_agreements(world.session, LoanFilter(numbers=(number,)), tmp_path / "one.pdf")
    assert number in {code for page in pages_of(tmp_path / "one.pdf") for code, _ in codes_on(page)}
    assert overseeing.sign_seen(world.session, number).value.fate is PaperFate.SIGNED
    assert overseeing.papers_of(world.session, CAMPAIGN, IRIS).unsigned == ()


def test_only_who_may_reads_the_counts_or_signs(world: World, two_schools: tuple[int, int]) -> None:
    number = lent(world, world.pupil("Zola", school_id=two_schools[0]))
    finance = new_session(world.base, actor=Actor("F. Durand", Role.FINANCE))
    for act in (
        lambda: overseeing.papers(finance, CAMPAIGN),
        lambda: overseeing.papers_of(finance, CAMPAIGN, IRIS),
        lambda: overseeing.sign_scanned(finance, number),
    ):
        with pytest.raises(NotPermitted):
            act()
    with pytest.raises(UnknownCampaign):
        overseeing.papers(world.session, "Nulle")
    assert agreement_counts.by_class(world.base, 1, "tablet", world.session.today(), "0000000X") == []
