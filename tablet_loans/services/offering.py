"""Offering: who waits in the order of the applied plan, and which ready devices suit the first of them."""

import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from tablet_loans.domain.act import Action, Subject
from tablet_loans.domain.allocation import held_back
from tablet_loans.domain.campaign import CampaignId
from tablet_loans.domain.device import DeviceId, DeviceKind, DeviceState
from tablet_loans.domain.matching import Features
from tablet_loans.domain.offer import (
    MOST_AT_ONCE,
    DeviceOwed,
    DeviceTaken,
    FreeDevice,
    NoLongerWaiting,
    NoOffer,
    Offer,
    TooManyOffers,
    WaitingRow,
    chosen_class,
)
from tablet_loans.domain.plan import PlanHead, PlanId, Waiting
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.rules import Rules, rules_from
from tablet_loans.domain.trouble import UpgradeNeeded
from tablet_loans.services import lending, locating
from tablet_loans.services.allocating import applied_plan, must_be_planned, planned_campaign
from tablet_loans.services.session import Receipt, Recorder, Session, Topic, settled
from tablet_loans.storage import allocations, campaigns, chronicles, devices, plans, rows
from tablet_loans.storage import offers as shelf
from tablet_loans.storage.campaigns import FoundCampaign
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.storage.offers import AppliedPlan

KIND: Final = DeviceKind.TABLET.value
_PIECE: Final = 500
_FIRST: Final = 20
_TOLD: Final = 50
_TOPICS: Final = {Topic.PLANS, Topic.DEVICES, Topic.PUPILS}


def waiting(session: Session, campaign: str | None, school: str | None = None, limit: int = 500) -> list[WaitingRow]:
    """Return the first who still wait, of a school or of all, in the order of the last plan applied.

    Who received a device or a promise since, left, or was excluded no longer waits.
    Raises: NotPermitted, UnknownCampaign, NoPlan, InvalidUai, UnknownSchool, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    _must_be_here(session)
    with troubles_spoken(session.base):
        running = lending.chosen_campaign(session, campaign)
        head = applied_plan(session, running)
        school_id = None if school is None else locating.known_school(session, school).id
        queue = plans.queue(session.base, head.id)
        return list(islice(_still(session, running.id, queue, _PIECE, school_id), limit))


def offers(session: Session, campaign: str | None, limit: int = MOST_AT_ONCE) -> list[Offer]:
    """Return the ready devices left over by promises and reserves, each with the pupil who waits and whom it suits.

    Those made ready since the plan was applied come first, in the order in which they were.
    Raises: NotPermitted, UnknownCampaign, CampaignNotOpen, CampaignOver, NoPlan, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    _must_be_here(session)
    with session.base.reading():
        running = planned_campaign(session, campaign)
        plan = AppliedPlan(applied_plan(session, running).id, running.id, running.name)
        left = _left(session, _rules(session, running.id))
        first = shelf.prepared_devices(session.base, KIND, _applied_by(session, plan))
        piles = _piles([*first, *shelf.free_devices(session.base, KIND)], left)
        there = Counter({features: len(pile) for features, pile in piles.items()})
        return list(islice(_offered(session, plan, piles, there), limit))


def offer_for(session: Session, tag: str) -> Offer | None:
    """Return who waits in a campaign and is offered this ready device, or None; see `offers_for`.

    Raises: NotPermitted, BaseTrouble.
    """
    session.require(Permission.READ_PUPILS)
    return next(iter(offers_for(session, [tag])), None)


def offers_for(session: Session, tags: Sequence[str]) -> list[Offer]:
    """Return what devices just made ready are offered for, as `offers` tells; of many devices, of the first ones.

    A device that was ready before is offered for the next who waits once those made ready since have theirs. Nothing is
    offered on a base without an applied plan, or of the version before. Raises: BaseTrouble.
    """
    base = session.base
    if not session.actor.may(Permission.READ_PUPILS):
        return []
    with troubles_spoken(base):
        if not allocations.are_here(base) or not (running := shelf.applied_plans(base)):
            return []
        asked = {device.tag: device for tag in tags[:_TOLD] if (device := _ready_device(session, tag)) is not None}
        made: list[Offer] = []
        for plan in running:
            some = [device for tag, device in asked.items() if tag not in {each.device.tag for each in made}]
            made += _offers_of(session, plan, [each for each in some if _is_wanted(session, plan, each)])
    return made


