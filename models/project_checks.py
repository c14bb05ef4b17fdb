"""What must agree inside a project definition beyond the shape of each field.

Every check looks at the sections it names and at nothing else, so the ones whose sections are sound can run while
others are still broken, and an officer sees all mistakes at once.
"""

from collections import Counter
from collections.abc import Sequence

from stdnum.pl import nip

from models.admission_checks import ADMISSION_CHECKS
from models.appointment_checks import APPOINTMENT_CHECKS
from models.contract_checks import CONTRACT_CHECKS
from models.form_definition import FieldType, FormPurpose
from models.letter_events import LETTER_EVENTS
from models.payment_checks import PAYMENT_CHECKS
from models.project import UNKNOWN, ProjectDefinition, Purpose
from models.project_faults import Check, Fault, Faults, Location, check
from models.regulation_checks import REGULATION_CHECKS
from models.reminder_checks import REMINDER_CHECKS
from models.rule_checks import RULE_CHECKS, form_of
from models.rules.composition import impossible
from models.rules.meeting_kinds import MeetingKind
from models.rules.order import OrderKey, rule_of
from models.support_checks import SUPPORT_CHECKS
from models.unit_checks import UNIT_CHECKS


def faults(definition: ProjectDefinition, *, broken: frozenset[str] = frozenset()) -> tuple[Fault, ...]:
    """All disagreements in the definition, each once. Checks that need a ``broken`` section are left out."""
    found = [fault for check in CHECKS if not check.sections & broken for fault in check.run(definition)]
    return tuple(dict.fromkeys(found))


def _codes_once(definition: ProjectDefinition, section: str, attribute: str) -> Faults:
    codes = [getattr(one, attribute) for one in getattr(definition, section)]
    yield from _once(codes, (section,), attribute)


def _once(codes: Sequence[str | int], path: Location, *attribute: str) -> Faults:
    for index, code in enumerate(codes):
        if code in codes[:index]:
            yield Fault((*path, index, *attribute), f"„{code}” powtarza się; każdy kod może wystąpić tylko raz.")


def _period(definition: ProjectDefinition) -> Faults:
    versions = definition.period.versions
    for index, version in enumerate(versions):
        if version.ends < version.starts:
            yield Fault(("period", "versions", index, "ends"), "Koniec projektu jest wcześniejszy niż jego początek.")
        if index and version.recorded_from <= versions[index - 1].recorded_from:
            yield Fault(
                ("period", "versions", index, "recorded_from"),
                "Wersje okresu muszą stać w kolejności zapisania, każda z późniejszą datą „recorded_from”.",
            )


def _milestones(definition: ProjectDefinition) -> Faults:
    for index, milestone in enumerate(definition.milestones):
        if milestone.starts and milestone.ends and milestone.ends < milestone.starts:
            yield Fault(("milestones", index, "ends"), "Koniec kamienia milowego jest wcześniejszy niż jego początek.")


def _buyer(definition: ProjectDefinition) -> Faults:
    if definition.buyer.nip != UNKNOWN and not nip.is_valid(definition.buyer.nip):
        yield Fault(
            ("buyer", "nip"), f"NIP nabywcy ({definition.buyer.nip}) jest błędny: nie zgadza się cyfra kontrolna."
        )


def _buyer_of_the_paid(definition: ProjectDefinition) -> Faults:
    """Where nobody is paid, nothing bears the number, and it may be unknown."""
    if definition.buyer.nip == UNKNOWN and any(kind.pay for kind in definition.group_kinds):
        yield Fault(("buyer", "nip"), "NIP nabywcy jest nieustalony, a stoi na umowach i rachunkach grup płatnych.")


