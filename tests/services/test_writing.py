"""Letters to families, on both engines: about which loans, to whom, what they say, and what the journal keeps."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tablet_loans import paths
from tablet_loans.domain.act import Action
from tablet_loans.domain.campaign import Wording
from tablet_loans.domain.clause import Clause, Group
from tablet_loans.domain.device import Condition
from tablet_loans.domain.errors import LoanNotOpen, NotPermitted, UnknownCampaign, UnknownLoan
from tablet_loans.domain.letter import (
    BadLetterText,
    LetterChoice,
    LetterKind,
    LetterMissing,
    NobodyOverdue,
    NobodyToWrite,
    NothingNoted,
    NotLost,
    NotOverdue,
    SeveralCampaigns,
    UnknownLetterField,
)
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.trouble import FileTrouble, FileUnreadable, FontLacks
from tablet_loans.services import campaigning, lending, wording, writing
from tablet_loans.services.session import Cancelled, Progress, Session
from tablet_loans.storage import ledger, messages, rows
from tablet_loans.storage.messages import NewMessage
from tests.builders import CAMPAIGN, NOON, World, new_session, ticking_clock
from tests.services.documents import codes_on, pages_of, text_of
from tests.services.test_agreement_copies import guardian, lent_to

FIRST, SECOND, LAST = LetterKind.REMINDER_1, LetterKind.REMINDER_2, LetterKind.REMINDER_3
ALL = LetterChoice()
LATE = datetime(2026, 7, 13, 9, 0, tzinfo=NOON.tzinfo)


def on(world: World, moment: datetime) -> Session:
    """Return the world's session on another day."""
    session = world.session
    return Session(session.base, session.actor, session.station, session.settings, ticking_clock(moment))


def late(world: World) -> Session:
    return on(world, LATE)


def told(session: Session, kind: LetterKind = FIRST, chosen: LetterChoice = ALL, language: str = "fr") -> list[str]:
    """Return what the letters say, each on one line."""
    _, found = writing.letters(session, kind, chosen, language=language)
    return [" ".join(((each.subject), *each.paragraphs)).replace("\u00a0", " ") for each in found]


def worded(world: World, **said: str) -> None:
    campaigning.edit(world.session, CAMPAIGN, wording=Wording(**said))


def journal(world: World) -> list[tuple[object, ...]]:
    query = "SELECT kind, way, address, state, made_by FROM message ORDER BY id"
    return [tuple(row) for row in world.base.execute(query).fetchall()]


def set_pupil(world: World, pupil: int, **values: object) -> None:
    with world.base.atomic():
        rows.update(world.base, "pupil", pupil, values)


def test_overdue_loans_are_reminded_home_by_home_in_the_order_of_the_register(world: World, tmp_path: Path) -> None:
    kaya, zoe = world.pupil("Kaya", "Emre"), world.pupil("Œuvrard", "Zoé", class_name="5e A")
    guardian(world, kaya, "Lune", "1 rue des Lilas")
    guardian(world, kaya, "Soleil", "2 rue du Lac")
    guardian(world, zoe, "Vent", "3 rue du Bac")
    numbers = [lent_to(world, kaya), lent_to(world, zoe)]
    out = tmp_path / "letters.pdf"
    seen: list[tuple[int, int]] = []
    progress = Progress(report=lambda done, total: seen.append((done, total)))
    receipt = writing.write_letters(late(world), FIRST, ALL, out, progress)
    made = receipt.value
    assert (made.letters, made.loans, made.without_address, made.skipped_level) == (3, 2, (), ())
    pages = pages_of(out)
    assert [codes_on(page)[0][0] for page in pages] == [numbers[1], numbers[0], numbers[0]]
    vent, lune, soleil = (text_of(page) for page in pages)
    assert "3 rue du Bac" in vent
    assert "1 rue des Lilas" in lune
    assert "2 rue du Lac" not in lune
    assert "2 rue du Lac" in soleil
    assert "1 rue des Lilas" not in soleil
    assert seen == [(1, 2), (2, 2)]
    assert journal(world) == [(FIRST.value, "paper", "", "printed", "C. Morel")] * 3
    kept = ledger.find(world.base, receipt.ledger_id)
    assert kept is not None
    assert kept[0].action == Action.LETTERS_WRITTEN
    assert kept[1] is not None
    assert kept[1]["letters"] == 3
    assert not any(word in str(kept[1]) for word in ("KAYA", "Kaya", "Lilas"))


def test_a_letter_says_when_it_was_due_where_it_goes_and_what_was_given_with_it(world: World) -> None:
    pupil = world.pupil()
    lending.check_out(world.session, code=world.device(), pupil_id=pupil, missing=["Housse"])
    worded(world, helpline="04 00 00 00 00", return_place="Dépôt central, Lyon")
    (said,) = told(late(world))
    for expected in ("ABDELMALEK Inès", "3 juillet 2026", "Dépôt central, Lyon", ": Chargeur", "04 00 00 00 00"):
        assert expected in said, expected
    assert "Housse" not in said
    assert "…" not in said