def _ready_device(session: Session, tag: str) -> FreeDevice | None:
    found = devices.find(session.base, tag)
    if found is None or found.state is not DeviceState.READY:
        return None
    return shelf.free_device(session.base, KIND, found.id)


def _is_wanted(session: Session, plan: AppliedPlan, device: FreeDevice) -> bool:
    """Say whether somebody waits whom a device suits, and its class is not all promised: a look of a millisecond."""
    queue = plans.queue(session.base, PlanId(plan.id), device.features)
    still = _still(session, CampaignId(plan.campaign_id), queue, _FIRST)
    is_suited = any(each.required <= device.features for each in still)
    return is_suited and shelf.left_over(session.base, KIND, device.features) > 0


def _offers_of(session: Session, plan: AppliedPlan, asked: Sequence[FreeDevice]) -> list[Offer]:
    """Return for whom these devices are offered, all that are left over being offered in their order."""
    if not asked:
        return []
    left = _left(session, _rules(session, plan.campaign_id))
    first = shelf.prepared_devices(session.base, KIND, _applied_by(session, plan))
    wanted = {each.tag for each in asked}
    piles = _piles([*first, *sorted(asked, key=lambda each: each.id)], left)
    made = []
    for offer in _offered(session, plan, piles, _by_class(left)):
        if offer.device.tag in wanted:
            made.append(offer)
            wanted.remove(offer.device.tag)
        if not wanted:
            break
    return made


def _applied_by(session: Session, plan: AppliedPlan) -> str:
    """Return the ledger's line that applied a plan; what comes later is greater."""
    return chronicles.application(session.base, plan.campaign_id, plan.id) or ""


@settled
def accept(session: Session, chosen: Sequence[Offer]) -> Receipt[int]:
    """Promise these very devices to the pupils to whom they are offered, all or none, and answer with how many.

    Raises: NotPermitted, NoOffer, TooManyOffers, NoPlan, DeviceTaken, DeviceOwed, NoLongerWaiting, UnknownCampaign,
    CampaignNotOpen, CampaignOver, UpgradeNeeded, BaseTrouble.
    """
    session.require(Permission.CAMPAIGN)
    _must_be_here(session)
    if not chosen:
        raise NoOffer()
    if len(chosen) > MOST_AT_ONCE:
        raise TooManyOffers(count=len(chosen), most=MOST_AT_ONCE)
    for tag, times in Counter(each.device.tag for each in chosen).items():
        if times > 1:
            raise DeviceTaken(tag=tag)
    with session.transaction() as act:
        running = campaigns.held(session.base, lending.chosen_campaign(session, chosen[0].campaign))
        must_be_planned(running)
        plan = applied_plan(session, running)
        in_order = sorted(chosen, key=lambda each: each.device.id)
        held = [_locked(session, each) for each in in_order]
        _must_be_left_over(session, running, held)
        _must_wait(session, running, plan, in_order)
        for each, device in zip(in_order, held, strict=True):
            _promise(act, running, plan, each.waiting, device)
        about = [(Subject.CAMPAIGN, int(running.id)), *((Subject.DEVICE, each.id) for each in held)]
        about += [(Subject.PUPIL, int(each.waiting.pupil_id)) for each in in_order]
        ranks = [each.waiting.rank for each in in_order]
        return act(
            Action.PROMISED, len(chosen), topics=_TOPICS, about=about, plan=plan.id, ranks=ranks, campaign=running.id
        )  # fmt: skip


def _promise(act: Recorder, running: FoundCampaign, plan: PlanHead, who: WaitingRow, device: FreeDevice) -> None:
    values = {
        "campaign_id": int(running.id), "pupil_id": int(who.pupil_id), "device_id": device.id, "state": "promised",
        "kind": KIND, "features": json.dumps(sorted(who.required)), "home": device.home, "plan_id": int(plan.id),
    }  # fmt: skip
    promise = rows.insert(act.session.base, "reservation", values)
    act.created(Subject.RESERVATION, promise, state="promised")


