"""The demonstration: a believable campaign under way, told in the same ledger lines as the counter's."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from tablet_loans.domain.errors import NotEmpty
from tablet_loans.domain.loan import LoanState
from tablet_loans.domain.roles import Permission
from tablet_loans.services import demonstration_cast, demonstration_needs
from tablet_loans.services.demonstration_cast import MODELS, DevicePlayed, PurchasePlayed, SchoolPlayed
from tablet_loans.services.demonstration_papers import Papers
from tablet_loans.services.demonstration_plan import Calendar, calendar, plan
from tablet_loans.services.demonstration_story import Device, Story, Tally, arrived
from tablet_loans.services.demonstration_words import DEPOTS, WORDING
from tablet_loans.services.session import Progress, Receipt, Session, Topic
from tablet_loans.storage import ledger, rows, settings, stations
from tablet_loans.storage.devices import device_key
from tablet_loans.storage.pupils import pupil_key
from tablet_loans.text import search_key, sort_key

_FILLED: Final = ("school", "pupil", "device_model", "purchase", "device", "campaign", "loan", "need", "guardian")


@dataclass(frozen=True, slots=True)
class DemoCounts:
    """What the demonstration holds."""

    schools: int
    pupils: int
    devices: int
    loans: int
    open_loans: int
    overdue_loans: int
    acts: int


def fill(
    session: Session,
    *,
    schools: int = 12,
    pupils: int = 4000,
    devices: int = 1200,
    seed: int = 2020,
    progress: Progress | None = None,
) -> Receipt[DemoCounts]:
    """Fill an empty base with a campaign under way; the same seed on the same day makes the same base.

    Raises: NotPermitted, NotEmpty, Cancelled, BaseTrouble.
    """
    session.require(Permission.ADMINISTER)
    base, rng, days, count = session.base, Random(seed), calendar(session.today()), max(schools, 1)
    tally = Tally(progress or Progress(), count + pupils + devices)
    with base.atomic():
        head = stations.locked(base, session.station)
        if any(rows.has_any(base, table) for table in _FILLED):
            raise NotEmpty()
        cast = demonstration_cast.schools(rng, count, pupils)
        _write_schools(session, cast, tally)
        school_of = _write_pupils(session, rng, cast, days, tally)
        orders = demonstration_cast.purchases(rng, devices, days.earlier_days[0])
        stock = list(demonstration_cast.devices(orders, session.settings.tag_prefix, session.settings.tag_digits))
        planned = plan(rng, days, [MODELS[device.model].kind for device in stock], school_of, count)
        tally.total += len(planned.scenes)
        papers = Papers(Random(f"papers of {seed}"))
        story = Story(session, rng, days, head, arrived(stock, planned), _arrivals(count, pupils, devices), papers)
        story.tell(planned.scenes, tally)
        _write_devices(session, stock, orders, story.devices, tally)
        _write_campaigns(session, story, Random(f"campaigns of {seed}"))
        _write_acts(session, story)
        papers.write(session)
        demonstration_needs.write(
            base,
            campaign_id=max(story.campaigns),
            borrowers={loan.pupil_id for loan in story.loans},
            today=days.today,
            seed=seed,
        )
        settings.write(base, is_demonstration=True, is_recovery_confirmed=True)
    open_loans = [loan for loan in story.loans if loan.state is LoanState.OPEN]
    overdue = sum(loan.due_on < days.today for loan in open_loans)
    counts = DemoCounts(count, pupils, devices, len(story.loans), len(open_loans), overdue, len(story.links))
    return Receipt(counts, story.links[0].line.id, frozenset(Topic))


def _arrivals(schools: int, pupils: int, devices: int) -> dict[str, object]:
    return {"demonstration": True, "schools": schools, "pupils": pupils, "devices": devices}


def _write_schools(session: Session, cast: Sequence[SchoolPlayed], tally: Tally) -> None:
    columns = (
        "id", "uai", "name", "kind", "address", "postcode", "commune", "phone", "email", "search_key", "sort_key",
        "depot",
    )  # fmt: skip
    depots = {
        commune: DEPOTS[place % len(DEPOTS)] for place, commune in enumerate(sorted({each.commune for each in cast}))
    }

    def written() -> Iterator[Sequence[object]]:
        for place, school in enumerate(cast, start=1):
            tally.one()
            yield (
                place, school.uai, school.name, school.kind.name, school.address, school.postcode, school.commune,
                school.phone, school.email, search_key(school.uai, school.name, school.commune),
                sort_key(school.name, school.commune), depots[school.commune],
            )  # fmt: skip

    _insert(session, "school", columns, written())


def _write_pupils(
    session: Session, rng: Random, cast: Sequence[SchoolPlayed], days: Calendar, tally: Tally
) -> list[int]:
    """Write the pupils and return the place of each one's school, -1 for those who left."""
    columns = (
        "id", "ine", "school_id", "family_name", "usage_name", "given_name", "birth_date", "class_name", "level",
        "left_on", "search_key", "sort_key",
    )  # fmt: skip
    school_of: list[int] = []

    def written() -> Iterator[Sequence[object]]:
        for pupil in demonstration_cast.pupils(rng, cast, days.school_year, days.today):
            tally.one()
            school_of.append(-1 if pupil.left_on else pupil.school)
            yield (
                len(school_of), pupil.ine, pupil.school + 1, pupil.family_name, pupil.usage_name, pupil.given_name,
                pupil.birth_date, pupil.class_name, pupil.level, pupil.left_on,
                pupil_key(pupil.family_name, pupil.usage_name, pupil.given_name, pupil.class_name),
                sort_key(pupil.usage_name or pupil.family_name, pupil.given_name),
            )  # fmt: skip

    _insert(session, "pupil", columns, written())
    return school_of


