"""What each MDM is asked to do with a device, as its vendor documents it."""

import pytest

from tablet_loans.domain.enrolment import MdmAct, MdmAway, Order, Provider, TaskState
from tests.mdm_servers.android import ENTERPRISE, AndroidServer
from tests.mdm_servers.base import Asked, Given, given
from tests.mdm_servers.headwind import HeadwindServer
from tests.mdm_servers.intune import IntuneServer
from tests.mdm_servers.jamf_pro import JamfProServer
from tests.mdm_servers.jamf_school import JamfSchoolServer
from tests.mdm_servers.meraki import MerakiServer
from tests.mdm_servers.traps import Trap
from tests.services.mdm.connected import linked


def test_jamf_school_writes_the_tag_and_takes_the_owner_off_at_once() -> None:
    with linked(Provider.JAMF_SCHOOL) as link:
        named = link.mdm.ask(Order(MdmAct.NAME, "udid-000001", asset_tag="TAB-1"))
        freed = link.mdm.ask(Order(MdmAct.REMOVE_OWNER, "udid-000001"))
        assert isinstance(link.server, JamfSchoolServer)
        assert link.server.details == {"udid-000001": {"assetTag": "TAB-1"}}
        assert link.server.owners == {"udid-000001": {"user": 0}}
    assert (named.state, freed.state) == (TaskState.DONE, TaskState.DONE)


def test_jamf_school_schedules_a_wipe_and_knows_no_other_device() -> None:
    with linked(Provider.JAMF_SCHOOL) as link:
        for act in (MdmAct.WIPE, MdmAct.UNENROL):
            assert link.mdm.ask(Order(act, "udid-000001")).state is TaskState.ACCEPTED
        lost = link.mdm.ask(Order(MdmAct.WIPE, "gone"))
        outside = link.mdm.ask(Order(MdmAct.WIPE, "../../x?y"))
    assert lost.state is outside.state is TaskState.FAILED
    assert lost.reason


def test_intune_tells_the_outcome_of_the_last_order_of_its_kind() -> None:
    with linked(Provider.INTUNE) as link:
        assert isinstance(link.server, IntuneServer)
        order = Order(MdmAct.LOCK, "graph-000001")
        told = link.mdm.ask(order)
        assert told.state is TaskState.ACCEPTED
        assert link.mdm.outcome(order, told.reference).state is TaskState.ACCEPTED
        link.server.results["graph-000001"][0]["actionState"] = "failed"
        assert link.mdm.outcome(order, told.reference).state is TaskState.FAILED
        link.mdm.ask(order)
        link.server.results["graph-000001"][1]["actionState"] = "done"
        assert link.mdm.outcome(order, told.reference).state is TaskState.DONE


def test_a_device_that_intune_forgot_was_wiped() -> None:
    with linked(Provider.INTUNE) as link:
        assert link.mdm.outcome(Order(MdmAct.WIPE, "gone"), "wipe").state is TaskState.DONE
        assert link.mdm.outcome(Order(MdmAct.LOCK, "gone"), "remoteLock").state is TaskState.FAILED


def test_intune_says_which_rights_the_application_lacks() -> None:
    server = IntuneServer(3, rights=["DeviceManagementManagedDevices.Read.All"])
    with linked(Provider.INTUNE, server=server) as link:
        assert link.mdm.check().missing == ("DeviceManagementManagedDevices.PrivilegedOperations.All",)


def test_android_shows_a_message_and_a_telephone_on_a_lost_device() -> None:
    device = f"enterprises/{ENTERPRISE}/devices/amapi000001"
    with linked(Provider.ANDROID) as link:
        order = Order(MdmAct.LOST_MODE_ON, device, message="Rapportez-la", phone="04 00 00 00 00")
        told = link.mdm.ask(order)
        asked = link.server.requests[-1].json()
        assert link.mdm.outcome(order, told.reference).state is TaskState.ACCEPTED
        link.server.operations[told.reference] |= {"done": True, "response": {}}  # type: ignore[attr-defined]
        assert link.mdm.outcome(order, told.reference).state is TaskState.DONE
        assert link.mdm.outcome(order, "enterprises/other/devices/x/operations/1").state is TaskState.ACCEPTED
    assert asked == {
        "type": "START_LOST_MODE",
        "duration": "2592000s",
        "startLostModeParams": {
            "lostMessage": {"defaultMessage": "Rapportez-la"},
            "lostPhoneNumber": {"defaultMessage": "04 00 00 00 00"},
        },
    }


