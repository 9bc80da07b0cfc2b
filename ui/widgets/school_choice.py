"""Which school a file is of: asked in place by the beginnings of its words, then called by its name."""

from collections.abc import Collection
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from tablet_loans.domain.school import SchoolRow
from tablet_loans.services import serving
from tablet_loans.services.session import Session
from tablet_loans.text import tr, trn
from ui import words
from ui.jobs import Jobs, Lane
from ui.widgets.picker import Option, Picker

_OFFERED: Final = 50
_FEW: Final = 2


class SchoolChoice(QObject):
    """A picker of schools; `chosen` gives the UAI of the one picked, `named` the words for those asked about."""

    chosen = Signal(str)
    named = Signal(str)
    failed = Signal(object)

    def __init__(self, session: Session, jobs: Jobs, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._window = session, jobs, parent
        self._asked: frozenset[str] = frozenset()
        self.picker: Picker | None = None

    def ask_under(self, widget: QWidget) -> None:
        """Open the picker beneath a widget."""
        self.picker = Picker(tr("Name, town or UAI"), self._window)
        self.picker.offer((), is_narrowed=True)
        self.picker.destroyed.connect(self._on_gone)
        self.picker.typed.connect(self._on_typed)
        self.picker.picked.connect(self._on_picked)
        self.picker.ask_under(widget)

    def name(self, uais: Collection[str]) -> None:
        """Tell how these schools are called: a few by their names, many by their number."""
        self._asked = frozenset(uais)
        if len(self._asked) > _FEW or not self._asked:
            count = len(self._asked)
            said = trn("{count} school", "{count} schools", count).format(count=words.number(count))
            self.named.emit(said if count else "")
            return
        call = partial(serving.schools_known, self._session, sorted(self._asked))
        self._jobs.run(call, done=partial(self._on_known, self._asked), failed=self.failed.emit, lane=Lane.READING)

    def _on_known(self, asked: frozenset[str], schools: list[SchoolRow]) -> None:
        if asked == self._asked:
            unknown = sorted(asked.difference(school.uai for school in schools))
            self.named.emit(", ".join([*(f"{each.name} · {each.uai}" for each in schools), *unknown]))

    def _on_gone(self) -> None:
        self.picker = None

    def _on_typed(self, text: str) -> None:
        call = partial(serving.schools_like, self._session, text, _OFFERED)
        self._jobs.run(call, done=self._on_schools, failed=self.failed.emit, lane=Lane.READING)

    def _on_schools(self, schools: list[SchoolRow]) -> None:
        if self.picker is not None:
            options = [Option(each.name, each.uai, words.joined(each.commune, each.uai)) for each in schools]
            self.picker.offer(options, is_narrowed=True)

    def _on_picked(self, option: Option) -> None:
        self.chosen.emit(option.value)
