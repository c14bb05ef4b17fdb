"""Mails taken apart: files, names, senders as people and programs write them; nothing a stranger writes raises."""

import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import bounce, forwarded, letter

from flows.adapters.mail_decoding import (
    ARCHIVE,
    DEEPEST,
    EMPTY_ATTACHMENT,
    INLINE_PICTURES,
    MOST_PARTS,
    SEALED,
    TNEF,
    TOO_DEEP,
    TOO_MANY_PARTS,
    decode_mail,
    decoded,
    digest_of,
    text_of,
)
from flows.adapters.mail_nature import recognise_nature

FORM = b"PK\x03\x04 formularz"
PICTURE = b"\x89PNG logo"


def names(raw: bytes) -> list[str]:
    return [one.name for one in decode_mail(raw).attachments]


def test_a_mail_says_who_sent_which_files_about_what() -> None:
    mail = decode_mail(letter({"zgłoszenie – żółć.docx": FORM}, subject="Zgłoszenie do grupy – Łódź"))
    assert (mail.sender, mail.subject) == ("osoba1@example.org", "Zgłoszenie do grupy – Łódź")
    assert [(one.name, one.content) for one in mail.attachments] == [("zgłoszenie – żółć.docx", FORM)]
    assert mail.sent_at is not None
    assert mail.sent_at.isoformat() == "2018-06-05T07:59:58+00:00"
    assert mail.remarks == ()


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="=?utf-8?B?xbzDs8WCxIc=?=.docx"', "żółć.docx"),
        ('attachment; filename="=?iso-8859-2?Q?zg=B3oszenie=2Edocx?="', "zgłoszenie.docx"),
        ("attachment; filename*=UTF-8''%C5%BC%C3%B3%C5%82%C4%87.docx", "żółć.docx"),
        ("attachment; filename*0*=UTF-8''%C5%BC%C3%B3; filename*1=lty.docx", "żólty.docx"),
        ('attachment; filename="..\\\\..\\\\windows\\\\form.docx"', "form.docx"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="a\tb.docx"', "a b.docx"),
        ("attachment; filename*=nonsense''%C5%BC.docx", "ż.docx"),
        ("attachment", "zalacznik-1"),
    ],
)
def test_names_of_files_as_programs_write_them(header: str, name: str) -> None:
    raw = f"From: a@example.org\r\nContent-Disposition: {header}\r\nContent-Type: application/msword\r\n\r\ntreść"
    assert names(raw.encode()) == [name]


def test_a_name_without_end_is_cut_and_keeps_its_suffix() -> None:
    (name,) = names(letter({f"{'długa ' * 80}.docx": FORM}))
    assert len(name) <= 200
    assert name.endswith(".docx")


def test_pictures_of_the_text_stay_in_the_mail() -> None:
    raw = letter({"form.docx": FORM}, html='<p>Pozdrawiam<img src="cid:logo@x"></p>', pictures={"logo@x": PICTURE})
    mail = decode_mail(raw)
    assert [one.name for one in mail.attachments] == ["form.docx"]
    assert mail.remarks == (INLINE_PICTURES,)


def test_a_photograph_that_no_text_shows_is_an_attachment() -> None:
    """Phones send the photograph of a signed form „inline”, in a mail of plain text."""
    raw = (
        b'From: a@example.org\r\nContent-Type: multipart/mixed; boundary="g"\r\n\r\n'
        b"--g\r\nContent-Type: text/plain\r\n\r\nW zalaczeniu.\r\n"
        b'--g\r\nContent-Type: image/jpeg; name="IMG_1.jpg"\r\nContent-Disposition: inline\r\n'
        b"Content-ID: <1@phone>\r\n\r\n\xff\xd8\xff\r\n--g--\r\n"
    )
    assert names(raw) == ["IMG_1.jpg"]


@pytest.mark.parametrize("levels", range(1, DEEPEST + 1))
def test_forwarded_mails_are_searched(levels: int) -> None:
    mail = decode_mail(forwarded(letter({"form.docx": FORM}), levels=levels))
    assert [one.name for one in mail.attachments] == ["form.docx"]
    assert mail.sender == "sekretariat@example.com"


