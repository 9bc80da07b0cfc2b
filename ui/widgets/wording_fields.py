"""What a campaign's papers say of the authority, as fields: the texts of all papers, then those of the agreement."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from tablet_loans import text
from tablet_loans.domain.campaign import LONGEST_WORDING, NO_WORDING, Wording
from tablet_loans.domain.wording import usual_values
from tablet_loans.text import N_, tr, trn
from ui import theme, words
from ui.theme import Tone
from ui.widgets.campaign_days import add_row, shape_form
from ui.widgets.choice import Choice
from ui.widgets.record_parts import label

_PAPERS: Final = (
    ("authority", N_("Authority"), N_("Who lends, as the papers say it")),
    ("helpline", N_("Helpline"), N_("A phone number or a mail address")),
    ("appeal", N_("Appeal"), N_("To whom a family writes to contest a decision, and until when")),
    ("place", N_("Signed at"), N_("The town where papers are signed")),
)
_AGREEMENT: Final = (
    ("representative", N_("Represented by"), N_("Its president… Left empty: not said")),
    ("deliberation", N_("Deliberation"), N_("Its number and date… Left empty: not said")),
    ("return_place", N_("Brought back to"), N_("An address. Left empty: the pupil’s last school alone")),
    ("dpo", N_("Data protection"), N_("Left empty: {usual}")),
    ("retention", N_("Data kept"), N_("Left empty: {usual}")),
)
_TWO: Final = "2"


class _Choice(Choice):
    """A choice that a wheel passes over: how many sign is not changed by scrolling."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class WordingFields(QWidget):
    """A field a text, and how many guardians sign; `written` when something in them is."""

    written = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.fields: dict[str, QLineEdit] = {}
        self.signatures = _Choice()
        self._kept = NO_WORDING
        self._wrongs: dict[str, QLabel] = {}
        self._build()

    def show_wording(self, wording: Wording) -> None:
        """Show what a campaign's papers say."""
        self._kept = wording
        for name, field in self.fields.items():
            field.setText(getattr(wording, name))
            field.setCursorPosition(0)
        self.signatures.setCurrentIndex(int(wording.signatures == _TWO))

    def wording(self) -> Wording:
        """Return what is written."""
        one = "" if self._kept.signatures == _TWO else self._kept.signatures
        signatures = _TWO if self.signatures.currentIndex() else one
        texts = {name: field.text().strip() for name, field in self.fields.items()}
        return replace(self._kept, signatures=signatures, **texts)

    def is_whole(self) -> bool:
        """Say whether every text has room on the papers."""
        return not self._over()

    def _build(self) -> None:
        usual = usual_values(text.language())
        papers, agreement = QFormLayout(), QFormLayout()
        for form, named in ((papers, _PAPERS), (agreement, _AGREEMENT)):
            shape_form(form)
            for name, title, hint in named:
                field = self.fields[name] = QLineEdit()
                field.setPlaceholderText(tr(hint).format(usual=usual.get(name, "")))
                field.textEdited.connect(lambda _text: self._on_written())
                add_row(form, tr(title), field)
                wrong = self._wrongs[name] = label("", "notes")
                wrong.setStyleSheet(f"color: {theme.ink(Tone.BAD).name()}")
                wrong.hide()
                form.addRow(wrong)
        self.signatures.addItems([tr("One guardian’s is enough"), tr("Those of two guardians")])
        self.signatures.activated.connect(lambda _place: self._on_written())
        add_row(agreement, tr("Signatures"), self.signatures)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(papers)
        layout.addSpacing(6)
        layout.addWidget(label(tr("On the agreement"), "cardTitle", is_selectable=False))
        layout.addLayout(agreement)

    def _over(self) -> dict[str, int]:
        """Return by how many characters texts are too long, by the name of their field."""
        return {
            name: len(field.text().strip()) - LONGEST_WORDING
            for name, field in self.fields.items()
            if len(field.text().strip()) > LONGEST_WORDING
        }

    def _on_written(self) -> None:
        over = self._over()
        for name, wrong in self._wrongs.items():
            count = over.get(name, 0)
            said = trn("{count} character too many for the papers", "{count} characters too many for the papers", count)
            wrong.setText(said.format(count=words.number(count)))
            wrong.setVisible(name in over)
        self.written.emit()
