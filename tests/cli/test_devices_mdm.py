"""Devices listed by where they stand in the MDMs, from the command line, on both engines."""

import json

import pytest

from tablet_loans.__main__ import main
from tablet_loans.services import enrolling
from tests.builders import World
from tests.services.enrolled import Console, connected, serial_of, told


def test_devices_are_listed_by_where_they_stand(world: World, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    enrolled, other = world.device(), world.device()
    record = told(serial_of(world, enrolled), seen=None)
    enrolling.sync(world.session, connected(world.session), Console([record]))

    def listed(*words: str) -> list[tuple[str, str]]:
        assert main(["--lang", "en", "--json", "--database", url, "devices", "list", *words]) == 0
        return [(row["tag"], row["enrolment"]) for row in json.loads(capsys.readouterr().out)["rows"]]

    assert listed() == [(enrolled, "enrolled"), (other, "never_seen")]
    assert listed("--mdm", "missing") == [(other, "never_seen")]
    assert listed("--mdm", "silent") == []