def test_but_not_without_end() -> None:
    mail = decode_mail(forwarded(letter({"form.docx": FORM}), levels=DEEPEST + 1))
    assert (mail.attachments, mail.remarks) == ((), (TOO_DEEP,))


@pytest.mark.parametrize(
    ("name", "content", "remark"),
    [
        ("formularze.zip", b"PK\x03\x04", ARCHIVE),
        ("formularze.RAR", b"Rar!", ARCHIVE),
        ("winmail.dat", b"\x78\x9f\x3e\x22", TNEF),
        ("smime.p7m", b"\x30\x82", SEALED),
        ("pusty.docx", b"", EMPTY_ATTACHMENT),
    ],
)
def test_what_we_do_not_open_is_told_of_and_no_file(name: str, content: bytes, remark: str) -> None:
    mail = decode_mail(letter({name: content, "form.docx": FORM}))
    assert ([one.name for one in mail.attachments], mail.remarks) == (["form.docx"], (remark,))


def test_a_signature_of_the_mail_is_neither_file_nor_remark() -> None:
    mail = EmailMessage(policy=SMTP)
    mail.set_content("Dzień dobry")
    mail.add_attachment(b"\x30\x82", "application", "pkcs7-signature", filename="smime.p7s")
    assert (decode_mail(mail.as_bytes()).attachments, decode_mail(mail.as_bytes()).remarks) == ((), ())


def test_a_mail_of_a_thousand_parts_is_searched_up_to_a_limit() -> None:
    mail = decode_mail(letter({f"{i}.docx": b"x%d" % i for i in range(MOST_PARTS + 50)}))
    assert len(mail.attachments) == MOST_PARTS - 1
    assert mail.remarks == (TOO_MANY_PARTS,)


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        ('"Próbna, Zmyślona" <a@example.org>', "a@example.org"),
        ("=?utf-8?Q?Zmy=C5=9Blona_Pr=C3=B3bna?= <A@Example.ORG>", "A@example.org"),
        ("a@example.org", "a@example.org"),
        ("=?utf-8?Q?b=40example=2Eorg?= <a@example.org>", "a@example.org"),
        ("a@example.org, b@example.org", None),
        ("biuro", None),
        ("", None),
        ("<a@b@example.org>", None),
    ],
)
def test_the_sender_is_the_one_address_of_the_from_line(header: str, sender: str | None) -> None:
    assert decode_mail(f"From: {header}\r\n\r\n".encode()).sender == sender


def test_answers_are_told_by_message_id_the_nearest_first() -> None:
    raw = b"In-Reply-To: <2@a.example>\r\nReferences: <0@a.example> <1@a.example>\r\n <2@a.example>\r\n\r\n"
    assert decode_mail(raw).answers == ("<2@a.example>", "<1@a.example>", "<0@a.example>")


def test_long_polish_headers_come_out_as_they_went_in() -> None:
    words = "Świętopełk Gżegżółka-Brzęczyszczykiewicz, Łękołody, powiat " * 4
    subject = f"Zgłoszenie: {words.strip()}"
    assert decode_mail(letter(subject=subject)).subject == subject


def test_raw_bytes_of_old_programs_are_read_as_polish_windows_writes_them() -> None:
    assert (
        decoded(decode_mail("Subject: zgłoszenie żółć\r\n\r\n".encode("cp1250")).root["Subject"]) == "zgłoszenie żółć"
    )


@pytest.mark.parametrize(
    "traces", [b"Return-Path: <x@example.org>\r\nReceived: from a\r\n\tby b\r\n", b"Received: c\r\n"]
)
def test_the_way_a_mail_took_does_not_make_it_another(traces: bytes) -> None:
    raw = letter({"form.docx": FORM})
    assert digest_of(traces + raw) == digest_of(raw)
    assert digest_of(raw.replace(b"osoba1@", b"osoba2@")) != digest_of(raw)
    assert digest_of(raw + b".") != digest_of(raw)


