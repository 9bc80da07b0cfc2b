"""The public report read back: its rules, its seed, its masked counts, what was done by hand; it names nobody."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pypdfium2.raw as pdfium_c
import pytest

from tablet_loans.domain.mark import MarkKind
from tablet_loans.domain.plan import PlanHead, PlanId, SchoolShare
from tablet_loans.domain.public_report import HandMade, ReportFacts, coverage_of, told_plan, withdrawn_since
from tablet_loans.domain.ranking import Criterion
from tablet_loans.domain.rule_change import RuleChange
from tablet_loans.domain.rules import Rules
from tablet_loans.domain.school import SchoolId
from tablet_loans.domain.trouble import FontLacks
from tablet_loans.services.documents.public_report import write_public_report
from tablet_loans.services.documents.style import MARGIN, RIGHT
from tests.builders import NOON
from tests.services.documents import bounds_of, meet, pages_of, text_of

HASH, SEED = "a1" * 32, "5e" * 16
BEFORE = ReportFacts(
    authority="Métropole de Lyon",
    campaign="Continuité 2026",
    as_of=NOON + timedelta(hours=1),
    starts_on=date(2026, 4, 6),
    due_on=date(2026, 7, 3),
    needs_until=date(2026, 4, 3),
    needs_closed_at=None,
    seed_hash=HASH,
    seed="",
    rules=Rules(),
    plan=None,
    plans=(),
    marks=(),
    changes=(),
    coverage=None,
)
PLAN = PlanHead(
    PlanId(2), "Continuité 2026", NOON, "C. Morel", Rules(reserve=12), "d9" * 32, 130, 60, 1, 60, 0,
    NOON + timedelta(hours=1), None, 12,
)  # fmt: skip


def share(number: int, commune: str, in_need: int, equipped: int, served: int) -> SchoolShare:
    name = f"Collège {number}"
    return SchoolShare(SchoolId(number), f"069{number:04d}X", name, commune, in_need, equipped, in_need, served)


AFTER = replace(
    BEFORE,
    needs_closed_at=NOON,
    seed=SEED,
    rules=PLAN.rules,
    plan=PLAN,
    plans=(PLAN, replace(PLAN, id=PlanId(1), applied_at=None)),
    marks=(HandMade(MarkKind.PINNED, NOON, "Soins à domicile", True),
           HandMade(MarkKind.EXCLUDED, NOON, "", False)),
    changes=(RuleChange(NOON, Rules(), PLAN.rules, "Vote du 3 avril"),),
    coverage=coverage_of((
        share(1, "Lyon", 61, 17, 23), share(2, "Lyon", 53, 19, 31), share(3, "Lyon", 47, 13, 11),
        share(4, "Bron", 67, 29, 7),
    )),
)  # fmt: skip


def read(tmp_path: Path, facts: ReportFacts, name: str = "report.pdf") -> str:
    out = tmp_path / name
    pages = write_public_report(facts, out)
    found = pages_of(out)
    assert len(found) == pages
    return " ".join(text_of(page) for page in found)


def test_before_a_plan_the_rules_and_the_seeds_hash_are_the_commitment(tmp_path: Path) -> None:
    said = read(tmp_path, BEFORE)
    for expected in ("No plan was made yet", HASH, "Sainte-Laguë", "3 July 2026", "Families answer until 3 April 2026"):
        assert expected in said, expected
    assert "Coverage" not in said


def test_without_an_applied_plan_who_is_equipped_so_far_is_told_and_the_drafts_are_listed(tmp_path: Path) -> None:
    gone = replace(PLAN, withdrawn_at=NOON + timedelta(days=1), rules=Rules((Criterion.PRIORITY,)))
    draft = replace(PLAN, id=PlanId(1), applied_at=None)
    present = coverage_of((share(1, "Lyon", 61, 17, 0), share(2, "Lyon", 53, 19, 0)))
    said = read(tmp_path, replace(AFTER, plan=told_plan((gone, draft)), plans=(gone, draft), coverage=present))
    for expected in (
        "No plan is applied", "Told as of 6 April 2026", "withdrawn on", "priority of the school", "Equipped",
        "Collège 1 (0690001X) 61 17 27", "All 114 36 31", "114 pupils in need 36 equipped so far 78 still without",
    ):  # fmt: skip
        assert expected in said, expected
    for unwanted in ("Before", "After", "devices to give", "d9" * 32):
        assert unwanted not in said, unwanted


def test_a_plan_withdrawn_after_this_one_was_made_is_told(tmp_path: Path) -> None:
    first = replace(PLAN, id=PlanId(1), made_at=NOON - timedelta(2), applied_at=NOON - timedelta(1))
    gone, earlier = (replace(first, withdrawn_at=NOON + timedelta(hours=hours)) for hours in (5, -5))
    assert told_plan((PLAN, gone)) == PLAN == told_plan((first, PLAN))
    assert withdrawn_since(PLAN, (PLAN, gone)) == [gone]
    assert withdrawn_since(PLAN, (PLAN, earlier, first)) == []
    assert "Plan no. 1 was withdrawn on 6 April 2026" in read(tmp_path, replace(AFTER, plans=(PLAN, gone)))


def test_an_applied_plan_tells_its_seed_its_dossier_and_who_did_what(tmp_path: Path) -> None:
    said = read(tmp_path, AFTER)
    for expected in (
        HASH, SEED, "d9" * 32, "applied on 6 April 2026", "12 devices are held back", "Plans made (2)",
        "Changes of the rules (1)", "Vote du 3 avril", "Soins à domicile",
        "set aside, taken back Kept by the authority",
        "Plan no. 2, made on 6 April 2026", "reserve: 12 (before: 0)", "draft the rules above",
        "a person of the authority",
        "The needs were closed on 6 April 2026",
    ):  # fmt: skip
        assert expected in said, expected


def test_the_rules_are_told_in_the_order_that_the_campaign_gives_them(tmp_path: Path) -> None:
    rules = Rules((Criterion.PRIORITY, Criterion.EQUIPMENT), 25, school_reserves=(("0690142E", 3),))
    said = read(tmp_path, replace(BEFORE, rules=rules))
    assert said.index("1 Priority:") < said.index("2 Equipment at home:") < said.index("3 Schools in turn:")
    assert "At most 25 percent" in said
    assert "0690142E (3)" in said
    assert "Exam year" not in said


def test_a_small_count_is_masked_with_its_shares_and_another_with_it(tmp_path: Path) -> None:
    said = read(tmp_path, AFTER)
    assert "Collège 1 (0690001X) 61 17 27 40 65" in said
    assert "Collège 2 (0690002X) 53 – – – –" in said
    assert "Collège 3 (0690003X) 47 – – – –" in said
    assert "Lyon 161 49 30 114 70" in said
    assert "All 228 78 34 150 65" in said


def test_a_campaign_of_a_few_pupils_tells_no_count(tmp_path: Path) -> None:
    few = replace(AFTER, coverage=coverage_of((share(1, "Lyon", 4, 1, 2),)))
    said = read(tmp_path, few)
    assert "All – – – – –" in said
    assert "Collège 1 (0690001X) – – – – –" in said


def test_a_report_of_600_schools_repeats_its_head_and_numbers_its_pages(tmp_path: Path) -> None:
    shares = tuple(share(number, f"Commune {number % 30}", 60, 20, 20) for number in range(600))
    said = read(tmp_path, replace(AFTER, coverage=coverage_of(shares)))
    assert said.count("(0690") == 600
    assert "Coverage by school (continued)" in said
    assert "Page 3 of" in said


def test_long_names_stay_on_the_page_and_apart(tmp_path: Path) -> None:
    long = "Saint-Exupéry de la Croix-Rousse-et-des-Monts-d’Or " * 3
    shares = tuple(replace(share(number, long, 60, 20, 20), name=long) for number in range(3))
    marks = tuple(replace(each, note=long * 2) for each in AFTER.marks)
    facts = replace(AFTER, authority=long, campaign=long, coverage=coverage_of(shares), marks=marks)
    out = tmp_path / "long.pdf"
    write_public_report(facts, out)
    for page in pages_of(out):
        places = bounds_of(page, pdfium_c.FPDF_PAGEOBJ_TEXT)
        assert all(left >= MARGIN - 1 and right <= RIGHT + 1 for left, _, right, _ in places)
        assert not [pair for pair in combinations(places, 2) if meet(*pair)]


def test_the_same_facts_make_the_same_bytes(tmp_path: Path) -> None:
    read(tmp_path, AFTER, "one.pdf")
    read(tmp_path, AFTER, "other.pdf")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "other.pdf").read_bytes()


def test_characters_the_font_lacks_are_named_and_no_file_is_left(tmp_path: Path) -> None:
    with pytest.raises(FontLacks):
        read(tmp_path, replace(AFTER, changes=(RuleChange(NOON, None, None, "王"),)))
    assert list(tmp_path.iterdir()) == []
