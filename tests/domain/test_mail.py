"""Mail addresses, who shares a mail, and what is shown of an address."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tablet_loans.domain.agreement import Home
from tablet_loans.domain.letter import Letter, LetterKind, LetterSender
from tablet_loans.domain.mail import (
    BadMailServer,
    MailServer,
    NotAnAddress,
    PlainLine,
    Security,
    Standing,
    addresses,
    envelopes,
    is_address,
    mail_of,
    masked,
    message_id,
    one_line,
    sendable,
    standing,
    told_reason,
    why_not_server,
)

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
SENDER = LetterSender("Métropole", "Continuité", "Lyon", "aide@metropole.example", date(2026, 9, 1), "fr")


def letter(*emails: str, address: str = "1 rue des Lilas, 69003 Lyon", number: str = "26-K3-0001") -> Letter:
    """Return a letter to one home."""
    return Letter(
        LetterKind.REMINDER_1, 1, number, 1, "Inès Abdelmalek", "5e B", "Collège Les Iris", "0690142E",
        "Rappel", ("Madame, Monsieur,", "Merci."), Home(("Mme Lune",), address), emails,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["a@b.fr", "jean.petit+tablette@exemple.example", "o'brien@a-b.example", "élodie@café.example", "x@b1.c2.fr"],
)
def test_what_is_an_address(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "@b.fr", "a@", "a@b", "a b@c.fr", "a@b..fr", ".a@b.fr", "a.@b.fr", "a..b@c.fr", "a@-b.fr", "a@b.fr\n",
        "a@b.fr\r\nBcc: c@d.fr", "<a@b.fr>", "A <a@b.fr>", "a@b.fr, c@d.fr", "a@b@c.fr", f"{'a' * 65}@b.fr",
        f"a@{'b' * 64}.fr", f"a@{'b.' * 130}fr", "a\u202e@b.fr", "non communiqué",
    ],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    assert not is_address(text)


def test_a_domain_beyond_ascii_is_sent_in_ascii() -> None:
    assert sendable("zoé@Café.example") == "zoé@xn--caf-dma.example"


def test_the_same_address_gets_one_mail_and_what_is_none_is_told_apart() -> None:
    right, wrong = addresses(letter("a@b.fr", " A@B.fr ", "", "néant", "c@d.fr"))
    assert (right, wrong) == (("a@b.fr", "c@d.fr"), ("néant",))


def test_only_those_who_are_known_to_live_together_share_a_mail() -> None:
    assert envelopes(letter("a@b.fr", "c@d.fr")) == [("a@b.fr", "c@d.fr")]
    assert envelopes(letter("a@b.fr", "c@d.fr", address="")) == [("a@b.fr",), ("c@d.fr",)]
    assert envelopes(letter("a@b.fr", "zoé@d.fr")) == [("a@b.fr",), ("zoé@d.fr",)]
    assert envelopes(letter()) == []


def test_a_list_shows_little_of_an_address() -> None:
    assert masked("jeanne@example.org") == "j***@example.org"
    assert masked("") == ""
    assert told_reason("550 5.1.1 <jeanne@example.org>:\r\n unknown") == "550 5.1.1 <j***@example.org>: unknown"
    assert len(told_reason("x" * 900)) == 200


def test_no_name_reaches_a_header_with_a_line_end() -> None:
    assert one_line("Métropole\r\nBcc: x@y.fr\x00\u2028Z") == "Métropole Bcc: x@y.fr Z"
    assert one_line("Rappel\u00a0:  «\u202fici\u202f»\t") == "Rappel\u00a0: «\u202fici\u202f»"
    mail = mail_of(letter("a@b.fr"), SENDER, ("a@b.fr",), "prets@metropole.example", NOW)
    assert (mail.reply_to, mail.signature) == (
        "aide@metropole.example", ("Métropole", "aide@metropole.example", "Prêt n°\u00a026-K3-0001"),
    )  # fmt: skip


def test_a_mails_number_is_the_same_that_day_for_that_home_alone() -> None:
    def number(of: Letter, on: date = SENDER.written_on) -> str:
        return message_id(of, on, "prets@metropole.example")

    one = number(letter("a@b.fr", "c@d.fr"))
    assert one == number(letter("c@d.fr", "A@b.fr"))
    others = [number(letter("e@f.fr")), number(letter("a@b.fr", "c@d.fr"), date(2026, 9, 2))]
    assert one not in [*others, number(letter("a@b.fr", "c@d.fr", number="26-K3-0002"))]


def test_a_letter_goes_again_after_three_days_and_not_while_it_may_have_left() -> None:
    assert standing("sent", NOW, NOW + timedelta(days=2, hours=23)) is Standing.RECENT
    assert standing("sent", NOW, NOW + timedelta(days=3)) is Standing.DUE
    assert standing("sending", NOW, NOW + timedelta(days=30)) is Standing.DOUBTFUL
    assert standing("refused", NOW, NOW) is standing("failed", NOW, NOW) is Standing.DUE


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({}, None),
        ({"host": "localhost", "security": Security.NONE}, None),
        ({"security": Security.NONE}, PlainLine),
        ({"host": "mail example"}, BadMailServer),
        ({"host": "mail.example\r\nX"}, BadMailServer),
        ({"port": 70_000}, BadMailServer),
        ({"user": "a\nb"}, BadMailServer),
        ({"sender": "metropole"}, NotAnAddress),
    ],
)
def test_a_mail_server_is_refused_by_reason(changes: dict[str, object], refusal: type[Exception] | None) -> None:
    said: dict[str, object] = {"host": "mail.example", "port": 587, "user": "u", "sender": "prets@metropole.example"}
    found = why_not_server(MailServer(**{**said, **changes}))  # type: ignore[arg-type]
    assert (None if found is None else type(found)) is refusal
