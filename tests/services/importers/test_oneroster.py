"""OneRoster zips, of both versions."""

import io
import zipfile
from pathlib import Path

import pytest

from tablet_loans.domain.problem import Problem
from tablet_loans.domain.roster import Care, ListedGuardian, ListedPupil, RosterKind
from tablet_loans.domain.trouble import FileUnreadable, MissingColumns, WrongFile
from tablet_loans.services.importers import oneroster
from tests.files.oneroster import IRIS, LILAS, USERS
from tests.files.oneroster import oneroster as made
from tests.services.importers.test_content import a_zip


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "export.zip"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("folder", ["", "export/"])
def test_pupils_have_their_school_their_homeroom_and_their_ine(tmp_path: Path, version: str, folder: str) -> None:
    roster = oneroster.pupils(written(tmp_path, made(version, folder=folder)))
    assert (roster.kind, roster.is_whole, roster.schools) == (RosterKind.ONEROSTER, True, (LILAS, IRIS))
    zoe, leo, ana = roster.lines
    assert zoe == ListedPupil(
        2, "012345678AB", "Œuvrard", "", "Zoé", None, "5e B", "5", IRIS, "p1"
    )  # the class is the homeroom, not the lesson
    assert isinstance(leo, ListedPupil)
    assert (leo.ine, leo.class_name, leo.school) == ("123456789CD", "6e A", LILAS)
    assert isinstance(ana, ListedPupil)
    assert ana.ine is None  # a key of one digit proves nothing
    assert ana.local_number is not None
    assert len(ana.local_number) == 40


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_delta_is_not_whole_and_what_is_to_be_deleted_is_passed_over(tmp_path: Path, version: str) -> None:
    users = [{**user, "status": "tobedeleted" if user["sourcedId"] == "p2" else "active"} for user in USERS]
    roster = oneroster.pupils(written(tmp_path, made(version, mode="delta", users=users)))
    assert not roster.is_whole
    assert [pupil.given_name for pupil in roster.lines if isinstance(pupil, ListedPupil)] == ["Zoé", "Ana"]


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_guardians_are_tied_to_their_pupils_from_either_side_and_by_school(tmp_path: Path, version: str) -> None:
    roster = oneroster.guardians(written(tmp_path, made(version)))
    here, there, nobody = roster.lines
    assert isinstance(here, ListedGuardian)
    assert isinstance(there, ListedGuardian)
    assert {(each.school, each.local_number, each.wards[0].local_number) for each in (here, there)} == {
        (IRIS, "g1", "p1"),
        (LILAS, "g1", "p2"),
    }
    assert (here.mobile, here.wards[0].care) == ("0612345678", Care.LEGAL)
    assert isinstance(nobody, Problem)


def test_a_password_is_nowhere_in_what_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, made())
    assert "s3cret" not in repr([*oneroster.pupils(path).lines, *oneroster.guardians(path).lines])


def a_bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("users.csv", "w") as users:
        for _ in range(120):
            users.write(b"0" * 2**20)
    return content.getvalue()


def test_another_zip_a_cut_one_a_bomb_and_lost_columns_are_refused(tmp_path: Path) -> None:
    whole = made()
    for content, refusal in (
        (a_zip("photo.raw"), WrongFile),
        (whole[: len(whole) // 2], FileUnreadable),
        (a_bomb(), FileUnreadable),
        (made(users=[{"sourcedId": "x" * 3 * 2**20, "role": "student"}]), FileUnreadable),
        (a_zip("users.csv"), MissingColumns),
    ):
        with pytest.raises(refusal):
            list(oneroster.pupils(written(tmp_path, content)).lines)