def _locked(session: Session, offer: Offer) -> FreeDevice:
    """Return the device offered, held until the transaction ends. Raises: DeviceTaken."""
    found = devices.locked(session.base, offer.device.tag)
    device = None if found is None else shelf.free_device(session.base, KIND, DeviceId(found.id))
    if device is None or device.id != offer.device.id:
        raise DeviceTaken(tag=offer.device.tag)
    return device


def _must_be_left_over(session: Session, running: FoundCampaign, held: Sequence[FreeDevice]) -> None:
    left = _by_class(_left(session, _rules(session, running.id)))
    for device in held:
        left[device.features] -= 1
        if left[device.features] < 0:
            raise DeviceOwed(tag=device.tag)


def _must_wait(session: Session, running: FoundCampaign, plan: PlanHead, chosen: Sequence[Offer]) -> None:
    """Refuse an offer of another plan, or to who is not in the plan's own queue at that rank any more."""
    asked = {int(each.waiting.pupil_id) for each in chosen}
    queue = (each for each in plans.queue(session.base, plan.id) if each.pupil in asked)
    still = {each.pupil_id: each for each in _still(session, running.id, queue, _PIECE)}
    for each in chosen:
        now = still.pop(each.waiting.pupil_id, None)
        is_as_told = now is not None and (each.plan, each.waiting.rank) == (plan.id, now.rank)
        if now is None or not is_as_told or not now.required <= each.device.features:
            raise NoLongerWaiting(rank=each.waiting.rank, school=each.waiting.school_name)


def _offered(
    session: Session, plan: AppliedPlan, piles: Mapping[Features, deque[FreeDevice]], left: Counter[Features]
) -> Iterator[Offer]:
    """Yield an offer for each who waits in turn and receives a device of the piles, as long as they have one.

    `left` tells how many are left over of each class, in the piles or not.
    """
    queue = plans.queue(session.base, PlanId(plan.id))
    suited = (each for each in queue if any(each.required <= features for features in piles))
    needs: set[Features] = {frozenset(), frozenset({"cellular"})}
    for each in _still(session, CampaignId(plan.campaign_id), suited, _PIECE):
        if not any(pile and left[features] for features, pile in piles.items()):
            return
        if (features := chosen_class(each.required, left, needs)) is not None:
            left[features] -= 1
            if pile := piles.get(features):
                yield Offer(plan.campaign, plan.id, pile.popleft(), each)


def _piles(free: Iterable[FreeDevice], left: Mapping[tuple[Features, str], int]) -> dict[Features, deque[FreeDevice]]:
    """Return by class the devices that are left over, as many as promises and reserves leave at each place."""
    remaining, seen = Counter(left), set[int]()
    piles: dict[Features, deque[FreeDevice]] = {}
    for device in free:
        if device.id not in seen and remaining[device.features, device.home] > 0:
            remaining[device.features, device.home] -= 1
            piles.setdefault(device.features, deque()).append(device)
        seen.add(device.id)
    return piles


def _by_class(left: Mapping[tuple[Features, str], int]) -> Counter[Features]:
    counted: Counter[Features] = Counter()
    for (features, _), count in left.items():
        counted[features] += count
    return counted


def _left(session: Session, rules: Rules) -> dict[tuple[Features, str], int]:
    """Return how many ready devices of each class promises and reserves leave at each place."""
    places: dict[str, tuple[str, ...]] = {}
    if rules.school_reserves:
        homes, uais = allocations.homes(session.base), allocations.uais(session.base)
        places = {uais[school]: own for school, own in homes.items()}
    stock = held_back(allocations.ready(session.base, KIND), rules, places)
    return {(each.features, each.home): each.count for each in stock}


def _still(
    session: Session, campaign_id: CampaignId, queue: Iterator[Waiting], piece: int, school_id: int | None = None
) -> Iterator[WaitingRow]:
    """Yield those of a queue who still wait, asked for in pieces."""
    while some := list(islice(queue, piece)):
        yield from shelf.still_waiting(session.base, campaign_id, KIND, session.today(), some, school_id)
        piece = _PIECE


def _rules(session: Session, campaign_id: int) -> Rules:
    return rules_from(json.loads(allocations.terms(session.base, campaign_id)[1]))


def _must_be_here(session: Session) -> None:
    if not allocations.are_here(session.base):
        raise UpgradeNeeded()
