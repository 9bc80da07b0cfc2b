"""The bytes of one mail: plain text and the same as simple HTML, in a form every mail program opens."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from html import escape
from typing import Final

from tablet_loans.domain.mail import Mail

_PAGE: Final = (
    '<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>\n'
    '<body style="font-family: sans-serif; font-size: 15px; line-height: 1.5; max-width: 40em">\n'
    '{body}\n<p style="color: #555555">{signature}</p>\n</body></html>\n'
)


def mail_bytes(mail: Mail, *, is_draft: bool = False) -> bytes:
    """Return a mail as RFC 5322 wants it, lines ended by CR LF; a draft is opened by mail programs to be sent.

    The same mail gives the same bytes. Source: RFC 5322, RFC 2046, RFC 3834 (Auto-Submitted), RFC 6532.
    """
    is_international = not all(each.isascii() for each in mail.to)
    message = EmailMessage(policy=SMTPUTF8 if is_international else SMTP)
    if mail.sender:
        message["From"] = _address(mail.sender, mail.sender_name)
    message["To"] = [_address(each) for each in mail.to]
    if mail.reply_to:
        message["Reply-To"] = _address(mail.reply_to)
    message["Subject"] = _as_it_is(mail.subject)
    message["Date"] = mail.written_at
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    if is_draft:
        message["X-Unsent"] = "1"
    message.set_content(_text(mail), cte="quoted-printable")
    message.add_alternative(_html(mail), subtype="html", cte="quoted-printable")
    if mail.attached:
        message.add_attachment(mail.attached, maintype="application", subtype="pdf", filename=mail.attached_name)
    message["Content-Language"] = mail.language
    for place, part in enumerate(each for each in message.walk() if each.is_multipart()):
        part.set_boundary(f"={place}={mail.message_id[1:33]}=")
    return message.as_bytes()


def _address(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(_as_it_is(name), local, domain)


def _as_it_is(text: str) -> str:
    """Return a text that no mail program takes for an encoded one. Source: RFC 2047."""
    return text.replace("=?", "= ?")


def _text(mail: Mail) -> str:
    return "\n\n".join((*mail.paragraphs, "\n".join(mail.signature))) + "\n"


def _html(mail: Mail) -> str:
    body = "\n".join(f"<p>{_lines(each)}</p>" for each in mail.paragraphs)
    signature = "<br>\n".join(map(escape, mail.signature))
    return _PAGE.format(language=escape(mail.language), title=escape(mail.subject), body=body, signature=signature)


def _lines(paragraph: str) -> str:
    return "<br>\n".join(map(escape, paragraph.split("\n")))
