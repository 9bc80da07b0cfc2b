"""The directory of schools, and ONDE's lists of pupils."""

from datetime import date

import pytest

from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import ListedPupil, Spoilt
from tablet_loans.domain.trouble import WrongFile
from tablet_loans.services.importers import pupils, schools
from tests import files


def listed(content: bytes) -> list[ListedPupil]:
    return [item for item in pupils.read(content, "list", mapping=None)[1] if isinstance(item, ListedPupil)]


@pytest.mark.parametrize("is_lower", [False, True])
def test_the_directory_is_read_in_both_cases_of_its_headers(is_lower: bool) -> None:
    head, _, rest = files.DIRECTORY.read_bytes().partition(b"\n")
    content = (head.lower() if is_lower else head) + b"\n" + rest
    first, again, padded, false_key, closed = schools.read(content, "list", mapping=None)[1]
    assert isinstance(first, schools.DirectorySchool)
    assert (first.uai, first.address, first.commune) == ("0690142E", "1 rue des Iris, BP 12", "Villeurbanne")
    assert again is None
    assert isinstance(padded, schools.DirectorySchool)
    assert len(padded.uai) == 8
    assert isinstance(false_key, Problem)
    assert isinstance(closed, Problem)


def test_onde_gives_names_birth_date_ine_and_class() -> None:
    zoe, leo, emre = listed(files.ONDE.read_bytes())
    assert zoe == ListedPupil(2, "012345678AB", "Œuvrard", "", "Zoé", date(2015, 8, 17), "CM1 B", "CM1")
    assert (leo.usage_name, leo.birth_date, leo.class_name) == ("Da Silva-Costa", date(2016, 1, 2), "CE1 A")
    assert emre.ine is None


def test_the_older_extraction_is_read_as_well() -> None:
    zoe, anais = listed(files.BE1D.read_bytes())
    assert (zoe.family_name, zoe.class_name, zoe.ine) == ("Œuvrard", "CM1 B", None)
    assert (anais.family_name, anais.level) == ("N'Guyen", "CM2")


def test_the_guardians_extraction_is_named_and_refused() -> None:
    with pytest.raises(WrongFile) as refused:
        listed(files.GUARDIANS.read_bytes())
    assert "guardians" in str(refused.value.facts["found"])


def test_a_wrong_ine_is_dropped_and_a_doubtful_one_kept_both_with_a_warning() -> None:
    content = "Nom;Prénom;Né(e) le;INE\nKaya;Emre;01/02/2015;12\nKaya;Deniz;01/02/2015;1234567890A\nKaya;Ada;hier;\n"
    warning, emre, doubt, deniz, spoilt = pupils.read(content.encode(), "list", mapping=None)[1]
    assert isinstance(warning, Problem)
    assert isinstance(doubt, Problem)
    assert isinstance(emre, ListedPupil)
    assert isinstance(deniz, ListedPupil)
    assert (warning.line, emre.line, emre.ine) == (2, 2, None)
    assert (doubt.line, doubt.facts, deniz.line, deniz.ine) == (3, {"ine": "1234567890A"}, 3, "1234567890A")
    assert isinstance(spoilt, Spoilt)


def test_a_pupil_stands_on_one_line() -> None:
    content = "Nom;Prénom;INE\nKaya;Emre;012345678AB\nKAYA;Emré;\nKaya;Emre;012345678AC\nX;Y;012345678AB\n"
    items = list(pupils.read(content.encode(), "list", mapping=None)[1])
    assert [isinstance(item, ListedPupil) for item in items] == [True, False, True, False]
