"""What Jamf Pro is asked beside its commands, and what it tells of them."""

from tablet_loans.domain.enrolment import MdmAct, Order, Provider, TaskState
from tests.mdm_servers.base import Asked, Given, given
from tests.mdm_servers.jamf_pro import JamfProServer
from tests.services.mdm.connected import Link, linked


def server_of(link: Link) -> JamfProServer:
    assert isinstance(link.server, JamfProServer)
    return link.server


def test_name_tag_and_owner_are_written_at_once_and_nothing_of_the_last_owner_stays() -> None:
    with linked(Provider.JAMF_PRO, devices=3) as link:
        told = link.mdm.ask(Order(MdmAct.NAME, "2", name="TAB-7", asset_tag="TAB-7", owner="TLP2"))
        written = link.server.requests[-1]
        record = link.records()[1]
    assert told.state is TaskState.DONE
    assert (written.method, written.path) == ("PATCH", "/api/v2/mobile-devices/2")
    assert written.json() == {
        "name": "TAB-7",
        "assetTag": "TAB-7",
        "location": {"realName": "TLP2", "username": "", "emailAddress": "", "phoneNumber": "", "position": ""},
    }
    assert (record.name, record.asset_tag, record.owner) == ("TAB-7", "TAB-7", "TLP2")


def test_a_command_is_accepted_until_the_tablet_reports() -> None:
    with linked(Provider.JAMF_PRO, devices=3) as link:
        for act in (MdmAct.LOCK, MdmAct.UNENROL):
            order = Order(act, "2")
            told = link.mdm.ask(order)
            assert told.reference
            assert link.mdm.outcome(order, told.reference) == told
            server_of(link).report()
            assert link.mdm.outcome(order, told.reference).state is TaskState.DONE
        server_of(link).states[told.reference] = "ERROR"
        failed = link.mdm.outcome(order, told.reference)
        assert (failed.state, bool(failed.reason)) == (TaskState.FAILED, True)
        server_of(link).states[told.reference] = "NOT_NOW"
        assert link.mdm.outcome(order, told.reference).state is TaskState.ACCEPTED


def test_an_account_that_may_not_see_commands_still_asks_them() -> None:
    class Discreet(JamfProServer):
        """Shows no commands."""

        def answered(self, asked: Asked) -> Given:
            """Refuse to show them."""
            is_shown = asked.method == "GET" and asked.path.endswith("/commands")
            return given({"httpStatus": 403, "errors": []}, 403) if is_shown else super().answered(asked)

    with linked(Provider.JAMF_PRO, server=Discreet(3)) as link:
        order = Order(MdmAct.LOCK, "2")
        told = link.mdm.ask(order)
        assert link.mdm.outcome(order, told.reference).state is TaskState.ACCEPTED


def test_an_unmanaged_tablet_is_offered_no_command_and_takes_none() -> None:
    with linked(Provider.JAMF_PRO, devices=10) as link:
        unmanaged = link.records()[9]
        assert unmanaged.acts == {MdmAct.REMOVE_OWNER}
        assert link.mdm.ask(Order(MdmAct.LOCK, unmanaged.external_id)).state is TaskState.FAILED
        assert link.mdm.ask(Order(MdmAct.UNENROL, "99")).state is TaskState.FAILED