def _area(definition: ProjectDefinition) -> Faults:
    seen: Counter[str] = Counter()
    gminas = 0

    def known(code: str, location: Location) -> Faults:
        seen[code] += 1
        if seen[code] > 1:
            yield Fault(location, f"Kod TERYT {code} powtarza się.")

    for v, voivodship in enumerate(definition.area.voivodships):
        path: Location = ("area", "voivodships", v)
        yield from known(voivodship.teryt, (*path, "teryt"))
        if voivodship.unknown_powiats < 0:
            yield Fault(
                (*path, "planned_powiats"),
                f"Powiatów wpisano {len(voivodship.powiats)}, a zaplanowano {voivodship.planned_powiats}.",
            )
        for p, powiat in enumerate(voivodship.powiats):
            inner: Location = (*path, "powiats", p)
            yield from known(powiat.teryt, (*inner, "teryt"))
            if not powiat.teryt.startswith(voivodship.teryt):
                yield Fault(
                    (*inner, "teryt"),
                    f"Powiat {powiat.teryt} nie leży w województwie {voivodship.teryt}: "
                    "kod powiatu zaczyna się od kodu województwa.",
                )
            for g, gmina in enumerate(powiat.gminas):
                gminas += 1
                yield from known(gmina.teryt, (*inner, "gminas", g, "teryt"))
                if not gmina.teryt.startswith(powiat.teryt):
                    yield Fault(
                        (*inner, "gminas", g, "teryt"),
                        f"Gmina {gmina.teryt} nie leży w powiecie {powiat.teryt}: "
                        "kod gminy zaczyna się od kodu powiatu.",
                    )
    if gminas > definition.area.planned_gminas:
        yield Fault(
            ("area", "planned_gminas"), f"Gmin wpisano {gminas}, a zaplanowano {definition.area.planned_gminas}."
        )


def _references(definition: ProjectDefinition, section: str, noun: str) -> Faults:
    """Codes a group kind lists (``criteria``, ``merit``) exist in the section of that name, each listed once."""
    known = {one.code for one in getattr(definition, section)}
    for k, kind in enumerate(definition.group_kinds):
        listed: tuple[str, ...] = getattr(kind, section)
        for i, code in enumerate(listed):
            if code not in known:
                yield Fault(("group_kinds", k, section, i), f"Grupa {kind.code} wskazuje nieznane {noun} „{code}”.")
        yield from _once(listed, ("group_kinds", k, section))


def _order(definition: ProjectDefinition) -> Faults:
    for k, kind in enumerate(definition.group_kinds):
        yield from _once(kind.order, ("group_kinds", k, "order"))
        for i, key in enumerate(kind.order):
            location: Location = ("group_kinds", k, "order", i)
            if not isinstance(key, OrderKey):
                if rule_of(key) not in kind.merit:
                    yield Fault(location, f"Grupa {kind.code} nie przyznaje punktów „{rule_of(key)}” (merit).")
            elif key in (OrderKey.DRAW, OrderKey.NUMBER_ASC) and i + 1 < len(kind.order):
                yield Fault(location, f"Po „{key}” nie ma już równych zgłoszeń, więc musi stać na końcu kolejności.")


def _group_preference(definition: ProjectDefinition) -> Faults:
    kinds = {kind.code for kind in definition.group_kinds}
    for index, code in enumerate(definition.group_preference):
        if code not in kinds:
            yield Fault(("group_preference", index), f"Nieznany rodzaj grupy „{code}”.")
    yield from _once(definition.group_preference, ("group_preference",))


def _forms_of_kinds(definition: ProjectDefinition) -> Faults:
    for k, kind in enumerate(definition.group_kinds):
        form = form_of(definition, kind)
        if form is None:
            known = ", ".join(sorted(one.key for one in definition.forms)) or "brak"
            yield Fault(
                ("group_kinds", k, "form"),
                f"Grupa {kind.code} wskazuje nieznany formularz „{kind.form}”. Formularze w folderze forms: {known}.",
            )
        elif form.purpose is not FormPurpose.APPLICATION:
            yield Fault(
                ("group_kinds", k, "form"),
                f"Grupa {kind.code} wskazuje formularz „{kind.form}”, który nie jest formularzem zgłoszeniowym.",
            )
        elif form.group_kind != kind.code:
            yield Fault(
                ("group_kinds", k, "form"),
                f"Grupa {kind.code} wskazuje formularz „{kind.form}”, który jest przeznaczony dla {form.group_kind}.",
            )
    kinds = {kind.code for kind in definition.group_kinds}
    for f, form in enumerate(definition.forms):
        if form.purpose is FormPurpose.APPLICATION and form.group_kind not in kinds:
            yield Fault(("forms", f, "group_kind"), f"Formularz wskazuje nieznany rodzaj grupy „{form.group_kind}”.")


