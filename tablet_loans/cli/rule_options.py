"""The options that say by which rules a plan is made: a file, or criterion by criterion."""

import argparse
from dataclasses import replace
from pathlib import Path

from tablet_loans.domain.ranking import Criterion
from tablet_loans.domain.rules import BadRules, Rules, rules_from, rules_said
from tablet_loans.services import ruling
from tablet_loans.services.importers.content import opened
from tablet_loans.services.session import Session
from tablet_loans.text import N_, tr

_LONGEST_FILE = 2**20
_NO_CRITERION = "none"
_RULED = ("rules", "criteria", "reserve", "school_reserve", "priority_cap", "exam_class")


def add_rule_options(parser: argparse.ArgumentParser) -> None:
    """Let a command be told rules."""
    said = tr(N_("rules from a file, as “plan rules --json” tells them"))
    parser.add_argument("--rules", type=Path, metavar="FILE.json", help=said)
    known = ",".join(Criterion)
    said = tr(N_("what decides, the first first: {known}; none: schools take turns, then lots")).format(known=known)
    parser.add_argument("--criteria", metavar="LIST", help=said)
    parser.add_argument("--reserve", type=int, metavar="N", help=tr(N_("devices held back in all")))
    parser.add_argument(
        "--school-reserve", type=_a_reserve, action="append", metavar="UAI=N",
        help=tr(N_("devices held back for a school")),
    )  # fmt: skip
    said = tr(N_("the share of a school's pupils whose priority counts"))
    parser.add_argument("--priority-cap", type=int, metavar="PERCENT", help=said)
    said = tr(N_("how levels or classes that sit an exam begin"))
    parser.add_argument("--exam-class", action="append", metavar="TEXT", help=said)


def is_ruled(options: argparse.Namespace) -> bool:
    """Say whether an option tells a rule."""
    return any(getattr(options, name) is not None for name in _RULED)


def asked_rules(options: argparse.Namespace, session: Session) -> Rules | None:
    """Return the file's rules, or the campaign's, with what the options change; None when they say nothing.

    Raises: BadRules, InvalidUai, UnknownSchool, UnknownCampaign.
    """
    if not is_ruled(options):
        return None
    rules = ruling.rules(session, options.name) if options.rules is None else _in_file(options.rules)
    if options.criteria is not None:
        rules = rules_from({**rules_said(rules), "criteria": _criteria(options.criteria)})
    changes: dict[str, object] = {
        "reserve": options.reserve,
        "school_reserves": None if options.school_reserve is None else tuple(options.school_reserve),
        "priority_cap_percent": options.priority_cap,
        "exam_classes": None if options.exam_class is None else tuple(options.exam_class),
    }
    rules = replace(rules, **{name: value for name, value in changes.items() if value is not None})  # type: ignore[arg-type]
    return ruling.known_rules(session, rules)


def _criteria(text: str) -> list[str]:
    """Return the criteria that a list says; none at all are said by name, never by an empty word. Raises: BadRules."""
    chosen = [each.strip().replace("-", "_") for each in text.split(",") if each.strip()]
    if not chosen:
        raise BadRules(reason=N_("no criterion is said: “--criteria none” lets schools take turns, then lots"))
    return [] if chosen == [_NO_CRITERION] else chosen


def _in_file(path: Path) -> Rules:
    with opened(path, _LONGEST_FILE) as file:
        content = file.read(_LONGEST_FILE)
    try:
        return ruling.rules_in(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadRules(reason=N_("they are not JSON")) from None


def _a_reserve(text: str) -> tuple[str, int]:
    """Return a school and a number of devices. Raises: argparse.ArgumentTypeError."""
    school, equals, number = text.rpartition("=")
    try:
        count = int(number)
    except ValueError:
        equals = ""
    if not (school and equals):
        raise argparse.ArgumentTypeError(tr(N_("{text} is not UAI=N")).format(text=text))
    return school, count
