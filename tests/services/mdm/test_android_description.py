"""Every request to Android Management, held against Google's own description of the API."""

import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

import pytest

from tablet_loans.domain.enrolment import MdmAct, Order, Provider
from tests.mdm_servers.android import ENTERPRISE
from tests.mdm_servers.base import Asked
from tests.services.mdm.connected import linked

_FILE = files("googleapiclient") / "discovery_cache/documents/androidmanagement.v1.json"
_DEVICE = f"enterprises/{ENTERPRISE}/devices/amapi000001"


@pytest.fixture(scope="module")
def described() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return found


def _methods(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from _methods(inner)


def _faults(asked: Asked, described: Mapping[str, Any]) -> list[str]:
    """Return what a request has that its description has not."""
    path = unquote(asked.path).removeprefix("/")
    for method in _methods(described):
        form = re.sub(r"\\\{[^}]+\\\}", "[^/:]+", re.escape(method["flatPath"]))
        if method["httpMethod"] == asked.method and re.fullmatch(form, path):
            taken = {name for name, told in method["parameters"].items() if told["location"] == "query"}
            faults = [f"parameter {name}" for name in asked.query if name not in taken]
            if asked.body:
                faults += _body_faults(asked.json(), method["request"]["$ref"], described, "body")
            return faults
    return [f"no such method: {asked.method} {path}"]


def _body_faults(said: object, name: str, described: Mapping[str, Any], place: str) -> list[str]:
    if not isinstance(said, dict):
        return [f"{place} is no object"]
    known = described["schemas"][name].get("properties", {})
    faults: list[str] = []
    for field, value in said.items():
        told = known.get(field)
        if told is None:
            faults.append(f"{place}.{field}")
        elif "$ref" in told:
            faults += _body_faults(value, told["$ref"], described, f"{place}.{field}")
        elif told["type"] != "string" or not isinstance(value, str) or value not in told.get("enum", [value]):
            faults.append(f"{place}.{field} = {value!r}")
    return faults


def test_every_request_is_one_that_google_describes(described: Mapping[str, Any]) -> None:
    with linked(Provider.ANDROID, devices=25) as link:
        link.mdm.check()
        link.pages()
        for act in link.mdm.acts:
            order = Order(act, _DEVICE, message="Rapportez-la", phone="04 00 00 00 00")
            link.mdm.outcome(order, link.mdm.ask(order).reference)
        asked = [each for each in link.server.requests if each.path != "/token"]
    assert len(asked) >= 1 + 3 + 2 * len(link.mdm.acts)
    assert [fault for each in asked for fault in _faults(each, described)] == []


def test_a_request_that_google_does_not_describe_is_seen(described: Mapping[str, Any]) -> None:
    path, body = f"/v1/{_DEVICE}:issueCommand", b'{"type": "EXPLODE", "lostMessage": 1}'
    assert len(_faults(Asked("POST", path, {"size": ["1"]}, "", {}, body), described)) == 3
    assert _faults(Asked("PUT", path, {}, "", {}, b""), described)


def test_the_states_that_are_told_are_those_of_the_description(described: Mapping[str, Any]) -> None:
    states = set(described["schemas"]["Device"]["properties"]["appliedState"]["enum"])
    assert {"PROVISIONING", "LOST", "DELETED", "ACTIVE"} <= states
    assert MdmAct.WIPE.upper() in described["schemas"]["Command"]["properties"]["type"]["enum"]