def test_the_text_of_a_mail_is_its_plain_text_or_the_words_of_its_html() -> None:
    assert text_of(decode_mail(letter(text="Pytanie:\r\ndo kiedy?")).root).split() == ["Pytanie:", "do", "kiedy?"]
    only_html = (
        "Content-Type: text/html; charset=iso-8859-2\r\n\r\n"
        "<html><head><title>x</title><style>p{}</style></head><body><p>Dzień&nbsp;dobry</p><div>żółć</div></body></html>"
    )
    assert text_of(decode_mail(only_html.encode("iso-8859-2")).root) == "Dzień dobry\nżółć"


HOSTILE = {
    "header without end": b"Subject: " + b"=?utf-8?B?xbz?= " * 50_000 + b"\r\n\r\n",
    "parameters": b"Content-Disposition: attachment; "
    + b"".join(b"filename*%d=x; " % i for i in range(15_000))
    + b"\r\n\r\nx",
    "headers": b"X: y\r\n" * 200_000 + b"\r\n",
    "headers and no body": b"X: y\n" * 200_000,
    "parts": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n" * 100_000,
    "comments": b"Content-Type: text/html\r\n\r\n" + b"<!--" * 4_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_mail_made_to_keep_us_busy_does_not(kind: str) -> None:
    began = time.process_time()
    mail = decode_mail(HOSTILE[kind])
    recognise_nature(mail)
    text_of(mail.root)
    assert time.process_time() - began < 3


def test_a_mail_nested_without_end_is_for_a_person() -> None:
    raw = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (i, i) for i in range(1500))
    with pytest.raises(RecursionError):
        decode_mail(raw)


HEADERS = st.sampled_from(
    [b"From", b"Subject", b"Date", b"Message-ID", b"Content-Type", b"Content-Disposition", b"In-Reply-To", b"Received",
     b"Content-Transfer-Encoding", b"Return-Path", b"Auto-Submitted", b"Content-ID", b"References", b"Precedence"]
)  # fmt: skip
PIECES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [b"multipart/mixed; boundary=g", b"multipart/report; report-type=delivery-status; boundary=g",
         b"message/rfc822",
         b"text/html; charset=nic", b"attachment; filename*=x'", b"=?utf-8?B?xbz?=", b"=?x?Q?=ZZ?=", b"base64",
         b"<a@b>",
         b"attachment; filename*1*=%FF", b"message/delivery-status", b"quoted-printable", b"uuencode",
         b"image/png; name="]
    ),
)  # fmt: skip
BODIES = st.lists(
    st.one_of(
        st.binary(max_size=60),
        st.sampled_from([b"--g\r\n", b"--g--\r\n", b"\r\n", b"Content-Type: message/rfc822\r\n\r\n"]),
    ),
    max_size=8,
).map(b"".join)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(st.lists(st.tuples(HEADERS, PIECES), max_size=8), BODIES)
def test_no_header_and_no_body_makes_it_raise(headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    raw = b"".join(name + b": " + value + b"\r\n" for name, value in headers) + b"\r\n" + body
    mail = decode_mail(raw)
    recognise_nature(mail)
    text = "".join([mail.subject, mail.sender or "", mail.message_id or "", *(one.name for one in mail.attachments)])
    text.encode("utf-8")
    assert "\n" not in text
    assert len(digest_of(raw)) == 64
    text_of(mail.root).encode("utf-8")


# Made once: boundaries are random.
GOOD = (letter({"zgłoszenie.docx": FORM}), forwarded(letter()), bounce("<a@b.example>"))


def test_a_charset_that_is_no_name_loses_nothing_else() -> None:
    raw = forwarded(letter({"zgłoszenie.docx": FORM})).replace(b'charset="utf-8"', b'charset="utf\x008"')
    assert b"\x00" in raw
    assert [one.content for one in decode_mail(raw).attachments] == [FORM]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_good_mail_with_bytes_changed_does_not_either(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(GOOD)))
    for _ in range(data.draw(st.integers(1, 12))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    mail = decode_mail(bytes(raw))
    recognise_nature(mail)
    "".join([mail.subject, *(one.name for one in mail.attachments), text_of(mail.root)]).encode("utf-8")
