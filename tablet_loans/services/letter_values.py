"""What fills in a letter: the facts of a loan, written as the letter's language writes them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from tablet_loans.domain.campaign import Terms, lent_kit
from tablet_loans.domain.clause import Clause, ClauseMissing
from tablet_loans.domain.device import Condition
from tablet_loans.domain.letter import LetterKind, LetterSender, claimed_cents
from tablet_loans.domain.loan import LoanState
from tablet_loans.domain.wording import FRENCH
from tablet_loans.services import wording
from tablet_loans.services.documents.agreement_words import labels_in
from tablet_loans.storage import wordings
from tablet_loans.storage.database import Base
from tablet_loans.storage.letters import Before, LentFacts
from tablet_loans.text import search_key

_TOGETHER: Final = re.compile(r"(?<=[0-9]) (?=[0-9])")
_CLAIM: Final = search_key("titre de recette")
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "fr": {
        "charge": "un avis à payer (titre de recette)",
        LoanState.LOST: "perdu",
        LoanState.STOLEN: "volé",
        LoanState.OPEN: "perdu ou volé",
    },
    "en": {
        "charge": "a notice to pay (titre de recette)",
        LoanState.LOST: "lost",
        LoanState.STOLEN: "stolen",
        LoanState.OPEN: "lost or stolen",
    },
}


class Ending(NamedTuple):
    """When a pupil's schooling ended, and in which school."""

    on: date
    uai: str
    school: str
    commune: str


@dataclass(slots=True)
class Charges:
    """Whether the agreement of a loan says that a device not returned is charged, asked once a wording."""

    base: Base
    language: str
    _known: dict[int, bool] = field(default_factory=dict)
    _newest: dict[int, bool] = field(default_factory=dict)

    def of(self, said: Sequence[LentFacts], campaign_id: int) -> dict[int, str]:
        """Return by loan the words for how it is charged, "" where the agreement does not say so."""
        new = {each.wording for each in said if each.wording is not None and each.wording not in self._known}
        for wording_id, words in wordings.with_ids(self.base, new).items():
            self._known[wording_id] = _says_claim(words.clauses)
        if campaign_id not in self._newest:
            self._newest[campaign_id] = self._newest_says(campaign_id)
        said_words = _words(self.language)["charge"]
        newest = self._newest[campaign_id]
        return {
            each.id: said_words if (newest if each.wording is None else self._known.get(each.wording, newest)) else ""
            for each in said
        }

    def _newest_says(self, campaign_id: int) -> bool:
        try:
            return _says_claim(wording.of_campaign(self.base, campaign_id, FRENCH).clauses)
        except ClauseMissing:
            return False


def _says_claim(clauses: Sequence[Clause]) -> bool:
    return any(_CLAIM in search_key(clause.text) for clause in clauses)


def _words(language: str) -> Mapping[str, str]:
    return _WORDS.get(language, _WORDS[FRENCH])


def is_worse(condition: str | None, missing: Sequence[str], was: Before) -> bool:
    """Say whether a device came back damaged, or without something, as it had not been lent."""
    return _is_damaged(condition, was) or bool(set(missing).difference(was.missing))


def _is_damaged(condition: str | None, was: Before) -> bool:
    return condition == Condition.DAMAGED != was.condition


def values_of(
    lent: LentFacts,
    sender: LetterSender,
    terms: Terms,
    ending: Ending | None,
    was: Before,
    *,
    deadline: date,
    charge: str,
    kind: LetterKind,
) -> dict[str, str]:
    """Return what fills in the letter about a loan; what is empty is left out."""
    labels, words = labels_in(sender.language), _words(sender.language)
    school, commune = (lent.school, lent.commune) if ending is None else (ending.school, ending.commune)
    claimed = claimed_cents(lent.price_cents)
    is_claimed = bool(charge) and claimed != 0
    is_theft = lent.state is not LoanState.LOST
    lacked_before = lent.missing if kind is not LetterKind.DAMAGE else was.missing
    lacks = [item for item in lent.missing if item not in was.missing]
    return {
        "authority": sender.authority,
        "campaign": sender.campaign,
        "school": school,
        "pupil": lent.pupil,
        "class_name": lent.class_name,
        "number": lent.number,
        "device": " ".join(part for part in (labels.kinds.get(lent.kind, lent.kind), lent.device) if part),
        "tag": lent.tag,
        "serial": lent.serial,
        "kit": ", ".join(item for item in lent_kit(terms.kit, lent.kit) if item not in lacked_before),
        "lent_on": labels.day(lent.lent_on),
        "due_on": labels.day(lent.due_on),
        "due_later": labels.day(lent.due_on) if lent.due_on > sender.written_on else "",
        "deadline": labels.day(deadline),
        "return_place": terms.wording.return_place or ", ".join(part for part in (school, commune) if part),
        "helpline": _TOGETHER.sub("\u00a0", sender.helpline),
        "value": labels.money(claimed) if is_claimed and claimed else "",
        "charge": charge if is_claimed else "",
        "left_on": "" if ending is None else labels.day(ending.on),
        "returned_on": "" if lent.closed_on is None else labels.day(lent.closed_on),
        "damaged": labels.conditions[Condition.DAMAGED] if _is_damaged(lent.condition_in, was) else "",
        "missing": ", ".join(lacks),
        "declared": words.get(lent.state, words[LoanState.OPEN]),
        "theft_by": labels.day(deadline) if is_theft else "",
    }
