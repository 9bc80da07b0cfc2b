"""Filing: signed agreements that come back as a pile, each page put with its loan by the code it bears."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import gcd
from typing import Final

from tablet_loans.domain import own_code
from tablet_loans.domain.agreement import mark_in
from tablet_loans.domain.barcode import CodeKind, on_sheet, readings
from tablet_loans.domain.errors import Refusal
from tablet_loans.text import N_

_SPARE: Final = "TLF"
_TWO_SIDES: Final = 2


class NoPageKept(Refusal):
    """Nothing that was signed for the loan was filed."""

    sentence = N_("No signed page of loan {loan} is kept.")
    way_out = N_("File the scan with “agreements file”, or attach it with “agreements sign {loan} --scan FILE”.")


class NoSuchPage(Refusal):
    """The loan has fewer pages."""

    sentence = N_("Loan {loan} has {pages} page(s) kept: there is no page {page}.")


class OtherLoansPage(Refusal):
    """A page that was to be attached bears another loan's code."""

    sentence = N_("Page {page} bears the code {found}: it is not of loan {loan}.")
    way_out = N_("Nothing was attached. File it with “agreements file”: it finds its loan by itself.")


class PageFate(StrEnum):
    """What became of a page of the pile."""

    FILED = "filed"
    AGAIN = "filed_again"
    DOUBLED = "doubled"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    UNKNOWN = "unknown_loan"
    NO_LOAN = "without_loan"
    CANCELLED = "cancelled"
    SEVERAL = "several"


PAGE_FATE_WORDS: Final[Mapping[str, str]] = {
    PageFate.FILED: N_("filed"),
    PageFate.AGAIN: N_("filed before"),
    PageFate.DOUBLED: N_("one more for the same loan"),
    PageFate.EMPTY: N_("empty"),
    PageFate.UNREADABLE: N_("without a code that can be read"),
    PageFate.FOREIGN: N_("of something else"),
    PageFate.UNKNOWN: N_("of a loan that is not here"),
    PageFate.NO_LOAN: N_("of a pupil without a loan yet: file it again later"),
    PageFate.CANCELLED: N_("of a cancelled loan"),
    PageFate.SEVERAL: N_("of several loans"),
}
KEPT: Final = frozenset({PageFate.FILED, PageFate.DOUBLED})
TO_LOOK_AT: Final = frozenset(PageFate) - KEPT - {PageFate.AGAIN, PageFate.EMPTY}


class Paper(StrEnum):
    """Whose agreement a page is: a loan's, a pupil's before a tablet was known, or a blank one."""

    LOAN = "loan"
    SHEET = "sheet"
    SPARE = "spare"


@dataclass(frozen=True, slots=True)
class PaperCode:
    """A code that the program prints on an agreement; a square one tells the version of its wording."""

    paper: Paper
    text: str
    version: int | None = None


def code_in(text: str) -> PaperCode | None:
    """Return the code of an agreement that a page bears, or None when it is something else's."""
    mark = mark_in(text)
    bare = text.strip().upper() if mark is None else mark.number
    version = None if mark is None else mark.version
    if bare.startswith(_SPARE) and own_code.unsealed(bare) is not None:
        return PaperCode(Paper.SPARE, bare, version)
    if on_sheet(bare) is not None:
        return PaperCode(Paper.SHEET, bare, version)
    reading = readings(bare)[:1]
    is_loan = bool(reading) and reading[0].kind is CodeKind.LOAN and reading[0].code == bare
    return PaperCode(Paper.LOAN, bare, version) if is_loan else None


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page of a pile as it was read: every code on it, and how many degrees it must turn to stand upright.

    `file` is its file's place among those of the pile.
    """

    file: int
    page: int
    codes: tuple[str, ...] = ()
    turn: int = 0
    is_empty: bool = False

    def own_codes(self) -> tuple[PaperCode, ...]:
        """Return the codes of agreements on it, each number once; a square code stands for the bars beside it."""
        found: dict[str, PaperCode] = {}
        for code in filter(None, map(code_in, self.codes)):
            if code.text not in found or found[code.text].version is None:
                found[code.text] = code
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Leaf:
    """The pages of one agreement, the front first; without a code, a page that no agreement claims."""

    pages: tuple[PageRead, ...]
    codes: tuple[PaperCode, ...] = ()

    @property
    def front(self) -> PageRead:
        """Return the page that bears the code."""
        return self.pages[0]


def leaves(pile: Sequence[PageRead], pages_each: int | None = None) -> Iterator[Leaf]:
    """Yield the agreements of one pile, in its order.

    A page without any code is the back of the front just before it, when the whole pile proves to be scanned on two
    sides or `pages_each` says how many pages an agreement has; else it stands alone: a front whose code is spoilt must
    never go to another pupil's loan.
    """
    fronts = _fronts(pile)
    most = pages_each or (_TWO_SIDES if _is_two_sided(fronts, len(pile)) else 1)
    place = 0
    while place < len(pile):
        codes, end = pile[place].own_codes(), place + 1
        while codes and end < len(pile) and _goes_with(pile[place], pile[end], end - place, most):
            end += 1
        front = pile[place]
        backs = (page if page.codes else replace(page, turn=front.turn) for page in pile[place + 1 : end])
        yield Leaf((front, *backs), codes)
        place = end


def _goes_with(front: PageRead, page: PageRead, distance: int, most: int) -> bool:
    if page.codes:
        return set(front.own_codes()) == set(page.own_codes())
    return distance < most


def _fronts(pile: Sequence[PageRead]) -> list[int]:
    """Return where an agreement begins: a code that is not the one of the page before."""
    texts = [frozenset(code.text for code in page.own_codes()) for page in pile]
    return [place for place, own in enumerate(texts) if own and (place == 0 or own != texts[place - 1])]


def _is_two_sided(fronts: Sequence[int], count: int) -> bool:
    """Say whether every agreement begins an even number of pages after the one before, from the first page on."""
    return bool(fronts) and gcd(*fronts, count) % _TWO_SIDES == 0


@dataclass(frozen=True, slots=True)
class FiledPage:
    """What became of one page; `loan` and `state` tell of which loan it is, when it is one's."""

    file: str
    page: int
    fate: PageFate
    loan: str | None = None
    state: str | None = None
    version: int | None = None


@dataclass(slots=True)
class PileReport:
    """What became of a pile: its pages by fate, the agreements that are signed now, and the pages to look at."""

    pages: int = 0
    signed: int = 0
    filed: int = 0
    filed_again: int = 0
    doubled: int = 0
    empty: int = 0
    to_look_at: list[FiledPage] = field(default_factory=list)
    told: list[FiledPage] = field(default_factory=list)

    def tell(self, page: FiledPage) -> None:
        """Count a page and keep what became of it."""
        self.pages += 1
        self.filed += page.fate is PageFate.FILED
        self.filed_again += page.fate is PageFate.AGAIN
        self.doubled += page.fate is PageFate.DOUBLED
        self.empty += page.fate is PageFate.EMPTY
        self.told.append(page)
        if page.fate in TO_LOOK_AT:
            self.to_look_at.append(page)
