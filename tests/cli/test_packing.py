"""Waiting lists, offers, picking lists and cartons from the command line, on both engines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tablet_loans.__main__ import main
from tests.builders import CAMPAIGN, World
from tests.services.documents import codes_on, pages_of
from tests.services.promised import applied, in_need

Run = Callable[..., tuple[int, Any]]
IRIS, FAR = "0690142E", "2099-07-03"


@pytest.fixture
def tags(world: World) -> list[str]:
    """Promise two tablets to three pupils of a school; return their tags, and that of a third one to prepare."""
    school = world.school(IRIS)
    for number in range(3):
        in_need(world, f"Kaya{number}", school_id=school, is_cellular=True)
    made: list[str] = [world.device(), world.device()]
    applied(world)
    return [*made, world.device(state="to_prepare")]


@pytest.fixture
def run(world: World, tags: list[str], url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the world's base and return its exit code and its JSON."""
    del tags
    world.base.close()

    def call(*words: object) -> tuple[int, Any]:
        code = main(["--lang", "en", "--json", "--database", url, *map(str, words)])
        return code, json.loads(capsys.readouterr().out)

    return call


def test_a_tablet_made_ready_names_who_waits_and_is_promised(run: Run, tags: list[str]) -> None:
    code, waiting = run("waiting", "list", CAMPAIGN, "--school", IRIS)
    assert (code, [row["rank"] for row in waiting["rows"]]) == (0, [3])
    assert set(waiting["rows"][0]) == {"rank", "pupil", "name", "class", "school", "cellular"}
    assert run("waiting", "offers", CAMPAIGN) == (0, {"offers": [], "promised": 0})
    code, prepared = run("prepare", tags[2])
    (offer,) = prepared["offers"]
    assert (code, offer["device"], offer["rank"], offer["school"]) == (0, tags[2], 3, IRIS)
    assert len(run("waiting", "offers", CAMPAIGN)[1]["offers"]) == 1
    code, accepted = run("waiting", "offers", CAMPAIGN, "--accept")
    assert (code, accepted["promised"]) == (0, 1)
    assert run("waiting", "list", CAMPAIGN)[1] == {"rows": []}
    assert run("undo")[1]["action"] == "promised"
    assert len(run("waiting", "list", CAMPAIGN)[1]["rows"]) == 1


def test_a_school_s_carton_is_picked_packed_closed_and_printed(run: Run, tags: list[str], tmp_path: Path) -> None:
    (line,) = run("cartons", "picking", CAMPAIGN, "--school", IRIS)[1]["rows"]
    assert (line["promised"], line["packed"], line["place"]) == (2, 0, "depot")
    code, packed = run("cartons", "pack", CAMPAIGN, "--school", IRIS, *tags[:2])
    assert (code, packed["devices"], packed["count"]) == (0, tags[:2], 2)
    code, refused = run("cartons", "pack", CAMPAIGN, "--school", IRIS, tags[0])
    assert (code, refused["refusal"], refused["facts"]["carton"]) == (1, "AlreadyPacked", packed["carton"])
    assert run("cartons", "unpack", tags[1])[1]["count"] == 1
    assert run("cartons", "close", packed["carton"])[1]["carton"] == packed["carton"]
    (row,) = run("cartons", "list", CAMPAIGN)[1]["rows"]
    assert (row["status"], row["packed"], row["count"], row["devices"]) == ("closed", 1, 1, tags[:1])
    out = tmp_path / "cartons.pdf"
    assert run("cartons", "print", CAMPAIGN, "--out", out)[1] == {"cartons": 1, "pages": 1, "file": str(out)}
    assert [code for code, _ in codes_on(pages_of(out)[0])] == [packed["carton"], tags[0]]
    lists = tmp_path / "picking.pdf"
    assert run("cartons", "picking", CAMPAIGN, "--out", lists)[1] == {"schools": 1, "pages": 1, "file": str(lists)}


def test_a_loan_says_what_it_leaves_and_only_when_there_is_something_to_say(
    run: Run, tags: list[str], world: World
) -> None:
    promised = world.base.execute("SELECT pupil_id FROM reservation ORDER BY id").fetchone()[0]
    world.base.close()
    (waits,) = run("waiting", "list", CAMPAIGN)[1]["rows"]
    assert not {"short", "set_aside"} & run("check-out", tags[0], promised, "--due", FAR)[1].keys()
    assert run("undo")[0] == 0
    assert run("check-out", tags[0], waits["pupil"], "--due", FAR)[1]["short"] == 1
    assert run("undo")[0] == 0
    assert run("plan", "exclude", CAMPAIGN, waits["pupil"], "--note", "Parti en mai")[0] == 0
    lent = run("check-out", tags[0], waits["pupil"], "--due", FAR)[1]
    assert (lent["short"], lent["set_aside"]) == (1, True)


def test_a_device_packed_for_another_school_is_refused_by_its_carton(run: Run, tags: list[str], world: World) -> None:
    pupil = world.pupil("Brun", school_id=world.school(name="Collège Les Tilleuls"))
    world.base.close()
    packed = run("cartons", "pack", CAMPAIGN, "--school", IRIS, tags[0])[1]
    code, refused = run("check-out", tags[0], pupil, "--due", FAR)
    assert (code, refused["refusal"], refused["facts"]["carton"]) == (1, "PackedForAnother", packed["carton"])
    assert run("cartons", "unpack", tags[0])[0] == 0
    assert run("check-out", tags[0], pupil, "--due", FAR)[0] == 0
