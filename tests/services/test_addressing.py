"""To whom letters are due, on both engines: what was written before, what is waited for, how homes are reached."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.letter import DAYS, LetterChoice, LetterKind
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import addressing, lending, mailing, writing
from tablet_loans.services.session import Session
from tests.builders import CAMPAIGN, World, ticking_clock
from tests.services.documents import pages_of, text_of
from tests.services.mailed import LATER, guardian, overdue

FIRST, SECOND, LAST = LetterKind.REMINDER_1, LetterKind.REMINDER_2, LetterKind.REMINDER_3
HERE = LetterChoice(campaign=CAMPAIGN)


def late(world: World, days: int = 0) -> Session:
    return replace(world.session, clock=ticking_clock(LATER + timedelta(days=days)))


def due(session: Session, kind: LetterKind) -> list[str]:
    return [each.loan for each in addressing.concerned(session, kind, HERE) if each.is_due]


def test_each_loan_tells_how_late_it_is_and_how_its_homes_are_reached(world: World) -> None:
    reached = overdue(world, "Benali", "a@example.org", "b@example.org")
    homeless = overdue(world, "Kaya", address="")
    parted = world.pupil("Roux")
    guardian(world, int(parted), "Roux", "pere@example.org", "2 rue des Lilas")
    guardian(world, int(parted), "Sow", "", "3 rue des Lilas")
    lending.check_out(world.session, code=world.device(), pupil_id=parted)
    rows = {each.pupil.split()[0].capitalize(): each for each in addressing.concerned(late(world), FIRST, HERE)}
    told = {name: (row.letters, row.without_address, row.without_email) for name, row in rows.items()}
    assert told["Benali"] == (1, 0, 0)
    assert told["Roux"] == (2, 0, 1)
    assert rows["Benali"].loan == reached
    assert rows["Benali"].overdue_days == (LATER.date() - date(2026, 7, 3)).days
    assert (rows["Kaya"].loan, rows["Kaya"].without_address, rows["Kaya"].without_email) == (homeless, 1, 1)


def test_a_reminder_is_due_once_the_time_that_the_last_one_gave_is_over(world: World, tmp_path: Path) -> None:
    loan = overdue(world, "Benali")
    assert due(late(world), FIRST) == [loan]
    writing.write_letters(late(world), FIRST, HERE, tmp_path / "first.pdf")
    (row,) = addressing.concerned(late(world), SECOND, HERE)
    assert (row.last, row.last_on, row.next, row.is_due) == (FIRST, LATER.date(), SECOND, False)
    assert addressing.counts(late(world), HERE)[FIRST] == addressing.counts(late(world), HERE)[SECOND] == 0
    assert due(late(world, DAYS[FIRST]), SECOND) == []
    assert due(late(world, DAYS[FIRST] + 1), SECOND) == [loan]
    assert addressing.counts(late(world, DAYS[FIRST] + 1), HERE)[SECOND] == 1


def test_nothing_is_due_after_the_last_reminder(world: World, tmp_path: Path) -> None:
    overdue(world, "Benali")
    writing.write_letters(late(world), LAST, HERE, tmp_path / "last.pdf")
    (row,) = addressing.concerned(late(world, 300), LAST, HERE)
    assert (row.next, row.is_due) == (None, False)
    assert not any(addressing.counts(late(world, 300), HERE).values())


def test_a_loss_is_written_of_once_and_stays_listed(world: World, tmp_path: Path) -> None:
    loan = overdue(world, "Benali")
    with world.base.atomic():
        world.base.execute("UPDATE loan SET state = 'lost'")
    assert due(late(world), LetterKind.LOSS) == [loan]
    assert addressing.counts(late(world), HERE)[LetterKind.LOSS] == 1
    writing.write_letters(late(world), LetterKind.LOSS, HERE, tmp_path / "loss.pdf")
    (row,) = addressing.concerned(late(world), LetterKind.LOSS, HERE)
    assert (row.is_due, row.last_on) == (False, LATER.date())
    assert addressing.counts(late(world), HERE)[LetterKind.LOSS] == 0


def test_a_preview_is_the_letter_and_leaves_no_trace(world: World, tmp_path: Path) -> None:
    loan = overdue(world, "Benali")
    out = addressing.preview(late(world), FIRST, CAMPAIGN, loan, tmp_path / "one.pdf")
    (page,) = pages_of(out)
    assert "benali" in text_of(page).lower()
    assert mailing.journal(late(world)) == []


def test_a_liaison_is_not_told_who_is_written_to(world: World) -> None:
    liaison = replace(world.session, actor=Actor("L. Roy", Role.LIAISON))
    for ask in (
        lambda: addressing.counts(liaison, HERE),
        lambda: addressing.concerned(liaison, FIRST, HERE),
    ):
        with pytest.raises(NotPermitted):
            ask()
