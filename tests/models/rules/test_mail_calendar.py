"""What looks wrong in a calendar of letters."""

from datetime import date, datetime

from models.rules.mail_calendar import Concern, Sending, concerns
from models.rules.working_days import LOCAL


def at(text: str, person: str = "person/1", *, out: bool = False) -> Sending:
    moment = datetime.fromisoformat(text).replace(tzinfo=LOCAL)
    return Sending(moment, person, f"KES/{person[-1]}", "reminder_meeting", out)


def found(*sendings: Sending, flood: int = 10) -> list[tuple[date, Concern]]:
    return [(one.day, one.concern) for one in concerns(sendings, flood=flood)]


def test_a_calm_week_is_nobodys_concern() -> None:
    assert found(at("2018-06-04T08:00"), at("2018-06-05T08:00"), at("2018-06-05T08:00", "person/2")) == []


def test_more_than_two_a_day_to_one_person_whatever_the_numbers() -> None:
    three = [at("2018-06-04T08:00"), at("2018-06-04T12:00"), at("2018-06-04T16:00")]
    assert found(*three) == [(date(2018, 6, 4), Concern.FLOOD_TO_ONE)]
    assert "KES/1 (3)" in concerns(three, flood=10)[0].sentence
    assert found(*three[:2]) == []


def test_more_than_three_a_week_to_one_person() -> None:
    four = [at(f"2018-06-0{day}T08:00") for day in (4, 5, 6, 7)]
    assert found(*four) == [(date(2018, 6, 4), Concern.WEEK_TO_ONE)]
    # From Friday to Monday it is another week.
    assert found(*four[:3], at("2018-06-11T08:00")) == []


def test_a_flood_to_all() -> None:
    many = [at("2018-06-04T08:00", f"person/{n}") for n in range(4)]
    assert found(*many, flood=3) == [(date(2018, 6, 4), Concern.FLOOD)]
    assert found(*many, flood=4) == []


def test_free_days_and_nights() -> None:
    assert found(at("2018-06-02T08:00")) == [(date(2018, 6, 2), Concern.FREE_DAY)]
    assert "Bożego Ciała" in concerns([at("2018-05-31T08:00")], flood=10)[0].sentence
    assert found(at("2018-06-04T20:59"), at("2018-06-05T21:00"), at("2018-06-07T05:59")) == [
        (date(2018, 6, 5), Concern.NIGHT),
        (date(2018, 6, 7), Concern.NIGHT),
    ]


def test_reminders_of_people_who_are_out() -> None:
    assert found(at("2018-06-04T08:00", out=True)) == [(date(2018, 6, 4), Concern.PERSON_OUT)]
