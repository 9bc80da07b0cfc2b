"""The cast of the demonstration: fictional schools, pupils and devices, drawn from one seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Final

from stdnum import ean, luhn

from tablet_loans.domain.device import AssetTag, DeviceKind
from tablet_loans.domain.identifiers import asset_tag, uai_key
from tablet_loans.services.demonstration_words import (
    COMMUNES,
    FAMILY_NAMES,
    GIVEN_NAMES,
    SCHOOL_NAMES,
    STREETS,
    SUPPLIERS,
)

_SERIAL_MARKS: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SERIAL_STEP: Final = 10**18 + 3
_IMEI_STEP: Final = 48_271
_INE_STEP: Final = 618_033_989
_PUPILS_A_CLASS: Final = 27


@dataclass(frozen=True, slots=True)
class _SchoolKind:
    """A kind of school: how many of its pupils stand against one of another kind, and its levels by age."""

    name: str
    weight: int
    youngest: int
    levels: tuple[str, ...]


_SCHOOL: Final = _SchoolKind("École", 2, 6, ("CP", "CE1", "CE2", "CM1", "CM2"))
_COLLEGE: Final = _SchoolKind("Collège", 5, 11, ("6e", "5e", "4e", "3e"))
_LYCEE: Final = _SchoolKind("Lycée", 7, 15, ("2nde", "1re", "Tle"))
_KINDS: Final = (_COLLEGE, _SCHOOL, _LYCEE, _SCHOOL, _COLLEGE, _SCHOOL)


@dataclass(frozen=True, slots=True)
class SchoolPlayed:
    """A fictional school and how many pupils it has."""

    uai: str
    name: str
    kind: _SchoolKind
    address: str
    postcode: str
    commune: str
    phone: str
    pupils: int

    @property
    def email(self) -> str:
        """Return an address that leads nowhere."""
        return f"ce.{self.uai.lower()}@ac-lyon.example"


def schools(rng: Random, count: int, pupils: int) -> list[SchoolPlayed]:
    """Return `count` schools which share the pupils; their UAI are valid, of département 069 as long as it lasts."""
    kinds = [_KINDS[place % len(_KINDS)] for place in range(count)]
    shares = _shared(pupils, [kind.weight for kind in kinds])
    first, names = rng.randrange(10_000), rng.sample(SCHOOL_NAMES, len(SCHOOL_NAMES))
    return [_school(rng, place, kind, shares[place], first, names) for place, kind in enumerate(kinds)]


def _shared(total: int, weights: Sequence[int]) -> list[int]:
    """Return `total` shared out by weight, to the last one."""
    bounds, passed, whole = [0], 0, sum(weights)
    for weight in weights:
        passed += weight
        bounds.append(total * passed // whole)
    return [after - before for before, after in pairwise(bounds)]


def _school(rng: Random, place: int, kind: _SchoolKind, pupils: int, first: int, names: Sequence[str]) -> SchoolPlayed:
    digits = f"{69 + place // 10_000:03d}{(first + place * 7_919) % 10_000:04d}"
    commune, postcode = COMMUNES[(place * 7 + place // len(COMMUNES)) % len(COMMUNES)]
    return SchoolPlayed(
        uai=digits + uai_key(digits),
        name=f"{kind.name} {names[place % len(names)]}",
        kind=kind,
        address=f"{rng.randrange(1, 140)} {rng.choice(STREETS)}",
        postcode=postcode,
        commune=commune,
        phone=f"04 65 71 {rng.randrange(100):02d} {rng.randrange(100):02d}",  # ARCEP's numbers for fiction
        pupils=pupils,
    )


@dataclass(frozen=True, slots=True)
class PupilPlayed:
    """A fictional pupil; `school` is the place of the school in its list."""

    ine: str
    school: int
    family_name: str
    usage_name: str
    given_name: str
    birth_date: date
    class_name: str
    level: str
    left_on: date | None


def pupils(rng: Random, cast: Sequence[SchoolPlayed], year: int, left_before: date) -> Iterator[PupilPlayed]:
    """Yield the pupils of every school in the school year that began in `year`."""
    number, first = 0, rng.randrange(10**9)
    for place, school in enumerate(cast):
        levels = school.kind.levels
        shares = _shared(school.pupils, [1] * len(levels))
        for grade, level in enumerate(levels):
            classes = -(-shares[grade] // _PUPILS_A_CLASS)
            for turn in range(shares[grade]):
                number += 1
                yield PupilPlayed(
                    ine=_ine(first, number, is_old=school.kind is _LYCEE and number % 2 == 0),
                    school=place,
                    family_name=_family_name(rng),
                    usage_name=rng.choice(FAMILY_NAMES) if rng.random() < 0.03 else "",
                    given_name=rng.choice(GIVEN_NAMES),
                    birth_date=_birth_date(rng, year - school.kind.youngest - grade),
                    class_name=_class_name(school.kind, level, turn % classes),
                    level=level,
                    left_on=left_before - timedelta(rng.randrange(60)) if rng.random() < 0.01 else None,
                )


def _family_name(rng: Random) -> str:
    name, chance = rng.choice(FAMILY_NAMES), rng.random()
    if chance < 0.05 and "-" not in name:
        return f"{name}-{rng.choice(FAMILY_NAMES)}"
    return f"{name} {rng.choice(FAMILY_NAMES)}" if chance < 0.08 and " " not in name else name


def _birth_date(rng: Random, year: int) -> date:
    """Return a day of the year in which pupils of the level are born; some are a year older or younger."""
    chance = rng.random()
    year += -1 if chance < 0.05 else 1 if chance > 0.98 else 0
    return date(year, 1, 1) + timedelta(rng.randrange(365))


def _class_name(kind: _SchoolKind, level: str, turn: int) -> str:
    is_numbered = kind is _LYCEE or turn >= 26
    return f"{level} {turn + 1}" if is_numbered else f"{level} {chr(ord('A') + turn)}"


def _ine(first: int, number: int, *, is_old: bool) -> str:
    """Return an INE never given twice: of the old form, with its key, or of the new one."""
    drawn = (first + number * _INE_STEP) % 10**9
    if is_old:
        digits = f"{number % 10}{drawn:09d}"
        return digits + uai_key(digits)  # the same key as a UAI's
    return f"{drawn:09d}{_SERIAL_MARKS[10 + number % 24]}{_SERIAL_MARKS[10 + number // 24 % 24]}"


@dataclass(frozen=True, slots=True)
class ModelPlayed:
    """A model of device: `form` is its maker's way of writing serials, `tac` the head of its IMEI if any."""

    kind: DeviceKind
    maker: str
    name: str
    gtin_head: str
    features: tuple[str, ...]
    kit: tuple[str, ...]
    price_cents: int
    weight: int
    form: str
    tac: str | None = None

    @property
    def gtin(self) -> str:
        """Return the code on the box, with its check digit."""
        return self.gtin_head + str(ean.calc_check_digit(self.gtin_head))