def test_reminders_become_firmer_and_tell_their_day(world: World) -> None:
    lent_to(world, world.pupil())
    first, second, last = (told(late(world), kind)[0] for kind in (FIRST, SECOND, LAST))
    assert "oubli" in first
    assert "23 juillet 2026" in second
    assert "21 juillet 2026" in last
    assert "titre de recette" in last
    assert "170,59" in last
    assert "15 juillet 2026" in told(late(world), LAST, LetterChoice(days=2))[0]
    assert "21 July 2026" in told(late(world), LAST, language="en")[0]


def test_nothing_is_claimed_under_fifteen_euros_or_where_the_agreement_says_nothing(world: World) -> None:
    lent_to(world, world.pupil())
    with world.base.atomic():
        world.base.execute("UPDATE device SET price_cents = 1499")
    assert "titre de recette" not in told(late(world), LAST)[0]
    with world.base.atomic():
        world.base.execute("UPDATE device SET price_cents = NULL")
    (said,) = told(late(world), LAST)
    assert "titre de recette" in said
    assert "valeur d’achat" not in said
    wording.edit(
        world.session, CAMPAIGN, [Clause(Group.LOSS, "Perte", "Prévenir."), Clause(Group.BREACH, "Fin", "Rien.")]
    )
    assert "titre de recette" not in told(late(world), LAST)[0]


def test_the_next_reminder_follows_the_last_and_a_skipped_one_is_said(world: World, tmp_path: Path) -> None:
    number = lent_to(world, world.pupil())
    out = tmp_path / "letters.pdf"
    (row,) = writing.overdue(late(world))
    assert (row.loan, row.overdue_days, row.last, row.next) == (number, 10, None, FIRST)
    assert writing.write_letters(late(world), SECOND, ALL, out).value.skipped_level == (number,)
    (row,) = writing.overdue(late(world))
    assert (row.last, row.last_on, row.next) == (SECOND, LATE.date(), LAST)
    assert writing.write_letters(late(world), LAST, ALL, out).value.skipped_level == ()
    assert writing.overdue(late(world))[0].next is None
    lending.renew(late(world), number=number, due_on=date(2026, 8, 3))
    (row,) = writing.overdue(on(world, LATE + timedelta(days=60)))
    assert (row.last, row.next) == (None, FIRST)


def test_only_what_is_chosen_is_reminded(world: World) -> None:
    iris, lilas = world.school("0690142E"), world.school("0690026D")
    one = lent_to(world, world.pupil("Kaya", school_id=iris))
    other = lent_to(world, world.pupil("Lune", school_id=lilas, class_name="6e C"))
    session = late(world)

    def chosen(**said: object) -> list[str]:
        return [each.number for each in writing.letters(session, FIRST, LetterChoice(**said))[1]]  # type: ignore[arg-type]

    assert chosen(school="0690142E") == [one]
    assert chosen(class_name="6e C") == [other]
    assert chosen(numbers=(f" {other.lower()} ",), campaign=CAMPAIGN) == [other]
    assert chosen(overdue_days=10) == [other, one]
    for said in ({"overdue_days": 11}, {"class_name": "3e"}):
        with pytest.raises(NobodyOverdue):
            chosen(**said)
    with pytest.raises(UnknownLoan):
        chosen(numbers=("20-ZZ-0001",))
    with pytest.raises(UnknownCampaign):
        chosen(campaign="Autre")


def test_a_loan_that_is_named_and_not_overdue_or_not_open_is_refused(world: World) -> None:
    tag = world.device()
    number = lending.check_out(world.session, code=tag, pupil_id=world.pupil()).value.number
    named = LetterChoice(numbers=(number,))
    with pytest.raises(NotOverdue):
        writing.letters(world.session, FIRST, named)
    with pytest.raises(NothingNoted):
        writing.letters(world.session, LetterKind.DAMAGE, named)
    lending.check_in(world.session, code=tag)
    for kind, refusal in ((FIRST, LoanNotOpen), (LetterKind.LOSS, NotLost), (LetterKind.DAMAGE, NothingNoted)):
        with pytest.raises(refusal):
            writing.letters(world.session, kind, named)


def test_loans_of_several_campaigns_are_not_written_of_in_one_run(world: World) -> None:
    lent_to(world, world.pupil())
    world.campaign("Été")
    lending.check_out(world.session, code=world.device(), pupil_id=world.pupil("Lune"), campaign="Été")
    with pytest.raises(SeveralCampaigns):
        writing.letters(late(world), FIRST, ALL)
    sender, found = writing.letters(late(world), FIRST, LetterChoice(campaign="Été"))
    assert (sender.campaign, len(found)) == ("Été", 1)


