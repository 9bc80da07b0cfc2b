"""What is under way with the MDMs: they are read apart, asked in the background, and asked again what became of it."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal

from tablet_loans.domain.enrolment import KeyRefused, OddRecord, Secret, TaskState
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.mdm_task import NoDevicesTold
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import NoMdmKey
from tablet_loans.services import commanding, connecting_mdm, minding_mdm
from tablet_loans.services.commanding import Words
from tablet_loans.services.connecting_mdm import MdmForgotten
from tablet_loans.services.minding_mdm import Answers, Difference, Errand
from tablet_loans.services.reporting import Export
from tablet_loans.services.session import Progress, Receipt, Session, Topic
from tablet_loans.services.sync_run import SyncReport
from tablet_loans.text import tr, trn
from ui import words
from ui.apart import Apart
from ui.jobs import Jobs
from ui.message import Message
from ui.theme import Tone
from ui.widgets.mdm_words import report_words, said, sentence_of
from ui.widgets.room_work import RoomWork

_TOUCHED = frozenset({Topic.MDM, Topic.DEVICES})


class MdmWork(RoomWork):
    """One thing at a time; `key_asked` gives the MDM whose key nobody keeps, `settled` that nothing goes on."""

    settled = Signal()
    key_asked = Signal(str)
    reconnect_asked = Signal(str)
    answered = Signal(object)

    def __init__(self, session: Session, jobs: Jobs, parent: QObject) -> None:
        super().__init__(session, jobs, parent)
        self._apart = Apart(session, jobs, self)
        self._is_asking = self._is_polling = self._is_dry_run = self._believes = False
        self._names: list[str] = []
        self._told: list[str] = []
        self._unread: dict[str, TabletLoansError] = {}
        self._odd: list[OddRecord] = []
        self._keys: dict[str, Secret] = {}
        self._waiting: tuple[list[Errand], str, Words] | None = None
        self._answers = Answers()
        self._apart.reported.connect(self.strip.reported)
        self._apart.done.connect(self._on_read)
        self._apart.failed.connect(self._on_unread)
        self._apart.stopped.connect(self._on_stopped)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self._apart.stop)

    def is_busy(self) -> bool:
        return self._apart.is_busy() or self._is_asking

    def unanswered(self) -> int:
        """Return how many MDMs are being asked to act; reading one can be stopped at any time."""
        return int(self._is_asking)

    def sync(self, names: Sequence[str], *, is_dry_run: bool = False, believes_empty: bool = False) -> None:
        """Read these MDMs, one after the other, and say what came of it, or would."""
        if self.is_busy() or not names:
            return
        self._names, self._told, self._unread, self._odd = list(names), [], {}, []
        self._is_dry_run, self._believes = is_dry_run, believes_empty
        self._read_next()

    def ask(self, errands: Sequence[Errand], second: str, said_there: Words) -> None:
        """Ask the MDMs to act; what they answer is said, and followed up."""
        if self.is_busy():
            return
        self._waiting = (list(errands), second, said_there)
        self._is_asking = True
        count = sum(len(errand.tags) for errand in errands)
        begun = trn("Asking for {count} device", "Asking for {count} devices", count)
        self._show(begun.format(count=words.number(count)), can_stop=False)
        keys, self._keys = self._keys, {}
        call = partial(
            minding_mdm.ask_all, self._session, errands, keys, second=second, words=said_there,
            progress=Progress(self.strip.reported.emit),
        )  # fmt: skip
        self._in_background(call, self._on_answered, self._on_not_asked)

    def poll(self) -> None:
        """Ask what became of what was accepted, without a word; where nobody keeps the key, it waits."""
        if self._is_polling or self.is_busy():
            return
        self._is_polling = True
        call = partial(minding_mdm.poll_all, self._session)
        self._in_background(call, self._on_polled, self._on_not_polled)

    def give_key(self, name: str, key: str) -> None:
        """Go on with the key that was typed; it is used once, and kept nowhere."""
        self._keys = {name: Secret(key)}
        if self._waiting is not None:
            errands, second, said_there = self._waiting
            self.ask(errands, second, said_there)
        elif self._names:
            self._read_next()

    def give_no_key(self) -> None:
        """Leave what waits for a key."""
        self._waiting, self._names, self._keys = None, [], {}
        self._tell_answers()
        self._tell_read()

    def disconnect_mdm(self, name: str) -> None:
        """Forget an MDM, its key and what it told."""
        self._is_asking = True
        self._show(tr("Forgetting {mdm}").format(mdm=name), can_stop=False)
        call = partial(connecting_mdm.disconnect, self._session, name)
        self._in_background(call, partial(self._on_forgotten, name), self._on_not_asked)

    def write_wipe_list(self, out: Path, tags: Sequence[str]) -> None:
        """Write the tablets to be wiped in the MDM's own console."""
        call = partial(commanding.wipe_list, self._session, out, tuple(tags))
        self._in_background(call, self._on_listed, self._on_unwritten)

    def export(self, rows: Sequence[Difference], out: Path) -> None:
        """Write differences, as they are listed, into a file."""
        call = partial(minding_mdm.export, self._session, list(rows), out)
        self._in_background(call, self._on_exported, self._on_unwritten)

    def _read_next(self) -> None:
        name = self._names[0]
        begun = tr("Comparing with {mdm}, nothing is written") if self._is_dry_run else tr("Reading {mdm}")
        keys, self._keys = self._keys, {}
        self._apart.begin(
            partial(
                minding_mdm.sync, name=name, key=keys.get(name), is_dry_run=self._is_dry_run,
                believes_empty=self._believes,
            )
        )  # fmt: skip
        self._show(begun.format(mdm=name))

    def _end(self) -> None:
        self._is_asking = False
        super()._end()
        self.settled.emit()

    def _stop(self) -> None:
        self._apart.stop()

    def _on_read(self, receipt: Receipt[SyncReport]) -> None:
        report = receipt.value
        self._told.append(report_words(report, is_dry_run=self._is_dry_run))
        self._odd += report.odd
        self._go_on()

    def _on_unread(self, error: TabletLoansError) -> None:
        """Ask for the key that nobody keeps; else go on with the other MDMs, and say at the end why not with this."""
        if isinstance(error, NoMdmKey):
            self.strip.end()
            self.key_asked.emit(str(error.facts["mdm"]))
            return
        self._unread[self._names[0]] = error
        self._go_on()

    def _go_on(self) -> None:
        self._names = self._names[1:]
        if self._names:
            self._read_next()
            return
        self._end()
        self._jobs.changed.emit(_TOUCHED)  # an MDM that told nothing new was read all the same
        self._tell_read()

    def _tell_read(self) -> None:
        """Say what was read, why the rest was not, and offer what can be done about it."""
        unread = list(self._unread)
        said_all = [*self._told, *(_unread_words(name, error) for name, error in self._unread.items())]
        if not said_all:
            return
        again, does, tone = self._next_step(unread)
        self.banner.tell("\n".join(said_all), again, does, tone)

    def _next_step(self, unread: Sequence[str]) -> tuple[Callable[[], object] | None, str, Tone]:
        kinds = {type(error) for error in self._unread.values()}
        again = partial(self.sync, unread, is_dry_run=self._is_dry_run)
        if not unread:
            return (self.show_odd, tr("See the lines"), Tone.ACCENT) if self._odd else (None, "", Tone.ACCENT)
        if kinds == {NoDevicesTold}:
            return partial(again, believes_empty=True), tr("It is so: believe it"), Tone.WARN
        if kinds == {KeyRefused} and len(unread) == 1 and self._session.actor.may(Permission.ADMINISTER):
            return partial(self.reconnect_asked.emit, unread[0]), tr("Connect it anew…"), Tone.BAD
        return again, tr("Try again"), Tone.BAD

    def show_odd(self) -> None:
        """List the records that could not be read."""
        lines = "\n".join(f"{each.place}\t{tr(each.reason)}" for each in self._odd)
        counted = trn("{count} line not understood", "{count} lines not understood", len(self._odd))
        title = counted.format(count=words.number(len(self._odd)))
        sentence = tr("The other devices were read. Look at these in the MDM’s own console.")
        above = self.strip.window()
        Message(title, sentence, lines, parent=above).open()

    def _on_stopped(self) -> None:
        self._end()
        self._jobs.changed.emit(_TOUCHED)
        kept = tr("Stopped. What was read is kept, and the next time goes on from there.")
        self.banner.tell(tr("Stopped. Nothing was written.") if self._is_dry_run else kept)

    def _on_answered(self, answers: Answers) -> None:
        """Say what the MDMs answered; an MDM whose key nobody keeps is asked once it is typed."""
        lacking = [errand for errand, error in answers.troubles if isinstance(error, NoMdmKey)]
        others = tuple(each for each in answers.troubles if not isinstance(each[1], NoMdmKey))
        self._answers = Answers(self._answers.tasks + answers.tasks, self._answers.troubles + others)
        if lacking and self._waiting is not None:
            self._waiting = (lacking, *self._waiting[1:])
            self._is_asking = False
            self.strip.end()
            self.key_asked.emit(lacking[0].mdm)
            return
        self._tell_answers()

    def _tell_answers(self) -> None:
        """Say what all the MDMs answered, whose key was there or was typed."""
        answers, self._answers, self._waiting = self._answers, Answers(), None
        self._end()
        sentence = "\n".join([_answer_words(answers), *(said(error) for _, error in answers.troubles)]).strip()
        has_failed = bool(answers.troubles) or any(task.state is TaskState.FAILED for task in answers.tasks)
        if sentence:
            tone = Tone.BAD if has_failed else Tone.ACCENT
            self.banner.tell(sentence, partial(self.answered.emit, answers), tr("See each"), tone)

    def _on_not_asked(self, error: TabletLoansError) -> None:
        self._waiting, self._answers = None, Answers()
        self._end()
        self._on_unwritten(error)

    def _on_unwritten(self, error: TabletLoansError) -> None:
        self.banner.tell(said(error), tone=Tone.BAD)

    def _on_polled(self, answers: Answers) -> None:
        self._is_polling = False
        if answers.tasks:
            self.banner.tell(_answer_words(answers), partial(self.answered.emit, answers), tr("See each"))

    def _on_not_polled(self, _error: TabletLoansError) -> None:
        self._is_polling = False

    def _on_forgotten(self, name: str, receipt: Receipt[MdmForgotten]) -> None:
        self._end()
        if receipt.value.is_key_kept:
            self.banner.tell(tr("The keyring did not open: take the key out of it yourself."), tone=Tone.WARN)
        else:
            self.banner.tell(tr("{mdm} is disconnected, and its key forgotten.").format(mdm=name))

    def _on_listed(self, export: Export) -> None:
        written = trn("{count} device written to {file}", "{count} devices written to {file}", export.rows)
        self.banner.tell(written.format(count=words.number(export.rows), file=export.file))

    def _on_exported(self, export: Export) -> None:
        written = trn("{count} difference written to {file}", "{count} differences written to {file}", export.rows)
        self.banner.tell(written.format(count=words.number(export.rows), file=export.file))


def _unread_words(mdm: str, error: TabletLoansError) -> str:
    """Return why this MDM was not read; the error itself may know its vendor alone."""
    told = sentence_of(error) + " " + tr("Look there first.") if isinstance(error, NoDevicesTold) else said(error)
    return told if mdm in told else tr("{mdm}: {told}").format(mdm=mdm, told=told)


def _answer_words(answers: Answers) -> str:
    """Return how many tasks stand how, in one line."""
    counts = Counter(task.state for task in answers.tasks)
    done, accepted, failed = (counts[each] for each in (TaskState.DONE, TaskState.ACCEPTED, TaskState.FAILED))
    later = trn("{count} accepted: done when it next reports", "{count} accepted: done when they next report", accepted)
    parts = (
        (done, trn("{count} done", "{count} done", done)),
        (accepted, later),
        (failed, trn("{count} failed", "{count} failed", failed)),
    )
    return " · ".join(each.format(count=words.number(count)) for count, each in parts if count)
