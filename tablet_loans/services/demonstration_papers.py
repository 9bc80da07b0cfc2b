"""The papers of the demonstration: agreements printed and signed as at the counter, labels printed and scanned back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from random import Random
from typing import Final

from tablet_loans.domain.agreement import AgreementState
from tablet_loans.domain.label import LabelState
from tablet_loans.domain.wording import FRENCH, kept
from tablet_loans.services import wording
from tablet_loans.services.labelling import USUAL_STOCK
from tablet_loans.services.session import Session
from tablet_loans.storage import rows, wordings

PAGES: Final = 2
_SHEET: Final = 21
_SPOILED: Final = 2
_NOT_CONFIRMED_YET: Final = 14


class Fate(StrEnum):
    """What becomes of the agreement of a loan."""

    BROUGHT = "brought"
    LATER = "later"
    PRINTED = "printed"
    MISSING = "missing"


_SHARES: Final = {Fate.BROUGHT: 78, Fate.LATER: 5, Fate.PRINTED: 9, Fate.MISSING: 8}


@dataclass(slots=True)
class Agreement:
    """An agreement as its row will be; those printed before their loan do not know when."""

    loan_id: int
    campaign_id: int
    state: AgreementState = AgreementState.PRINTED
    printed_at: datetime | None = None
    signed_at: datetime | None = None


@dataclass(slots=True)
class LabelPlayed:
    """A label as its row will be."""

    device_id: int
    printed_at: datetime
    state: LabelState = LabelState.PRINTED
    settled_at: datetime | None = None


@dataclass(slots=True)
class Papers:
    """What was printed, in the order of the rows; its chances are its own, so that the story stays as it was."""

    chance: Random
    agreements: list[Agreement] = field(default_factory=list)
    labels: list[LabelPlayed] = field(default_factory=list)
    first_printed: dict[int, datetime] = field(default_factory=dict)
    fates: dict[int, Fate] = field(default_factory=dict)
    coming: list[int] = field(default_factory=list)

    def draw(self, pupils: Iterable[int]) -> None:
        """Draw what becomes of the agreements of these pupils, who are lent a device today."""
        asked = list(pupils)
        self.fates = dict(
            zip(asked, self.chance.choices(list(_SHARES), list(_SHARES.values()), k=len(asked)), strict=True)
        )

    def printed(self, campaign_id: int, at: datetime) -> None:
        """Keep when a campaign first printed, and with it its wording."""
        self.first_printed.setdefault(campaign_id, at)

    def add(self, agreement: Agreement) -> int:
        """Keep an agreement and return its id."""
        self.agreements.append(agreement)
        return len(self.agreements)

    def print_labels(self, device_ids: Iterable[int], at: datetime) -> list[int]:
        """Keep a label for each of these devices, and return their ids."""
        first = len(self.labels) + 1
        self.labels.extend(LabelPlayed(device_id, at) for device_id in device_ids)
        return list(range(first, len(self.labels) + 1))

    def write(self, session: Session) -> None:
        """Write the wordings of the campaigns that printed, the agreements and the labels."""
        base, by, ids = session.base, session.actor.name, dict[int, int | None]()
        for campaign_id, at in self.first_printed.items():
            words = wording.of_campaign(base, campaign_id, FRENCH)
            wordings.add(base, campaign_id, words, kept(words.clauses), at, "")
            ids[campaign_id] = wording.of_campaign(base, campaign_id, FRENCH).id
        rows.insert_many(
            base, "agreement",
            ("id", "loan_id", "state", "version", "printed_at", "signed_at", "wording_id", "printed_by"),
            (
                (place, each.loan_id, each.state.value, 1, each.printed_at, each.signed_at, ids[each.campaign_id],
                 by if each.printed_at else "")
                for place, each in enumerate(self.agreements, start=1)
            ),
        )  # fmt: skip
        rows.insert_many(
            base, "label_print", ("id", "device_id", "stock", "state", "printed_at", "printed_by", "settled_at"),
            (
                (place, each.device_id, USUAL_STOCK, each.state.value, each.printed_at, by, each.settled_at)
                for place, each in enumerate(self.labels, start=1)
            ),
        )  # fmt: skip
        for table in ("agreement", "label_print"):
            rows.number_on(base, table)


def labelled(ready: list[int]) -> Iterator[tuple[list[int], dict[int, LabelState]]]:
    """Yield, sheet by sheet, which of these devices get a label, and what became of those that are settled.

    The first sheet stuck but for a few that were spoiled; these stand again on the second one, which is half done.
    """
    first, then = ready[:_SHEET], ready[_SHEET : 2 * _SHEET - _SPOILED]
    spoiled = first[-_SPOILED:] if len(first) > _SPOILED else []
    yield (
        first,
        {device: LabelState.SPOILED if device in spoiled else LabelState.CONFIRMED for device in first},
    )
    second = spoiled + then
    yield second, dict.fromkeys(second[: max(len(second) - _NOT_CONFIRMED_YET, 0)], LabelState.CONFIRMED)
