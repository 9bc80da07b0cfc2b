"""Whoever sets up a scanner: what it typed, what was understood, and what to change on it."""

from collections.abc import Iterator, Mapping
from typing import Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from tablet_loans.domain import gs1
from tablet_loans.domain.barcode import CodeKind, Fault, readings, symbology
from tablet_loans.text import N_, tr
from ui.scanning import Arrival, ScanFilter, Verdict
from ui.theme import Tone
from ui.widgets.chip import Chip
from ui.widgets.empty import Empty
from ui.widgets.facts import Fact, Facts
from ui.words import number

_KINDS: Final[Mapping[CodeKind, str]] = {
    CodeKind.TAG: N_("Asset tag"),
    CodeKind.SERIAL: N_("Serial number"),
    CodeKind.IMEI: N_("IMEI"),
    CodeKind.GTIN: N_("Model's code (EAN)"),
    CodeKind.LOAN: N_("Loan number"),
    CodeKind.SHEET: N_("Printed agreement"),
    CodeKind.SPARE: N_("Blank agreement"),
    CodeKind.PUPIL: N_("Pupil's card"),
    CodeKind.INE: N_("INE"),
    CodeKind.COMMAND: N_("Command code"),
    CodeKind.ANSWER: N_("Answer of a class form"),
}
_VERDICTS: Final[Mapping[Verdict, tuple[str, Tone]]] = {
    Verdict.SCAN: (N_("Recognised as a scan"), Tone.OK),
    Verdict.DOUBLE: (N_("Read twice: the second is ignored"), Tone.WARN),
    Verdict.TOO_SLOW: (N_("Too slow: taken for typing"), Tone.BAD),
    Verdict.UNENDED: (N_("Without an end: taken for typing"), Tone.BAD),
}
_FAULTS: Final[Mapping[Fault, str]] = {
    Fault.SCANNER_US: N_("The scanner types as on an American keyboard: set it to French (AZERTY)."),
    Fault.SCANNER_FRENCH: N_("The scanner types as on a French keyboard, this computer does not: set both alike."),
}
_CONTROLS: Final[Mapping[str, str]] = {gs1.FNC1: "<FNC1>", " ": "␣"}
_BREAK: Final = "\N{ZERO WIDTH SPACE}"
_MOST_READINGS: Final = 4


