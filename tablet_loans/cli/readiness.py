"""campaign readiness, campaign drill."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tablet_loans.cli.answer import Answer, Told, lines
from tablet_loans.cli.context import Context, at_least_one, command
from tablet_loans.cli.labels import label, word
from tablet_loans.cli.lines import decimal, fitting
from tablet_loans.domain.drill import DAYS, PACE_S, STEP_WORDS, Drill, StepDone
from tablet_loans.domain.readiness import Readiness, action_of, sentence_of
from tablet_loans.text import N_, grouped, tr, trn


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
        found = readying.readiness(session, context.options.name, is_thorough=context.options.thorough)
    return _ready(found) if context.options.as_json else Told({}, fitting(_read(found)))


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
    return _drilled(done) if options.as_json else Told({}, fitting(_read_drill(done)))


def _read(found: Readiness) -> Iterator[str]:
    """Yield what a person reads: whether the campaign can lend, and beneath each thing to see to what mends it."""
    yield from lines({"ready": found.is_ready})
    for line in found.lines:
        kind = tr(N_("Blocks")) if line.is_blocking else tr(N_("To see to"))
        yield tr(N_("{label}: {value}")).format(label=kind, value=sentence_of(line))
        room = tr(N_("in the window: {room}")).format(room=word("room", line.room)) if line.room else ""
        yield "    " + " · ".join(part for part in (action_of(line), room) if part)
        yield f"    tablet-loans {line.command}"


def _read_drill(done: Drill) -> Iterator[str]:
    """Yield what a person reads of a drill: its figures, each step, what the day needs, and what is to be seen to."""
    said = _drilled(done)
    figures = ("campaign", "at", "well", "schools", "pupils", "devices", "eligible", "promised")
    yield from lines({key: said[key] for key in figures})
    yield tr(N_("{label}:")).format(label=label("steps"))
    for step in done.steps:
        yield from _read_step(step)
    yield from lines({"day": {"pace_s": done.pace_s, "station_hours": round(done.station_hours, 1)}})
    for days in DAYS if done.promised else ():
        within = trn("in {days} day: {stations}", "in {days} days: {stations}", days)
        count = done.stations_within(days)
        stations = trn("{count} station", "{count} stations", count).format(count=grouped(count))
        yield "  " + within.format(days=days, stations=stations)
    yield tr(N_("{label}:")).format(label=label("readiness"))
    yield from (f"  {line}" for line in _read(done.readiness))
    yield from lines({"pages": done.pages or None, "file": done.file})


def _read_step(step: StepDone) -> Iterator[str]:
    count = grouped(step.count)
    if step.count != step.total:
        count = tr(N_("{count} of {total}")).format(count=count, total=grouped(step.total))
    said = [count, tr(N_("{seconds} s")).format(seconds=decimal(step.seconds))]
    if step.count < step.total and step.count:
        said.append(tr(N_("{seconds} s for all")).format(seconds=decimal(step.seconds_for_all)))
    yield "  " + tr(N_("{label}: {value}")).format(label=tr(STEP_WORDS[step.step]), value=" · ".join(said))
    for wrong in step.wrong:
        yield f"    {grouped(wrong.count)} × {wrong.example}"


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
