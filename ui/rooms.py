"""The rooms of the rail, in the order of the day: each makes its screen when it is entered."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from tablet_loans.domain.roles import Permission
from tablet_loans.services.session import Session
from tablet_loans.text import N_
from ui.jobs import Jobs
from ui.widgets.screen import Screen

if TYPE_CHECKING:
    from ui.incoming import Kind


@dataclass(frozen=True, slots=True)
class Room:
    """A room of the rail: its name, its icon, who may enter, and how its screen is made when it is entered."""

    name: str
    title: str
    section: str
    icon: str
    permission: Permission
    make: Callable[[Session, Jobs], Screen]


def _counter(session: Session, jobs: Jobs) -> Screen:
    from ui.screens.counter import Counter

    return Counter(session, jobs)


def _devices(session: Session, jobs: Jobs) -> Screen:
    from ui.screens.devices import Devices

    return Devices(session, jobs)


def _pupils(session: Session, jobs: Jobs) -> Screen:
    from ui.incoming import Kind
    from ui.screens.pupils import Pupils

    screen = Pupils(session, jobs)
    screen.import_asked.connect(partial(_import, session, jobs, screen, Kind.PUPILS, ""))
    return screen


def _schools(session: Session, jobs: Jobs) -> Screen:
    from ui.screens.schools import Schools

    screen = Schools(session, jobs)
    screen.import_asked.connect(partial(_import, session, jobs, screen))
    return screen


def _needs(session: Session, jobs: Jobs) -> Screen:
    from ui.screens.needs import Needs

    return Needs(session, jobs)


def _allocation(session: Session, jobs: Jobs) -> Screen:
    from ui.screens.allocation import Allocation

    return Allocation(session, jobs)


def _agreements(session: Session, jobs: Jobs) -> Screen:
    from ui.screens.agreements import Agreements

    return Agreements(session, jobs)


def _labels(session: Session, jobs: Jobs) -> Screen:
    from ui.screens.labels import Labels

    return Labels(session, jobs)


def _campaigns(session: Session, jobs: Jobs) -> Screen:
    from ui.screens.campaigns import Campaigns

    return Campaigns(session, jobs)


def _mdm(session: Session, jobs: Jobs) -> Screen:
    from ui.screens.mdm import MdmScreen

    return MdmScreen(session, jobs)


def _import(session: Session, jobs: Jobs, screen: Screen, kind: "Kind", school: str) -> None:
    """Open the dialog in which a file comes in; the rest of the window goes on."""
    from ui.dialogs.import_file import ImportFile

    ImportFile(session, jobs, kind, school=school or None, memory=screen.memory, parent=screen).show()


ROOMS: Final = (
    Room("counter", N_("Counter"), N_("At the counter"), "barcode", Permission.LEND, _counter),
    Room("pupils", N_("Pupils"), N_("Prepare"), "student", Permission.READ_PUPILS, _pupils),
    Room("needs", N_("Needs"), N_("Prepare"), "checks", Permission.ASK, _needs),
    Room("schools", N_("Schools"), N_("Prepare"), "buildings", Permission.ASK, _schools),
    Room("allocation", N_("Allocation"), N_("Prepare"), "scales", Permission.CAMPAIGN, _allocation),
    Room("agreements", N_("Agreements"), N_("Prepare"), "pen-nib", Permission.PRINT_AGREEMENTS, _agreements),
    Room("labels", N_("Labels"), N_("Prepare"), "tag", Permission.STOCK, _labels),
    Room("campaigns", N_("Campaigns"), N_("Follow up"), "flag", Permission.CAMPAIGN, _campaigns),
    Room("devices", N_("Devices"), N_("Follow up"), "device-tablet", Permission.STOCK, _devices),
    Room("mdm", N_("MDM"), N_("Follow up"), "cloud-check", Permission.STOCK, _mdm),
)
