"""What makes no sense in reminders and quiet hours, though each field by itself is right."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import combinations

from models.group_kinds import Admission
from models.project import Deadlines, ProjectDefinition
from models.project_faults import Check, Fault, Faults, Location, check
from models.reminder_rules import (
    CONDITIONS,
    DATES,
    ReminderDate,
    ReminderEvent,
    ReminderRule,
    UnlessKind,
)
from models.rules.due import FreeDay, Timing, Unit, falls
from models.rules.working_days import LOCAL, end_of_day, is_working_day

_SAME_SUBJECT = (
    frozenset({ReminderEvent.INVITATION_UNANSWERED, ReminderEvent.MEETING_TOMORROW}),
    *(frozenset({event}) for event in ReminderEvent),
)
"""Events that one and the same person is reminded of about one and the same thing."""
_ANCHORS = tuple(day for n in range(365) if is_working_day(day := date(2018, 1, 1) + timedelta(days=n)))
"""Days to try rules on: a year of working days, with the holidays in it."""
_NEVER_AFTER = {
    (ReminderEvent.CORRECTION_DUE, ReminderDate.DEADLINE): "po terminie zgłoszenie jest zamknięte",
    (ReminderEvent.CONFIRMATION_DUE, ReminderDate.DEADLINE): "po terminie propozycja wygasa",
    (ReminderEvent.INVITATION_UNANSWERED, ReminderDate.MEETING): "po spotkaniu nie ma już o co pytać",
    (ReminderEvent.MEETING_TOMORROW, ReminderDate.MEETING): "po spotkaniu nie ma już o czym przypominać",
}
_DATE_WORDS = {
    ReminderDate.DEADLINE: "terminu (deadline)",
    ReminderDate.ASKED: "dnia prośby (asked)",
    ReminderDate.MEETING: "początku spotkania (meeting)",
}
_UNLESS_WORDS = {
    UnlessKind.ANSWERED: "odpowiedzi (answered)",
    UnlessKind.CONFIRMED: "potwierdzenia (confirmed)",
    UnlessKind.DECLINED: "odmowy (declined)",
    UnlessKind.OUT_OF_GROUP: "odejścia z grupy (out_of_group)",
}


def _sense(definition: ProjectDefinition) -> Faults:
    for index, rule in enumerate(definition.reminders):
        path: Location = ("reminders", index)
        if rule.date not in DATES[rule.event]:
            yield Fault((*path, "counted_from"), f"Sprawa „{rule.event}” nie ma {_DATE_WORDS[rule.date]}.")
            continue
        yield from _never(definition.deadlines, rule, path)
        if rule.at.tzinfo:
            yield Fault((*path, "at"), 'Godzinę podaje się czasem polskim, bez oznaczenia strefy, na przykład "08:00".')
        if rule.spacing is not None and rule.times == 1:
            yield Fault(
                (*path, "spacing"), "Odstęp między przypomnieniami (spacing) ma sens, gdy jest ich więcej niż jedno."
            )
        if rule.unit is Unit.WORKING_DAYS and rule.free_day is not None:
            yield Fault(
                (*path, "free_day"), "Przypomnienie liczone w dniach roboczych nie wypada w dzień wolny (free_day)."
            )
        if rule.is_before and rule.free_day is FreeDay.NEXT:
            yield Fault(
                (*path, "free_day"),
                "Przypomnienie przed datą przesuwa się na wcześniejszy dzień roboczy (previous): na późniejszy mogłoby "
                "wypaść po niej.",
            )
        for condition in sorted(rule.unless_states - CONDITIONS[rule.event]):
            yield Fault((*path, "unless"), f"W sprawie „{rule.event}” nie może być {_UNLESS_WORDS[condition]}.")


def _never(deadlines: Deadlines, rule: ReminderRule, path: Location) -> Faults:
    """A reminder whose time cannot come."""
    if rule.is_before and rule.date is ReminderDate.ASKED:
        yield Fault((*path, "side"), "Przed dniem prośby nie ma jeszcze o czym przypominać.")
    elif not rule.is_before and (rule.event, rule.date) in _NEVER_AFTER:
        reason = _NEVER_AFTER[rule.event, rule.date]
        yield Fault((*path, "side"), f"To przypomnienie nigdy nie wyjdzie: {reason}.")
    elif rule.unit is Unit.WORKING_DAYS and rule.is_before and rule.date is ReminderDate.DEADLINE:
        period = {
            ReminderEvent.CORRECTION_DUE: deadlines.correction_working_days,
            ReminderEvent.CONFIRMATION_DUE: deadlines.answer_working_days,
            ReminderEvent.BILL_MISSING: deadlines.bill_working_days,
        }.get(rule.event)
        farthest = max(rule.timing.distances())
        # The day for signing an agreement is set with each of them, not by the project.
        if period is not None and farthest >= period:
            yield Fault(
                (*path, "offset_working_days"),
                f"Termin ma {period} dni roboczych, a pierwsze przypomnienie wypada {farthest} dni roboczych przed "
                "nim: w dniu prośby albo wcześniej.",
            )
    elif rule.event is ReminderEvent.CORRECTION_DUE and not rule.is_before:
        yield from _too_late(rule, deadlines.correction_working_days, path)
    elif rule.event is ReminderEvent.CONFIRMATION_DUE and not rule.is_before:
        yield from _too_late(rule, deadlines.answer_working_days, path)


def _too_late(rule: ReminderRule, period: int, path: Location) -> Faults:
    farthest = max(rule.timing.distances())
    if rule.unit is Unit.WORKING_DAYS and farthest > period:
        yield Fault(
            (*path, "offset_working_days"),
            f"Termin ma {period} dni roboczych, a ostatnie przypomnienie wypada {farthest} dni roboczych po prośbie: "
            "po terminie.",
        )


def _two_on_one_day(definition: ProjectDefinition) -> Faults:
    for (_, first), (index, second) in combinations(enumerate(definition.reminders), 2):
        together = any({first.event, second.event} <= events for events in _SAME_SUBJECT)
        one_date = (first.date, first.is_before) == (second.date, second.is_before)
        if together and one_date and first.to == second.to and _usually_meet(first.timing, second.timing):
            yield Fault(
                ("reminders", index, "code"),
                f"Przypomnienia „{first.code}” i „{second.code}” w jednej sprawie wypadają tego samego dnia.",
            )


@lru_cache(maxsize=256)
def _usually_meet(first: Timing, second: Timing) -> bool:
    """Whether two rules fall on one day, counted from most days of a year."""
    met = sum(bool(_days(first, day) & _days(second, day)) for day in _ANCHORS)
    return met * 2 > len(_ANCHORS)


def _days(timing: Timing, day: date) -> set[date]:
    # A deadline ends with its day, a meeting begins in the morning; rules in hours are tried on the latter.
    anchor = end_of_day(day) if timing.unit is not Unit.HOURS else datetime.combine(day, time(9), LOCAL).astimezone(UTC)
    return {moment.astimezone(LOCAL).date() for moment in falls(anchor, timing)}


def _agreements(definition: ProjectDefinition) -> Faults:
    for index, rule in enumerate(definition.reminders):
        if rule.event is ReminderEvent.AGREEMENT_UNSIGNED and definition.agreements is None:
            yield Fault(
                ("reminders", index, "event"),
                "Przypomnienie o porozumieniu potrzebuje jego treści: sekcji „agreements”.",
            )


def _nominations(definition: ProjectDefinition) -> Faults:
    named = any(kind.admission is Admission.NOMINATION for kind in definition.group_kinds)
    for index, rule in enumerate(definition.reminders):
        if rule.event is ReminderEvent.NOMINATION_DUE and not named:
            yield Fault(
                ("reminders", index, "event"),
                "Przypomnienie o wskazaniu osoby potrzebuje rodzaju grupy, do której wskazują instytucje "
                "(admission: nomination).",
            )


def _quiet(definition: ProjectDefinition) -> Faults:
    quiet = definition.mail.quiet
    if quiet is None:
        return
    if quiet.starts.tzinfo or quiet.ends.tzinfo:
        yield Fault(("mail", "quiet", "starts"), 'Godziny podaje się czasem polskim, na przykład "20:00".')
    elif quiet.starts == quiet.ends:
        yield Fault(("mail", "quiet", "ends"), "Cisza nie może się kończyć o tej godzinie, o której się zaczyna.")


REMINDER_CHECKS: tuple[Check, ...] = (
    check(_sense, "reminders", "deadlines"),
    check(_two_on_one_day, "reminders"),
    check(_agreements, "reminders", "agreements"),
    check(_nominations, "reminders", "group_kinds"),
    check(_quiet, "mail"),
)