def _form_keys(definition: ProjectDefinition) -> Faults:
    yield from _once([form.key for form in definition.forms], ("forms",), "key")


def _evidence_for(definition: ProjectDefinition) -> Faults:
    known = {criterion.code for criterion in definition.criteria}
    for f, form in enumerate(definition.forms):
        for s, section in enumerate(form.sections):
            for i, field in enumerate(section.fields):
                for e, code in enumerate(field.evidence_for):
                    if code not in known:
                        yield Fault(
                            ("forms", f, "sections", s, "fields", i, "evidence_for", e),
                            f"Pole „{field.key}” wskazuje nieznane kryterium „{code}”.",
                        )


def _institution_options(definition: ProjectDefinition) -> Faults:
    known = {
        "obszar": ("obszar kooperacji", "sectors", {sector.code for sector in definition.sectors}),
        "poziom": ("poziom instytucji", "levels", {level.code for level in definition.levels}),
    }
    for f, form in enumerate(definition.forms):
        for s, section in enumerate(form.sections):
            for i, field in enumerate(section.fields):
                if field.type != FieldType.INSTITUTION:
                    continue
                for part, (noun, section_name, codes) in known.items():
                    for o, option in enumerate(field.part_options.get(part, ())):
                        if option.code not in codes:
                            yield Fault(
                                ("forms", f, "sections", s, "fields", i, "part_options", part, o, "code"),
                                f"Nieznany {noun} „{option.code}”: nie ma go w project.yaml ({section_name}).",
                            )


def _composition(definition: ProjectDefinition) -> Faults:
    sectors = {sector.code for sector in definition.sectors}
    levels = {level.code for level in definition.levels}
    for k, kind in enumerate(definition.group_kinds):
        for index, sentence in impossible(kind.composition, seats=kind.seats, sectors=sectors, levels=levels):
            location: Location = ("group_kinds", k, "composition")
            yield Fault(location if index is None else (*location, index), f"Skład grupy {kind.code}: {sentence}")


def _schedule(definition: ProjectDefinition) -> Faults:
    kinds = {kind.code: kind for kind in definition.group_kinds}
    known = definition.area.names()
    for m, meeting in enumerate(definition.schedule):
        path: Location = ("schedule", m)
        kind = kinds.get(meeting.group_kind)
        if kind is None:
            yield Fault((*path, "group_kind"), f"Spotkanie wskazuje nieznany rodzaj grupy „{meeting.group_kind}”.")
        elif meeting.kind is MeetingKind.MEETING and len(meeting.days) != kind.meeting.days:
            yield Fault(
                (*path, "days"),
                f"Liczba dni spotkania: {len(meeting.days)}, a spotkania {kind.code} mają ich {kind.meeting.days}.",
            )
        if meeting.powiat not in known:
            yield Fault((*path, "powiat"), f"Obszar {meeting.powiat} nie należy do projektu (area).")


def _meeting_days(definition: ProjectDefinition) -> Faults:
    for m, meeting in enumerate(definition.schedule):
        for d, day in enumerate(meeting.days):
            path: Location = ("schedule", m, "days", d)
            if day.starts.tzinfo or day.ends.tzinfo:
                yield Fault(path, 'Godziny podaje się czasem polskim, bez oznaczenia strefy, na przykład "09:00".')
            elif day.ends <= day.starts:
                yield Fault((*path, "ends"), "Spotkanie musi się kończyć później, niż się zaczyna.")
            if d and day.date <= meeting.days[d - 1].date:
                yield Fault((*path, "date"), "Dni spotkania muszą stać w kolejności dat, każdy raz.")


_OUTCOMES = {
    Purpose.PROPOSED_MAIN: "accepted",
    Purpose.PROPOSED_RESERVE: "reserve",
    Purpose.PROPOSED_BEYOND: "rejected",
    Purpose.MAIN_FOR_COMPOSITION: "accepted",
    Purpose.RESERVE_FOR_COMPOSITION: "reserve",
    Purpose.BEYOND_FOR_COMPOSITION: "rejected",
    Purpose.OTHER_GROUP: "rejected",
    Purpose.NOT_ELIGIBLE: "rejected",
    Purpose.INCOMPLETE: "rejected",
    Purpose.PROMOTED: "accepted",
}