_TABLET, _LAPTOP, _KEY = DeviceKind.TABLET, DeviceKind.LAPTOP, DeviceKind.KEY_4G
_CASED: Final = ("Chargeur", "Câble", "Housse")
MODELS: Final = (
    ModelPlayed(
        _TABLET, "Samsung", "Galaxy Tab A8 10,5 Wi-Fi", "880609294127", (), _CASED, 17059, 6, "samsung"
    ),
    ModelPlayed(
        _TABLET, "Samsung", "Galaxy Tab A8 10,5 4G", "880609294131", ("cellular",), (*_CASED, "Carte SIM"), 22140, 5,
        "samsung", "35686800",
    ),
    ModelPlayed(
        _TABLET, "Samsung", "Galaxy Tab S6 Lite", "880609032205", ("stylus",), (*_CASED, "Stylet"), 28990, 2, "samsung"
    ),
    ModelPlayed(_TABLET, "Apple", "iPad 10,2 (9e génération)", "019425252114", (), _CASED, 37120, 3, "apple12"),
    ModelPlayed(
        _TABLET, "Apple", "iPad 10,9 (10e génération) 4G", "019425338825", ("cellular", "keyboard"),
        (*_CASED, "Clavier", "Carte SIM"), 58900, 1, "apple10", "35395012",
    ),
    ModelPlayed(
        _TABLET, "Lenovo", "Tab M10 Plus", "019534810437", ("keyboard",), (*_CASED, "Clavier"), 18950, 2, "lenovo"
    ),
    ModelPlayed(
        _LAPTOP, "Acer", "Chromebook Spin 511", "471088611239", ("keyboard",), ("Chargeur", "Housse"), 31480, 2, "acer"
    ),
    ModelPlayed(
        _KEY, "Huawei", "E5576 4G", "690144344451", ("cellular",), ("Câble", "Carte SIM"), 4530, 2, "huawei", "86402604"
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PurchasePlayed:
    """An order: so many devices of one model; `model` is its place in MODELS."""

    model: int
    count: int
    supplier: str
    invoice: str
    mandate: str
    account: str
    purchased_on: date
    in_service_on: date


def purchases(rng: Random, devices: int, before: date) -> list[PurchasePlayed]:
    """Return the orders that make up `devices`, the oldest first, all in service before a day."""
    made: list[tuple[int, int]] = []
    largest, weights = max(devices // 12, 25), [model.weight for model in MODELS]
    while devices:
        count = min(devices, rng.randrange(largest // 4, largest) + 1)
        made.append((rng.choices(range(len(MODELS)), weights)[0] if len(made) >= 2 else len(made) % 2, count))
        devices -= count
    days = sorted((rng.randrange(15, 800) for _ in made), reverse=True)
    return [
        _purchase(rng, place, model, count, before - timedelta(days[place]))
        for place, (model, count) in enumerate(made)
    ]


def _purchase(rng: Random, place: int, model: int, count: int, in_service_on: date) -> PurchasePlayed:
    purchased_on = in_service_on - timedelta(rng.randrange(3, 14))
    return PurchasePlayed(
        model=model,
        count=count,
        supplier=rng.choice(SUPPLIERS),
        invoice=f"F{purchased_on.year}-{1_200 + place * 7:05d}",
        mandate=f"{purchased_on.year}-{3_000 + place * 31}",
        account="21831",
        purchased_on=purchased_on,
        in_service_on=in_service_on,
    )


@dataclass(frozen=True, slots=True)
class DevicePlayed:
    """A fictional device; `purchase` is the place of its order, `model` that of its model."""

    tag: AssetTag
    serial: str
    imei: str | None
    iccid: str
    phone_line: str
    model: int
    purchase: int


def devices(orders: Sequence[PurchasePlayed], prefix: str, digits: int) -> Iterator[DevicePlayed]:
    """Yield the devices of all orders, their tags in sequence."""
    number = 0
    for place, order in enumerate(orders):
        model = MODELS[order.model]
        for _ in range(order.count):
            number += 1
            imei = None if model.tac is None else _imei(model.tac, number)
            yield DevicePlayed(
                tag=asset_tag(prefix, number, digits),
                serial=_serial(model.form, number, order.purchased_on),
                imei=imei,
                iccid="" if imei is None else _iccid(number),
                phone_line="" if imei is None else f"06 39 98 {number // 100 % 100:02d} {number % 100:02d}",
                model=order.model,
                purchase=place,
            )


def _iccid(number: int) -> str:
    body = f"893301{number:012d}"
    return body + str(luhn.calc_check_digit(body))


def _imei(tac: str, number: int) -> str:
    body = f"{int(tac) + number // 10**6:08d}{number * _IMEI_STEP % 10**6:06d}"
    return body + str(luhn.calc_check_digit(body))


def _serial(form: str, number: int, made_on: date) -> str:
    """Return a serial as the maker writes it, never given twice."""
    year, month, week = _SERIAL_MARKS[made_on.year % 34], "123456789ABC"[made_on.month - 1], made_on.isocalendar().week
    match form:
        case "samsung":
            return f"R52{year}{month}{_coded(number, 6)}"
        case "apple12":
            return f"DMP{year}{_SERIAL_MARKS[week % 34]}{_coded(number, 4)}Q1GC"[:12]
        case "apple10":
            return _coded(number, 10)
        case "lenovo":
            return f"HA1{_coded(number, 5)}"
        case "acer":
            return f"NXKEKEF{_coded(number, 6)}{made_on:%y%m}7600"
        case _:
            return f"L8S7S{made_on:%y%m}{_coded(number, 7)}"


def _coded(number: int, length: int) -> str:
    """Return a number as marks of a serial, scattered, one for one."""
    size = len(_SERIAL_MARKS)
    rest, marks = number * _SERIAL_STEP % size**length, ""
    for _ in range(length):
        rest, place = divmod(rest, size)
        marks = _SERIAL_MARKS[place] + marks
    return marks
