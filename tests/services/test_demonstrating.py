"""The demonstration: the same from the same seed, valid to the last code, and as sound as a real base."""

from dataclasses import replace
from pathlib import Path

import pytest

from tablet_loans.domain.act import GENESIS, facts_digest, line_hash
from tablet_loans.domain.errors import NotEmpty, NotPermitted
from tablet_loans.domain.identifiers import Ine, ine, own_tag, uai, valid_gtin, valid_iccid, valid_imei
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.roles import Actor, Role
from tablet_loans.services import (
    agreeing,
    checking,
    demonstrating,
    labelling,
    lending,
    overseeing,
    sticking,
    undoing,
)
from tablet_loans.services.labelling import LabelDevices, LabelOptions
from tablet_loans.services.session import Cancelled, Progress, Session
from tablet_loans.storage import ledger, schema, settings
from tablet_loans.storage.database import Base, open_database
from tablet_loans.storage.models import TABLES
from tests.builders import NOON, new_session


def small(session: Session, seed: int = 2020) -> demonstrating.DemoCounts:
    return demonstrating.fill(session, schools=6, pupils=300, devices=120, seed=seed).value


def content(base: Base) -> dict[str, list[tuple[object, ...]]]:
    """Return every table's rows, sorted."""
    names = [table._meta.table_name for table in TABLES]
    return {name: sorted(base.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}  # noqa: S608


def codes(base: Base, table: str, column: str) -> list[str]:
    rows = base.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY id").fetchall()  # noqa: S608
    return [str(row[0]) for row in rows]


def counts(base: Base, table: str) -> dict[str, int]:
    rows = base.execute(f"SELECT state, count(*) FROM {table} GROUP BY state").fetchall()  # noqa: S608
    return {str(state): int(count) for state, count in rows}


def filled(path: Path, seed: int) -> dict[str, list[tuple[object, ...]]]:
    base = open_database(str(path), create=True)
    schema.upgrade(base)
    small(replace(new_session(base), clock=lambda: NOON), seed)
    rows = content(base)
    base.close()
    return rows


def test_the_same_seed_makes_the_same_base_and_another_seed_another(tmp_path: Path) -> None:
    first = filled(tmp_path / "one.sqlite", 7)
    assert first == filled(tmp_path / "two.sqlite", 7)
    assert first["pupil"] != filled(tmp_path / "three.sqlite", 8)["pupil"]


def test_every_code_is_valid_and_tags_follow_each_other(session: Session) -> None:
    small(session)
    base = session.base
    assert all(uai(code) == code and code.startswith("069") for code in codes(base, "school", "uai"))
    assert all(ine(code) is Ine.VALID for code in codes(base, "pupil", "ine"))
    assert {len(code.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for code in codes(base, "pupil", "ine")} == {9, 10}
    imeis, tags = codes(base, "device", "imei"), codes(base, "device", "tag")
    assert imeis and all(valid_imei(code) == code for code in imeis)
    assert all(own_tag(tag) == tag for tag in tags)
    assert [int(tag.split("-")[1]) for tag in tags] == list(range(1, 121))
    assert all(valid_gtin(code) == code.zfill(13) for code in codes(base, "device_model", "gtin"))
    assert all(valid_iccid(code) for code in codes(base, "device", "iccid") if code)


def test_its_ledger_is_sound_line_by_line(session: Session) -> None:
    told = small(session)
    previous, at = GENESIS, 0.0
    for place, link in enumerate(ledger.links(session.base, session.station), start=1):
        assert link.salt is not None and link.facts is not None
        assert (link.line.sequence, link.line.previous_hash) == (place, previous)
        assert link.hash == line_hash(link.line)
        assert link.line.digest == facts_digest(link.salt, link.facts)
        assert link.line.recorded_at.timestamp() >= at
        previous, at = link.hash, link.line.recorded_at.timestamp()
    assert checking.check(session).lines == told.acts


def test_a_campaign_is_under_way_and_an_earlier_one_closing(session: Session) -> None:
    value = small(session)
    campaigns = session.base.execute("SELECT name, status FROM campaign ORDER BY id").fetchall()
    assert [tuple(row) for row in campaigns] == [
        ("Premier équipement 2025", "closing"),
        ("Continuité pédagogique", "open"),
    ]
    states = counts(session.base, "device")
    assert set(states) >= {"ready", "on_loan", "to_prepare", "in_repair", "lost"}
    assert counts(session.base, "loan")["open"] == states["on_loan"] == value.open_loans
    assert 0 < value.overdue_loans < value.open_loans < value.loans
    kept = settings.read(session.base)
    assert kept.is_demonstration and kept.is_recovery_confirmed


def test_work_goes_on_at_the_counter_where_the_demonstration_ends(session: Session) -> None:
    small(session)
    free = "SELECT id FROM pupil WHERE left_on IS NULL AND id NOT IN (SELECT pupil_id FROM loan) ORDER BY id"
    ready = "SELECT tag FROM device WHERE state = 'ready' ORDER BY id"
    pupil_id = session.base.execute(free).fetchone()[0]
    tag = session.base.execute(ready).fetchone()[0]
    last = session.base.execute("SELECT max(number) FROM loan").fetchone()[0]
    handover = lending.check_out(session, code=tag, pupil_id=pupil_id).value
    assert handover.number > last
    lending.check_in(session, code=tag)
    assert len(undoing.undo_last(session, 5)) == 5
    checking.check(session)


def test_a_line_says_what_the_counter_says(session: Session, tmp_path: Path) -> None:
    small(session)
    told = _shapes(session)
    done = session.base.execute("SELECT count(*) FROM ledger_line").fetchone()[0]
    free = "SELECT id FROM pupil WHERE left_on IS NULL AND id NOT IN (SELECT pupil_id FROM loan) ORDER BY id"
    first, second = [row[0] for row in session.base.execute(free).fetchmany(2)]
    ready = "SELECT tag FROM device WHERE state = 'ready' ORDER BY id"
    one, other = [row[0] for row in session.base.execute(ready).fetchmany(2)]
    agreeing.print_sheets(session, pupils=[first, second], out=tmp_path / "sheets.pdf")
    lending.check_out(session, code=one, pupil_id=first, is_signed=True)
    lending.check_in(session, code=one)
    loan = lending.check_out(session, code=other, pupil_id=second).value.number
    agreeing.print_agreements(session, LoanFilter(numbers=(loan,)), tmp_path / "loan.pdf")
    overseeing.sign_scanned(session, loan)
    labelling.print_labels(session, LabelDevices(tags=(one,)), tmp_path / "label.pdf", LabelOptions())
    labelling.confirm(session, one)
    lived = _shapes(session, after=done)
    papers = {"agreements_printed", "agreement_signed", "labels_printed", "label_settled"}
    assert set(lived) == {"checked_out", "checked_in"} | papers
    assert all(told[action] == shapes for action, shapes in lived.items())


def _shapes(session: Session, after: int = 0) -> dict[str, set[str]]:
    """Return, by action, the tables and columns that its lines speak of."""
    found: dict[str, set[str]] = {}
    for link in ledger.chain(session.base, session.station, after):
        line = ledger.find(session.base, link.line.id)
        assert line is not None and line[1] is not None
        shape = [(kind, sorted(before or ()), sorted(left)) for kind, _, before, left in line[1].get("changes", [])]
        kinds = sorted({kind for kind, _ in link.line.subjects})
        found.setdefault(link.line.action, set()).add(repr((shape, kinds, sorted(line[1]))))
    return found


def test_most_of_what_is_lent_is_signed_and_most_labels_are_scanned_back(session: Session) -> None:
    small(session)
    (schools, states) = overseeing.papers(session, "Continuité pédagogique"), counts(session.base, "agreement")
    lent, printed, signed = (sum(getattr(row.count, each) for row in schools) for each in ("lent", "printed", "signed"))
    assert lent * 0.6 < signed < printed < lent
    assert set(states) == {"printed", "signed"}
    worded = "SELECT count(*) FROM agreement JOIN agreement_wording wording ON wording.id = agreement.wording_id"
    assert session.base.execute(worded).fetchone()[0] == sum(states.values())
    labels = counts(session.base, "label_print")
    assert labels["confirmed"] > labels["printed"] > labels["spoiled"] > 0
    assert sticking.waiting(session).count == labels["printed"]


def test_every_act_can_be_undone_back_to_the_beginning(session: Session) -> None:
    demonstrating.fill(session, schools=2, pupils=60, devices=25)
    undoing.undo_all(session)
    assert counts(session.base, "loan").get("open", 0) == 0
    assert "on_loan" not in counts(session.base, "device")
    checking.check(session)


def test_only_an_empty_base_is_filled_and_by_an_administrator(session: Session) -> None:
    with pytest.raises(NotPermitted):
        small(replace(session, actor=Actor("T", Role.TECHNICIAN)))
    demonstrating.fill(session, schools=1, pupils=3, devices=5)
    with pytest.raises(NotEmpty):
        small(session)


@pytest.mark.parametrize("sizes", [(1, 0, 0), (1, 1, 1), (3, 5, 40)])
def test_a_tiny_demonstration_is_made_all_the_same(session: Session, sizes: tuple[int, int, int]) -> None:
    schools, pupils, devices = sizes
    demonstrating.fill(session, schools=schools, pupils=pupils, devices=devices)
    checking.check(session)
    assert len(codes(session.base, "pupil", "id")) == pupils


def test_four_thousand_pupils_are_announced_as_they_come(session: Session) -> None:
    seen: list[tuple[int, int]] = []
    value = demonstrating.fill(session, progress=Progress(lambda done, total: seen.append((done, total)))).value
    assert (value.schools, value.pupils, value.devices) == (12, 4000, 1200)
    done, total = seen[-1]
    assert len(seen) > 4 and done == total
    assert len(set(codes(session.base, "pupil", "ine"))) == 4000


def test_a_demonstration_that_is_stopped_leaves_the_base_empty(session: Session) -> None:
    with pytest.raises(Cancelled):
        demonstrating.fill(session, progress=Progress(is_cancelled=lambda: True))
    assert codes(session.base, "school", "id") == []