@pytest.mark.parametrize(
    ("command", "error", "state"),
    [
        ({}, {"code": 4}, TaskState.FAILED),
        ({"errorCode": "UNSUPPORTED"}, None, TaskState.FAILED),
        ({"errorCode": "COMMAND_ERROR_CODE_UNSPECIFIED"}, None, TaskState.DONE),
        ({"startLostModeStatus": {"status": "RESET_PASSWORD_RECENTLY"}}, None, TaskState.FAILED),
        ({"startLostModeStatus": {"status": "ALREADY_IN_LOST_MODE"}}, {"code": 9}, TaskState.DONE),
        ({"stopLostModeStatus": {"status": "NOT_IN_LOST_MODE"}, "errorCode": "UNKNOWN"}, None, TaskState.DONE),
    ],
)
def test_what_became_of_an_android_command_stands_in_its_metadata(
    command: dict[str, object], error: dict[str, object] | None, state: TaskState
) -> None:
    with linked(Provider.ANDROID) as link:
        order = Order(MdmAct.LOST_MODE_ON, f"enterprises/{ENTERPRISE}/devices/amapi000001", message="Rapportez-la")
        told = link.mdm.ask(order)
        fate = {"error": error} if error else {"response": {}}
        assert isinstance(link.server, AndroidServer)
        link.server.operations[told.reference] = {"metadata": command, "done": True, **fate}
        assert link.mdm.outcome(order, told.reference).state is state


def test_an_android_device_that_is_gone_was_wiped() -> None:
    device = f"enterprises/{ENTERPRISE}/devices/gone"
    with linked(Provider.ANDROID) as link:
        for act, state in ((MdmAct.WIPE, TaskState.DONE), (MdmAct.LOCK, TaskState.FAILED)):
            assert link.mdm.outcome(Order(act, device), f"{device}/operations/1").state is state


def test_headwind_keeps_the_rest_of_the_device_when_its_description_is_written() -> None:
    with linked(Provider.HEADWIND) as link:
        assert isinstance(link.server, HeadwindServer)
        before = dict(link.server.devices["h00002"])
        told = link.mdm.ask(Order(MdmAct.NAME, "h00002", name="TAB-2", asset_tag="TAB-2"))
        after = link.server.devices["h00002"]
        assert link.mdm.ask(Order(MdmAct.NAME, "h9")).state is TaskState.FAILED
    assert told.state is TaskState.DONE
    assert {name: value for name, value in after.items() if value is not None} == {**before, "description": "TAB-2"}


def test_an_error_inside_a_good_answer_is_an_error() -> None:
    with linked(Provider.HEADWIND, Trap.ERROR_INSIDE) as link, pytest.raises(MdmAway):
        link.pages()


def test_jamf_pro_is_asked_by_the_management_id() -> None:
    with linked(Provider.JAMF_PRO) as link:
        assert isinstance(link.server, JamfProServer)
        told = link.mdm.ask(Order(MdmAct.LOST_MODE_ON, "7", message="Rendez-la", phone="04"))
        assert link.mdm.ask(Order(MdmAct.WIPE, "gone")).state is TaskState.FAILED
        (asked,) = link.server.commands
    assert told.reference == "command-1"
    assert asked == {
        "clientData": [{"managementId": "management-7"}],
        "commandData": {"commandType": "ENABLE_LOST_MODE", "lostModeMessage": "Rendez-la", "lostModePhone": "04"},
    }


def test_a_lost_device_is_offered_the_end_of_it_only() -> None:
    with linked(Provider.JAMF_PRO) as link:
        lost, other, *_rest = link.records()
    assert lost.is_lost
    assert MdmAct.LOST_MODE_OFF in lost.acts
    assert MdmAct.LOST_MODE_ON not in lost.acts
    assert MdmAct.LOST_MODE_OFF not in other.acts


def test_meraki_is_asked_for_one_device_at_a_time() -> None:
    with linked(Provider.MERAKI) as link:
        assert isinstance(link.server, MerakiServer)
        for act in (MdmAct.LOCK, MdmAct.WIPE, MdmAct.UNENROL):
            assert link.mdm.ask(Order(act, "m1")).state is TaskState.ACCEPTED
        assert link.server.commands == [("lock", {"ids": ["m1"]}), ("wipe", {"id": "m1"}), ("m1/unenroll", None)]


def test_meraki_is_told_a_name_that_the_next_list_shows() -> None:
    with linked(Provider.MERAKI) as link:
        assert link.mdm.ask(Order(MdmAct.NAME, "meraki000001", name="TAB-1")).state is TaskState.DONE
        assert link.mdm.ask(Order(MdmAct.NAME, "gone", name="TAB-1")).state is TaskState.FAILED
        assert (link.server.requests[-1].method, link.records()[1].name) == ("PUT", "TAB-1")


def test_meraki_says_within_a_good_answer_that_nobody_heard() -> None:
    with linked(Provider.MERAKI) as link:
        for act in (MdmAct.LOCK, MdmAct.UNENROL):
            assert link.mdm.ask(Order(act, "gone")).state is TaskState.FAILED


def test_an_order_that_may_have_been_heard_is_not_sent_twice() -> None:
    class Failing(JamfSchoolServer):
        """Fails after it heard."""

        def answered(self, asked: Asked) -> Given:
            """Fail."""
            del asked
            return given({}, 500)

    with linked(Provider.JAMF_SCHOOL, server=Failing(3)) as link:
        with pytest.raises(MdmAway):
            link.mdm.ask(Order(MdmAct.WIPE, "udid-000001"))
        assert len(link.server.requests) == 1
