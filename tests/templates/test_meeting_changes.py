"""What is different about a meeting, in sentences."""

from dataclasses import replace
from datetime import date, time

from templates.letters.frame import MeetingDayLine
from templates.meeting_changes import MeetingFacts, change_sentences

SATURDAY = MeetingDayLine(date=date(2018, 9, 22), starts=time(9), ends=time(15))


def told(before: MeetingFacts, after: MeetingFacts) -> list[str]:
    return [sentence.replace("\u00a0", " ") for sentence in change_sentences(before, after)]


FACTS = MeetingFacts(days=(SATURDAY,), place="Kartuzy, ul. Gdańska 1.", title="I spotkanie", agenda=("Otwarcie",))


def test_nothing_different_is_not_told() -> None:
    assert told(FACTS, FACTS) == []


def test_each_thing_that_differs_is_one_sentence_and_the_new_comes_first() -> None:
    sunday = MeetingDayLine(date=date(2018, 9, 30), starts=time(10, 30), ends=time(14))
    after = MeetingFacts(days=(sunday,), place="Sierakowice", title="Spotkanie otwarte", agenda=())
    assert told(FACTS, after) == [
        "Nowy termin: niedziela, 30 września 2018 r., godz. 10:30–14:00. "
        "Poprzedni termin: sobota, 22 września 2018 r., godz. 9:00–15:00.",
        "Nowe miejsce: Sierakowice. Poprzednie miejsce: Kartuzy, ul. Gdańska 1.",
        "Nowa nazwa spotkania: „Spotkanie otwarte”. Poprzednia nazwa: „I spotkanie”.",
        "Zmienił się program spotkania.",
    ]


def test_only_the_hours_are_a_change_of_the_time() -> None:
    later = replace(SATURDAY, starts=time(10))
    (said,) = told(FACTS, replace(FACTS, days=(later,)))
    assert said.startswith("Nowy termin: sobota, 22 września 2018 r., godz. 10:00–15:00.")
