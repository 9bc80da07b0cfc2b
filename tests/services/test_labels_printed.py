"""Labels of tablets on both engines: printed for those chosen, stuck and scanned back, spoiled, and undone."""

from pathlib import Path

import pytest

from tablet_loans.domain.act import Action
from tablet_loans.domain.device import DeviceState
from tablet_loans.domain.errors import NotPermitted, UnknownCode, UnknownSchool
from tablet_loans.domain.label import (
    CodeStyle,
    LabelState,
    NoLabelPrinted,
    NoLabels,
    NoLabelWaiting,
    OtherCodeScanned,
    UnknownRange,
)
from tablet_loans.domain.label_stock import StartBeyondSheet, UnknownStock
from tablet_loans.domain.printer import UnknownPrinter
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.domain.trouble import FileTrouble, UpgradeNeeded
from tablet_loans.services import labelling, undoing
from tablet_loans.services.labelling import LabelDevices, LabelOptions
from tablet_loans.services.session import Cancelled, Progress
from tablet_loans.storage import rows, schema
from tablet_loans.storage.database import open_database
from tests.builders import World, new_session
from tests.services.documents import codes_on, pages_of, text_of

ALL = LabelDevices(state=DeviceState.READY)


def printed(world: World, tmp_path: Path, chosen: LabelDevices, options: LabelOptions | None = None) -> list[str]:
    out = tmp_path / "labels.pdf"
    labelling.print_labels(world.session, chosen, out, options or LabelOptions())
    return [code for page in pages_of(out) for code, _ in codes_on(page)]


def states(world: World) -> list[str]:
    return [row[0] for row in world.base.execute("SELECT state FROM label_print ORDER BY id").fetchall()]


def at_school(world: World, tag: str, uai: str) -> None:
    school = world.school(uai)
    device = world.base.execute("SELECT id FROM device WHERE tag = ?", (tag,)).fetchone()[0]
    with world.base.atomic():
        rows.update(world.base, "device", device, {"school_id": school, "place": "school"})


def test_labels_are_printed_for_the_tablets_named_in_their_order_each_once(world: World, tmp_path: Path) -> None:
    first, second, _ = (world.device() for _ in range(3))
    assert printed(world, tmp_path, LabelDevices(tags=(second, first, second.replace("-", "")))) == [second, first]
    assert states(world) == ["printed", "printed"]


def test_labels_are_printed_by_state_school_and_range(world: World, tmp_path: Path) -> None:
    tags = [world.device() for _ in range(5)] + [world.device(state="lost")]
    at_school(world, tags[2], "0690142E")
    assert printed(world, tmp_path, ALL) == tags[:5]
    assert printed(world, tmp_path, LabelDevices(school="0690142E")) == [tags[2]]
    assert printed(world, tmp_path, LabelDevices(span=f"{tags[1]}..{tags[3]}")) == tags[1:4]
    assert printed(world, tmp_path, LabelDevices(span=f"{tags[1][:-2]} .. {tags[3][:-2].lower()}")) == tags[1:4]
    assert printed(world, tmp_path, LabelDevices(span=f"{tags[0]}..{tags[5]}", state=DeviceState.LOST)) == [tags[5]]


def test_a_label_says_its_owner_its_serial_and_whom_to_call(world: World, tmp_path: Path) -> None:
    world.device(serial="R52M70ABCDE")
    with world.base.atomic():
        wording = '{"authority": "Ville des Iris", "helpline": "04 78 00 00 00"}'
        world.base.execute("UPDATE campaign SET wording = ?", (wording,))
    printed(world, tmp_path, ALL, LabelOptions(has_serial=True))
    said = text_of(pages_of(tmp_path / "labels.pdf")[0])
    assert all(words in said for words in ("Ville des Iris", "04 78 00 00 00", "R52M70ABCDE"))
    printed(world, tmp_path, ALL)
    assert "R52M70ABCDE" not in text_of(pages_of(tmp_path / "labels.pdf")[0])


def test_without_one_open_campaign_the_settings_authority_owns_them(sqlite_world: World, tmp_path: Path) -> None:
    sqlite_world.device()
    sqlite_world.campaign("Autre")
    printed(sqlite_world, tmp_path, ALL)
    assert "Métropole" in text_of(pages_of(tmp_path / "labels.pdf")[0])


def test_what_is_printed_is_an_act_about_each_tablet(world: World, tmp_path: Path) -> None:
    world.device()
    world.device()
    receipt = labelling.print_labels(world.session, ALL, tmp_path / "labels.pdf", LabelOptions(start_at=7))
    assert (receipt.value.labels, receipt.value.pages, receipt.value.stock) == (2, 1, "Avery L7160")
    query = "SELECT action FROM ledger_line WHERE id = ?"
    assert world.base.execute(query, (receipt.ledger_id,)).fetchone()[0] == Action.LABELS_PRINTED
    query = "SELECT count(*) FROM ledger_subject WHERE line_id = ? AND kind = 'device'"
    assert world.base.execute(query, (receipt.ledger_id,)).fetchone()[0] == 2


