"""labels: stocks, printers, labels of tablets and cartons, pupil cards, and what became of each label."""

import argparse
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, at_least_one, command, group
from tablet_loans.domain.device import DeviceState
from tablet_loans.domain.label import CodeStyle, LabelState
from tablet_loans.domain.label_stock import LabelStock
from tablet_loans.text import N_, tr


def register(labels: Any) -> None:
    """Register the commands."""
    commands = command(labels, "commands", _commands, tr(N_("print the counter's command codes")))
    commands.add_argument("--out", type=Path, required=True, metavar="FILE.pdf")
    _register_printing(labels)
    command(labels, "stocks", _stocks, tr(N_("list the stocks of labels")))
    own = group(labels, "stock", tr(N_("stocks of labels of your own")))
    command(own, "add", _add_stock, tr(N_("keep the stocks that a file describes"))).add_argument("file", type=Path)
    calibration = command(labels, "calibration", _calibration, tr(N_("print the page that a printer is measured by")))
    calibration.add_argument("--stock", metavar="NAME")
    calibration.add_argument("--printer", metavar="NAME")
    calibration.add_argument("--out", type=Path, required=True, metavar="FILE.pdf")
    printer = command(labels, "printer", _printer, tr(N_("keep how far a printer is off")))
    printer.add_argument("name")
    printer.add_argument("--right", type=_a_number, default=0.0, metavar="MM")
    printer.add_argument("--down", type=_a_number, default=0.0, metavar="MM")
    printer.add_argument("--scale", type=_a_number, default=1.0, metavar="S")
    command(labels, "printers", _printers, tr(N_("list the printers that were measured")))
    command(labels, "confirm", _confirm, tr(N_("scan back a label that was stuck"))).add_argument("tag")
    command(labels, "spoil", _spoil, tr(N_("say that a label is spoiled"))).add_argument("tag")
    journal = command(labels, "journal", _journal, tr(N_("list the labels printed and what became of them")))
    journal.add_argument("--state", choices=[each.value for each in LabelState])
    journal.add_argument("--limit", type=at_least_one, default=500, metavar="N")


def _register_printing(labels: Any) -> None:
    printing = command(labels, "print", _print, tr(N_("print labels of tablets")))
    printing.add_argument("tag", nargs="*")
    printing.add_argument("--state", choices=[each.value for each in DeviceState])
    printing.add_argument("--school", metavar="UAI")
    printing.add_argument("--range", dest="span", metavar="TAG..TAG")
    printing.add_argument("--serial", action="store_true", help=tr(N_("with the serial number")))
    printing.add_argument("--campaign", metavar="NAME", help=tr(N_("whose authority and helpline are named")))
    printing.set_defaults(usage_error=printing.error)
    cards = command(labels, "cards", _cards, tr(N_("print pupil cards")))
    cards.add_argument("--school", metavar="UAI", required=True)
    cards.add_argument("--class", dest="class_name", metavar="C")
    cartons = command(labels, "cartons", _cartons, tr(N_("print labels of cartons")))
    cartons.add_argument("name")
    cartons.add_argument("--school", metavar="UAI")
    receipts = command(labels, "receipt", _receipts, tr(N_("print the label that tells a family which tablet it took")))
    receipts.add_argument("loan", nargs="+")
    for each in (printing, cards, cartons, receipts):
        each.add_argument("--stock", metavar="NAME")
        each.add_argument("--start-at", type=at_least_one, default=1, metavar="N")
        each.add_argument("--code", choices=[style.value for style in CodeStyle], default=CodeStyle.CODE128.value)
        each.add_argument("--dpi", type=_a_dpi, metavar="N", help=tr(N_("dots an inch of the printer")))
        each.add_argument("--printer", metavar="NAME", help=tr(N_("as it was measured")))
        each.add_argument("--out", type=Path, required=True, metavar="FILE.pdf")


def _a_number(text: str) -> float:
    """Return a number written with a point or a comma. Raises: argparse.ArgumentTypeError."""
    if not re.fullmatch(r"[+-]?[0-9]{1,4}([.,][0-9]{1,6})?", text.strip()):
        raise argparse.ArgumentTypeError(tr(N_("{text} is not a number")).format(text=text))
    return float(text.replace(",", "."))


def _a_dpi(text: str) -> int:
    """Return a printer's dots an inch. Raises: argparse.ArgumentTypeError."""
    if not (found := at_least_one(text)) or not 150 <= found <= 2_400:
        raise argparse.ArgumentTypeError(tr(N_("{text} is not from 150 to 2400")).format(text=text))
    return found


def _options(context: Context, usual: str) -> Any:
    from tablet_loans.services.labelling import LabelOptions

    options = context.options
    return LabelOptions(
        stock=options.stock or usual,
        start_at=options.start_at,
        style=CodeStyle(options.code),
        has_serial=getattr(options, "serial", False),
        dpi=options.dpi,
        printer=options.printer,
        campaign=getattr(options, "campaign", None),
    )


