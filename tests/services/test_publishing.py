"""What a campaign shows on both engines: schools far from the others, its public report, each pupil's letter."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.allocation import NoPlan, NotEligible
from tablet_loans.domain.decision import NobodyToWriteTo
from tablet_loans.domain.errors import NotPermitted, UnknownSchool
from tablet_loans.domain.fairness import ShareKind
from tablet_loans.domain.mark import MarkKind
from tablet_loans.domain.need import Answer, Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.ranking import Criterion
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.roster import Care
from tablet_loans.domain.rules import Rules
from tablet_loans.domain.trouble import FileTrouble, FontLacks, UpgradeNeeded
from tablet_loans.services import allocating, asking, checking, marking, publishing, releasing, ruling
from tablet_loans.services.session import Cancelled, Progress
from tablet_loans.storage import plans, rows
from tests.builders import CAMPAIGN, NOON, World, new_session
from tests.services.cared import bring, listed, ward
from tests.services.documents import pages_of, text_of
from tests.services.test_allocating import ASKED

IRIS, LILAS = "0690142E", "0690026D"
GUARDIAN = {
    "civility": "", "phone": "", "mobile": "", "email": "", "is_institution": False, "address_key": "",
}  # fmt: skip


def in_need(
    world: World, name: str, school_id: int | None = None, class_name: str = "5e B", equipment: str = "none",
) -> PupilId:  # fmt: skip
    pupil = world.pupil(name, school_id=school_id, class_name=class_name)
    answer = Answer(Equipment(equipment))
    asking.set_answer(world.session, campaign=CAMPAIGN, pupil=str(pupil), answer=answer, told=ASKED)
    return pupil


def apply(world: World) -> None:
    allocating.draft(world.session, CAMPAIGN)
    allocating.apply(world.session, CAMPAIGN)


def said_by(out: Path) -> list[str]:
    return [text_of(page) for page in pages_of(out)]


def objects(out: Path) -> list[str]:
    """Return whom each letter is about, in their order."""
    return [said.split("tablet for ")[1].split(",")[0] for said in said_by(out)]


def last_facts(world: World) -> tuple[str, dict[str, object]]:
    query = (
        "SELECT line.action, facts.facts FROM ledger_line line JOIN ledger_facts facts ON facts.line_id = line.id"
        " ORDER BY line.sequence DESC LIMIT 1"
    )
    action, facts = world.base.execute(query).fetchone()
    return action, json.loads(facts)


def test_letters_stand_by_school_class_and_name_whoever_is_served(world: World, tmp_path: Path) -> None:
    iris, lilas = world.school(IRIS, "Collège Les Iris"), world.school(LILAS, "École Les Lilas")
    in_need(world, "Zola", iris, "4e A")
    in_need(world, "Abel", iris, "5e B")
    in_need(world, "Élie", iris, "4e A", "shared")
    in_need(world, "Petit", lilas)
    world.device()
    apply(world)
    out, heard = tmp_path / "letters.pdf", list[tuple[int, int]]()

    printed = publishing.letters(
        world.session, CAMPAIGN, out, progress=Progress(lambda done, total: heard.append((done, total)))
    )

    assert (printed.letters, printed.pages, printed.file) == (4, 4, str(out))
    assert objects(out) == ["PETIT Inès", "ÉLIE Inès", "ZOLA Inès", "ABEL Inès"]
    assert heard == [(number, 4) for number in range(1, 5)]
    assert sum("A tablet is attributed" in said for said in said_by(out)) == 1
    action, facts = last_facts(world)
    assert (action, facts["what"], facts["rows"]) == (Action.EXPORTED, "letters", 4)
    assert "ZOLA" not in json.dumps(facts).upper()
    checking.check(world.session)


def test_a_school_or_some_pupils_get_theirs_alone(world: World, tmp_path: Path) -> None:
    iris, lilas = world.school(IRIS), world.school(LILAS)
    in_need(world, "Zola", iris)
    abel, petit = in_need(world, "Abel", iris), in_need(world, "Petit", lilas)
    world.school("0690001" + "K", "Sans élève")
    apply(world)
    out = tmp_path / "letters.pdf"
    publishing.letters(world.session, CAMPAIGN, out, school=IRIS)
    assert objects(out) == ["ABEL Inès", "ZOLA Inès"]
    publishing.letters(world.session, CAMPAIGN, out, pupils=[str(abel), str(petit), str(abel)])
    assert objects(out) == ["PETIT Inès", "ABEL Inès"]


def test_a_pupil_of_an_earlier_wave_gets_what_that_plan_decided(world: World, tmp_path: Path) -> None:
    first = in_need(world, "Zola")
    world.device()
    apply(world)
    in_need(world, "Abel")
    apply(world)
    out = tmp_path / "letters.pdf"
    publishing.letters(world.session, CAMPAIGN, out, pupils=[str(first)])
    (said,) = said_by(out)
    assert "A tablet is attributed to ZOLA Inès" in said


def test_a_letter_goes_to_the_first_legal_guardian_and_shows_no_other_home(world: World, tmp_path: Path) -> None:
    pupil = in_need(world, "Zola", world.school(IRIS))
    legal, contact = (ward(name="Zola Inès", class_name="5e B", care=care) for care in (Care.LEGAL, Care.CONTACT))
    bring(world, listed(contact, name="Abel Ana"), listed(legal, name="Martin Léa", address="9 rue du Port"),
          listed(legal, name="Dupont Jean", address="5 rue des Roses"))  # fmt: skip
    elsewhere = {
        "school_id": world.school(LILAS), "family_name": "Brun", "given_name": "Noé", "address": "1 rue Haute",
        "postcode": "69001", "commune": "Lyon", "name_key": "brun noe",
    }  # fmt: skip
    with world.base.atomic():
        guardian = rows.insert(world.base, "guardian", {**GUARDIAN, **elsewhere})
        rows.insert(world.base, "guardianship", {"pupil_id": pupil, "guardian_id": guardian, "care": "legal"})
    apply(world)
    out = tmp_path / "letters.pdf"
    publishing.letters(world.session, CAMPAIGN, out, pupils=[str(pupil)])
    (said,) = said_by(out)
    assert "M. DUPONT Jean 5 rue des Roses 69100 Villeurbanne" in said
    assert "rue du Port" not in said


def test_who_is_set_aside_gets_the_note_and_the_report_lists_it_without_the_name(world: World, tmp_path: Path) -> None:
    pupil = in_need(world, "Zola")
    marking.mark(world.session, CAMPAIGN, str(pupil), MarkKind.EXCLUDED, "Équipée par le département")
    apply(world)
    letters, report = tmp_path / "letters.pdf", tmp_path / "report.pdf"
    publishing.letters(world.session, CAMPAIGN, letters)
    publishing.public_report(world.session, CAMPAIGN, report)
    assert "Équipée par le département" in said_by(letters)[0]
    said = " ".join(said_by(report))
    assert "set aside Équipée par le département" in said
    assert not any(name in said.casefold() for name in ("zola", "morel"))


@pytest.mark.parametrize("note", ["Mme ZOLA, équipée", "Vu avec Mme Dupont", "Demandé à Mme Morel", "Motif long " * 20])
def test_a_note_that_names_somebody_or_is_long_is_not_published(world: World, tmp_path: Path, note: str) -> None:
    pupil = in_need(world, "Zola", world.school(IRIS))
    bring(world, listed(ward(name="Zola Inès", class_name="5e B"), name="Dupont Jean"))
    marking.mark(world.session, CAMPAIGN, str(pupil), MarkKind.PINNED, "Fratrie")
    with world.base.atomic():  # as a base of before notes were looked at may hold it
        world.base.execute("UPDATE plan_mark SET note = ?", (note,))
    publishing.public_report(world.session, CAMPAIGN, tmp_path / "report.pdf")
    said = " ".join(said_by(tmp_path / "report.pdf"))
    assert "pinned Kept by the authority" in said
    assert not any(name in said.casefold() for name in ("zola", "dupont", "morel", "motif"))


def test_without_an_applied_plan_there_are_no_letters(world: World, tmp_path: Path) -> None:
    in_need(world, "Zola")
    out = tmp_path / "letters.pdf"
    with pytest.raises(NoPlan):
        publishing.letters(world.session, CAMPAIGN, out)
    allocating.draft(world.session, CAMPAIGN)
    with pytest.raises(NoPlan):
        publishing.letters(world.session, CAMPAIGN, out)
    assert not out.exists()


def test_nobody_to_write_to_is_said(world: World, tmp_path: Path) -> None:
    in_need(world, "Zola")
    stranger = world.pupil("Roux")
    apply(world)
    world.school(LILAS)
    out = tmp_path / "letters.pdf"
    for refusal, chosen in ((NobodyToWriteTo, {"school": LILAS}), (UnknownSchool, {"school": IRIS})):
        with pytest.raises(refusal):
            publishing.letters(world.session, CAMPAIGN, out, school=chosen["school"])
    with pytest.raises(NotEligible):
        publishing.letters(world.session, CAMPAIGN, out, pupils=[str(stranger)])
    assert not out.exists()


def test_letters_that_are_stopped_or_cannot_be_drawn_leave_nothing(world: World, tmp_path: Path) -> None:
    in_need(world, "王")
    apply(world)
    lines = checking_lines(world)
    with pytest.raises(FontLacks):
        publishing.letters(world.session, CAMPAIGN, tmp_path / "letters.pdf")
    with pytest.raises(Cancelled):
        stopped = Progress(is_cancelled=lambda: True)
        publishing.letters(world.session, CAMPAIGN, tmp_path / "letters.pdf", progress=stopped)
    assert list(tmp_path.glob("letters*")) == []
    assert checking_lines(world) == lines


def checking_lines(world: World) -> int:
    return int(world.base.execute("SELECT count(*) FROM ledger_line").fetchone()[0])


def test_before_a_plan_the_report_shows_the_seeds_hash_and_keeps_the_seed(world: World, tmp_path: Path) -> None:
    seed = str(world.base.execute("SELECT seed FROM campaign").fetchone()[0])
    out = tmp_path / "report.pdf"
    printed = publishing.public_report(world.session, CAMPAIGN, out)
    said = " ".join(said_by(out))
    assert (printed.pages, printed.schools) == (len(said_by(out)), 0)
    assert hashlib.sha256(seed.encode()).hexdigest() in said
    assert seed not in said
    in_need(world, "Zola")
    allocating.draft(world.session, CAMPAIGN)
    publishing.public_report(world.session, CAMPAIGN, out)
    assert seed not in " ".join(said_by(out))
    allocating.apply(world.session, CAMPAIGN)
    publishing.public_report(world.session, CAMPAIGN, out)
    assert seed in " ".join(said_by(out))


def test_closed_needs_publish_the_seed(world: World, tmp_path: Path) -> None:
    asking.close_needs(world.session, CAMPAIGN)
    out = tmp_path / "report.pdf"
    publishing.public_report(world.session, CAMPAIGN, out)
    assert str(world.base.execute("SELECT seed FROM campaign").fetchone()[0]) in " ".join(said_by(out))


def test_the_report_tells_an_applied_plan_rather_than_a_later_draft(world: World, tmp_path: Path) -> None:
    for number in range(12):
        in_need(world, f"Kaya{number}")
        world.device() if number < 6 else None
    apply(world)
    digest = allocating.verify(world.session, CAMPAIGN).plan.digest
    ruling.set_rules(world.session, CAMPAIGN, Rules(reserve=1), note="Vote du 3 avril")
    world.device()
    world.device()
    allocating.draft(world.session, CAMPAIGN)
    out = tmp_path / "report.pdf"
    assert publishing.public_report(world.session, CAMPAIGN, out).schools == 1
    said = " ".join(said_by(out))
    for expected in (
        digest,
        "applied on",
        "All 12 0 0 6 50",
        "Plans made (2)",
        "Vote du 3 avril",
        "reserve: 1 (before: 0)",
    ):
        assert expected in said, expected
    assert not any(name in said.casefold() for name in ("kaya", "morel"))
    action, facts = last_facts(world)
    assert (action, facts["what"], facts["file"]) == (Action.EXPORTED, "public_report", "report.pdf")
    about = world.base.execute("SELECT kind FROM ledger_subject ORDER BY line_id DESC LIMIT 1").fetchone()[0]
    assert about == Subject.CAMPAIGN


def test_a_plan_applied_under_other_rules_lists_the_change_and_its_withdrawal(world: World, tmp_path: Path) -> None:
    in_need(world, "Zola")
    allocating.draft(world.session, CAMPAIGN, rules=Rules((Criterion.PRIORITY, Criterion.EQUIPMENT)))
    plan = allocating.apply(world.session, CAMPAIGN).value
    out = tmp_path / "report.pdf"
    publishing.public_report(world.session, CAMPAIGN, out)
    said = " ".join(said_by(out))
    assert "Changes of the rules (1)" in said
    assert "order of the criteria: priority of the school, equipment at home (before: equipment at home" in said
    assert f"Plan no. {plan.id} was applied" in said
    releasing.withdraw(world.session, releasing.application(world.session, CAMPAIGN))
    publishing.public_report(world.session, CAMPAIGN, out)
    said = " ".join(said_by(out))
    assert "Changes of the rules (2)" in said
    assert "A change was taken back" in said


def test_once_its_plan_is_withdrawn_a_campaign_tells_the_one_before_or_who_is_equipped(
    world: World, tmp_path: Path
) -> None:
    for number in range(30):
        in_need(world, f"Kaya{number}")
        world.device() if number < 10 else None
    apply(world)
    for _ in range(5):
        world.device()
    apply(world)
    allocating.draft(world.session, CAMPAIGN)
    first, out = plans.every(world.base, 1)[-1], tmp_path / "report.pdf"
    for expected in (f"Plan no. {first.id + 1}, made", f"Plan no. {first.id}, made", "No plan is applied"):
        assert publishing.public_report(world.session, CAMPAIGN, out).schools == 1
        said = " ".join(said_by(out))
        assert expected in said
        if plans.last(world.base, 1, is_applied=True) is not None:
            releasing.withdraw(world.session, releasing.application(world.session, CAMPAIGN))
    assert "All 30 0 0" in said
    assert "served by the plan" not in said


@pytest.mark.parametrize("is_applied", [False, True])
def test_the_same_base_prints_the_same_bytes_on_another_day(world: World, tmp_path: Path, *, is_applied: bool) -> None:
    in_need(world, "Zola", world.school(IRIS))
    allocating.draft(world.session, CAMPAIGN)
    if is_applied:
        allocating.apply(world.session, CAMPAIGN)
    later = replace(world.session, clock=lambda: NOON + timedelta(days=40))
    files = []
    for number, session in enumerate((world.session, later)):
        report, letters = tmp_path / f"{number}.pdf", tmp_path / f"letters-{number}.pdf"
        publishing.public_report(session, CAMPAIGN, report)
        if is_applied:
            publishing.letters(session, CAMPAIGN, letters)
        files.append([each.read_bytes() for each in (report, letters) if each.exists()])
    assert files[0] == files[1]
    assert len(files[0]) == 1 + is_applied


def test_a_school_far_from_the_others_is_found_before_applying(world: World) -> None:
    schools = [world.school() for _ in range(4)] + [world.school(IRIS, "Collège Les Iris")]
    for school in schools:
        for number in range(20):
            is_odd = school == schools[-1]
            in_need(world, f"Kaya{number}", school, equipment="none" if is_odd or number < 2 else "own")
    (far,) = publishing.far_schools(world.session, CAMPAIGN)
    assert (far.school, far.name, far.kind, far.share, far.others, far.pupils) == (
        IRIS, "Collège Les Iris", ShareKind.NONE, 1.0, 0.1, 20,
    )  # fmt: skip


def test_publishing_takes_its_permission_and_the_counter_prints_letters(world: World, tmp_path: Path) -> None:
    in_need(world, "Zola")
    apply(world)
    technician = new_session(world.base, actor=Actor("A. Diallo", Role.TECHNICIAN))
    finance = new_session(world.base, actor=Actor("F. Petit", Role.FINANCE))
    assert publishing.letters(technician, CAMPAIGN, tmp_path / "letters.pdf").letters == 1
    for act in (
        lambda: publishing.letters(finance, CAMPAIGN, tmp_path / "no.pdf"),
        lambda: publishing.public_report(technician, CAMPAIGN, tmp_path / "no.pdf"),
        lambda: publishing.far_schools(technician, CAMPAIGN),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert not (tmp_path / "no.pdf").exists()


def test_only_a_pdf_is_written(world: World, tmp_path: Path) -> None:
    with pytest.raises(FileTrouble):
        publishing.public_report(world.session, CAMPAIGN, tmp_path / "report.txt")


def test_a_base_of_before_is_upgraded_first(world: World, tmp_path: Path) -> None:
    with world.base.atomic():
        world.base.execute("DROP TABLE plan_school")
    with pytest.raises(UpgradeNeeded):
        publishing.public_report(world.session, CAMPAIGN, tmp_path / "report.pdf")
    with pytest.raises(UpgradeNeeded):
        publishing.letters(world.session, CAMPAIGN, tmp_path / "letters.pdf")


def test_a_promise_that_was_released_is_written_to_nobody(world: World, tmp_path: Path) -> None:
    kept, refused = in_need(world, "Kaya"), in_need(world, "Brun")
    for _ in range(2):
        world.device()
    apply(world)
    releasing.release(world.session, CAMPAIGN, str(refused), "la famille refuse")
    out = tmp_path / "letters.pdf"
    assert publishing.letters(world.session, CAMPAIGN, out).letters == 1
    assert f"Plan no. 1, pupil no. {kept}" in said_by(out)[0]
    with pytest.raises(NobodyToWriteTo):
        publishing.letters(world.session, CAMPAIGN, out, pupils=[str(refused)])


def test_a_reason_that_names_a_pupil_is_not_published(world: World, tmp_path: Path) -> None:
    in_need(world, "Benali")
    apply(world)
    ruling.set_rules(world.session, CAMPAIGN, Rules(reserve=3), note="pour la famille Benali")
    out = tmp_path / "report.pdf"
    publishing.public_report(world.session, CAMPAIGN, out)
    assert "Benali" not in "".join(said_by(out))
