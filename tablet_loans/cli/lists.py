"""devices, pupils, loans: list and show."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from itertools import count
from typing import Any, TypeVar

from tablet_loans.cli import needs
from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, a_date, command, group
from tablet_loans.domain.act import Line
from tablet_loans.domain.device import DeviceFilter, DeviceRow, DeviceState, InMdm
from tablet_loans.domain.errors import NoOpenCampaign, SeveralOpenCampaigns
from tablet_loans.domain.loan import LoanFilter
from tablet_loans.domain.paging import Place, Sort
from tablet_loans.domain.pupil import HouseholdMember, PupilFilter, PupilId, PupilRow
from tablet_loans.services import consulting, stocking
from tablet_loans.services.session import Session
from tablet_loans.text import N_, tr

Row = TypeVar("Row")
_BLOCK = 2_000


def register(nouns: Any) -> None:
    """Register the commands."""
    devices = group(nouns, "devices", tr(N_("devices")))
    listed = command(devices, "list", _devices, tr(N_("list devices")))
    listed.add_argument("--state", choices=[state.value for state in DeviceState], metavar="STATE")
    listed.add_argument("--school", metavar="UAI")
    listed.add_argument("--search", default="", metavar="TEXT")
    listed.add_argument("--mdm", choices=[each.value for each in InMdm])
    command(devices, "show", _device, tr(N_("show a device and its story"))).add_argument("tag")
    pupils = group(nouns, "pupils", tr(N_("pupils")))
    listed = command(pupils, "list", _pupils, tr(N_("list pupils")))
    listed.add_argument("--school", metavar="UAI")
    listed.add_argument("--search", default="", metavar="TEXT")
    command(pupils, "show", _pupil, tr(N_("show a pupil"))).add_argument("pupil")
    loans = group(nouns, "loans", tr(N_("loans")))
    listed = command(loans, "list", _loans, tr(N_("list loans")))
    listed.add_argument("--school", metavar="UAI")
    listed.add_argument("--campaign", metavar="NAME")
    listed.add_argument("--open", action="store_true")
    listed.add_argument("--overdue", action="store_true")
    listed.add_argument("--on", type=a_date, metavar="DATE")


def _every(block: Callable[[Place], Sequence[Row]]) -> Iterator[Row]:
    """Yield a whole list, block after block."""
    for start in count(0, _BLOCK):
        rows = block(Place(start, _BLOCK))
        yield from rows
        if len(rows) < _BLOCK:
            return


def _devices(context: Context) -> Answer:
    options = context.options
    state, in_mdm = DeviceState(options.state) if options.state else None, InMdm(options.mdm) if options.mdm else None
    chosen = DeviceFilter(state, options.school, options.search, in_mdm=in_mdm)
    with context.session() as session:
        rows = [_device_row(row) for row in _every(lambda place: stocking.block(session, chosen, Sort("tag"), place))]
    return {"rows": rows}


def _device_row(row: DeviceRow) -> dict[str, object]:
    return {
        "tag": row.tag, "serial": row.serial, "imei": row.imei, "kind": row.kind, "model": row.model,
        "state": row.state, "school": row.school, "loan": row.loan, "enrolment": row.enrolment or None,
    }  # fmt: skip


def _device(context: Context) -> Answer:
    with context.session() as session:
        story = stocking.shown(session, context.options.tag)
    row = story.row
    return {
        **_device_row(row), "maker": row.maker, "place": row.place, "depot": row.depot, "condition": row.condition,
        "enrolments": [asdict(step) for step in story.enrolments], "story": [_act(line) for line in story.acts],
    }  # fmt: skip


def _act(line: Line) -> dict[str, object]:
    return {
        "at": line.effective_at, "action": line.action, "actor": line.actor, "station": line.station,
        "ledger": line.id, "undoes": line.undoes,
    }  # fmt: skip


def _pupils(context: Context) -> Answer:
    options = context.options
    chosen = PupilFilter(options.school, options.search)
    with context.session() as session:
        rows = [_pupil_row(row) for row in _every(lambda place: consulting.pupils_block(session, chosen, place))]
    return {"rows": rows}


def _pupil_row(row: PupilRow) -> dict[str, object]:
    return {
        "id": row.id, "ine": row.ine, "family_name": row.usage_name or row.family_name,
        "given_name": row.given_name, "school": row.school, "class": row.class_name, "loan": row.loan,
    }  # fmt: skip


def _pupil(context: Context) -> Answer:
    with context.session() as session:
        story = consulting.pupil(session, context.options.pupil)
        kept, need = consulting.record(session, story.row.id), _need(session, story.row.id)
    return {
        **_pupil_row(story.row), "usage_name": story.row.usage_name, "birth_date": story.row.birth_date,
        "local_number": kept.local_number, "phone": kept.phone, "left_on": story.row.left_on,
        "moved_from": kept.moved_from, "moved_on": kept.moved_on, "corrected": kept.corrected, "need": need,
        "guardians": kept.guardians, "household": [_member(each) for each in kept.household],
        "story": [_act(line) for line in story.acts],
    }  # fmt: skip


def _member(each: HouseholdMember) -> dict[str, object]:
    return {
        "id": each.id, "name": each.name, "school": each.school, "class": each.class_name, "loan": each.loan,
    }  # fmt: skip


def _need(session: Session, pupil: PupilId) -> dict[str, object] | None:
    """Return the answer that counts in the only open campaign."""
    with suppress(NoOpenCampaign, SeveralOpenCampaigns):
        known = needs.known_need(session, None, pupil)
        if known is not None and known.answer is not None and known.told is not None:
            return {
                "equipment": known.answer.equipment.value, "cellular": known.answer.is_cellular,
                "priority": known.answer.is_priority, "asked_on": known.told.asked_on,
                "answered_by": known.told.answered_by, "source": known.told.source.value,
            }  # fmt: skip
    return None


def _loans(context: Context) -> Answer:
    options = context.options
    with context.session() as session:
        day = options.on or session.today()
        chosen = LoanFilter(
            school=options.school,
            campaign=options.campaign,
            is_open=options.open,
            overdue_on=day if options.overdue else None,
        )
        rows = [
            {
                "loan": row.number, "tag": row.tag, "serial": row.serial, "pupil": row.pupil_id, "name": row.pupil,
                "school": row.school, "class": row.class_name, "campaign": row.campaign, "due": row.due_on,
                "state": row.state, "overdue_days": row.overdue_days(day), "agreement": row.agreement,
            }
            for row in _every(lambda place: consulting.loans_block(session, chosen, place))
        ]  # fmt: skip
    return {"rows": rows}