def test_an_adult_pupil_an_institution_and_a_pupil_without_guardian(world: World, tmp_path: Path) -> None:
    grown, child, alone = world.pupil("Adam", "Ève"), world.pupil("Brun", "Léo"), world.pupil("Cros", "Ali")
    set_pupil(world, grown, birth_date=date(2008, 7, 13))
    for pupil in (grown, child):
        guardian(world, pupil, "Lune", "1 rue des Lilas")
    guardian(world, child, "Foyer", "9 rue du Foyer", is_institution=True)
    numbers = [lent_to(world, pupil) for pupil in (grown, child, alone)]
    out = tmp_path / "letters.pdf"
    made = writing.write_letters(late(world), FIRST, ALL, out).value
    assert made.without_address == (numbers[2],)
    adult, institution, nobody = (text_of(page) for page in pages_of(out))
    assert "ADAM Ève 1 rue des Lilas" in adult
    assert "LUNE" not in adult
    assert "9 rue du Foyer" in institution
    assert "1 rue des Lilas" not in institution
    assert "les responsables légaux de CROS Ali" in nobody


def test_who_left_is_called_back_to_the_school_that_lent(world: World) -> None:
    iris, lilas = world.school("0690142E", "Les Iris"), world.school("0690026D", "Les Lilas")
    gone, moved, stays = (world.pupil(name, school_id=iris) for name in ("Adam", "Brun", "Cros"))
    numbers = [lent_to(world, pupil) for pupil in (gone, moved, stays)]
    with pytest.raises(NobodyToWrite):
        writing.letters(world.session, LetterKind.RECALL, ALL)
    set_pupil(world, gone, left_on=date(2026, 4, 20))
    set_pupil(world, moved, school_id=lilas, moved_from_id=iris, moved_on=date(2026, 4, 21))
    session = on(world, datetime(2026, 4, 25, 9, 0, tzinfo=NOON.tzinfo))
    _, found = writing.letters(session, LetterKind.RECALL, LetterChoice(school="0690142E"))
    assert {each.number: (each.school, each.school_uai) for each in found} == dict.fromkeys(
        numbers[:2], ("Les Iris", "0690142E")
    )
    said = told(session, LetterKind.RECALL)
    assert sorted("20 avril 2026" in each for each in said) == [False, True]
    assert all("10 mai 2026" in each and "Les Lilas" not in each for each in said)
    (named,) = told(session, LetterKind.RECALL, LetterChoice(numbers=(numbers[2],)))
    assert "prend fin" not in named


def test_damage_tells_what_is_new_and_is_written_of_once(world: World, tmp_path: Path) -> None:
    tags = [world.device() for _ in range(3)]
    pupils = [world.pupil(name) for name in ("Adam", "Brun", "Cros")]
    for tag, pupil in zip(tags, pupils, strict=True):
        lending.check_out(world.session, code=tag, pupil_id=pupil, missing=["Housse"])
    lending.check_in(world.session, code=tags[0], condition=Condition.DAMAGED)
    lending.check_in(world.session, code=tags[1], missing=["Housse", "Chargeur"])
    lending.check_in(world.session, code=tags[2])
    broken, lacking = told(world.session, LetterKind.DAMAGE)
    assert "abîmé" in broken
    assert "Accessoires" not in broken
    assert "abîmé" not in lacking
    assert "Accessoires non rendus : Chargeur." in lacking
    assert "170,59" not in broken + lacking
    writing.write_letters(world.session, LetterKind.DAMAGE, ALL, tmp_path / "letters.pdf")
    with pytest.raises(NobodyToWrite):
        writing.write_letters(world.session, LetterKind.DAMAGE, ALL, tmp_path / "letters.pdf")
    again = writing.write_letters(world.session, LetterKind.DAMAGE, LetterChoice(is_again=True), tmp_path / "a.pdf")
    assert again.value.letters == 2


def test_a_damage_that_was_mailed_may_be_taken_up_again_for_a_few_days(world: World) -> None:
    tag, pupil = world.device(), world.pupil()
    loan = lending.check_out(world.session, code=tag, pupil_id=pupil).value
    lending.check_in(world.session, code=tag, condition=Condition.DAMAGED)
    mailed = NewMessage(LetterKind.DAMAGE.value, loan.loan_id, pupil, "mail", "a@example.org", "sent")
    messages.add_many(world.base, [mailed], world.session.now(), "C. Morel")
    assert len(told(world.session, LetterKind.DAMAGE)) == 1
    with pytest.raises(NobodyToWrite):
        writing.letters(on(world, NOON + timedelta(days=4)), LetterKind.DAMAGE, ALL)