def test_what_is_refused_writes_nothing_down(world: World, tmp_path: Path) -> None:
    tag = world.device()
    out = tmp_path / "labels.pdf"
    for chosen, options, why in (
        (LabelDevices(), LabelOptions(), NoLabels),
        (LabelDevices(state=DeviceState.STOLEN), LabelOptions(), NoLabels),
        (LabelDevices(tags=(tag, "ML-999999-0")), LabelOptions(), UnknownCode),
        (LabelDevices(span=tag), LabelOptions(), UnknownRange),
        (LabelDevices(span="..ML"), LabelOptions(), UnknownRange),
        (LabelDevices(school="0690142E"), LabelOptions(), UnknownSchool),
        (ALL, LabelOptions(start_at=22), StartBeyondSheet),
        (ALL, LabelOptions(start_at=0), StartBeyondSheet),
        (ALL, LabelOptions(stock="L9999"), UnknownStock),
        (ALL, LabelOptions(printer="Salle 2"), UnknownPrinter),
    ):
        with pytest.raises(why):
            labelling.print_labels(world.session, chosen, out, options)
    with pytest.raises(FileTrouble):
        labelling.print_labels(world.session, ALL, tmp_path / "nowhere" / "labels.pdf", LabelOptions())
    with pytest.raises(Cancelled):
        progress = Progress(is_cancelled=lambda: True)
        labelling.print_labels(world.session, ALL, out, LabelOptions(), progress)
    assert states(world) == []
    assert not list(tmp_path.glob("labels*"))


def test_a_label_stuck_and_scanned_back_is_confirmed_and_that_is_undone(world: World, tmp_path: Path) -> None:
    tag = world.device()
    printed(world, tmp_path, ALL, LabelOptions(style=CodeStyle.QR))
    receipt = labelling.confirm(world.session, tag.replace("ML", "ml"))
    assert (receipt.value, states(world)) == (tag, ["confirmed"])
    with pytest.raises(NoLabelWaiting):
        labelling.confirm(world.session, tag)
    undoing.undo(world.session, receipt.ledger_id)
    assert states(world) == ["printed"]
    (line,) = labelling.journal(world.session)
    assert (line.tag, line.state, line.settled_at, line.printed_by) == (tag, LabelState.PRINTED, None, "C. Morel")


def test_of_two_labels_of_a_tablet_the_newest_is_confirmed(world: World, tmp_path: Path) -> None:
    tag = world.device()
    printed(world, tmp_path, ALL)
    printed(world, tmp_path, ALL)
    labelling.confirm(world.session, tag)
    assert states(world) == ["spoiled", "confirmed"]


def test_the_serial_on_the_back_confirms_no_label(world: World, tmp_path: Path) -> None:
    world.device(serial="R52M70ABCDE")
    printed(world, tmp_path, ALL)
    with pytest.raises(OtherCodeScanned):
        labelling.confirm(world.session, "R52M70ABCDE")
    with pytest.raises(UnknownCode):
        labelling.confirm(world.session, "ML-999999-0")
    assert states(world) == ["printed"]


def test_a_label_that_peels_off_is_spoiled_and_printed_again(world: World, tmp_path: Path) -> None:
    tag = world.device()
    with pytest.raises(NoLabelPrinted):
        labelling.spoil(world.session, tag)
    printed(world, tmp_path, ALL)
    labelling.confirm(world.session, tag)
    labelling.spoil(world.session, tag)
    with pytest.raises(NoLabelPrinted):
        labelling.spoil(world.session, tag)
    printed(world, tmp_path, ALL)
    assert states(world) == ["spoiled", "printed"]
    assert [line.state for line in labelling.journal(world.session, LabelState.SPOILED)] == [LabelState.SPOILED]
    assert len(labelling.journal(world.session, limit=1)) == 1


def test_of_two_labels_the_one_named_is_spoiled(world: World, tmp_path: Path) -> None:
    tag = world.device()
    printed(world, tmp_path, ALL)
    printed(world, tmp_path, ALL)
    older = labelling.journal(world.session)[-1].id
    labelling.spoil(world.session, tag, older)
    assert states(world) == ["spoiled", "printed"]
    with pytest.raises(NoLabelPrinted):
        labelling.spoil(world.session, tag, older)


def test_hundreds_of_labels_are_written_down(sqlite_world: World, tmp_path: Path) -> None:
    for _ in range(130):
        sqlite_world.device()
    labelling.print_labels(sqlite_world.session, ALL, tmp_path / "labels.pdf", LabelOptions())
    assert states(sqlite_world) == ["printed"] * 130


def test_only_who_records_tablets_prints_their_labels(sqlite_world: World, tmp_path: Path) -> None:
    liaison = new_session(sqlite_world.base, actor=Actor("L", Role.LIAISON))
    with pytest.raises(NotPermitted):
        labelling.print_labels(liaison, ALL, tmp_path / "labels.pdf", LabelOptions())
    for act in (labelling.confirm, labelling.spoil):
        with pytest.raises(NotPermitted):
            act(liaison, "ML-000001-X")
    with pytest.raises(NotPermitted):
        labelling.journal(liaison)


def test_the_version_before_keeps_no_labels(url: str, tmp_path: Path) -> None:
    base = open_database(url, create=True)
    schema.upgrade(base, "0006_campaigns")
    session = new_session(base)
    for act in (
        lambda: labelling.print_labels(session, ALL, tmp_path / "labels.pdf", LabelOptions()),
        lambda: labelling.confirm(session, "ML-000001-X"),
        lambda: labelling.journal(session),
    ):
        with pytest.raises(UpgradeNeeded):
            act()
    labelling.print_commands(session, tmp_path / "codes.pdf")
    base.close()
