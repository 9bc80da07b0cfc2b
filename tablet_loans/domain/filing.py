"""Filing: signed agreements that come back as a pile, each page put with its loan by the code it bears."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import gcd
from typing import Final

from tablet_loans.domain import own_code
from tablet_loans.domain.agreement import mark_in
from tablet_loans.domain.barcode import CodeKind, leaf_in, on_sheet, readings
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
    """A code that the program prints on an agreement; a square one tells the version of its wording, and a hash.

    `page` is the page that bears it: a back has a mark of its own.
    """

    paper: Paper
    text: str
    version: int | None = None
    hash: str = ""
    page: int = 1


def code_in(text: str) -> PaperCode | None:
    """Return the code of an agreement that a page bears, or None when it is something else's."""
    mark = mark_in(text)
    bare, page = leaf_in(text.strip().upper() if mark is None else mark.number)
    paper = _paper(bare)
    if paper is None:
        return None
    return PaperCode(paper, bare, page=page) if mark is None else PaperCode(paper, bare, mark.version, mark.hash, page)


def _paper(bare: str) -> Paper | None:
    if bare.startswith(_SPARE) and own_code.unsealed(bare) is not None:
        return Paper.SPARE
    if on_sheet(bare) is not None:
        return Paper.SHEET
    reading = readings(bare)[:1]
    return Paper.LOAN if reading and reading[0].kind is CodeKind.LOAN and reading[0].code == bare else None


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
        return _each_number_once(filter(None, map(code_in, self.codes)))

    def numbers(self) -> frozenset[str]:
        """Return the numbers of the agreements that it is of: one, or none, unless something is amiss."""
        return frozenset(code.text for code in self.own_codes())

    def is_back(self) -> bool:
        """Say whether its mark tells that it is no front."""
        own = self.own_codes()
        return bool(own) and all(code.page > 1 for code in own)


def _each_number_once(codes: Iterable[PaperCode]) -> tuple[PaperCode, ...]:
    found: dict[str, PaperCode] = {}
    for code in codes:
        if code.text not in found or (found[code.text].version is None and code.version is not None):
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

    A back that bears its agreement's number goes with the front of that number, wherever it lies. A page without any
    code is the back of the front just before it, when that one's own back is not found, and the whole pile proves to
    be scanned on two sides or `pages_each` says how many pages an agreement has; else it stands alone: a front whose
    code is spoilt must never go to another pupil's loan.
    """
    marked = {number for page in pile if page.is_back() for number in page.numbers()}
    most = pages_each or (_TWO_SIDES if _is_two_sided(_fronts(pile), len(pile)) else 1)
    found: list[list[PageRead]] = []
    place = 0
    while place < len(pile):
        front, end = pile[place], place + 1
        reach = 1 if front.numbers() & marked else most
        while front.numbers() and end < len(pile) and _goes_with(front, pile[end], end - place, reach):
            end += 1
        backs = (page if page.codes else replace(page, turn=front.turn) for page in pile[place + 1 : end])
        found.append([front, *backs])
        place = end
    for pages in _brought_together(found):
        yield Leaf(tuple(pages), _each_number_once(code for page in pages for code in page.own_codes()))


def _brought_together(found: Sequence[list[PageRead]]) -> Iterator[list[PageRead]]:
    """Yield the pages of each agreement, its front first; backs that lie elsewhere go with the nearest front."""
    homes = [place for place, pages in enumerate(found) if _has_front(pages)]
    for place, pages in enumerate(found):
        near = [home for home in homes if found[home][0].numbers() == pages[0].numbers()]
        if near and pages[0].is_back() and not _has_front(pages):
            found[min(near, key=lambda home: abs(home - place))].extend(pages)
            pages.clear()
    for pages in filter(None, found):
        yield sorted(pages, key=PageRead.is_back) if pages[0].is_back() else pages


def _has_front(pages: Collection[PageRead]) -> bool:
    return any(page.numbers() and not page.is_back() for page in pages)


def _goes_with(front: PageRead, page: PageRead, distance: int, most: int) -> bool:
    return front.numbers() == page.numbers() if page.codes else distance < most


def _fronts(pile: Sequence[PageRead]) -> list[int]:
    """Return where an agreement begins: a number that is not that of the page before."""
    numbers = [page.numbers() for page in pile]
    return [place for place, own in enumerate(numbers) if own and (place == 0 or own != numbers[place - 1])]


def _is_two_sided(fronts: Sequence[int], count: int) -> bool:
    """Say whether every agreement begins an even number of pages after the one before, from the first page on."""
    return bool(fronts) and gcd(*fronts, count) % _TWO_SIDES == 0


@dataclass(frozen=True, slots=True)
class FiledPage:
    """What became of one page; `loan` and `state` tell of which loan it is, when it is one's.

    `place` is its file's among those of the pile.
    """

    file: str
    page: int
    fate: PageFate
    loan: str | None = None
    state: str | None = None
    version: int | None = None
    place: int = 0


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