def _write_devices(
    session: Session,
    stock: Sequence[DevicePlayed],
    orders: Sequence[PurchasePlayed],
    stage: Sequence[Device],
    tally: Tally,
) -> None:
    _insert(
        session,
        "device_model",
        ("id", "kind", "maker", "name", "gtin", "features", "kit"),
        (
            (place, model.kind.value, model.maker, model.name, model.gtin, model.features, model.kit)
            for place, model in enumerate(MODELS, start=1)
        ),
    )
    _insert(
        session,
        "purchase",
        ("id", "supplier", "invoice", "mandate", "account", "purchased_on"),
        (
            (place, order.supplier, order.invoice, order.mandate, order.account, order.purchased_on)
            for place, order in enumerate(orders, start=1)
        ),
    )
    columns = (
        "id", "tag", "serial", "imei", "iccid", "phone_line", "model_id", "purchase_id", "price_cents",
        "in_service_on", "state", "place", "depot", "school_id", "condition", "missing_kit", "search_key",
    )  # fmt: skip

    def written() -> Iterator[Sequence[object]]:
        for place, (played, device) in enumerate(zip(stock, stage, strict=True), start=1):
            tally.one()
            yield (
                place, played.tag, played.serial, played.imei, played.iccid, played.phone_line, played.model + 1,
                played.purchase + 1, device.model.price_cents, orders[played.purchase].in_service_on,
                device.state.value, device.place.value, DEPOTS[played.purchase % len(DEPOTS)],
                None if device.school is None else device.school + 1, device.condition.value, device.missing,
                device_key(played.tag, played.serial, played.imei, device.model.maker, device.model.name),
            )  # fmt: skip

    _insert(session, "device", columns, written())


def _write_campaigns(session: Session, story: Story, chance: Random) -> None:
    columns = ("id", "name", "status", "due_on", "created_at", "starts_on", "seed", "wording")
    written = (
        (
            campaign_id, name, status.value, due_on, created_at, created_at.astimezone().date(),
            f"{chance.getrandbits(128):032x}", json.dumps(WORDING, ensure_ascii=False),
        )
        for campaign_id, (name, status, due_on, created_at) in story.campaigns.items()
    )  # fmt: skip
    _insert(session, "campaign", columns, written)


def _write_acts(session: Session, story: Story) -> None:
    columns = (
        "id", "number", "device_id", "pupil_id", "campaign_id", "kind", "state", "opened_at", "due_on", "closed_at",
        "received_by", "condition_in", "missing_kit",
    )  # fmt: skip
    written = (
        (
            place, loan.number, loan.device_id, loan.pupil_id, loan.campaign_id, loan.kind, loan.state.value,
            loan.opened_at, loan.due_on, loan.closed_at, loan.received_by.value, loan.condition_in, loan.missing,
        )
        for place, loan in enumerate(story.loans, start=1)
    )  # fmt: skip
    _insert(session, "loan", columns, written)
    ledger.append_many(session.base, story.links)
    stations.advance(session.base, story.head)


def _insert(session: Session, table: str, columns: Sequence[str], written: Iterable[Sequence[object]]) -> None:
    rows.insert_many(session.base, table, columns, written)
    rows.number_on(session.base, table)
