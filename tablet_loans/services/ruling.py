"""Ruling: the rules of a campaign, which its next plans follow; each change stays listed with its reason."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from tablet_loans.domain import identifiers
from tablet_loans.domain.act import Action, LedgerId, Subject
from tablet_loans.domain.campaign import CampaignId
from tablet_loans.domain.errors import InvalidUai, UnknownSchool
from tablet_loans.domain.mark import noted
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.rules import BadRules, Rules, RuleTwice, UnknownRule, rules_from, rules_said
from tablet_loans.services import lending
from tablet_loans.services.allocating import must_be_here, planned_campaign, rules_of
from tablet_loans.services.session import Receipt, Session, Topic
from tablet_loans.storage import plans, rows, schools
from tablet_loans.storage.database import troubles_spoken
from tablet_loans.text import N_

_COUNTS: Final = frozenset({"priority_cap_percent", "reserve"})
_LISTS: Final = frozenset({"criteria", "exam_classes", "school_reserves"})
_BESIDE: Final = frozenset({"ledger", "sentence"})
"""What `plan rules --json` tells beside the rules, so that its answer is read back as it is."""


def rules(session: Session, campaign: str | None) -> Rules:
    """Return the campaign's rules. Raises: NotPermitted, UnknownCampaign, UpgradeNeeded, BaseTrouble."""
    session.require(Permission.READ_PUPILS)
    must_be_here(session)
    with troubles_spoken(session.base):
        return rules_of(session, lending.chosen_campaign(session, campaign))


def set_rules(session: Session, campaign: str | None, rules: Rules, *, note: str = "") -> Receipt[CampaignId]:
    """Let the campaign's next plans follow these rules; the same as before are no act.

    Raises: NotPermitted, UnknownCampaign, CampaignNotOpen, CampaignOver, InvalidUai, UnknownSchool, BadRules,
    NoteTooLong, UpgradeNeeded, BaseTrouble, NoteNeeded once the campaign has a plan.
    """
    session.require(Permission.CAMPAIGN)
    must_be_here(session)
    with session.transaction() as act:
        base, running = session.base, planned_campaign(session, campaign)
        before = rows.current(base, "campaign", running.id, ["rules"])
        assert before is not None  # noqa: S101 - found just now
        said = rules_said(known_rules(session, rules))
        if said == rules_said(rules_of(session, running)):
            return Receipt(running.id, LedgerId(""), frozenset())
        kept = noted(note) if note.strip() or plans.last(base, running.id) is not None else ""
        text = json.dumps(said, ensure_ascii=False)
        act.change(Subject.CAMPAIGN, running.id, before, {"rules": text})
        return act(Action.RULED, running.id, topics={Topic.PLANS, Topic.CAMPAIGNS}, rules=said, note=kept)


def known_rules(session: Session, rules: Rules) -> Rules:
    """Return the rules with the UAI of schools that are known. Raises: InvalidUai, UnknownSchool, BadRules."""
    if not all(each.strip() and each.isprintable() for each in rules.exam_classes):
        raise BadRules(reason=N_("the beginning of a class that sits an exam is empty"))
    reserves = []
    with troubles_spoken(session.base):
        for text, count in rules.school_reserves:
            if (uai := identifiers.uai(text)) is None:
                raise InvalidUai(school=text)
            if schools.find_id(session.base, uai) is None:
                raise UnknownSchool(school=uai)
            reserves.append((uai, count))
    return replace(rules, school_reserves=tuple(reserves))


def rules_in(text: str) -> Rules:
    """Return the rules that a JSON text says; what it does not say is as usual, what it says beside them is nothing.

    The reserves of schools are pairs, or an object by UAI. Raises: BadRules, UnknownRule, UnknownCriterion, RuleTwice.
    """
    try:
        said = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise BadRules(reason=N_("they are not JSON")) from None
    if not isinstance(said, dict):
        raise BadRules(reason=N_("they are no JSON object"))
    if unknown := sorted(said.keys() - _COUNTS - _LISTS - _BESIDE):
        raise UnknownRule(rule=unknown[0], known=", ".join(rules_said(Rules())))
    if isinstance(said.get("school_reserves"), dict):
        said["school_reserves"] = list(said["school_reserves"].items())
    if not _is_well_formed(said):
        raise BadRules(reason=N_("a rule is of another form than it should be"))
    return rules_from(said)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of a JSON text, which says nothing twice. Raises: RuleTwice."""
    said = dict(pairs)
    if len(said) < len(pairs):
        names = [name for name, _ in pairs]
        raise RuleTwice(rule=next(name for name in names if names.count(name) > 1))
    return said


def _is_well_formed(said: Mapping[str, Any]) -> bool:
    return (
        all(type(said[key]) is int for key in _COUNTS & said.keys())
        and all(isinstance(said[key], list) for key in _LISTS & said.keys())
        and all(isinstance(each, str) for key in ("criteria", "exam_classes") for each in said.get(key, ()))
        and all(map(_is_reserve, said.get("school_reserves", ())))
    )


def _is_reserve(said: object) -> bool:
    return isinstance(said, list | tuple) and len(said) == 2 and isinstance(said[0], str) and type(said[1]) is int
