"""People's letters, auto-replies and bounces told apart by headers; a subject alone decides nothing."""

import pytest
from mails import AUTO_REPLY, bounce, letter

from flows.adapters.mail_decoding import decode_mail
from flows.adapters.mail_nature import (
    DELIVERY_DELAYED,
    MAYBE_AUTOMATIC,
    SUBJECT_OF_AUTO_REPLY,
    Nature,
    Recognised,
    recognise_nature,
)

OURS = "<0123456789abcdef0123456789abcdef@biuro.example>"


def nature(raw: bytes) -> Recognised:
    return recognise_nature(decode_mail(raw))


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": 'auto-generated; owner-email="x@example.org"'},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"X-Autoreply": "yes"},
        {"X-Autorespond": "Re: Potwierdzenie"},
        {"List-Id": "<wiadomosci.example.org>"},
        {"Return-Path": "<>"},
    ],
)
def test_what_machines_send(headers: dict[str, str]) -> None:
    assert nature(letter(headers=headers)).nature is Nature.AUTOMATIC


@pytest.mark.parametrize("headers", [{}, {"Auto-Submitted": "no"}, {"Precedence": "first-class"}, {"X-Priority": "1"}])
def test_what_people_send(headers: dict[str, str]) -> None:
    assert nature(letter(headers=headers)) == Recognised(Nature.LETTER)


@pytest.mark.parametrize("subject", ["Automatyczna odpowiedź: Potwierdzenie", "Out of Office: x", "Poza biurem"])
def test_a_subject_is_a_hint_and_no_more(subject: str) -> None:
    assert nature(letter(subject=subject)) == Recognised(Nature.LETTER, remarks=(SUBJECT_OF_AUTO_REPLY,))
    assert nature(letter(subject=f"Re: {subject}")).remarks == ()


def test_who_asks_not_to_be_answered_may_be_a_person() -> None:
    assert nature(letter(headers={"X-Auto-Response-Suppress": "All"})) == Recognised(
        Nature.AUTOMATIC, remarks=(MAYBE_AUTOMATIC,)
    )


def test_an_auto_reply_is_one() -> None:
    assert nature(AUTO_REPLY).nature is Nature.AUTOMATIC


def test_a_report_of_a_mail_that_did_not_arrive_names_it() -> None:
    assert nature(bounce(OURS)) == Recognised(Nature.BOUNCE, (OURS,))


def test_a_mail_that_is_only_late_has_not_come_back() -> None:
    assert nature(bounce(OURS, action="delayed")) == Recognised(Nature.AUTOMATIC, remarks=(DELIVERY_DELAYED,))
    assert nature(bounce(OURS, action="relayed")) == Recognised(Nature.AUTOMATIC)


@pytest.mark.parametrize(
    "head",
    [
        "From: MAILER-DAEMON@example.com",
        "From: Mail Delivery <mailer-daemon@example.com>",
        "From: a@example.com\r\nX-Failed-Recipients: b@example.com",
        "From: postmaster@example.com\r\nReturn-Path: <>",
    ],
)
def test_servers_that_report_in_plain_words_are_understood_too(head: str) -> None:
    raw = f"{head}\r\nSubject: failure notice\r\n\r\nThis message could not be delivered.\r\n\r\nMessage-ID: {OURS}\r\n"
    assert nature(raw.encode()) == Recognised(Nature.BOUNCE, (OURS,))


def test_a_receipt_of_reading_is_automatic() -> None:
    kind = b"multipart/report; report-type=disposition-notification; boundary=g"
    assert (
        nature(b"From: a@example.org\r\nContent-Type: " + kind + b"\r\n\r\n--g\r\n\r\nPrzeczytano.\r\n--g--\r\n").nature
        is Nature.AUTOMATIC
    )
