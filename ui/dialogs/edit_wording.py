"""The clauses of a campaign's agreement written anew, the agreement beside them as it will be printed."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from tablet_loans.domain.clause import Clause, Group
from tablet_loans.domain.errors import Refusal, TabletLoansError
from tablet_loans.domain.roles import Permission
from tablet_loans.domain.trouble import FontLacks
from tablet_loans.domain.wording import FRENCH, AgreementWords, OpenedWording, differing
from tablet_loans.services import wording
from tablet_loans.services.session import Receipt, Session
from tablet_loans.text import tr, trn
from ui import words
from ui.jobs import Jobs, Lane
from ui.parting import Parting
from ui.widgets.banner import Banner
from ui.widgets.wording_clause import WordingClause
from ui.widgets.wording_draft import WordingDraft
from ui.widgets.wording_groups import WordingGroups
from ui.widgets.wording_head import WordingHead
from ui.widgets.wording_paper import Shown, WordingPaper

_SIZE: Final = QSize(1260, 800)
_PAUSE_MS: Final = 500
_NARROW: Final = 900
_WIDTHS: Final = (255, 425, 540)

_Seen = tuple[AgreementWords, tuple[Clause, ...]]
"""A version, and the clauses of the one before it."""


def _versions(session: Session, campaign: str, language: str, version: int, usual: tuple[Clause, ...]) -> _Seen:
    """Return a version and the clauses before it, the usual ones before the first."""
    seen = wording.shown(session, campaign, version, language)
    before = wording.shown(session, campaign, version - 1, language).clauses if version > 1 else usual
    return seen, before


class EditWording(QDialog):
    """The clauses, the one chosen, and the preview; `saved` gives the receipt of each new version."""

    saved = Signal(object)

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        campaign_name: str,
        parent: QWidget | None = None,
        memory: QSettings | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._campaign, self._memory = session, jobs, campaign_name, memory
        self._drafts: dict[str, WordingDraft] = {}
        self._language = FRENCH
        self._seen: _Seen | None = None
        self._lacking: FontLacks | None = None
        self._may_edit = session.actor.may(Permission.CAMPAIGN)
        self._is_leaving = False
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._build()
        self._connect()
        self._offer()
        self._open(FRENCH)

    def reject(self) -> None:
        """Leave, once what is not saved was asked about."""
        if self.is_writing():
            asked = self.parting_words()
            self.banner.tell(asked.title, self._leave, asked.act)
        else:
            super().reject()

    def is_writing(self) -> bool:
        """Say whether a clause is changed and not saved."""
        return self._may_edit and not self._is_leaving and self._changed() > 0

    def stop_writing(self) -> None:
        """Let go of what is not saved."""
        self._is_leaving = True

    def parting_words(self) -> Parting:
        """Return what leaving would lose."""
        changed = self._changed()
        said = trn("{count} clause is changed and not saved.", "{count} clauses are changed and not saved.", changed)
        sentence = tr("Stay to save what was typed. If you leave, it is lost.")
        return Parting(said.format(count=words.number(changed)), sentence, tr("Leave without saving"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(event.size().width())

    def done(self, answer: int) -> None:
        self.paper.throw_away()
        super().done(answer)

    def save(self) -> None:
        """Keep the clauses changed as the next version, or show the first that cannot be printed."""
        draft = self._drafts.get(self._language)
        if draft is None or self._seen is not None or not self.keep.isEnabled():
            return
        refusals = draft.refusals()
        if refusals:
            group, refusal = next(iter(refusals.items()))
            self._refuse(group, refusal)
            return
        changed = draft.changed()
        self.keep.setEnabled(False)
        self._jobs.run(
            partial(wording.edit, self._session, self._campaign, changed, self._language),
            done=partial(self._on_saved, changed),
            refused=self._on_not_saved,
            failed=self._on_not_saved,
        )

    def _build(self) -> None:
        self.setWindowTitle(tr("Wording of the agreement"))
        self.head, self.banner = WordingHead(tr("Wording of the agreement"), self._campaign), Banner()
        self.groups, self.clause = WordingGroups(), WordingClause()
        self.paper = WordingPaper(self._session, self._jobs, self._campaign, self._asked, self._memory)
        self.parts = QSplitter(Qt.Orientation.Horizontal)
        self.parts.setChildrenCollapsible(False)
        self.parts.setHandleWidth(14)
        for place, (part, least) in enumerate(((self.groups, 170), (self.clause, 300), (self.paper, 340))):
            part.setMinimumWidth(least)
            self.parts.addWidget(part)
            self.parts.setStretchFactor(place, place)
        self.parts.setSizes(list(_WIDTHS))
        self.said, self.close_, self.keep = QLabel(), QPushButton(tr("Close")), QPushButton(tr("Save"))
        self.look = QPushButton(tr("Preview"))
        self.look.setObjectName("segment")
        self.look.setCheckable(True)
        self.said.setObjectName("soft")
        self.said.setMinimumWidth(1)
        self.keep.setObjectName("primary")
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.look)
        foot.addWidget(self.close_)
        foot.addWidget(self.keep)
        for button in (self.look, self.close_, self.keep):
            button.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(self.head)
        layout.addWidget(self.banner)
        layout.addWidget(self.parts, 1)
        layout.addLayout(foot)
        parent = self.parentWidget()
        room = parent.window().size() if parent is not None else QGuiApplication.primaryScreen().availableSize()
        self._fit(min(_SIZE.width(), room.width()))
        self.resize(_SIZE.boundedTo(room))

    def _connect(self) -> None:
        self._pause.timeout.connect(self._on_paused)
        self.groups.chosen.connect(self._on_chosen)
        self.clause.typed.connect(self._on_typed)
        self.clause.usual_asked.connect(self._on_usual)
        self.head.usual_asked.connect(lambda: self._take(self._draft().opened.usual))
        self.head.again_asked.connect(self._on_again)
        self.head.language_chosen.connect(self._open)
        self.head.version_chosen.connect(self._on_version)
        self.paper.refused.connect(self._on_refused)
        self.paper.shown.connect(self._on_shown)
        self.look.toggled.connect(lambda _is_on: self._fit(self.width()))
        self.close_.clicked.connect(self.reject)
        self.keep.clicked.connect(self.save)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self, self.save)

    def _fit(self, width: int) -> None:
        """Show the text and the preview beside each other, or one in the other's place where it is narrow."""
        is_narrow = width < _NARROW
        self.look.setVisible(is_narrow)
        self.paper.setVisible(not is_narrow or self.look.isChecked())
        self.clause.setVisible(not is_narrow or not self.look.isChecked())

    def _changed(self) -> int:
        return sum(len(each.changed()) for each in self._drafts.values())

    def _draft(self) -> WordingDraft:
        return self._drafts[self._language]

    def _open(self, language: str) -> None:
        """Show a language, as it is being typed when it was shown before."""
        self._jobs.run(
            partial(wording.opened, self._session, self._campaign, language),
            done=partial(self._on_opened, language, ()),
            refused=self._on_not_opened, failed=self._on_not_opened, lane=Lane.READING,
        )  # fmt: skip

    def _on_opened(self, language: str, saved: Sequence[Clause], opened: OpenedWording) -> None:
        is_new = language != self._language or language not in self._drafts
        if language in self._drafts:
            self._drafts[language].reopen(opened, saved)
        else:
            self._drafts[language] = WordingDraft(opened)
        self._language = language
        if is_new:
            self.clause.forget()
        self.head.show_opened(opened)
        self._look_at(None)
        if self.groups.currentRow() < 0:
            self.groups.choose(Group.PARTIES)
            self.groups.setFocus()

    def _look_at(self, seen: _Seen | None) -> None:
        """Show a version as it was, or what is being typed."""
        self._seen, self._lacking = seen, None
        self.head.show_choice(self._language, None if seen is None else seen[0].version)
        self._show_clause()
        self._offer()
        self.paper.make()

    def _on_chosen(self, group: Group) -> None:
        """Show a clause, and the page on which it begins."""
        self._pause.stop()
        self._show_clause()
        self.paper.turn_to(int(group is not Group.CONDITION))

    def _show_clause(self) -> None:
        if self._language in self._drafts:
            group = self.groups.group()
            by_group = {each.group: each for each in self._clauses()}
            self.clause.show_clause(
                by_group.get(group, Clause(group, "", "")), is_read_only=self._seen is not None or not self._may_edit
            )
            self._offer()

    def _clauses(self) -> tuple[Clause, ...]:
        return self._draft().clauses() if self._seen is None else self._seen[0].clauses

    def _offer(self) -> None:
        """Mark the clauses, and offer what may be done now."""
        draft, seen = self._drafts.get(self._language), self._seen
        is_typing = draft is not None and seen is None and self._may_edit
        changed, refusals = (draft.changed(), draft.refusals()) if draft is not None and seen is None else ([], {})
        if self._pause.isActive() and not self.clause.banner.isVisible():
            refusals.pop(self.groups.group(), None)  # a field is being typed
        if draft is not None:
            self.groups.show_clauses(
                self._clauses(),
                wrong=refusals,
                changed={each.group for each in changed} if seen is None else differing(seen[1], seen[0].clauses),
                own=draft.unlike_usual() if seen is None else (),
            )
        self.clause.refuse(refusals.get(self.groups.group(), self._lacking))
        usual = draft.usual(self.groups.group()) if draft is not None else None
        typed = draft.typed.get(self.groups.group()) if draft is not None else None
        self.clause.usual.setEnabled(is_typing and usual is not None and usual != typed)
        self.head.usual.setVisible(is_typing and draft is not None and bool(draft.unlike_usual()))
        self.head.again.setVisible(seen is not None and self._may_edit)
        self.keep.setVisible(self._may_edit)
        self.keep.setEnabled(is_typing and bool(changed))
        self.said.setText(self._changes_said(len(changed)))

    def _changes_said(self, changed: int) -> str:
        if self._seen is not None:
            return tr("Version {version}, as it was; what differs from the one before is marked.").format(
                version=self._seen[0].version
            )
        said = trn("{count} clause changed, not saved", "{count} clauses changed, not saved", changed)
        return said.format(count=words.number(changed)) if changed else ""

    def _on_typed(self, clause: Clause) -> None:
        draft, before = self._draft(), self._draft().typed.get(clause.group)
        draft.write(clause)
        if draft.typed[clause.group] == before:  # colours, or a space at the end
            return
        self._lacking = None
        self._pause.start()
        self._offer()
        self.paper.make_soon()

    def _on_paused(self) -> None:
        """Tell what is wrong once nothing was typed for a moment, and no field is being chosen."""
        if self.clause.text.popup.isVisible():
            self._pause.start()
        else:
            self._offer()

    def _on_usual(self) -> None:
        if (usual := self._draft().usual(self.groups.group())) is not None:
            self._take([usual])

    def _on_again(self) -> None:
        if self._seen is not None:
            clauses, self._seen = self._seen[0].clauses, None
            self._take(clauses)

    def _take(self, clauses: Sequence[Clause]) -> None:
        """Write these clauses where what is typed is not the same; each can be undone."""
        draft = self._draft()
        for clause in clauses:
            if (typed := draft.typed.get(clause.group)) != clause:
                self.clause.put(typed or Clause(clause.group, "", ""), clause)
                draft.write(clause)
        self._look_at(None)

    def _on_version(self, version: int | None) -> None:
        if version is None:
            self._look_at(None)
            return
        usual = self._draft().opened.usual
        self._jobs.run(
            partial(_versions, self._session, self._campaign, self._language, version, usual),
            done=self._look_at, refused=self._on_not_opened, failed=self._on_not_opened, lane=Lane.READING,
        )  # fmt: skip

    def _asked(self) -> Shown | None:
        """Return what the preview shows, None while a clause cannot be printed."""
        draft = self._drafts.get(self._language)
        if draft is None:
            return None
        if self._seen is not None:
            return self._seen[0].clauses, self._language, self._seen[0].version
        words_ = draft.opened.words
        is_next = words_.id is not None and bool(draft.changed())
        return None if draft.refusals() else (draft.clauses(), self._language, words_.version + is_next)

    def _on_shown(self) -> None:
        if self._lacking is not None:
            self._lacking = None
            self._offer()

    def _on_refused(self, error: TabletLoansError) -> None:
        """Say in place which characters cannot be printed, and anything else above."""
        if isinstance(error, FontLacks):
            self._lacking = error
            self._offer()
        elif not isinstance(error, Refusal) or not self._draft().refusals():
            self.banner.say(error, self.paper.make)

    def _refuse(self, group: Group, refusal: Refusal) -> None:
        self.groups.choose(group)
        self.clause.refuse(refusal)
        self.clause.text.setFocus()

    def _on_saved(self, changed: Sequence[Clause], receipt: Receipt[AgreementWords]) -> None:
        self.saved.emit(receipt)
        self._jobs.run(
            partial(wording.opened, self._session, self._campaign, receipt.value.language),
            done=partial(self._on_reopened, receipt.value, changed),
            refused=self._on_not_opened, failed=self._on_not_opened, lane=Lane.READING,
        )  # fmt: skip

    def _on_reopened(self, kept: AgreementWords, changed: Sequence[Clause], opened: OpenedWording) -> None:
        """Say what the new version means for the agreements printed with those before it."""
        version = kept.version
        self._on_opened(kept.language, changed, opened)
        before = sum(each.agreements for each in self._draft().opened.versions if each.version < version)
        if not before:
            self.banner.tell(tr("Version {version}: agreements are printed with it now.").format(version=version))
            return
        said = trn(
            "Version {version}: the {count} agreement printed with an earlier one keeps it.",
            "Version {version}: the {count} agreements printed with earlier ones keep theirs.",
            before,
        )
        self.banner.tell(said.format(version=version, count=words.number(before)))

    def _on_not_saved(self, error: TabletLoansError) -> None:
        self._offer()
        if isinstance(error, FontLacks):
            self._lacking = error
            self._offer()
        else:
            self.banner.say(error, self.save)

    def _on_not_opened(self, error: TabletLoansError) -> None:
        self.banner.say(error, partial(self._open, self._language))
        self.head.show_choice(self._language, None if self._seen is None else self._seen[0].version)

    def _leave(self) -> None:
        self._is_leaving = True
        self.reject()
