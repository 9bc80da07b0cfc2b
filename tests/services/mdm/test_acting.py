"""What an MDM was asked stands in its next listing, with each vendor's server: they live."""

import httpx
import pytest

from tablet_loans.domain.enrolment import ExternalRecord, MdmAct, Order, Provider, TaskState
from tablet_loans.domain.mdm_outcome import Standing, is_shown
from tests.mdm_servers.base import SWITCHED_ON
from tests.mdm_servers.street import SERVERS
from tests.services.mdm.connected import PROVIDERS, Link, linked

SHOWN = frozenset({MdmAct.WIPE, MdmAct.UNENROL, MdmAct.LOST_MODE_ON, MdmAct.LOST_MODE_OFF, MdmAct.REMOVE_OWNER})
UNTOLD = frozenset({(Provider.INTUNE, MdmAct.LOST_MODE_OFF)})  # Graph v1.0 tells of no lost mode


def standing(link: Link, external_id: str) -> Standing:
    """Return what is told of a device now."""
    found: dict[str, ExternalRecord] = {record.external_id: record for record in link.records()}
    record = found.get(external_id)
    if record is None:
        return Standing(is_gone=True, is_enrolled=False, is_lost=None, owner="")
    return Standing(is_gone=False, is_enrolled=record.is_enrolled, is_lost=record.is_lost, owner=record.owner)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_asked_of_a_tablet_is_told_of_it_from_then_on(provider: Provider) -> None:
    with linked(provider, server=SERVERS[provider](3)) as link:
        tablet, fleet = link.records()[1], link.server.tablets  # it has an owner, and is enrolled
        for act in sorted(tablet.acts & SHOWN):
            if (provider, act) in UNTOLD:
                continue
            link.server.tablets = fleet
            link.server.change(1, is_lost=act is MdmAct.LOST_MODE_OFF)
            assert not is_shown(act, standing(link, tablet.external_id))
            told = link.mdm.ask(Order(act, tablet.external_id, message="Rendez-moi"))
            assert told.state in (TaskState.ACCEPTED, TaskState.DONE)
            assert is_shown(act, standing(link, tablet.external_id))


@pytest.mark.parametrize("provider", [each for each in PROVIDERS if each is not Provider.APPLE])
def test_a_tablet_that_is_switched_on_is_told_of(provider: Provider) -> None:
    with linked(provider, server=SERVERS[provider](0)) as link:
        assert link.records() == []
        httpx.post(f"{link.server.address}{SWITCHED_ON}DMPX12345ABC")
        (tablet,) = link.records()
        assert (tablet.serial, tablet.is_enrolled) == ("DMPX12345ABC", True)
