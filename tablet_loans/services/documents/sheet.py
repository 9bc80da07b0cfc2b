"""The sheet: an agreement printed before the tablet is known, its places left to fill in."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tablet_loans.domain.agreement import AgreementFacts
from tablet_loans.domain.sheet import SheetFacts, SheetOffer
from tablet_loans.domain.wording import Worded
from tablet_loans.services.documents.agreement import write_agreements
from tablet_loans.services.documents.pdf_stream import About


def write_sheets(
    facts: Iterable[SheetFacts],
    out: Path,
    *,
    offer: SheetOffer,
    total: int,
    about: About,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Write the agreements of pupils who have no tablet yet into the PDF `out`, and return how many pages.

    The facts are read one by one; `progress` hears (done, `total`) after each. Nothing is left behind by what it
    raises. Raises: FontLacks, FileTrouble.
    """
    return write_agreements(_worded(facts, offer), out, total=total, about=about, progress=progress)


def _worded(facts: Iterable[SheetFacts], offer: SheetOffer) -> Iterator[Worded]:
    for each in facts:
        agreement = AgreementFacts(
            number=each.code,
            authority=offer.wording.authority or offer.authority,
            campaign=offer.campaign,
            school=each.school,
            school_uai=each.school_uai,
            commune=each.commune,
            pupil_family_name=each.family_name,
            pupil_given_name=each.given_name,
            class_name=each.class_name,
            kind="",
            maker="",
            model="",
            tag="",
            serial="",
            kit=offer.kit,
            lent_on=None,
            due_on=offer.due_on,
            place=offer.wording.place,
            homes=each.homes,
            signing=each.signing,
        )
        yield Worded(str(each.pupil_id or each.code), agreement, offer.texts, offer.wording)
