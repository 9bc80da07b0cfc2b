"""Letters as .eml drafts: a file a mail, named by loan, that a mail program opens."""

from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.letter import LetterChoice, LetterKind
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.trouble import FileTrouble, FontLacks
from tablet_loans.services import mailing
from tablet_loans.services.mail_drafting import How, WrittenMails, write_files
from tablet_loans.services.session import Cancelled, Progress, Session
from tests.builders import World, ticking_clock
from tests.services.mailed import LATER, guardian, overdue

ALL = LetterChoice()


@pytest.fixture
def later(world: World) -> Session:
    """Return a session on a day when what was lent is overdue."""
    return replace(world.session, clock=ticking_clock(LATER))


def written(session: Session, out: Path, how: How | None = None, progress: Progress | None = None) -> WrittenMails:
    return write_files(session, LetterKind.REMINDER_2, ALL, out, how or How(), progress or Progress()).value


def test_a_draft_a_mail_is_named_by_loan_and_never_by_pupil(world: World, later: Session, tmp_path: Path) -> None:
    one = overdue(world, "Abel", "a@b.example", "néant")
    two = overdue(world, "Brun", "c@d.example", "e@f.example", address="")
    three = overdue(world, "Caron")
    told = written(later, tmp_path / "out" / "mails")
    assert told == WrittenMails(3, (three,), (one,), str(tmp_path / "out" / "mails"))
    files = sorted((tmp_path / "out" / "mails").iterdir())
    assert [each.name for each in files] == sorted([f"{one}.eml", f"{two}.eml", f"{two}-2.eml"])
    messages = [message_from_bytes(each.read_bytes(), policy=policy.default) for each in files]
    assert {str(each["To"]) for each in messages} == {"a@b.example", "c@d.example", "e@f.example"}
    assert {(each["X-Unsent"], each["From"]) for each in messages} == {("1", None)}
    rows = mailing.journal(later)
    assert {(row.kind, row.way, row.state) for row in rows} == {("reminder_2", "file", "written")}
    assert len(rows) == 3


def test_two_homes_have_two_files(world: World, later: Session, tmp_path: Path) -> None:
    number = overdue(world, "Abel", "a@b.example")
    pupil = world.base.execute("SELECT pupil_id FROM loan").fetchone()[0]
    guardian(world, pupil, "Lac", "c@d.example", "2 rue du Lac")
    assert written(later, tmp_path).mails == 2
    assert sorted(each.name for each in tmp_path.glob("*.eml")) == [f"{number}-2.eml", f"{number}.eml"]


def test_the_letter_is_attached_and_named_before_a_file_is_written(
    world: World, later: Session, tmp_path: Path
) -> None:
    number = overdue(world, "Abel", "a@b.example")
    written(later, tmp_path / "one", How(is_attached=True))
    (file,) = (tmp_path / "one").iterdir()
    assert f'filename="{number}.pdf"'.encode() in file.read_bytes()
    overdue(world, "Brun \U0001f600", "c@d.example")
    with pytest.raises(FontLacks):
        written(later, tmp_path / "two", How(is_attached=True))
    assert not (tmp_path / "two").exists()


def test_a_folder_that_cannot_be_is_named_and_nothing_is_journalled(
    world: World, later: Session, tmp_path: Path
) -> None:
    overdue(world, "Abel", "a@b.example")
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(FileTrouble):
        written(later, tmp_path / "file")
    with pytest.raises(Cancelled):
        written(later, tmp_path / "x", progress=Progress(is_cancelled=lambda: True))
    assert mailing.journal(later) == []
    assert not [each for each in tmp_path.rglob("*") if each.suffix in (".part", ".eml")]


def test_a_liaison_writes_no_mail(later: Session, tmp_path: Path) -> None:
    with pytest.raises(NotPermitted):
        written(replace(later, actor=Actor("L", Role.LIAISON)), tmp_path)
