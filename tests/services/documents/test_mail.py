"""A mail's bytes: what a mail program reads, and what no name can do to them."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from tablet_loans.domain.mail import Mail, mail_of
from tablet_loans.services.documents.mail import mail_bytes
from tests.domain.test_mail import SENDER, letter

AT = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
HOSTILE = [
    "<b>O'Brien & \"Zoé\"</b>", "x" * 1_000, "\U0001f600 \u202eאבג", "a\r\nBcc: voisin@example.org\r\n\r\nCoucou",
    "=?utf-8?q?x?=", "...", ".\r\nQUIT", "\ud800",
]  # fmt: skip


def read(content: bytes) -> EmailMessage:
    """Return a mail as a mail program reads it."""
    return message_from_bytes(content, policy=policy.default)


def mail(name: str = "Inès", **changes: object) -> Mail:
    """Return a mail about a pupil."""
    said = replace(letter("a@b.fr", "c@d.fr"), subject=f"Rappel : {name}", paragraphs=("Bonjour,", f"{name}\nMerci."))
    return replace(mail_of(said, SENDER, ("a@b.fr", "c@d.fr"), "prets@metropole.example", AT), **changes)  # type: ignore[arg-type]


def parts(message: EmailMessage) -> tuple[str, str]:
    """Return the plain text and the HTML."""
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return str(plain.get_content()), str(html.get_content())


def test_a_mail_says_who_to_whom_and_that_no_person_wrote_it() -> None:
    message = read(mail_bytes(mail()))
    assert [str(each) for each in message["To"].addresses] == ["a@b.fr", "c@d.fr"]
    assert str(message["From"]) == "Métropole <prets@metropole.example>"
    assert (message["Reply-To"], message["Subject"]) == ("aide@metropole.example", "Rappel : Inès")
    assert (message["Auto-Submitted"], message["X-Unsent"]) == ("auto-generated", None)
    assert message["Content-Language"] == "fr"
    assert message["Date"].datetime == AT
    plain, html = parts(message)
    assert plain.splitlines()[:4] == ["Bonjour,", "", "Inès", "Merci."]
    assert "Inès<br>" in html
    assert '<html lang="fr">' in html


def test_the_same_mail_is_the_same_bytes_in_ascii_lines_that_no_server_cuts() -> None:
    content = mail_bytes(mail())
    assert content == mail_bytes(mail())
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, mail_bytes(mail("y" * 3_000)).splitlines())) <= 998


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_writes_a_header_or_markup(name: str) -> None:
    message = read(mail_bytes(mail(name)))
    assert set(message.keys()) == set(read(mail_bytes(mail())).keys())
    assert [str(each) for each in message["To"].addresses] == ["a@b.fr", "c@d.fr"]
    plain, html = parts(message)
    assert "<b>" not in html
    if name.isprintable():
        assert message["Subject"] == f"Rappel : {name}".replace("=?", "= ?")
        assert name in plain


def test_a_draft_is_opened_to_be_sent_and_may_leave_its_sender_open() -> None:
    message = read(mail_bytes(mail(sender=""), is_draft=True))
    assert (message["X-Unsent"], message["From"]) == ("1", None)


def test_the_letter_comes_as_a_pdf_when_asked() -> None:
    content = mail_bytes(mail(attached=b"%PDF-1.4\n.\r\n%%EOF", attached_name="26-K3-0001.pdf"))
    (attached,) = read(content).iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("26-K3-0001.pdf", b"%PDF-1.4\n.\r\n%%EOF")
    assert content == mail_bytes(mail(attached=b"%PDF-1.4\n.\r\n%%EOF", attached_name="26-K3-0001.pdf"))


def test_an_address_beyond_ascii_stays_as_it_is() -> None:
    assert "\r\nTo: zoé@d.fr\r\n".encode() in mail_bytes(mail(to=("zoé@d.fr",)))