class ScannerTest(QDialog):
    """The scanner's test page: a scan changes nothing here; it also hears the runs that were no scan."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Scanner test page"))
        self.setMinimumSize(640, 440)
        self._timed: Arrival | None = None
        self._written = ""
        self._build()
        application = QCoreApplication.instance()
        if application is not None and (scanner := application.findChild(ScanFilter)) is not None:
            scanner.arrived.connect(self.take_arrival)

    def take_scan(self, raw: str) -> None:
        """Show a scan: how it came, if the scanner typed it, and what it means."""
        is_timed = self._timed is not None and self._timed.text == raw
        self._show(self._timed if self._timed is not None and is_timed else Arrival(raw, 0, 0, Verdict.SCAN))

    def take_double(self, raw: str) -> None:
        """Show that the scanner read the same code twice."""
        self.take_scan(raw)

    def take_arrival(self, arrival: Arrival) -> None:
        """Show what came and was no scan; keep the times of a scan until it is given."""
        self._timed = arrival
        if arrival.verdict in (Verdict.TOO_SLOW, Verdict.UNENDED):
            self._show(arrival)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let a slow scanner's Enter press nothing."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(14)
        nothing = Empty("barcode")
        nothing.say(tr("Scan any code"), tr("What arrives is shown here; nothing is lent or returned."))
        self._pages = QStackedWidget()
        self._pages.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._pages.setAccessibleName(tr("What has just arrived"))
        self._pages.addWidget(nothing)
        self._pages.addWidget(self._card())
        layout.addWidget(self._pages, 1)
        layout.addLayout(self._buttons())
        self._pages.setFocus()

    def _card(self) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        self._chip, self._facts = Chip(), Facts(is_line=True)
        self._raw, self._meaning, self._advice = _label("big"), _label("body"), _label("body")
        self._raw.setProperty("code", "true")
        within = QVBoxLayout(card)
        within.setContentsMargins(20, 16, 20, 16)
        within.setSpacing(8)
        within.addWidget(self._chip)
        within.addWidget(self._raw)
        within.addWidget(self._facts)
        for title, words in ((tr("Understood"), self._meaning), (tr("To change on the scanner"), self._advice)):
            head = _label("cardTitle")
            head.setText(title)
            within.addSpacing(8)
            within.addWidget(head)
            within.addWidget(words)
        within.addStretch(1)
        return card

    def _buttons(self) -> QHBoxLayout:
        self._copy, close = QPushButton(tr("Copy for the support")), QPushButton(tr("Close"))
        self._copy.setEnabled(False)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._written))
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        row.addStretch(1)
        for button in (self._copy, close):
            button.setAutoDefault(False)
            row.addWidget(button)
        return row

    def _show(self, arrival: Arrival) -> None:
        words, tone = _VERDICTS[arrival.verdict]
        facts, meaning, advice = _facts(arrival), list(_meaning(arrival.text)), list(_advice(arrival))
        shown = _spelled(arrival.text)
        self._chip.say(tr(words), tone)
        self._raw.setText(_BREAK.join(shown))
        self._facts.show_facts(facts)
        self._meaning.setText("\n".join(meaning) or tr("Nothing: it holds no letter and no figure."))
        self._advice.setText("\n".join(advice) or tr("Nothing: this scanner is ready."))
        said = [shown, tr(words), *(f"{fact.name}: {fact.value}" for fact in facts), *meaning, *advice]
        self._written = "\n".join(said)
        self._copy.setEnabled(True)
        self._pages.setAccessibleDescription(self._written)
        self._pages.setCurrentIndex(1)


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _spelled(text: str) -> str:
    """Return the characters that came, those that nobody sees by their name."""
    return "".join(_CONTROLS.get(mark) or (mark if mark.isprintable() else f"<{ord(mark):02X}>") for mark in text)


def _facts(arrival: Arrival) -> list[Fact]:
    is_timed = arrival.duration_ms > 0
    return [
        Fact(tr("Characters"), number(len(arrival.text))),
        Fact(tr("Duration"), tr("{count} ms").format(count=number(arrival.duration_ms)) if is_timed else ""),
        Fact(tr("Longest gap"), tr("{count} ms").format(count=number(arrival.longest_gap_ms)) if is_timed else ""),
        Fact(tr("Symbology"), symbology(arrival.text)),
    ]


def _meaning(text: str) -> Iterator[str]:
    for reading in readings(text)[:_MOST_READINGS]:
        words = tr("{kind} {code}") if reading.is_proved else tr("{kind} {code}, if the base knows it")
        yield words.format(kind=tr(_KINDS[reading.kind]), code=reading.code)


def _advice(arrival: Arrival) -> Iterator[str]:
    """Yield what to change on the scanner, what matters most first."""
    if arrival.verdict is Verdict.TOO_SLOW:
        gap = number(arrival.longest_gap_ms)
        yield tr("The characters come {count} ms apart: set the delay between characters to 0.").format(count=gap)
    if arrival.verdict is Verdict.UNENDED:
        yield tr("Nothing ends the code: set the scanner to send Enter (CR) after each code.")
    found = readings(arrival.text)
    fault = found[0].fault if found else Fault.NONE
    if fault is not Fault.NONE:
        yield tr(_FAULTS[fault])
    elif _is_lower_case(arrival.text):
        yield tr("The letters come in lower case: turn Caps Lock off, and the scanner's change of case.")
    if _is_unannounced(arrival.text):
        yield tr("A GS1 code came unannounced: set the scanner to send the AIM prefix, and FNC1 as Ctrl+].")


def _without_aim(text: str) -> str:
    return text[3:] if text.startswith("]") else text


def _is_lower_case(text: str) -> bool:
    letters = [mark for mark in _without_aim(text) if mark.isascii() and mark.isalpha()]
    return bool(letters) and all(mark.islower() for mark in letters)


def _is_unannounced(text: str) -> bool:
    is_announced = symbology(text).startswith("GS1")
    return any(element.is_guessed for element in gs1.elements(_without_aim(text), is_announced=is_announced))
