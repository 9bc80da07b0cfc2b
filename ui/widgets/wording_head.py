"""Above the clauses: of which campaign they are, in which language and version they are shown, and whole texts."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from tablet_loans.domain.wording import OpenedWording, WordingVersion
from tablet_loans.text import N_, tr, trn
from ui import words
from ui.widgets.choice import Choice
from ui.widgets.flow import Flow

_LANGUAGES: Final[Mapping[str, str]] = {"fr": N_("French"), "en": N_("English")}
_AROUND: Final = 24
_VERSION_WIDE: Final = 250
_LANGUAGE_WIDE: Final = 124
_HIGH: Final = 34


class WordingHead(QWidget):
    """The choices; a version chosen is None for the texts as they are now."""

    language_chosen = Signal(str)
    version_chosen = Signal(object)
    usual_asked = Signal()
    again_asked = Signal()

    def __init__(self, title: str, campaign: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.title, about = QLabel(title), QLabel(campaign)
        self.title.setObjectName("title")
        about.setObjectName("soft")
        about.setTextFormat(Qt.TextFormat.PlainText)
        self.languages, self.versions = Choice(), Choice()
        self.languages.setAccessibleName(tr("Language"))
        self.versions.setAccessibleName(tr("Version"))
        self.versions.setMinimumWidth(_VERSION_WIDE)
        self.languages.setMinimumWidth(_LANGUAGE_WIDE)
        self.again, self.usual = QPushButton(tr("Take these texts again")), QPushButton(tr("Usual texts for all"))
        for text in (self.title, about):
            text.setMinimumHeight(_HIGH)
        row = Flow(8, self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.title)
        row.addWidget(about)
        row.push()
        for widget in (self.again, self.usual, self.versions, self.languages):
            row.addWidget(widget)
        for button, asked in ((self.again, self.again_asked), (self.usual, self.usual_asked)):
            button.setAutoDefault(False)
            button.clicked.connect(asked)
        self.languages.activated.connect(lambda _place: self.language_chosen.emit(self.languages.currentData()))
        self.versions.activated.connect(lambda _place: self.version_chosen.emit(self.versions.currentData()))

    def show_opened(self, opened: OpenedWording) -> None:
        """Offer the languages, and the versions there were."""
        self.languages.clear()
        for language in opened.languages:
            self.languages.addItem(tr(_LANGUAGES[language]) if language in _LANGUAGES else language, language)
        self.versions.clear()
        self.versions.addItem(tr("The texts now"), None)
        for each in opened.versions:
            self.versions.addItem(_version_said(each), each.version)
        offered = self.versions.view()
        offered.setMinimumWidth(offered.sizeHintForColumn(0) + _AROUND)
        self.show_choice(opened.words.language, None)

    def show_choice(self, language: str, version: int | None) -> None:
        """Show which language and version are looked at."""
        self.languages.setCurrentIndex(self.languages.findData(language))
        self.versions.setCurrentIndex(0 if version is None else self.versions.findData(version))


def _version_said(version: WordingVersion) -> str:
    printed = trn("{count} printed", "{count} printed", version.agreements)
    return words.joined(
        tr("Version {version}").format(version=version.version),
        words.day_and_time(version.made_at),
        version.made_by,
        printed.format(count=words.number(version.agreements)),
    )
