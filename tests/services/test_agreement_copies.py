"""What is printed for whom, on both engines: homes, ages, institutions, languages, versions, and who has not signed."""

from datetime import date
from pathlib import Path

import pytest

from tablet_loans.domain.agreement import SignatureState, SignedStays, mark_in
from tablet_loans.domain.campaign import Wording
from tablet_loans.domain.clause import Clause, ClauseMissing, Group
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.pupil import PupilId
from tablet_loans.services import agreeing, campaigning, lending, wording
from tablet_loans.services.drafting import How
from tablet_loans.storage import rows
from tests.builders import CAMPAIGN, World
from tests.services.documents import codes_on, pages_of, text_of
from tests.services.test_agreeing import lent

OPEN = LoanFilter(is_open=True)
LOSS = Clause(Group.LOSS, "La perte", "Appeler le collège aussitôt, jour et nuit.")


def guardian(
    world: World, pupil: int, name: str, address: str, *, care: str = "legal", is_institution: bool = False
) -> None:
    school = world.base.execute("SELECT school_id FROM pupil WHERE id = ?", (pupil,)).fetchone()[0]
    with world.base.atomic():
        guardian_id = rows.insert(
            world.base,
            "guardian",
            {
                "school_id": school, "civility": "Mme", "family_name": name, "given_name": "", "phone": "",
                "mobile": "", "email": "", "address": address, "postcode": "69100", "commune": "Villeurbanne",
                "is_institution": is_institution, "name_key": name, "address_key": address,
            },
        )  # fmt: skip
        rows.insert(world.base, "guardianship", {"pupil_id": pupil, "guardian_id": guardian_id, "care": care})


def lent_to(world: World, pupil: PupilId) -> str:
    return lending.check_out(world.session, code=world.device(), pupil_id=pupil).value.number


def printed(world: World, tmp_path: Path, how: How | None = None, chosen: LoanFilter = OPEN) -> list[str]:
    out = tmp_path / "printed.pdf"
    agreeing.print_agreements(world.session, chosen, out, how=how or How())
    return [text_of(page) for page in pages_of(out)]


def test_each_home_has_a_copy_that_shows_its_own_address_alone(world: World, tmp_path: Path) -> None:
    pupil = world.pupil()
    guardian(world, pupil, "Lune", "1 rue des Lilas")
    guardian(world, pupil, "Soleil", "2 rue du Lac")
    guardian(world, pupil, "Voisine", "3 rue du Bac", care="contact")
    lent_to(world, pupil)
    first, _, second, _ = printed(world, tmp_path)
    assert "1 rue des Lilas" in first
    assert "2 rue du Lac" in second
    assert "2 rue du Lac" not in first
    assert "1 rue des Lilas" not in second
    assert "VOISINE" not in first + second


def test_an_adult_pupil_signs_alone(world: World, tmp_path: Path) -> None:
    pupil = world.pupil()
    guardian(world, pupil, "Lune", "1 rue des Lilas")
    rows.update(world.base, "pupil", pupil, {"birth_date": date(2000, 1, 1)})
    lent_to(world, pupil)
    front, back = printed(world, tmp_path)
    assert "LUNE" not in front + back
    assert "élève majeur" in front
    assert "L’élève, majeur" in back
    assert "01/01/2000" not in front + back


def test_an_institution_signs_for_a_child_in_its_care(world: World, tmp_path: Path) -> None:
    pupil = world.pupil()
    guardian(world, pupil, "Lune", "1 rue des Lilas")
    guardian(world, pupil, "Foyer des Iris", "4 place Neuve", care="in_charge", is_institution=True)
    lent_to(world, pupil)
    front, back = printed(world, tmp_path)
    assert "FOYER DES IRIS" in front
    assert "LUNE" not in front + back
    assert "L’institution qui en a la charge" in back


def test_two_guardians_sign_where_the_campaign_asks(world: World, tmp_path: Path) -> None:
    campaigning.edit(world.session, CAMPAIGN, wording=Wording(signatures="2", place="Lyon", deliberation="2020-12"))
    lent(world)
    _, back = printed(world, tmp_path)
    assert "Second responsable légal" in back
    assert "en vertu de la délibération 2020-12" in back


def test_no_field_is_printed_unfilled(world: World, tmp_path: Path) -> None:
    lent(world)
    assert not [mark for mark in "{}[]" if mark in " ".join(printed(world, tmp_path))]


def test_a_second_language_is_a_second_copy(world: World, tmp_path: Path) -> None:
    lent(world)
    french, _, english, back = printed(world, tmp_path, How(("fr", "en")))
    assert "Convention de prêt" in french
    assert "Loan agreement" in english
    assert "3 July 2026" in english
    assert "free of charge" in back
    with pytest.raises(ClauseMissing):
        printed(world, tmp_path, How(("de",)))


def test_what_was_printed_keeps_its_wording_until_it_is_asked_otherwise(world: World, tmp_path: Path) -> None:
    one, other = lent(world, "Abel"), lent(world, "Zola")
    printed(world, tmp_path, chosen=LoanFilter(numbers=(one,)))
    wording.edit(world.session, CAMPAIGN, [LOSS])
    _, kept, _, new = printed(world, tmp_path)
    assert "jour et nuit" not in kept
    assert "jour et nuit" in new
    assert marks(tmp_path) == [(one, 1), (other, 2)]
    _, reworded, _, _ = printed(world, tmp_path, How(is_reworded=True))
    assert "jour et nuit" in reworded
    assert marks(tmp_path) == [(one, 2), (other, 2)]
    assert {row.version for row in agreeing.listed(world.session)} == {2}


def marks(tmp_path: Path) -> list[tuple[str, int]]:
    codes = [
        code for page in pages_of(tmp_path / "printed.pdf")[::2] for code, kind in codes_on(page) if kind == "QRCode"
    ]
    return [(mark.number, mark.version) for mark in map(mark_in, codes) if mark is not None]


def test_a_signed_agreement_is_not_reworded(world: World, tmp_path: Path) -> None:
    number = lent(world)
    printed(world, tmp_path)
    agreeing.sign(world.session, number)
    wording.edit(world.session, CAMPAIGN, [LOSS])
    with pytest.raises(SignedStays) as refused:
        printed(world, tmp_path, How(is_reworded=True), LoanFilter(numbers=(number,)))
    assert refused.value.facts == {"loan": number}
    _, back = printed(world, tmp_path, How(is_reworded=True))
    assert "jour et nuit" not in back


def test_who_printed_and_what_is_not_signed_is_listed(world: World, tmp_path: Path) -> None:
    signed, waiting, unprinted = lent(world, "Abel"), lent(world, "Benali"), lent(world, "Cohen")
    printed(world, tmp_path, chosen=LoanFilter(numbers=(signed, waiting)))
    agreeing.sign(world.session, signed)

    def numbers(state: SignatureState | None) -> list[str]:
        return [row.loan for row in agreeing.listed(world.session, state=state)]

    assert numbers(None) == [signed, waiting, unprinted]
    assert numbers(SignatureState.SIGNED) == [signed]
    assert numbers(SignatureState.PRINTED) == [waiting]
    assert numbers(SignatureState.MISSING) == [waiting, unprinted]
    first, _, last = agreeing.listed(world.session)
    assert (first.printed_by, first.agreement, last.printed_at) == (world.session.actor.name, "signed", None)
    uai = world.base.execute("SELECT uai FROM school").fetchone()[0]
    assert len(agreeing.listed(world.session, uai)) == 3