def _commands(context: Context) -> Answer:
    from tablet_loans.services import labelling

    with context.session() as session:
        printed = labelling.print_commands(session, context.options.out)
    return {"accessories": printed.accessories, "pages": printed.pages, "file": printed.file}


def _print(context: Context) -> Answer:
    from tablet_loans.services import labelling, starting

    options = context.options
    if options.tag and (options.state or options.school or options.span):
        options.usage_error(tr(N_("name tablets, or choose them by state, school or range")))
    chosen = labelling.LabelDevices(
        tags=tuple(options.tag),
        state=DeviceState(options.state) if options.state else None,
        school=options.school,
        span=options.span,
    )
    starting.give_way()
    with context.session() as session, context.progress(tr(N_("Labels"))) as progress:
        receipt = labelling.print_labels(
            session, chosen, options.out, _options(context, labelling.USUAL_STOCK), progress
        )
    return {**_printed(receipt.value), "ledger": receipt.ledger_id}


def _printed(printed: Any) -> Mapping[str, object]:
    return {"labels": printed.labels, "stock": printed.stock, "pages": printed.pages, "file": printed.file}


def _cards(context: Context) -> Answer:
    from tablet_loans.services import carding

    options = context.options
    with context.session() as session, context.progress(tr(N_("Pupil cards"))) as progress:
        said = _options(context, carding.CARD_STOCK)
        return _printed(carding.print_cards(session, options.school, options.out, said, options.class_name, progress))


def _cartons(context: Context) -> Answer:
    from tablet_loans.services import carding

    options = context.options
    with context.session() as session:
        said = _options(context, carding.CARTON_STOCK)
        return _printed(carding.print_carton_labels(session, options.name, options.out, said, options.school))


def _receipts(context: Context) -> Answer:
    from tablet_loans.services import receipting

    options = context.options
    with context.session() as session:
        said = _options(context, receipting.RECEIPT_STOCK)
        return _printed(receipting.print_receipts(session, options.loan, options.out, said))


def _stocks(context: Context) -> Answer:
    from tablet_loans.services import calibrating

    with context.session() as session:
        return {"rows": [_stock(each) for each in calibrating.stocks(session)]}


def _stock(stock: LabelStock) -> Mapping[str, object]:
    return {
        "stock": stock.name, "paper": stock.paper, "columns": stock.columns, "lines": stock.rows,
        "width_mm": stock.width, "height_mm": stock.height, "aliases": list(stock.aliases),
    }  # fmt: skip


def _add_stock(context: Context) -> Answer:
    from tablet_loans.services import calibrating

    with context.session() as session:
        return {"rows": [_stock(each) for each in calibrating.add_stocks(session, context.options.file)]}


def _calibration(context: Context) -> Answer:
    from tablet_loans.services import calibrating, labelling

    options = context.options
    with context.session() as session:
        stock = options.stock or labelling.USUAL_STOCK
        printed = calibrating.print_calibration(session, stock, options.out, options.printer)
    return {
        "pages": printed.pages, "file": printed.file, "to_do": [{"sentence": each} for each in printed.sentences],
    }  # fmt: skip


def _printer(context: Context) -> Answer:
    from tablet_loans.domain.printer import PrinterOffset
    from tablet_loans.services import calibrating

    options = context.options
    with context.session() as session:
        measured = PrinterOffset(options.name.strip(), options.right, options.down, options.scale)
        return _offset(calibrating.set_printer(session, measured))


def _offset(printer: Any) -> Mapping[str, object]:
    return {
        "printer": printer.name, "right_mm": printer.right_mm, "down_mm": printer.down_mm, "scale": printer.scale,
    }  # fmt: skip


def _printers(context: Context) -> Answer:
    from tablet_loans.services import calibrating

    with context.session() as session:
        return {"rows": [_offset(each) for each in calibrating.printers(session)]}


def _confirm(context: Context) -> Answer:
    from tablet_loans.services import labelling

    with context.session() as session:
        receipt = labelling.confirm(session, context.options.tag)
    return {"tag": receipt.value, "label": LabelState.CONFIRMED.value, "ledger": receipt.ledger_id}


def _spoil(context: Context) -> Answer:
    from tablet_loans.services import labelling

    with context.session() as session:
        receipt = labelling.spoil(session, context.options.tag)
    return {"tag": receipt.value, "label": LabelState.SPOILED.value, "ledger": receipt.ledger_id}


def _journal(context: Context) -> Answer:
    from tablet_loans.services import labelling

    options = context.options
    with context.session() as session:
        state = LabelState(options.state) if options.state else None
        found = labelling.journal(session, state, options.limit)
    return {
        "rows": [
            {
                "tag": each.tag, "stock": each.stock, "label": each.state.value, "printed_at": each.printed_at,
                "printed_by": each.printed_by, "settled_at": each.settled_at,
            }
            for each in found
        ]
    }  # fmt: skip
