"""Calibrating: the stocks of labels there are, one's own too, and how far each printer is off."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tablet_loans import paths
from tablet_loans.domain.label_stock import (
    LabelStock,
    StockNameless,
    UnknownStock,
    chosen_stock,
    stock_from,
)
from tablet_loans.domain.printer import PrinterOffset, UnknownPrinter, why_not_offset
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import FileMissing, FileTrouble, FileUnreadable, UpgradeNeeded, reason_of
from tablet_loans.services.session import Session
from tablet_loans.storage import labels as shelf
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.text import N_


@dataclass(frozen=True, slots=True)
class PrintedCalibration:
    """A calibration page: what it says to measure and to type, its pages, its file."""

    sentences: tuple[str, ...]
    pages: int
    file: str


@dataclass(frozen=True, slots=True)
class Measuring:
    """What a person measures on a calibration page of a stock: how long its ruler is drawn, and how to measure."""

    ruler_mm: int
    sentences: tuple[str, ...]


def stocks(session: Session) -> list[LabelStock]:
    """Return the stocks that come with the program, then those kept in this base; one's own of a name goes first.

    Raises: BaseTrouble.
    """
    with troubles_spoken(session.base):
        own = shelf.own_stocks(session.base)
    names = {stock.name for stock in own}
    return [*(stock for stock in usual_stocks() if stock.name not in names), *own]


def usual_stocks() -> list[LabelStock]:
    """Return the stocks that come with the program."""
    return [stock_from(said) for said in _descriptions(paths.resources() / "label_stocks.toml")]


def named_stock(session: Session, name: str) -> LabelStock:
    """Return the stock with this name or alias; one's own goes first. Raises: UnknownStock, BaseTrouble."""
    return chosen_stock(reversed(stocks(session)), name)


def add_stocks(session: Session, file: Path) -> list[LabelStock]:
    """Keep the stocks that a file describes, all or none; one of the same name gives way.

    Raises: NotPermitted, StockRefused, FileTrouble, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.STOCK)
    found = [stock_from(said) for said in _descriptions(file)]
    if not found:
        raise StockNameless(stock="", most=60)
    must_be_here(session)
    with session.base.atomic():
        for stock in found:
            shelf.keep_stock(session.base, stock)
    return found


def keep_stock(session: Session, said: Mapping[str, object]) -> LabelStock:
    """Keep the stock that a description says; one of the same name gives way.

    Raises: NotPermitted, StockRefused, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.STOCK)
    stock = stock_from(said)
    must_be_here(session)
    with session.base.atomic():
        shelf.keep_stock(session.base, stock)
    return stock


def own_stocks(session: Session) -> list[LabelStock]:
    """Return the stocks kept in this base alone, by name. Raises: BaseTrouble."""
    with troubles_spoken(session.base):
        return shelf.own_stocks(session.base)


def forget_stock(session: Session, name: str) -> str:
    """Forget a stock of one's own; those that come with the program stay.

    Raises: NotPermitted, UnknownStock, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.STOCK)
    must_be_here(session)
    own = own_stocks(session)
    if name not in {stock.name for stock in own}:
        raise UnknownStock(stock=name[:60], near=", ".join(stock.name for stock in own) or N_("none"))
    with session.base.atomic():
        shelf.forget_stock(session.base, name)
    return name


def _descriptions(file: Path) -> list[dict[str, object]]:
    """Return the descriptions in a TOML file: one alone, or a list called stock. Raises: FileTrouble."""
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise FileMissing(path=str(file)) from error
    except OSError as error:
        raise FileTrouble(path=str(file), reason=reason_of(error)) from error
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, a number of thousands of figures
        raise FileUnreadable(path=str(file), reason=N_("it is not written as TOML")) from error
    listed = said.get("stock", [said] if said else [])
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def printers(session: Session) -> list[PrinterOffset]:
    """Return how far each known printer is off. Raises: BaseTrouble."""
    with troubles_spoken(session.base):
        return shelf.printers(session.base)


def named_printer(session: Session, name: str | None) -> PrinterOffset:
    """Return how far a printer is off; none named is not off. Raises: UnknownPrinter, BaseTrouble."""
    if name is None:
        return PrinterOffset("")
    known = {printer.name: printer for printer in printers(session)}
    if name not in known:
        raise UnknownPrinter(printer=name[:80], known=", ".join(known) or N_("none measured yet"))
    return known[name]


def set_printer(session: Session, printer: PrinterOffset) -> PrinterOffset:
    """Keep how far a printer is off. Raises: NotPermitted, OffsetOutOfBounds, PrinterNameless, BaseTrouble."""
    session.require(Permission.STOCK)
    if refusal := why_not_offset(printer):
        raise refusal
    must_be_here(session)
    with session.base.atomic():
        shelf.keep_printer(session.base, printer)
    return printer


def print_calibration(session: Session, stock: str, out: Path, printer: str | None = None) -> PrintedCalibration:
    """Write the page from which a printer's offset is measured; a known `printer`'s is applied, to see that it holds.

    Raises: NotPermitted, UnknownStock, UnknownPrinter, FontLacks, FileTrouble, BaseTrouble.
    """
    from tablet_loans.services.documents.calibration import write_calibration

    session.require(Permission.STOCK)
    sentences = write_calibration(
        named_stock(session, stock), named_printer(session, printer), out, written_at=session.now()
    )
    return PrintedCalibration(tuple(sentences), 1, str(out))


def measuring(session: Session, stock: str) -> Measuring:
    """Return what to measure on the calibration page of a stock. Raises: UnknownStock, BaseTrouble."""
    from tablet_loans.services.documents.calibration import ruler_mm, to_measure

    chosen = named_stock(session, stock)
    return Measuring(ruler_mm(chosen), tuple(to_measure(chosen)))


def must_be_here(session: Session) -> None:
    """Accept a base that keeps labels. Raises: UpgradeNeeded."""
    with troubles_spoken(session.base):
        if not shelf.are_here(session.base):
            raise UpgradeNeeded()
