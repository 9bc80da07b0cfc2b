"""What the counter asks for, and what it says of the sitting: modes, campaign, schools, date."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from tablet_loans.domain.school import SchoolRow
from tablet_loans.services.desk import ACTS, Desk, Did, Mode, OpenCampaign
from tablet_loans.text import tr, trn
from ui import words
from ui.sounds import Sound
from ui.theme import Tone
from ui.widgets.outcome_words import Said

SOUNDS: Final[Mapping[Did, Sound]] = {
    **dict.fromkeys((*ACTS, Did.NOTED, Did.UNDID), Sound.DONE),
    **dict.fromkeys((Did.CHOSE_PUPIL, Did.CHOSE_TABLET, Did.CHOSE_FORM), Sound.NOTICE),
    **dict.fromkeys((Did.SHOWED_HOLDER, Did.FOUND_OTHER, Did.FOUND_SEVERAL), Sound.NOTICE),
    Did.REFUSED: Sound.REFUSED,
}
"""Done; not done yet, look or go on; refused."""


def due_date(desk: Desk, campaigns: Sequence[OpenCampaign]) -> date | None:
    """Return until when the counter lends."""
    own = next((campaign.due_on for campaign in campaigns if campaign.name == desk.campaign), None)
    return desk.due_on or own


def desk_parts(
    desk: Desk, campaigns: Sequence[OpenCampaign], schools: Sequence[SchoolRow]
) -> tuple[tuple[str, str], ...]:
    """Return the icon and the words of the campaign, the schools and the due date."""
    due = due_date(desk, campaigns)
    parts = [("flag", desk.campaign or tr("No campaign is open")), ("buildings", schools_in_words(desk, schools))]
    if due is not None:
        parts.append(("calendar-blank", tr("Due back on {date}").format(date=words.long_date(due))))
    return tuple(parts)


def schools_in_words(desk: Desk, schools: Sequence[SchoolRow]) -> str:
    """Return the school of the sitting, how many there are, or that all are."""
    if not desk.schools:
        return tr("All schools")
    if len(desk.schools) == 1:
        return schools[0].name if schools else desk.schools[0]
    count = len(desk.schools)
    return trn("{count} school", "{count} schools", count).format(count=words.number(count))


def searched_among(desk: Desk, schools: Sequence[SchoolRow], *, is_wide: bool, is_found: bool) -> str:
    """Return among whom was searched, and the key that widens."""
    if desk.schools and not is_wide:
        named = schools_in_words(desk, schools)
        said = tr("In {schools}. F4: all schools") if is_found else tr("Nobody in {schools}. F4: all schools")
        return said.format(schools=named)
    if desk.schools and is_found:
        return tr("In all schools. F4: yours alone")
    return "" if is_found else tr("Nobody found")


def invitation(desk: Desk, *, has_campaign: bool) -> Said:
    """Return what the card asks when nothing waits."""
    if desk.mode is Mode.RETURN:
        line = tr("Scan the pupil or the sheet first to be told when the tablet is another's.")
        return Said(tr("Returning"), tr("Scan a tablet to take it back"), line, icon="arrow-down-left")
    if has_campaign:
        line = tr("A lent tablet shows who holds it; scanned again, it is returned.")
        return Said(tr("Lending"), tr("Scan a pupil, then a tablet"), line, icon="arrow-up-right")
    line = tr("Tablets can be returned (F3). To lend: tablet-loans campaign create NAME --due DATE")
    return Said(tr("Returns only"), tr("No campaign is open"), line, tone=Tone.WARN, icon="warning")


def asked_here(mode: Mode, *, is_named: bool) -> tuple[str, ...]:
    """Return the icon, the words and the name of the field, and what it says while one types."""
    if is_named:
        asked = tr("Name of who takes the tablet, then Enter")
        return "user", asked, tr("Name of who takes the tablet"), asked
    if mode is Mode.RETURN:
        return "arrow-down-left", tr("Scan the tablet that comes back, or its pupil first"), tr("Pupil or tablet")
    return "arrow-up-right", tr("Scan a pupil or a tablet, or type a name"), tr("Pupil or tablet")
