"""A dossier: all that a plan was made from, as one canonical text, so that anyone can make the plan again.

It is the same text for the same facts, on any machine and engine.
"""

import base64
import hashlib
import json
import zlib
from datetime import date
from functools import cache

from tablet_loans.domain.allocation import Claim, Instance, Stock
from tablet_loans.domain.need import Equipment
from tablet_loans.domain.pupil import PupilId
from tablet_loans.domain.ranking import Candidate
from tablet_loans.domain.rules import rules_from, rules_said
from tablet_loans.domain.school import SchoolId


def text_of(instance: Instance) -> str:
    """Return the instance as canonical JSON: who wants what, what there is, the rules, the seed, pins, exclusions."""
    day, words = cache(date.isoformat), cache(sorted)
    return json.dumps(
        {
            "candidates": [
                [each.pupil, each.school, each.equipment, each.is_priority, each.is_exam_year, each.household,
                 each.received, day(each.asked_on), words(each.required)]
                for each in instance.candidates
            ],
            "stock": [[sorted(each.features), each.home, each.count] for each in instance.stock],
            "homes": sorted([school, list(homes)] for school, homes in instance.homes.items()),
            "seed": instance.seed,
            "rules": rules_said(instance.rules),
            "pinned": sorted(instance.pinned),
            "excluded": sorted(instance.excluded),
            "equipped": sorted([school, count] for school, count in instance.equipped.items() if count),
            "claims": sorted([each.pupil, each.school, day(each.asked_on)] for each in instance.claims),
            "held_back": instance.held_back,
            "version": instance.version,
        },
        sort_keys=True, ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip


def instance_of(text: str) -> Instance:
    """Return the instance that `text_of` told."""
    said = json.loads(text)
    return Instance(
        candidates=[
            Candidate(
                PupilId(pupil), SchoolId(school), Equipment(equipment), is_priority, is_exam_year, household, received,
                date.fromisoformat(asked_on), frozenset(required),
            )
            for pupil, school, equipment, is_priority, is_exam_year, household, received, asked_on, required
            in said["candidates"]
        ],
        stock=[Stock(frozenset(features), home, count) for features, home, count in said["stock"]],
        homes={SchoolId(school): tuple(homes) for school, homes in said["homes"]},
        seed=said["seed"],
        rules=rules_from(said["rules"]),
        pinned=frozenset(map(PupilId, said["pinned"])),
        excluded=frozenset(map(PupilId, said["excluded"])),
        equipped={SchoolId(school): count for school, count in said.get("equipped", ())},
        claims=tuple(
            Claim(PupilId(pupil), SchoolId(school), date.fromisoformat(asked_on))
            for pupil, school, asked_on in said.get("claims", ())
        ),
        held_back=said.get("held_back", 0),
        version=said.get("version", ""),
    )  # fmt: skip


def digest(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def packed(text: str) -> str:
    """Return the text in little room."""
    return base64.b64encode(zlib.compress(text.encode(), 1)).decode()


def unpacked(kept: str) -> str:
    """Return the text that was packed."""
    return zlib.decompress(base64.b64decode(kept)).decode()
