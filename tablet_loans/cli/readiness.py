"""campaign readiness, campaign drill."""

from pathlib import Path
from typing import Any

from tablet_loans.cli.answer import Answer
from tablet_loans.cli.context import Context, at_least_one, command
from tablet_loans.domain.drill import DAYS, PACE_S, Drill
from tablet_loans.domain.readiness import Readiness, action_of, sentence_of
from tablet_loans.text import N_, tr


def register(verbs: Any) -> None:
    """Register the commands."""
    ready = command(verbs, "readiness", _readiness, tr(N_("say what would prevent lending, and what to do about it")))
    ready.add_argument("name")
    thorough = tr(N_("look at the households and read the plan again, too: seconds"))
    ready.add_argument("--thorough", action="store_true", help=thorough)
    drill = command(verbs, "drill", _drill, tr(N_("go through the whole campaign on a copy of the base")))
    drill.add_argument("name")
    drill.add_argument("--out", type=Path, metavar="FILE.pdf", help=tr(N_("print what came of it")))
    pace = tr(N_("seconds a pupil takes at a station"))
    drill.add_argument("--pace", type=at_least_one, default=round(PACE_S), metavar="SECONDS", help=pace)


def _readiness(context: Context) -> Answer:
    from tablet_loans.services import readying

    with context.session() as session:
        return _ready(readying.readiness(session, context.options.name, is_thorough=context.options.thorough))


def _ready(found: Readiness) -> dict[str, object]:
    return {
        "ready": found.is_ready,
        "lines": [
            {
                "code": line.code, "count": line.count, "blocking": line.is_blocking, "sentence": sentence_of(line),
                "action": action_of(line), "command": line.command, "room": line.room,
            }
            for line in found.lines
        ],
    }  # fmt: skip


def _drill(context: Context) -> Answer:
    from tablet_loans.services import drilling

    options = context.options
    with context.session() as session, context.progress(tr(N_("Drill"))) as progress:
        done = drilling.drill(session, options.name, options.out, pace_s=options.pace, progress=progress)
    return _drilled(done)


def _drilled(done: Drill) -> Answer:
    return {
        "campaign": done.campaign,
        "at": done.ran_at,
        "well": done.has_gone_well,
        "schools": done.schools,
        "pupils": done.pupils,
        "devices": done.devices,
        "eligible": done.eligible,
        "promised": done.promised,
        "steps": [
            {
                "step": step.step, "count": step.count, "total": step.total, "seconds": round(step.seconds, 3),
                "seconds_for_all": round(step.seconds_for_all, 3), "an_hour": step.an_hour, "wrong": step.wrong,
            }
            for step in done.steps
        ],
        "day": {
            "pace_s": done.pace_s,
            "station_hours": round(done.station_hours, 1),
            "stations": [{"days": days, "stations": done.stations_within(days)} for days in DAYS],
        },
        "readiness": _ready(done.readiness),
        "pages": done.pages,
        "file": done.file,
    }  # fmt: skip