def _reasons(definition: ProjectDefinition) -> Faults:
    used: set[Purpose] = set()
    for r, reason in enumerate(definition.reasons):
        for u, purpose in enumerate(reason.used_for):
            location: Location = ("reasons", r, "used_for", u)
            if purpose in used:
                yield Fault(location, f"Przypadek „{purpose}” ma już inny powód.")
            elif reason.outcome != _OUTCOMES[purpose]:
                yield Fault(location, f"Przypadek „{purpose}” wymaga powodu o wyniku (outcome) „{_OUTCOMES[purpose]}”.")
            used.add(purpose)
    for purpose in Purpose:
        if purpose not in used and needed(definition, purpose):
            yield Fault(("reasons",), f"Brakuje powodu dla przypadku „{purpose}” (used_for).")


def _mail_events(definition: ProjectDefinition) -> Faults:
    """Letters are named by the events that there are, and merging takes each of them once."""
    for index, event in enumerate(definition.mail.approve):
        if event not in LETTER_EVENTS:
            yield Fault(("mail", "approve", index), f"Nie ma wiadomości „{event}”.")
    for index, rule in enumerate(definition.mail.merge):
        path = ("mail", "merge", index, "events")
        for event in sorted(set(rule.events) - LETTER_EVENTS):
            yield Fault((*path, rule.events.index(event)), f"Nie ma wiadomości „{event}”.")
        if len(set(rule.events)) < len(rule.events):
            yield Fault(path, "Każde zdarzenie wymienia się w regule łączenia tylko raz.")


def needed(definition: ProjectDefinition, purpose: Purpose) -> bool:
    """Whether a project's rules can lead to the case at all."""
    match purpose:
        case Purpose.OTHER_GROUP:
            return not definition.allow_two_groups and len(definition.group_kinds) > 1
        case Purpose.MAIN_FOR_COMPOSITION | Purpose.RESERVE_FOR_COMPOSITION | Purpose.BEYOND_FOR_COMPOSITION:
            return any(kind.composition for kind in definition.group_kinds)
        case _:
            return True


def _unique(section: str, attribute: str = "code") -> Check:
    return check(lambda definition: _codes_once(definition, section, attribute), section)


def _attendance(definition: ProjectDefinition) -> Faults:
    if definition.attendance is not None and not definition.deadlines.min_attendance_percent:
        yield Fault(
            ("attendance",),
            "Nie ma czego pilnować: „deadlines.min_attendance_percent” wynosi 0. Podaj próg albo usuń tę część.",
        )


CHECKS: tuple[Check, ...] = (
    _unique("milestones", "number"),
    *(
        _unique(section)
        for section in ("sectors", "levels", "group_kinds", "criteria", "merit", "documents", "support", "unit_data")
    ),
    *(_unique(section) for section in ("reasons", "reminders", "schedule")),
    check(_form_keys, "forms"),
    check(_period, "period"),
    check(_milestones, "milestones"),
    check(_buyer, "buyer"),
    check(_buyer_of_the_paid, "buyer", "group_kinds"),
    check(_area, "area"),
    check(lambda definition: _references(definition, "criteria", "kryterium"), "group_kinds", "criteria"),
    check(lambda definition: _references(definition, "merit", "kryterium punktowe"), "group_kinds", "merit"),
    check(_order, "group_kinds"),
    check(_group_preference, "group_preference", "group_kinds"),
    check(_forms_of_kinds, "group_kinds", "forms"),
    check(_evidence_for, "forms", "criteria"),
    check(_institution_options, "forms", "sectors", "levels"),
    check(_composition, "group_kinds", "sectors", "levels"),
    check(_schedule, "schedule", "group_kinds", "area"),
    check(_meeting_days, "schedule"),
    check(_attendance, "attendance", "deadlines"),
    check(_reasons, "reasons", "group_kinds", "allow_two_groups"),
    check(_mail_events, "mail"),
    *UNIT_CHECKS,
    *ADMISSION_CHECKS,
    *RULE_CHECKS,
    *REGULATION_CHECKS,
    *REMINDER_CHECKS,
    *PAYMENT_CHECKS,
    *CONTRACT_CHECKS,
    *APPOINTMENT_CHECKS,
    *SUPPORT_CHECKS,
)
