"""The check finds what must not be, and accepts what was erased by right."""

import re
from datetime import datetime, timedelta, timezone

import pytest

from tablet_loans.domain.act import LedgerId
from tablet_loans.domain.errors import ErasureStays
from tablet_loans.domain.trouble import BaseUnsound
from tablet_loans.services import checking, lending, undoing
from tests.builders import World, new_session


def lend_and_return(world: World) -> list[str]:
    """Fill two chains: three acts and an undone one here, one at another station."""
    tags = [world.device(), world.device()]
    other = new_session(world.base, "machine-2")
    lines = [lending.check_out(world.session, code=tags[0], pupil_id=world.pupil()).ledger_id]
    lines.append(lending.check_out(other, code=tags[1], pupil_id=world.pupil("Martin")).ledger_id)
    lines.append(lending.check_in(world.session, code=tags[0]).ledger_id)
    undoing.undo_last(world.session)
    return [str(line) for line in lines]


def test_a_sound_base_passes(world: World) -> None:
    lend_and_return(world)
    sound = checking.check(world.session)
    assert (sound.stations, sound.lines, sound.erased) == (2, 5, 0)


def test_erased_facts_leave_the_chains_whole(world: World) -> None:
    lines = lend_and_return(world)
    receipt = checking.erase_facts(world.session, [LedgerId(lines[0]), LedgerId(lines[1])])
    assert receipt.value == 2
    assert checking.check(world.session).erased == 2
    assert not world.base.execute("SELECT 1 FROM ledger_facts WHERE line_id = ?", (lines[0],)).fetchone()


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE ledger_line SET actor = 'somebody' WHERE sequence = 2", "altered line"),
        ("UPDATE ledger_line SET hash = previous_hash WHERE sequence = 2", "altered line|broken chain"),
        ("UPDATE ledger_facts SET facts = '{}'", "altered facts"),
        ("DELETE FROM ledger_facts", "facts that vanished"),
        ("DELETE FROM ledger_subject WHERE kind = 'pupil'", "altered line"),
        ("UPDATE station SET sequence = sequence - 1", "cut short"),
        ("UPDATE device SET state = 'ready' WHERE state = 'on_loan'", "not lent"),
        ("UPDATE loan SET state = 'returned' WHERE state = 'open'", "without an open loan"),
        ("UPDATE loan SET closed_at = opened_at WHERE state = 'open'", "open loan with an end"),
    ],
)
def test_each_tampering_is_found(world: World, tampering: str, found: str) -> None:
    lend_and_return(world)
    with world.base.atomic():
        world.base.execute(tampering)
    with pytest.raises(BaseUnsound) as unsound:
        checking.check(world.session)
    assert re.search(found, str(unsound.value.facts["problems"]))


def test_a_last_line_that_was_cut_off_is_betrayed_by_what_it_did(world: World) -> None:
    tag = world.device()
    lending.check_out(world.session, code=tag, pupil_id=world.pupil())
    before = world.base.execute("SELECT sequence, head FROM station").fetchone()
    line = lending.check_in(world.session, code=tag).ledger_id
    with world.base.atomic():
        world.base.execute("DELETE FROM ledger_subject WHERE line_id = ?", (line,))
        world.base.execute("DELETE FROM ledger_facts WHERE line_id = ?", (line,))
        world.base.execute("DELETE FROM ledger_line WHERE id = ?", (line,))
        world.base.execute("UPDATE station SET sequence = ?, head = ?", before)
    with pytest.raises(BaseUnsound) as unsound:
        checking.check(world.session)
    assert "a state that the ledger does not tell" in str(unsound.value.facts["problems"])


def test_the_proof_of_an_erasure_is_not_erased(world: World) -> None:
    lines = lend_and_return(world)
    erasure = checking.erase_facts(world.session, [LedgerId(lines[0])])
    with pytest.raises(ErasureStays):
        checking.erase_facts(world.session, [erasure.ledger_id])


def test_an_act_told_in_another_time_zone_verifies(world: World) -> None:
    noon = datetime(2026, 4, 6, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    lending.check_out(world.session, code=world.device(), pupil_id=world.pupil(), effective_at=noon)
    assert checking.check(world.session).lines == 2
