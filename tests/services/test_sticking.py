"""Labels stuck and scanned back: how far those printed together are, and which ones still wait, on both engines."""

from pathlib import Path

import pytest

from tablet_loans.domain.device import DeviceState
from tablet_loans.domain.errors import NotPermitted
from tablet_loans.domain.label import LabelState, NoLabels, NoLabelWaiting
from tablet_loans.domain.label_stock import StartBeyondSheet
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import labelling, sticking, undoing
from tablet_loans.services.labelling import LabelDevices, LabelOptions, Lacking
from tests.builders import World, new_session
from tests.services.documents import codes_on, pages_of


def printed(world: World, tmp_path: Path, *tags: str) -> None:
    labelling.print_labels(world.session, LabelDevices(tags=tags), tmp_path / "labels.pdf", LabelOptions())


def test_each_label_scanned_back_tells_how_far_those_printed_with_it_are(world: World, tmp_path: Path) -> None:
    tags = [world.device() for _ in range(4)]
    printed(world, tmp_path, *tags[:3])
    printed(world, tmp_path, tags[3])
    told = [sticking.stick(world.session, tag).value for tag in tags]
    assert [(each.tag, each.confirmed, each.labels) for each in told] == [
        (tags[0], 1, 3), (tags[1], 2, 3), (tags[2], 3, 3), (tags[3], 1, 1),
    ]  # fmt: skip


def test_a_spoiled_label_is_no_longer_counted_and_its_tablet_is_to_be_printed_again(
    world: World, tmp_path: Path
) -> None:
    tags = [world.device() for _ in range(3)]
    printed(world, tmp_path, *tags)
    labelling.spoil(world.session, tags[1])
    receipt = sticking.stick(world.session, tags[0])
    assert (receipt.value.confirmed, receipt.value.labels) == (1, 2)
    undoing.undo(world.session, receipt.ledger_id)
    lacking = LabelDevices(lacking=Lacking.LABEL)
    assert labelling.preview(world.session, lacking, tmp_path / "p.pdf", LabelOptions()).labels == 1


def test_what_waits_stands_batch_by_batch_the_newest_first(world: World, tmp_path: Path) -> None:
    tags = [world.device() for _ in range(5)]
    printed(world, tmp_path, *tags[:2])
    printed(world, tmp_path, *tags[2:])
    sticking.stick(world.session, tags[3])
    found = sticking.waiting(world.session)
    assert [row.tag for row in found.rows] == [tags[2], tags[4], *tags[:2]]
    assert (found.count, found.confirmed, found.labels) == (4, 1, 3)
    assert sticking.waiting(world.session, limit=1).count == 4


def test_nothing_waits_where_nothing_was_printed(world: World) -> None:
    found = sticking.waiting(world.session)
    assert (found.rows, found.count, found.labels) == ((), 0, 0)
    with pytest.raises(NoLabelWaiting):
        sticking.stick(world.session, world.device())


def test_labels_are_printed_for_tablets_without_one_and_those_gone_need_none(world: World, tmp_path: Path) -> None:
    tags = [world.device() for _ in range(4)] + [world.device(state="lost"), world.device(state="retired")]
    printed(world, tmp_path, *tags[:2])
    sticking.stick(world.session, tags[0])
    out = tmp_path / "labels.pdf"
    for chosen, expected in (
        (LabelDevices(lacking=Lacking.LABEL), tags[2:4]),
        (LabelDevices(lacking=Lacking.CONFIRMED), tags[1:4]),
        (LabelDevices(lacking=Lacking.LABEL, state=DeviceState.LOST), [tags[4]]),
    ):
        preview = labelling.preview(world.session, chosen, out, LabelOptions())
        assert [code for code, _ in codes_on(pages_of(out)[0])] == expected
        assert preview.labels == len(expected)


def test_a_preview_shows_the_first_page_and_writes_nothing_down(world: World, tmp_path: Path) -> None:
    tags = [world.device() for _ in range(9)]
    out, options = tmp_path / "labels.pdf", LabelOptions(stock="L7160", start_at=19)
    preview = labelling.preview(world.session, LabelDevices(tags=tuple(tags)), out, options)
    assert (preview.labels, preview.pages, preview.stock) == (9, 2, "Avery L7160")
    (page,) = pages_of(out)
    assert [code for code, _ in codes_on(page)] == tags[:3]
    assert labelling.journal(world.session) == []
    for chosen, start, why in ((LabelDevices(), 1, NoLabels), (LabelDevices(tags=(tags[0],)), 22, StartBeyondSheet)):
        with pytest.raises(why):
            labelling.preview(world.session, chosen, out, LabelOptions(start_at=start))


def test_a_tablet_scanned_tells_whether_it_has_a_label(world: World, tmp_path: Path) -> None:
    tag = world.device(serial="R52M70ABCDE")
    assert labelling.scanned(world.session, "R52M70ABCDE").label is None
    printed(world, tmp_path, tag)
    found = labelling.scanned(world.session, tag.lower())
    assert (found.tag, found.serial, found.label) == (tag, "R52M70ABCDE", LabelState.PRINTED)


def test_the_journal_is_searched_by_a_part_of_the_tag(world: World, tmp_path: Path) -> None:
    tags = [world.device() for _ in range(3)]
    printed(world, tmp_path, *tags)
    assert [row.tag for row in labelling.journal(world.session, search=tags[1].lower())] == [tags[1]]
    assert len(labelling.journal(world.session, search="ml 0")) == 3
    assert labelling.journal(world.session, LabelState.SPOILED, search="ml") == []


def test_only_who_records_tablets_sticks_labels(sqlite_world: World) -> None:
    liaison = new_session(sqlite_world.base, actor=Actor("L", Role.LIAISON))
    for act in (lambda: sticking.waiting(liaison), lambda: sticking.stick(liaison, "ML-1"),
                lambda: labelling.scanned(liaison, "ML-1")):  # fmt: skip
        with pytest.raises(NotPermitted):
            act()
