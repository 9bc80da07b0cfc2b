"""waiting, cartons: who waits and which devices suit them; what each school is to receive, and its cartons."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tablet_loans.cli.answer import Answer, Told, lines
from tablet_loans.cli.context import Context, at_least_one, command, group
from tablet_loans.cli.lines import FIRST, fitting, listed, more
from tablet_loans.domain.carton import CARTON_WORDS, CartonRow, NoCartonYet, NothingToPack, Packed
from tablet_loans.domain.offer import Offer
from tablet_loans.services.session import Receipt
from tablet_loans.text import N_, tr

_MOST: Final = 500


def register(nouns: Any) -> None:
    """Register the commands."""
    _register_waiting(group(nouns, "waiting", tr(N_("who waits for a device, and the devices that suit them"))))
    cartons = group(nouns, "cartons", tr(N_("what each school is to receive, and its cartons")))
    pack = command(cartons, "pack", _pack, tr(N_("put devices into a school's open carton")))
    pack.add_argument("name")
    pack.add_argument("tag", nargs="+")
    pack.add_argument("--school", metavar="UAI", required=True)
    command(cartons, "unpack", _unpack, tr(N_("take a device out of its carton"))).add_argument("tag")
    command(cartons, "close", _close, tr(N_("close a carton"))).add_argument("code")
    listed = command(cartons, "list", _list, tr(N_("list the cartons and what lies in them")))
    listed.add_argument("name")
    listed.add_argument("--school", metavar="UAI")
    for name, run, doc in (
        ("print", _print, tr(N_("print a sheet for each carton"))),
        ("picking", _picking, tr(N_("say what each school is to receive, and print it"))),
    ):
        printing = command(cartons, name, run, doc)
        printing.add_argument("name")
        printing.add_argument("--school", metavar="UAI")
        printing.add_argument("--out", type=Path, metavar="FILE.pdf", required=name == "print")


def _register_waiting(waiting: Any) -> None:
    listed = command(waiting, "list", _waiting, tr(N_("list who waits, in the order of the applied plan")))
    listed.add_argument("name")
    listed.add_argument("--school", metavar="UAI")
    listed.add_argument("--limit", type=at_least_one, metavar="N")
    offers = command(waiting, "offers", _offers, tr(N_("say which ready devices suit those who wait")))
    offers.add_argument("name")
    offers.add_argument("--accept", action="store_true", help=tr(N_("promise them")))


def _waiting(context: Context) -> Answer:
    from tablet_loans.services import offering

    options = context.options
    limit = options.limit or (_MOST if options.as_json else FIRST)
    with context.session() as session:
        found = offering.waiting(session, options.name, options.school, limit + 1)
    rows: list[Answer] = [
        {
            "rank": each.rank, "pupil": each.pupil_id, "name": each.name, "class": each.class_name,
            "school": each.school, "cellular": "cellular" in each.required,
        }
        for each in found[:limit]
    ]  # fmt: skip
    if options.as_json:
        return {"rows": rows}
    others = [tr(N_("… and more: see {way}.")).format(way="--limit N, --school UAI, --json")]
    return Told({}, [*listed(rows, "", tr(N_("Nobody waits.")), limit), *(others if len(found) > limit else ())])


def _offers(context: Context) -> Answer:
    from tablet_loans.services import offering

    with context.session() as session:
        found = offering.offers(session, context.options.name)
        promised = offering.accept(session, found) if context.options.accept and found else None
    offers = [offer_said(each) for each in found]
    rest: Answer = {"promised": promised.value, "ledger": promised.ledger_id} if promised else {"promised": 0}
    if context.options.as_json:
        return {"offers": offers, **rest}
    nothing = tr(N_("No ready tablet is left over that suits somebody who waits."))
    told = [*fitting(lines({"offers": offers[:FIRST]})), *more(len(offers), "--json")]
    return Told({}, [*told, *lines(rest)] if found else [nothing])


def offer_said(offer: Offer) -> Mapping[str, object]:
    """Return what an answer says of an offer: never the pupil's name."""
    return {
        "device": offer.device.tag, "model": offer.device.model, "campaign": offer.campaign,
        "rank": offer.waiting.rank, "pupil": offer.waiting.pupil_id, "school": offer.waiting.school,
    }  # fmt: skip


def _pack(context: Context) -> Answer:
    from tablet_loans.services import packing

    options = context.options
    with context.session() as session:
        return _packed(packing.pack_all(session, options.name, options.school, options.tag))


def _packed(receipts: Sequence[Receipt[Packed]]) -> Answer:
    last = receipts[-1]
    return {
        "carton": last.value.carton, "devices": [each.value.tag for each in receipts], "count": last.value.devices,
        "ledger": last.ledger_id,
    }  # fmt: skip


def _unpack(context: Context) -> Answer:
    from tablet_loans.services import packing

    with context.session() as session:
        return _packed([packing.unpack(session, context.options.tag)])


def _close(context: Context) -> Answer:
    from tablet_loans.services import packing

    with context.session() as session:
        receipt = packing.close_carton(session, context.options.code)
    return {"carton": receipt.value, "ledger": receipt.ledger_id}


def _list(context: Context) -> Answer:
    from tablet_loans.services import packing

    with context.session() as session:
        rows = [_carton(each) for each in packing.cartons(session, context.options.name, _school(context))]
    if context.options.as_json:
        return {"rows": rows}
    spoken = [{**row, "status": tr(CARTON_WORDS[str(row["status"])])} for row in rows]
    return Told({}, listed(spoken, "", tr(NoCartonYet.sentence), len(rows)))


def _carton(row: CartonRow) -> Mapping[str, object]:
    return {
        "carton": row.code, "school": row.school.uai, "school_name": row.school.name, "status": row.state.value,
        "packed": row.packed, "count": len(row.devices), "devices": [each.tag for each in row.devices],
    }  # fmt: skip


def _print(context: Context) -> Answer:
    from tablet_loans.services import packing

    with context.session() as session:
        printed = packing.print_cartons(session, context.options.name, context.options.out, _school(context))
    return {"cartons": printed.cartons, "pages": printed.pages, "file": printed.file}


def _picking(context: Context) -> Answer:
    from tablet_loans.services import packing

    options = context.options
    with context.session() as session:
        if options.out is not None:
            printed = packing.print_picking(session, options.name, options.out, options.school)
            return {"schools": printed.schools, "pages": printed.pages, "file": printed.file}
        found = packing.picking(session, options.name, options.school)
    rows: list[Answer] = [
        {
            "school": each.school.uai, "model": line.model, "tag": line.tag or None, "place": line.place.value,
            "where": line.where, "promised": line.promised, "packed": line.packed,
        }
        for each in found
        for line in each.lines
    ]  # fmt: skip
    if options.as_json:
        return {"rows": rows}
    return Told({}, listed(rows, "--school UAI, --out FILE.pdf, --json", tr(NothingToPack.sentence)))


def _school(context: Context) -> str | None:
    school: str | None = context.options.school
    return school
