"""A supplier's delivery list: each line a device, checked, or a problem."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from tablet_loans.domain.device import AssetTag, DeviceKind
from tablet_loans.domain.identifiers import (
    compact,
    normal_tag,
    own_tag,
    tag_number,
    valid_gtin,
    valid_iccid,
    valid_imei,
)
from tablet_loans.domain.problem import Problem
from tablet_loans.services.importers import tabular
from tablet_loans.services.importers.signatures import DELIVERY, lacking
from tablet_loans.services.importers.tabular import Table
from tablet_loans.text import N_, sort_key


@dataclass(frozen=True, slots=True)
class Delivery:
    """One device as its supplier describes it; "" and None stand for what the file does not say."""

    line: int
    tag: AssetTag | None
    serial: str | None
    imei: str | None
    iccid: str
    phone_line: str
    kind: DeviceKind | None
    maker: str
    model: str
    gtin: str
    features: tuple[str, ...]
    kit: tuple[str, ...]
    supplier: str
    invoice: str
    mandate: str
    account: str
    purchased_on: date | None
    price_cents: int | None
    in_service_on: date | None
    depot: str


_ROUNDED: Final = re.compile(r"[0-9]+([.,][0-9]+)?(E[+-]?[0-9]+)", re.IGNORECASE)
_LONGEST: Final = {
    "tag": 40, "serial": 60, "line": 20, "maker": 80, "model": 160, "supplier": 255, "invoice": 80, "mandate": 80,
    "account": 20, "depot": 80,
}  # fmt: skip
FIELDS: Final = (
    "tag", "serial", "imei", "iccid", "line", "kind", "maker", "model", "gtin", "features", "kit", "supplier",
    "invoice", "mandate", "purchased_on", "price", "account", "in_service_on", "depot",
)  # fmt: skip


def _numbered(*nouns: str) -> list[str]:
    """Return the ways a French or English header says "number of"."""
    before = [number + link for number in ("n", "no", "num", "numero") for link in ("", "de", "du", "d")]
    return [*nouns, *(start + noun for noun in nouns for start in before)]


_TITLES: Final[Mapping[str, Sequence[str]]] = {
    "tag": (*_numbered("inventaire", "etiquette"), "assettag", "tag", "inventorynumber", "assetnumber",
        "codeinventaire"),
    "serial": (*_numbered("serie"), "serial", "serialnumber", "serialno", "sn", "numserie"),
    "imei": (*_numbered("imei"), "imei1", "codeimei", "imeinumber"),
    "iccid": (*_numbered("iccid", "sim", "cartesim"), "simnumber", "simcard"),
    "line": (
        *_numbered("ligne", "telephone", "appel"), "lignedata", "phoneline", "linenumber", "line",
        "phonenumber", "msisdn",
    ),
    "kind": ("type", "kind", "genre", "typedappareil", "typedemateriel", "typemateriel", "categorie",
        "category", "devicetype", "nature"),
    "maker": ("marque", "fabricant", "constructeur", "maker", "manufacturer", "brand"),
    "model": ("modele", "model", "designation", "modelname", "libelle", "article", "nomdumodele"),
    "gtin": ("gtin", "ean", "ean13", "codeean", "codebarres", "codebarre", "upc", "barcode"),
    "features": ("caracteristiques", "caracteristique", "features", "options"),
    "kit": ("accessoires", "kit", "accessories", "accessoiresfournis"),
    "supplier": ("fournisseur", "supplier", "vendor", "revendeur"),
    "invoice": (*_numbered("facture"), "invoice", "invoicenumber", "invoiceno", "reffacture"),
    "mandate": (*_numbered("mandat"), "mandate", "mandatenumber", "paymentorder"),
    "purchased_on": (
        "datedachat", "dateachat", "achetele", "datefacture", "datedefacture", "datedefacturation", "datedacquisition",
        "purchasedate", "purchasedon", "dateofpurchase", "invoicedate", "datedelivraison", "deliverydate",
    ),
    "price": (
        "prix", "prixttc", "prixttceur", "prixunitairettc", "prixunitaire", "puttc", "montantttc", "montant", "valeur",
        "valeurttc", "price", "unitprice", "priceincltax", "priceinclvat", "priceeur", "cost", "prixeur",
    ),
    "account": ("compte", "account", "comptem57", "imputation", "accountnumber", "comptebudgetaire"),
    "in_service_on": (
        "miseenservice", "datedemiseenservice", "datemiseenservice", "inserviceon", "inservice", "inservicedate",
        "datemes", "miseenservicele",
    ),
    "depot": ("depot", "lieu", "site", "emplacement", "location", "localisation", "warehouse", "lieudestockage"),
}  # fmt: skip
TITLES: Final = {title: field for field, titles in _TITLES.items() for title in titles}

_KINDS: Final = (
    (DeviceKind.TABLET, ("tablet", "ipad", "ardoise")),
    (DeviceKind.LAPTOP, ("portable", "laptop", "notebook", "ordinateur", "chromebook", "computer", "pc")),
    (DeviceKind.KEY_4G, ("4g", "cle", "key", "dongle", "modem", "hotspot", "routeur")),
)
_FEATURES: Final = {
    "cellulaire": "cellular", "cellular": "cellular", "4g": "cellular", "lte": "cellular", "5g": "cellular",
    "clavier": "keyboard", "keyboard": "keyboard", "stylet": "stylus", "stylus": "stylus",
}  # fmt: skip
_PRICE: Final = re.compile(r"(\d+|\d{1,3}(?:[ .,]\d{3})+)(?:[.,](\d{1,2}))?")


class _Wrong(Exception):
    """Why a line is not taken, caught a few lines below."""

    def __init__(self, template: str, **facts: object) -> None:
        super().__init__(template)
        self.template, self.facts = template, facts


def read(
    content: bytes, path: str, *, mapping: Mapping[str, str] | None, tag_prefix: str
) -> tuple[int, Iterator[Delivery | Problem]]:
    """Return about how many lines the delivery list has, and its devices and problems, line by line.

    Raises: WrongFile, FileUnreadable, MissingColumns, UnknownField.
    """
    table = tabular.read(content, path, expected=DELIVERY, score=_likeness(mapping))
    places = tabular.columns(table, TITLES, mapping, FIELDS)
    if not places.keys() & {"tag", "serial", "imei"}:
        raise lacking(table, DELIVERY, ("serial",))
    return table.size, _lines(table, places, tag_prefix)


def _likeness(mapping: Mapping[str, str] | None) -> Callable[[Sequence[str]], int]:
    known = TITLES.keys() | {tabular.header_key(column) for column in mapping or {}}
    return lambda cells: len({tabular.header_key(cell) for cell in cells} & known)


def _lines(table: Table, places: Mapping[str, int], tag_prefix: str) -> Iterator[Delivery | Problem]:
    first_lines: dict[tuple[str, str], int] = {}
    for line, cells in table.rows:
        said = {field: tabular.pick(cells, places, field) for field in places}
        if "kit" in places and places["kit"] < len(cells):
            said["kit"] = cells[places["kit"]]
        try:
            delivery = _delivery(line, said, tag_prefix, table.is_typed)
            _must_be_first(delivery, first_lines)
        except _Wrong as wrong:
            yield Problem(line, wrong.template, wrong.facts)
        else:
            yield delivery


def _must_be_first(delivery: Delivery, first_lines: dict[tuple[str, str], int]) -> None:
    codes = [("serial", delivery.serial), ("imei", delivery.imei), ("tag", delivery.tag)]
    present = [(field, code) for field, code in codes if code]
    for field, code in present:
        if (field, code) in first_lines:
            raise _Wrong(N_("{code} already stands on line {first}."), code=code, first=first_lines[field, code])
    first_lines.update(dict.fromkeys(present, delivery.line))


def _delivery(line: int, said: Mapping[str, str], tag_prefix: str, is_typed: bool) -> Delivery:
    for field, longest in _LONGEST.items():
        if len(said.get(field, "")) > longest:
            raise _Wrong(
                N_("“{text}...” is too long: {longest} characters at most."), text=said[field][:20], longest=longest
            )
    tag = _tag(said.get("tag", ""), tag_prefix)
    serial, imei = _serial(said.get("serial", "")), _checked(said.get("imei", ""), valid_imei, N_("IMEI"))
    if not (serial or imei or tag):
        raise _Wrong(N_("The line has no serial number, no IMEI and no asset tag."))
    return Delivery(
        line=line,
        tag=tag,
        serial=serial,
        imei=imei,
        iccid=_checked(said.get("iccid", ""), valid_iccid, N_("SIM card number (ICCID)")) or "",
        phone_line=said.get("line", ""),
        kind=_kind(said.get("kind", "")),
        maker=said.get("maker", ""),
        model=said.get("model", ""),
        gtin=_checked(said.get("gtin", ""), valid_gtin, N_("product code (GTIN)")) or "",
        features=tuple(
            dict.fromkeys(_FEATURES.get(sort_key(word), word.lower()) for word in _words(said.get("features", "")))
        ),
        kit=_words(said.get("kit", "")),
        supplier=said.get("supplier", ""),
        invoice=said.get("invoice", ""),
        mandate=said.get("mandate", ""),
        account=said.get("account", ""),
        purchased_on=_day(said.get("purchased_on", "")),
        price_cents=price_cents(said.get("price", ""), is_typed=is_typed),
        in_service_on=_day(said.get("in_service_on", "")),
        depot=said.get("depot", ""),
    )


def _tag(text: str, tag_prefix: str) -> AssetTag | None:
    if text and tag_number(text.upper(), tag_prefix) is not None and own_tag(text) is None:
        raise _Wrong(N_("The asset tag {tag} does not match its check character."), tag=text)
    return normal_tag(text) if text else None


def _serial(text: str) -> str | None:
    """Return the serial number, or None; one that a spreadsheet took for a number is lost."""
    if _ROUNDED.fullmatch(text) or text in ("TRUE", "FALSE"):
        raise _Wrong(N_("“{text}” is a serial number spoilt by a spreadsheet: write its column as text."), text=text)
    return compact(text) or None


def _checked(text: str, valid: Callable[[str], str | None], code: str) -> str | None:
    if not text:
        return None
    if (found := valid(text)) is None:
        raise _Wrong(N_("“{text}” is not a valid {code}."), text=text, code=code)
    return found


def _kind(text: str) -> DeviceKind | None:
    if not text:
        return None
    words = sort_key(text).split()
    for kind, beginnings in _KINDS:
        if any(word.startswith(beginnings) for word in words):
            return kind
    raise _Wrong(N_("“{text}” is not a kind of device: tablet, laptop or 4G key."), text=text)


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in re.split(r"[,;|+/\n]", text) if word.strip())


def _day(text: str) -> date | None:
    if text and tabular.day(text) is None:
        raise _Wrong(N_("“{text}” is not a date: 10/04/2026 or 2026-04-10."), text=text)
    return tabular.day(text)


def price_cents(text: str, *, is_typed: bool = False) -> int | None:
    """Return a price in cents, whatever its spaces, comma and sign; a spreadsheet's own number is rounded."""
    bare = " ".join(re.sub(r"(?i)€|eur(os?)?|ttc", " ", text).split())
    if not bare:
        return None
    try:
        amount = Decimal(bare) if is_typed and re.fullmatch(r"\d+(\.\d+)?", bare) else _written_price(bare)
    except InvalidOperation:
        amount = None
    if amount is None or amount >= 20_000_000:
        raise _Wrong(N_("“{text}” is not a price."), text=text)
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _written_price(bare: str) -> Decimal | None:
    """Read 170,59 and 170.59, 1 170,59 and 1.170,59; 1.170 alone could be either and is none."""
    match = _PRICE.fullmatch(bare)
    if match is None or (match.group(2) is None and re.search(r"[.,]", bare)):
        return None
    return Decimal(f"{re.sub(r'[ .,]', '', match.group(1))}.{match.group(2) or '0'}")
