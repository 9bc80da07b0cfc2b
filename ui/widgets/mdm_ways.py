"""What each MDM asks to be reached by, in plain words, and where an administrator finds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tablet_loans.domain.enrolment import Provider
from tablet_loans.text import N_


@dataclass(frozen=True, slots=True)
class Asked:
    """A field: what it is called, and where it is found."""

    title: str
    where: str


@dataclass(frozen=True, slots=True)
class Way:
    """The fields of a provider; the key is typed on one line, or is a file (`is_key_file`)."""

    key: Asked | None
    address: Asked | None = None
    account: Asked | None = None
    tenant: Asked | None = None
    is_key_file: bool = False


WAYS: Final[Mapping[Provider, Way]] = {
    Provider.JAMF_SCHOOL: Way(
        Asked(N_("API key"), N_("Jamf School: Organisation, Settings, API")),
        Asked(N_("Address"), N_("https://your-school.jamfcloud.com/api")),
        Asked(N_("Network ID"), N_("Jamf School: Devices, Enrol devices")),
    ),
    Provider.INTUNE: Way(
        Asked(N_("Client secret"), N_("Entra: App registrations, Certificates & secrets; its value, not its ID")),
        account=Asked(N_("Application (client) ID"), N_("Entra: App registrations, Overview")),
        tenant=Asked(N_("Directory (tenant) ID"), N_("Entra: App registrations, Overview")),
    ),
    Provider.ANDROID: Way(
        Asked(N_("Service account’s key"), N_("Google Cloud: Service accounts, Keys; a JSON file")),
        account=Asked(N_("Enterprise ID"), N_("begins with LC; the MDM’s console tells it")),
        is_key_file=True,
    ),
    Provider.HEADWIND: Way(
        Asked(N_("Password"), N_("of that account")),
        Asked(N_("Address"), N_("https://mdm.your-city.fr")),
        Asked(N_("Login"), N_("Headwind: Settings, Users; an account of its own for this program")),
    ),
    Provider.JAMF_PRO: Way(
        Asked(N_("Client secret"), N_("Jamf Pro: Settings, API roles and clients")),
        Asked(N_("Address"), N_("https://your-school.jamfcloud.com")),
        Asked(N_("Client ID"), N_("Jamf Pro: Settings, API roles and clients")),
    ),
    Provider.MERAKI: Way(
        Asked(N_("API key"), N_("Meraki: My profile, API access")),
        account=Asked(N_("Network ID"), N_("begins with N_ or L_; Meraki: Help, Get help")),
    ),
    Provider.APPLE: Way(
        Asked(N_("Private key"), N_("Apple School Manager: Preferences, API; a .pem file")),
        account=Asked(N_("Client ID"), N_("begins with SCHOOLAPI or BUSINESSAPI; beside the key")),
        tenant=Asked(N_("Key ID"), N_("beside the key")),
        is_key_file=True,
    ),
    Provider.FILE: Way(
        None, Asked(N_("File"), N_("CSV, XLSX or ODS, exported from the MDM’s console; read again at each sync"))
    ),
}
