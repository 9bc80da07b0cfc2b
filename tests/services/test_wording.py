"""The wording of agreements on both engines: usual, a campaign's own, by version, and kept by what was printed."""

import shutil
from pathlib import Path

import pytest

from tablet_loans import paths
from tablet_loans.domain.act import Action
from tablet_loans.domain.clause import Clause, ClauseMissing, Group, LanguageUnwritten, UnknownField
from tablet_loans.domain.errors import NotPermitted, UnknownLoan
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.trouble import FileUnreadable, FontLacks
from tablet_loans.domain.wording import AgreementWords, UnknownVersion, differing
from tablet_loans.services import agreeing, wording
from tablet_loans.storage import ledger
from tests.builders import CAMPAIGN, World, new_session
from tests.services.test_agreeing import lent

LOSS = Clause(Group.LOSS, "La perte", "Appeler {helpline} aussitôt.")


def text_of(words: AgreementWords, group: Group = Group.LOSS) -> str:
    return next(each.text for each in words.clauses if each.group is group)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_group_has_its_usual_text(language: str) -> None:
    assert [each.group for each in wording.usual(language)] == list(Group)


def test_the_languages_are_those_of_the_folders_french_first() -> None:
    assert wording.languages() == ["fr", "en"]


@pytest.mark.parametrize("language", ["de", "../fr", "", "FR"])
def test_a_language_without_texts_is_refused_with_what_is_missing(language: str) -> None:
    with pytest.raises(LanguageUnwritten) as refused:
        wording.usual(language)
    assert str(refused.value.facts["groups"]).startswith("parties, ")
    assert refused.value.facts["languages"] == "fr, en"


def test_a_missing_broken_or_unreadable_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "agreements" / "fr"
    folder.mkdir(parents=True)
    for file in (paths.agreements() / "fr").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(paths, "resources", lambda: tmp_path)
    loss = folder / "08_loss.txt"
    for content, kind in ((b"\xff", FileUnreadable), ("La perte\n{prénom}".encode(), UnknownField)):
        wording.usual.cache_clear()
        loss.write_bytes(content)
        with pytest.raises(kind):
            wording.usual("fr")
    loss.unlink()
    with pytest.raises(ClauseMissing) as refused:
        wording.usual("fr")
    assert refused.value.facts == {"groups": "loss"}
    wording.usual.cache_clear()


def test_a_campaign_has_the_usual_wording_until_it_is_edited(world: World) -> None:
    usual = wording.in_force(world.session, CAMPAIGN)
    assert (usual.version, usual.clauses) == (1, wording.usual("fr"))
    receipt = wording.edit(world.session, CAMPAIGN, [LOSS])
    assert text_of(receipt.value) == LOSS.text
    assert text_of(receipt.value, Group.USE) == text_of(usual, Group.USE)
    assert wording.in_force(world.session, CAMPAIGN) == receipt.value
    world.campaign("Autre")
    assert wording.in_force(world.session, "Autre").clauses == usual.clauses


def test_each_edition_is_a_version_by_language_and_the_same_words_are_none(world: World) -> None:
    first = wording.edit(world.session, CAMPAIGN, [LOSS]).value
    again = wording.edit(world.session, CAMPAIGN, [LOSS]).value
    second = wording.edit(world.session, CAMPAIGN, [Clause(Group.LOSS, "La perte", "Prévenir.")]).value
    english = wording.edit(world.session, CAMPAIGN, [Clause(Group.LOSS, "Loss", "Tell us.")], "en").value
    assert (first.version, again.version, second.version, english.version) == (1, 1, 2, 1)
    assert [each.version for each in wording.versions(world.session, CAMPAIGN)] == [2, 1]
    assert wording.shown(world.session, CAMPAIGN, 1).clauses == first.clauses
    with pytest.raises(UnknownVersion):
        wording.shown(world.session, CAMPAIGN, 3)


def test_an_edition_is_in_the_ledger_without_its_words(world: World) -> None:
    receipt = wording.edit(world.session, CAMPAIGN, [LOSS])
    found = ledger.find(world.base, receipt.ledger_id)
    assert found is not None
    assert found[0].action == Action.WORDING_CHANGED
    assert found[1] == {"language": "fr", "version": 1, "digest": receipt.value.digest, "changes": []}


def test_an_unknown_field_is_refused_and_nothing_changes(world: World) -> None:
    with pytest.raises(UnknownField) as refused:
        wording.edit(world.session, CAMPAIGN, [Clause(Group.LOSS, "La perte", "{ine}")])
    assert refused.value.facts["field"] == "ine"
    assert wording.versions(world.session, CAMPAIGN) == []


@pytest.mark.parametrize("clause", [Clause(Group.LOSS, "La perte", "Bravo 😀"), Clause(Group.LOSS, "😀", "Bravo")])
def test_a_character_that_no_paper_shows_is_refused_before_it_is_kept(world: World, clause: Clause) -> None:
    with pytest.raises(FontLacks) as refused:
        wording.edit(world.session, CAMPAIGN, [clause])
    assert refused.value.facts["characters"] == "😀"
    assert wording.versions(world.session, CAMPAIGN) == []


def test_a_wording_is_opened_with_the_usual_texts_and_what_came_before(world: World) -> None:
    opened = wording.opened(world.session, CAMPAIGN)
    assert (opened.words.clauses, opened.usual) == (wording.usual("fr"), wording.usual("fr"))
    assert (opened.versions, opened.languages) == ((), ("fr", "en"))
    wording.edit(world.session, CAMPAIGN, [LOSS])
    again = wording.opened(world.session, CAMPAIGN)
    assert differing(again.words.clauses, again.usual) == {Group.LOSS}
    assert [each.version for each in again.versions] == [1]
    with pytest.raises(NotPermitted):
        wording.opened(new_session(world.base, actor=Actor("F", Role.FINANCE)), CAMPAIGN)


def test_a_language_that_only_the_campaign_still_has_is_offered(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wording.edit(world.session, CAMPAIGN, [LOSS], "en")
    shutil.copytree(paths.agreements() / "fr", tmp_path / "agreements" / "fr")
    monkeypatch.setattr(paths, "resources", lambda: tmp_path)
    opened = wording.opened(world.session, CAMPAIGN, "en")
    assert (opened.languages, opened.usual, text_of(opened.words)) == (("fr", "en"), (), LOSS.text)


def test_who_prints_reads_the_wording_and_only_who_runs_campaigns_changes_it(world: World) -> None:
    liaison = new_session(world.base, actor=Actor("L", Role.LIAISON))
    assert wording.in_force(liaison, CAMPAIGN).version == 1
    with pytest.raises(NotPermitted):
        wording.edit(liaison, CAMPAIGN, [LOSS])
    with pytest.raises(NotPermitted):
        wording.in_force(new_session(world.base, actor=Actor("F", Role.FINANCE)), CAMPAIGN)


def test_the_wording_of_a_printed_agreement_is_known(world: World, tmp_path: Path) -> None:
    number = lent(world)
    assert wording.of_loan(world.session, number) is None
    agreeing.print_agreements(world.session, LoanFilter(numbers=(number,)), tmp_path / "a.pdf")
    wording.edit(world.session, CAMPAIGN, [LOSS])
    words = wording.of_loan(world.session, number)
    assert words is not None
    assert (words.version, words.clauses) == (1, wording.usual("fr"))
    assert [(each.version, each.agreements) for each in wording.versions(world.session, CAMPAIGN)] == [(2, 0), (1, 1)]
    with pytest.raises(UnknownLoan):
        wording.of_loan(world.session, "26-ZZ-0001")
