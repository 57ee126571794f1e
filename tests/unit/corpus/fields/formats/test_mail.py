"""Mails: the best part of each, its subject, date and correspondents."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from corpus.fields.formats.formatted import FormatRejected
from corpus.fields.formats.mail import read_mail
from tests.unit.corpus.fields.formats.shapes import shown


def mail(text: str | None = None, html: str | None = None, **headers: str) -> EmailMessage:
    """Return a mail with one part or two alternatives."""
    message = EmailMessage()
    message["Subject"] = headers.pop("Subject", "Prizes of 1911")
    message["From"] = headers.pop("From", "Marie Curie <m@example.org>")
    for name, value in headers.items():
        message[name] = value
    if text is not None:
        message.set_content(text)
    if html is not None:
        (message.add_alternative if text is not None else message.set_content)(html, subtype="html")
    return message


def test_plain_text_is_best_and_leaves_its_blocks_to_be_found() -> None:
    message = mail(
        "Dear Ernest,\n\nI was in Göttingen.\n\nMarie Curie\n",
        "<p>Dear Ernest, HTML</p>",
        To="Ernest Rutherford <e@example.org>, x@example.org",
        Date="Mon, 06 May 2024 09:08:07 +0200",
    )

    found = read_mail(message.as_bytes())

    assert found.text == (
        "Dear Ernest,\n\nI was in Göttingen.\n\nMarie Curie\n\n-- \nTo: Ernest Rutherford"
    )
    assert found.blocks == ()
    assert (found.title, found.updated_at) == ("Prizes of 1911", "2024-05-06T09:08:07+02:00")
    assert found.attachments == 0


def test_html_is_read_where_the_text_shows_nothing() -> None:
    found = read_mail(mail(" \n", "<p>I was in <b>Paris</b>.</p>").as_bytes())

    assert shown(found) == [("paragraph", "I was in Paris."), ("signature", "From: Marie Curie")]


@pytest.mark.parametrize("parts", [{"text": " \n"}, {"html": "<p>"}])
def test_a_mail_without_a_text_is_not_signed(parts: dict[str, str]) -> None:
    found = read_mail(mail(**parts).as_bytes())

    assert (found.text.strip(), found.blocks) == ("", ())


def test_attachments_are_counted_and_not_read() -> None:
    message = mail("See the files.")
    message.add_attachment(b"%PDF-1.4 Hilbert", maintype="application", subtype="pdf")
    message.add_attachment("Hilbert", filename="notes.txt")
    inner = mail("Hilbert")
    message.add_attachment(inner)

    found = read_mail(message.as_bytes())

    assert found.text == "See the files.\n\n-- \nFrom: Marie Curie"
    assert found.attachments == 3


def test_what_a_list_adds_to_a_mail_in_html_does_not_replace_it() -> None:
    data = (
        b"From: a@example.org\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
        b"Content-Type: text/html\n\n<p>Ada was born.\n--x\nContent-Type: text/plain\n\n"
        b"The list of lists\n\nLeave it here\n--x--\n"
    )

    assert shown(read_mail(data)) == [
        ("paragraph", "Ada was born."),
        ("paragraph", "The list of lists"),
        ("paragraph", "Leave it here"),
    ]


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        (b"Content-Type: text/plain; charset=iso-8859-1", b"Caf\xe9", "Café"),
        (b"Content-Type: text/plain; charset=klingon", "Café".encode(), "Café"),
        (b"Content-Type: text/plain; charset=utf-8", b"Caf\xe9", "Caf\ufffd"),
        (b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64", b"Q2Fmw6k=",
         "Café"),
        (b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable",
         b"Caf=C3=\n=A9", "Café"),
        (b"Content-Transfer-Encoding: base64", b"!!!", ""),
        (b"From: =?x?q?=A?= <<>\nSubject: =?utf-8?b?_", b"Ada", "Ada"),
        (b"Date: the day before\nTo: ,;:\"<", b"Ada", "Ada"),
        (b"Content-Type: multipart/mixed", b"Ada", ""),
        (b"Subject: \xff\xfe", b"Ada\r\nwas", "Ada\nwas"),
    ],
)  # fmt: skip
def test_broken_mails_are_read_as_far_as_they_go(headers: bytes, body: bytes, text: str) -> None:
    found = read_mail(b"Message-ID: <1>\n" + headers + b"\n\n" + body)

    assert found.text == text


def test_headers_may_be_utf_8_as_they_stand() -> None:
    raw = "From: José Martí <j@example.com>\nTo: Ana <a@example.com>\nSubject: Año nuevo\n\nHi"
    read = read_mail(raw.encode())
    assert read.title == "Año nuevo"
    assert read.text == "Hi\n\n-- \nFrom: José Martí\nTo: Ana"
    broken = read_mail(raw.encode("latin-1"))
    assert broken.title == "A\ufffdo nuevo"
    assert "Jos\ufffd Mart\ufffd" in broken.text


def test_what_has_no_header_of_a_mail_is_refused() -> None:
    with pytest.raises(FormatRejected, match="is no mail"):
        read_mail(b"Ada was born.\n")
