"""What goes over the wire is what was meant: parsed back by the standard library and compared."""

from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.adapters.mail_encoding import Attachment, Mail, encode_mail
from models.errors import BadInput

MAIL = Mail(
    from_name="Regionalny Ośrodek Polityki Społecznej, Toruń",
    from_address="rekrutacja@rops.example",
    to_address="zofia.przykladna@poczta.example",
    to_name="Zofia Wymyślona-Przykładna",
    reply_to="rekrutacja+k7m4@rops.example",
    subject="Potwierdzenie wpływu zgłoszenia K7M4-Q2XR – Kooperacja",
    text="Szanowna Pani,\n\ndziękujemy za zgłoszenie.\n",
    html="<p>Szanowna Pani,</p>\n<p>dziękujemy za zgłoszenie.</p>\n",
    message_id="<5f3c.1@rops.example>",
    date=datetime(2018, 10, 12, 9, 41, tzinfo=UTC),
)
CALENDAR = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"

# Words of office mails, with everything that folding has been seen to damage: blanks, dashes, quotes, short words.
PIECES = (
    "Zgłoszenie", "nr", "K7M4-Q2XR", "–", "w", "„Kooperacja – efektywna i skuteczna”", "Powiatowej", "Grupy",
    "Refleksyjnej", "źdźbło", "żółć", "łódź", "spotkanie", "24–25.11.2018 r.", "(powiat kartuski)", "uzupełnienia",
    '"cytat"', "§ 4 ust. 1", "=?utf-8?q?nie?=", "=", "?", "_", "a,b;c", "zaproszenie:", "\u00a0", "e-mail", "ROPS",
    "Konstantynopolitańczykowianeczka-Gżegżółka-Świętopełk-Wielkopolska", "<b>", "😀", "z\u0301",
)  # fmt: skip
subjects = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from((" ", " ", " ", "  ", "   ", "", " – "))),
    min_size=1,
    max_size=30,
).map(lambda pairs: "".join(word + gap for word, gap in pairs))
any_text = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=120)


def header_lines(data: bytes) -> list[bytes]:
    return data.partition(b"\r\n\r\n")[0].split(b"\r\n")


def decoded(message: Message, header: str) -> str:
    """By ``decode_header``: the newer parser puts blanks between adjacent words of a name."""
    return str(make_header(decode_header(str(message[header]))))


@settings(max_examples=600, deadline=None)
@given(subject=st.one_of(subjects, any_text), name=st.one_of(subjects, any_text))
def test_subject_and_names_arrive_as_they_were_written(subject: str, name: str) -> None:
    data = encode_mail(replace(MAIL, subject=subject, from_name=name, to_name=name))
    message = message_from_bytes(data)
    assert decoded(message, "Subject") == subject
    assert str(message_from_bytes(data, policy=default)["Subject"]) == subject
    for header, address in (("From", MAIL.from_address), ("To", MAIL.to_address)):
        phrase, _, rest = str(message[header]).rpartition("<")
        assert str(make_header(decode_header(phrase.rstrip("\r\n ")))) == name
        assert rest == f"{address}>"
    for line in header_lines(data):
        assert len(line) <= 76
        for word in line.split():
            if word.startswith(b"=?"):
                assert len(word) <= 75
                b64decode(word[10:-2]).decode("utf-8")  # RFC 2047: a character is never split between words


def test_a_plain_subject_stays_readable_in_the_source() -> None:
    assert b"\r\nSubject: Nabor K7M4-Q2XR\r\n" in encode_mail(replace(MAIL, subject="Nabor K7M4-Q2XR"))


def test_texts_arrive_in_both_forms() -> None:
    message = message_from_bytes(encode_mail(MAIL), policy=default)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()] == [MAIL.text, MAIL.html]
    assert not message.defects


def test_headers_say_that_a_machine_wrote_it_in_polish() -> None:
    message = message_from_bytes(encode_mail(MAIL))
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Content-Language"] == "pl"
    assert message["Reply-To"] == MAIL.reply_to
    assert str(message["Message-ID"]).strip() == MAIL.message_id
    assert message["Date"] == "Fri, 12 Oct 2018 09:41:00 +0000"


def test_invitation_stands_as_alternative_and_as_file() -> None:
    message = message_from_bytes(encode_mail(replace(MAIL, calendar=CALENDAR)), policy=default)
    alternative, attached = message.iter_parts()
    calendar = list(alternative.iter_parts())[2]
    assert calendar["Content-Type"].params == {"charset": "utf-8", "method": "REQUEST"}
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert attached.get_filename() == "invite.ics"
    assert calendar.get_payload(decode=True) == attached.get_payload(decode=True) == CALENDAR


def test_cancellation_names_its_method() -> None:
    data = encode_mail(replace(MAIL, calendar=CALENDAR.replace(b"REQUEST", b"CANCEL"), calendar_method="CANCEL"))
    assert b"Content-Type: text/calendar; charset=utf-8; method=CANCEL\r\n" in data


@pytest.mark.parametrize(
    "name", ["rachunek.docx", "zaświadczenie o udziale.docx", "źdźbło " * 20 + ".pdf", "a'b%c.txt"]
)
def test_attachments_keep_name_and_bytes(name: str) -> None:
    attachment = Attachment(name, "application/pdf", bytes(range(256)) * 3)
    data = encode_mail(replace(MAIL, attachments=(attachment,)))
    (part,) = message_from_bytes(data, policy=default).iter_attachments()
    assert part.get_filename() == name
    assert part.get_payload(decode=True) == attachment.data
    assert str(part["Content-Type"].params["name"]).isascii()


def test_all_is_ascii_in_short_crlf_lines() -> None:
    letter = Attachment("zaświadczenie.pdf", "application/pdf", b"\x00\xff" * 900)
    data = encode_mail(replace(MAIL, text="ż" * 3000 + "\n.\r\nkoniec\r", calendar=CALENDAR, attachments=(letter,)))
    assert data.isascii()
    assert data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n")
    assert max(map(len, data.split(b"\r\n"))) <= 78


def test_the_same_mail_gives_the_same_bytes() -> None:
    assert encode_mail(MAIL) == encode_mail(replace(MAIL))


@pytest.mark.parametrize(
    "spoilt",
    [
        {"subject": "Nabór\r\nBcc: obcy@poczta.example"},
        {"subject": "Nabór\nX: y"},
        {"subject": "Nabór\u2028"},
        {"to_name": "Jan\r\nBcc: obcy@poczta.example"},
        {"from_name": "ROPS\x00"},
        {"to_address": "jan@poczta.example, obcy@poczta.example"},
        {"to_address": "jan@poczta.example\r\nBcc: obcy@poczta.example"},
        {"to_address": "żółw@poczta.example"},
        {"to_address": "jan@poczta.example\n"},
        {"reply_to": "<jan@poczta.example>"},
        {"message_id": "<a@b>\r\nX: y"},
        {"message_id": "a@b"},
        {"date": datetime(2018, 10, 12, 9, 41)},  # noqa: DTZ001
        {"attachments": (Attachment("a\r\nb.txt", "text/plain", b""),)},
        {"attachments": (Attachment("a.txt", "text/plain\r\nX: y", b""),)},
    ],
)
def test_nothing_slips_a_header_in(spoilt: dict[str, object]) -> None:
    with pytest.raises(BadInput) as refusal:
        encode_mail(replace(MAIL, **spoilt))  # type: ignore[arg-type]
    assert "poczta" not in str(refusal.value)
