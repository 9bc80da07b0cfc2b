"""A technician changes many tablets at once: what, and first what would come of it."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCompleter,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tablet_loans.domain.device import EVENT_WORDS, STAFF_EVENTS, DeviceChange, DeviceEvent, Happened, Moved, Place
from tablet_loans.domain.device import Remodelled as OtherModel
from tablet_loans.domain.errors import TabletLoansError
from tablet_loans.domain.mdm_rule import OwnersLeft
from tablet_loans.domain.school import SchoolRow
from tablet_loans.services import changing, stocking
from tablet_loans.services.changing import EXAMPLES, Chosen, Obstacle, Preview
from tablet_loans.services.session import Progress, Session
from tablet_loans.services.stocking import Choices
from tablet_loans.text import tr, trn
from ui import words
from ui.jobs import Jobs, Lane
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.chip import Chip
from ui.widgets.choice import Choice
from ui.widgets.picker import Option, Picker
from ui.widgets.work import Work


class ChangeDevices(QDialog):
    """Which change, its preview, and one button that says how many; `asked` gives the ids and the change."""

    asked = Signal(object, object)

    def __init__(self, session: Session, jobs: Jobs, chosen: Chosen, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._chosen = session, jobs, chosen
        self._asked = 0
        self._preview: Preview | None = None
        self._school: Option | None = None
        self._picker: Picker | None = None
        self._choices = Choices((), ())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._build()
        self._connect()
        jobs.run(partial(stocking.choices, session), done=self._on_choices, failed=self.banner.say, lane=Lane.READING)
        self._on_changed()

    def wanted(self) -> DeviceChange | None:
        """Return the change that is asked for, None while something is missing."""
        match self._kinds.checkedId():
            case 0:
                return Happened(DeviceEvent(self.event_.currentData()))
            case 1 if self.place.currentData() == Place.DEPOT:
                return Moved(Place.DEPOT, depot=self.depot.text().strip())
            case 1:
                return Moved(Place.SCHOOL, school=self._school.value) if self._school else None
        model = next((each for each in self._choices.models if each.id == self.model.currentData()), None)
        return OtherModel(model.id, model.kind, model.maker, model.name) if model else None

    def done(self, answer: int) -> None:
        self._asked += 1
        super().done(answer)

    def _build(self) -> None:
        count = self._chosen.count
        title = trn("Change {count} device", "Change {count} devices", count).format(count=words.number(count))
        self.setWindowTitle(title)
        self.setMinimumWidth(600)
        head = QLabel(title)
        head.setObjectName("title")
        self.banner, self.strip = Banner(), Work()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(14)
        layout.addWidget(head)
        layout.addLayout(self._segments())
        layout.addWidget(self._editors())
        layout.addWidget(self.banner)
        layout.addWidget(self.strip)
        layout.addWidget(self._told())
        layout.addStretch(1)
        layout.addLayout(self._buttons())

    def _segments(self) -> QHBoxLayout:
        self._kinds = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(8)
        for place, title in enumerate((tr("State"), tr("Place"), tr("Model"))):
            button = QPushButton(title)
            button.setObjectName("segment")
            button.setCheckable(True)
            button.setChecked(place == 0)
            button.setAutoDefault(False)
            self._kinds.addButton(button, place)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _editors(self) -> QWidget:
        self.event_, self.place, self.model = Choice(), Choice(), Choice()
        for event in STAFF_EVENTS:
            self.event_.addItem(tr(EVENT_WORDS[event]), event.value)
        self.place.addItem(tr("In a depot"), Place.DEPOT.value)
        self.place.addItem(tr("In a school"), Place.SCHOOL.value)
        self.depot, self.school = QLineEdit(), QPushButton(tr("Choose the school…"))
        self.depot.setMaxLength(80)
        self.depot.setPlaceholderText(tr("Name of the depot"))
        self.school.setAutoDefault(False)
        self.school.hide()
        self.event_.setAccessibleName(tr("What happened"))
        self.place.setAccessibleName(tr("Where they are"))
        self.model.setAccessibleName(tr("Right model"))
        self.depot.setAccessibleName(tr("Name of the depot"))
        self._pages = QStackedWidget()
        for widgets in ((self.event_,), (self.place, self.depot, self.school), (self.model,)):
            page = QWidget()
            row = QHBoxLayout(page)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)
            for widget in widgets:
                row.addWidget(widget, 1)
            self._pages.addWidget(page)
        self._pages.setFixedHeight(40)
        return self._pages

    def _told(self) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        self.big = QLabel()
        self.big.setObjectName("cardTitle")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(8)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(self.big)
        layout.addLayout(self._lines)
        return card

    def _buttons(self) -> QHBoxLayout:
        cancel, self.go = QPushButton(tr("Cancel")), QPushButton()
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.go.setObjectName("primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._on_go)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.go)
        return row

    def _connect(self) -> None:
        self._kinds.idClicked.connect(self._on_kind)
        for choice in (self.event_, self.place, self.model):
            choice.currentIndexChanged.connect(lambda _place: self._on_changed())
        self.place.currentIndexChanged.connect(lambda _place: self._on_place())
        self.depot.editingFinished.connect(self._on_changed)
        self.school.clicked.connect(self._on_school)

    def _on_kind(self, place: int) -> None:
        self._pages.setCurrentIndex(place)
        self._on_changed()

    def _on_place(self) -> None:
        is_depot = self.place.currentData() == Place.DEPOT
        self.depot.setVisible(is_depot)
        self.school.setVisible(not is_depot)

    def _on_choices(self, choices: Choices) -> None:
        self._choices = choices
        for model in choices.models:
            self.model.addItem(f"{model.maker} {model.name}".strip(), model.id)
        completer = QCompleter(QStringListModel(list(choices.depots), self), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.depot.setCompleter(completer)

    def _on_school(self) -> None:
        self._picker = Picker(tr("School"), self)
        self._picker.destroyed.connect(self._on_picker_gone)
        self._picker.typed.connect(self._on_school_typed)
        self._picker.picked.connect(self._on_school_picked)
        self._picker.ask_under(self.school)
        self._on_school_typed("")

    def _on_picker_gone(self) -> None:
        self._picker = None

    def _on_school_typed(self, text: str) -> None:
        call = partial(stocking.schools_like, self._session, text)
        self._jobs.run(call, done=self._on_schools, failed=self.banner.say, lane=Lane.READING)

    def _on_schools(self, schools: Sequence[SchoolRow]) -> None:
        if self._picker is not None:
            options = [Option(f"{each.name} · {each.commune}", each.uai) for each in schools]
            self._picker.offer(options, is_narrowed=True)

    def _on_school_picked(self, option: Option) -> None:
        self._school = option
        self.school.setText(option.words)
        self._on_changed()

    def _on_changed(self) -> None:
        """Look again at what would come of it; what was being looked at before stops."""
        self._asked = asked = self._asked + 1
        self._preview = None
        self._show()
        if (wanted := self.wanted()) is None:
            return
        self.strip.begin(tr("Looking at the devices"), can_stop=False)
        progress = Progress(self.strip.reported.emit, lambda: asked != self._asked)
        self._jobs.run(
            partial(changing.previewed, self._session, self._chosen, wanted, progress),
            done=partial(self._on_previewed, asked),
            refused=self._on_failed,
            failed=self._on_failed,
            lane=Lane.BACKGROUND,
        )

    def _on_previewed(self, asked: int, preview: Preview) -> None:
        if asked == self._asked:
            self._preview = preview
            self._show()
            QTimer.singleShot(0, self, self._grow)  # once the lines have their face

    def _grow(self) -> None:
        """Cut no line of the preview."""
        self.resize(self.width(), max(self.height(), self.heightForWidth(self.width())))

    def _on_failed(self, error: TabletLoansError) -> None:
        self.strip.end()
        self.banner.say(error, self._on_changed)

    def _show(self) -> None:
        """Tell the preview: how many change, how many are so already, how many cannot and why."""
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        preview = self._preview
        count = len(preview.ids) if preview else 0
        self.strip.end()
        self.go.setEnabled(count > 0)
        label = trn("Change {count} device", "Change {count} devices", count)
        self.go.setText(label.format(count=words.number(count)) if count else tr("Change"))
        if preview is None:
            self.big.setText(tr("Choose what changes."))
            return
        said = trn("{count} device will change", "{count} devices will change", count)
        self.big.setText(said.format(count=words.number(count)) if count else tr("No device would change"))
        if preview.unchanged:
            already = trn("{count} is so already", "{count} are so already", preview.unchanged)
            self._lines.addWidget(_line(already.format(count=words.number(preview.unchanged)), "", Tone.PLAIN))
        for obstacle in preview.obstacles:
            cannot = trn("{count} cannot", "{count} cannot", obstacle.count)
            self._lines.addWidget(_line(cannot.format(count=words.number(obstacle.count)), _why(obstacle), Tone.WARN))
        if kept := preview.unreleased:
            said = trn("{count} not released", "{count} not released", len(kept)).format(count=words.number(len(kept)))
            self._lines.addWidget(_line(said, f"{tr(OwnersLeft.way_out)}\n{_some(kept, len(kept))}", Tone.WARN))

    def _on_go(self) -> None:
        wanted = self.wanted()
        if self._preview is not None and self._preview.ids and wanted is not None:
            self.asked.emit(list(self._preview.ids), wanted)
            self.accept()


def _why(obstacle: Obstacle) -> str:
    return f"{obstacle.refusal.spoken()}\n{_some(obstacle.examples, obstacle.count)}"


def _some(tags: Sequence[str], count: int) -> str:
    return ", ".join(tags[:EXAMPLES]) + ("…" if count > EXAMPLES else "")


def _line(count: str, why: str, tone: Tone) -> QWidget:
    line, words_ = QWidget(), QLabel(why)
    chip = Chip(line)  # without a parent it would open for a moment as a window of its own
    chip.say(count, tone)
    words_.setTextFormat(Qt.TextFormat.PlainText)
    words_.setWordWrap(True)
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    row.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(words_, 1)
    return line