def test_a_device_lent_damaged_is_held_against_nobody(world: World) -> None:
    tag = world.device()
    for name in ("Adam", "Brun"):
        lending.check_out(world.session, code=tag, pupil_id=world.pupil(name))
        lending.check_in(world.session, code=tag, condition=Condition.DAMAGED)
        with world.base.atomic():
            world.base.execute("UPDATE device SET state = 'ready'")
    _, found = writing.letters(world.session, LetterKind.DAMAGE, ALL)
    assert [each.name for each in found] == ["ADAM Inès"]


@pytest.mark.parametrize(("state", "asks_report"), [("lost", False), ("stolen", True), ("open", True)])
def test_a_loss_is_told_and_a_theft_needs_the_police_report(world: World, state: str, asks_report: bool) -> None:
    number = lent_to(world, world.pupil())
    with world.base.atomic():
        world.base.execute("UPDATE loan SET state = ?", (state,))
    chosen = LetterChoice(numbers=(number,)) if state == "open" else ALL
    (said,) = told(world.session, LetterKind.LOSS, chosen)
    assert ("récépissé" in said) is asks_report
    assert ("11 avril 2026" in said) is asks_report
    assert {"lost": "comme perdu.", "stolen": "comme volé.", "open": "comme perdu ou volé."}[state] in said


def test_a_hostile_name_is_written_as_it_is_and_an_emoji_named(world: World, tmp_path: Path) -> None:
    name = """<b>O'Brien & "Zoé"</b> {tag}[x] """
    plain = lent_to(world, world.pupil("Brun", (name * 40)[:255]))
    out = tmp_path / "letters.pdf"
    writing.write_letters(late(world), FIRST, LetterChoice(numbers=(plain,)), out)
    assert name in text_of(pages_of(out)[0])
    out.unlink()
    odd = [lent_to(world, world.pupil("Cros", given)) for given in ("😀", "שלום")]
    with pytest.raises(FontLacks) as refused:
        writing.write_letters(late(world), FIRST, ALL, out)
    assert set(str(refused.value.facts["documents"]).split(", ")) == set(odd)
    assert list(tmp_path.glob("*.pdf*")) == []
    assert len(journal(world)) == 1


def test_what_fails_or_is_cancelled_writes_nothing_down(world: World, tmp_path: Path) -> None:
    lent_to(world, world.pupil())
    out = tmp_path / "letters.pdf"
    stops: list[tuple[type[Exception], Path, Progress]] = [
        (Cancelled, out, Progress(is_cancelled=lambda: True)),
        (FileTrouble, tmp_path / "none" / "letters.pdf", Progress()),
    ]
    for error, to, progress in stops:
        with pytest.raises(error):
            writing.write_letters(late(world), FIRST, ALL, to, progress)
    assert not list(tmp_path.glob("*.pdf*"))
    assert journal(world) == []


def test_a_broken_text_is_refused_before_anything_is_printed(
    sqlite_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent_to(sqlite_world, sqlite_world.pupil())
    folder = tmp_path / "letters" / "fr"
    folder.mkdir(parents=True)
    monkeypatch.setattr(paths, "resources", lambda: tmp_path)
    kinds: list[tuple[LetterKind, bytes | None, type[Exception]]] = [
        (FIRST, None, LetterMissing),
        (SECOND, b"Objet\nRendre {tag", BadLetterText),
        (LAST, b"Objet\nRendre {ine}.", UnknownLetterField),
        (LetterKind.RECALL, b"Objet\n\xff", FileUnreadable),
    ]
    for kind, content, error in kinds:
        if content is not None:
            (folder / f"{kind.value}.txt").write_bytes(content)
        with pytest.raises(error):
            writing.write_letters(late(sqlite_world), kind, ALL, tmp_path / "letters.pdf")
    for language in ("de", "../fr"):
        with pytest.raises(LetterMissing):
            writing.letters(late(sqlite_world), SECOND, ALL, language=language)
    assert not list(tmp_path.glob("*.pdf*"))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", list(LetterKind))
def test_every_text_of_every_letter_is_sound(kind: LetterKind, language: str) -> None:
    text = writing.text_in(paths.resources() / "letters", kind, language)
    assert "{pupil}" in text.subject
    assert len(text.text.splitlines()) > 4


@pytest.mark.parametrize("role", [Role.LIAISON, Role.FINANCE])
def test_only_who_may_writes_to_families(world: World, tmp_path: Path, role: Role) -> None:
    lent_to(world, world.pupil())
    session = new_session(world.base, actor=Actor("L. Petit", role))
    acts: list[Callable[[], object]] = [
        lambda: writing.letters(session, FIRST, ALL),
        lambda: writing.write_letters(session, FIRST, ALL, tmp_path / "letters.pdf"),
        lambda: writing.overdue(session),
    ]
    for act in acts:
        with pytest.raises(NotPermitted):
            act()
