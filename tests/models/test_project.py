"""The shipped project, and how a definition is kept."""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from pydantic import ValidationError

from models.form_definition import LeafType, Sensitivity
from models.group_kinds import Admission
from models.pay_rules import PayKind, PayPer
from models.project import UNKNOWN, Certificates, Entitled, ProjectDefinition, Purpose
from models.project_bytes import canonical_bytes, digest, from_canonical
from models.project_diff import differences
from models.project_file import load_project
from models.reminder_rules import ReminderEvent
from models.rules.criteria import EVALUATORS, evidence, judge, score
from models.rules.facts import Facts
from models.rules.meeting_kinds import MeetingKind
from models.rules.ranking import OrderKey

KES = Path(__file__).parents[2] / "projects" / "kes"


@pytest.fixture(scope="module")
def kes() -> ProjectDefinition:
    return load_project(KES)


def test_kes_carries_what_is_published(kes: ProjectDefinition) -> None:
    assert (kes.number, kes.call_number) == ("POWR.02.05.00-00-0207/17-00", "POWR.02.05.00-IP.03-00-014/17")
    assert kes.leader.voivodship == "04"
    assert [partner.voivodship for partner in kes.partners] == ["08", "22", "28", "30", "32", "04"]
    assert kes.buyer.nip == "778-13-46-888"
    published = [kes.group_kind(code) for code in ("PGR", "PGD", "RGR")]
    assert [(kind.seats, kind.meeting.days) for kind in published] == [(7, 2), (15, 1), (20, 1)]
    assert kes.group_kind("PZK").admission is Admission.NOMINATION
    assert (kes.group_kind("GMINY").seats, kes.group_kind("KARTA").seats) == (30, 20)
    assert kes.group_kind("PGR").meeting.outside_working_hours
    assert len(kes.sectors) == 10
    assert len(kes.milestones) == 7


def test_only_the_pgr_is_paid(kes: ProjectDefinition) -> None:
    pay = kes.group_kind("PGR").pay

    assert pay is not None
    assert (pay.kind, pay.rate_grosze, pay.per) == (PayKind.WYNAGRODZENIE, 6000, PayPer.HOUR)
    assert kes.group_kind("PGD").pay is None
    assert kes.group_kind("RGR").pay is None


def test_the_area_is_the_published_slice_and_invents_nothing(kes: ProjectDefinition) -> None:
    planned = {voivodship.name: voivodship.planned_powiats for voivodship in kes.area.voivodships}
    unknown = {voivodship.name: voivodship.unknown_powiats for voivodship in kes.area.voivodships}
    names = kes.area.names()

    assert sum(planned.values()) == 20
    assert {name: count for name, count in unknown.items() if count} == {"lubuskie": 3, "zachodniopomorskie": 3}
    assert kes.area.planned_gminas == 30
    assert len([code for code in names if len(code) == 7]) == 16
    assert {code[6] for code in names if len(code) == 7} == {"3"}
    assert (names["2205"], names["2205023"], names["0410033"]) == ("kartuski", "Kartuzy", "Nakło nad Notecią")


def test_the_period_is_what_was_known_on_a_day(kes: ProjectDefinition) -> None:
    assert kes.period.on(date(2018, 9, 22)).ends == date(2021, 3, 31)
    assert kes.period.on(date(2021, 6, 1)).ends == date(2021, 12, 31)
    assert kes.period.on(date(2023, 1, 1)).ends == date(2022, 12, 31)
    assert kes.period.on(date(2017, 1, 1)).starts == date(2018, 4, 1)


def test_unpublished_facts_are_said_to_be_unknown(kes: ProjectDefinition) -> None:
    offices = {office.voivodship: office.address for office in kes.offices}

    assert offices["30"] == "ul. Nowowiejskiego 11"
    assert offices["22"] == UNKNOWN
    assert kes.unit.phone == UNKNOWN


def test_the_pgr_of_kartuzy_meets_on_a_weekend(kes: ProjectDefinition) -> None:
    [meeting] = [one for one in kes.schedule if one.group_kind == "PGR"]

    assert meeting.powiat == "2205"
    assert [day.date for day in meeting.days] == [date(2018, 9, 22), date(2018, 9, 23)]
    assert [day.date.isoweekday() for day in meeting.days] == [6, 7]
    assert {(day.starts, day.ends) for day in meeting.days} == {(time(9), time(15))}


def test_every_group_orders_by_the_default_order(kes: ProjectDefinition) -> None:
    default = (OrderKey.POINTS_DESC, OrderKey.PREMIUM_DESC, OrderKey.RECEIVED_ASC, OrderKey.NUMBER_ASC)

    assert {kind.order for kind in kes.group_kinds if kind.merit} == {default}


def test_each_case_of_a_decision_has_one_reason(kes: ProjectDefinition) -> None:
    reasons = {purpose: [one.code for one in kes.reasons if purpose in one.used_for] for purpose in Purpose}

    assert {len(codes) for codes in reasons.values()} == {1}
    assert kes.reason("brak_uzupelnienia").outcome == "rejected"


def test_each_event_has_its_reminder(kes: ProjectDefinition) -> None:
    # No institution names anybody in KES.
    assert {rule.event for rule in kes.reminders} == set(ReminderEvent) - {ReminderEvent.NOMINATION_DUE}


def test_a_code_the_project_does_not_have_is_a_key_error(kes: ProjectDefinition) -> None:
    for find in (kes.group_kind, kes.form, kes.criterion, kes.point_rule, kes.reason, kes.sector_label):
        with pytest.raises(KeyError):
            find("nie_ma")


def test_the_forms_share_the_keys_that_code_relies_on(kes: ProjectDefinition) -> None:
    shared = {
        "imie",
        "nazwisko",
        "pesel",
        "data_urodzenia",
        "plec",
        "email",
        "telefon",
        "niepelnosprawnosc",
        "potrzeby",
    }
    shared |= {f"adres.{part}" for part in ("ulica", "kod", "miejscowosc", "gmina")}
    shared |= {f"instytucja.{part}" for part in ("nazwa", "nip", "obszar", "poziom", "gmina", "stanowisko")}
    shared |= {"osw_regulamin", "osw_udzial", "osw_prawda", "osw_rodo", "zgoda_wizerunek"}

    for code in ("PGR", "PGD", "RGR"):
        kind = kes.group_kind(code)
        form = kes.form(kind.form)
        assert form.group_kind == kind.code
        assert shared <= {leaf.key for leaf in form.leaves}
        assert form.leaf("plec").type is LeafType.CHOICE
        sensitive = {leaf.key for leaf in form.leaves if leaf.sensitivity is Sensitivity.SENSITIVE}
        assert sensitive == {"niepelnosprawnosc", "potrzeby"}


def test_no_rule_looks_at_a_sensitive_answer_or_an_address(kes: ProjectDefinition) -> None:
    looked_at = {key for criterion in kes.criteria for key in evidence(criterion)}

    assert not looked_at & {"niepelnosprawnosc", "potrzeby", "adres.ulica", "adres.gmina", "nazwisko", "plec"}


def test_stored_bytes_give_the_same_definition_and_the_same_bytes(kes: ProjectDefinition) -> None:
    body = canonical_bytes(kes)

    assert from_canonical(body) == kes
    assert canonical_bytes(from_canonical(body)) == body
    assert len(digest(body)) == 64


def test_the_order_of_keys_in_the_stored_bytes_does_not_matter_to_what_they_mean(kes: ProjectDefinition) -> None:
    body = json.dumps(dict(reversed(json.loads(canonical_bytes(kes)).items()))).encode()

    assert canonical_bytes(from_canonical(body)) == canonical_bytes(kes)
    assert digest(body) != digest(canonical_bytes(kes))


def test_another_wording_has_another_digest(kes: ProjectDefinition) -> None:
    changed = kes.model_copy(update={"title": "Kooperacja"})

    assert digest(canonical_bytes(changed)) != digest(canonical_bytes(kes))


def test_stored_bytes_keep_polish_letters_readable(kes: ProjectDefinition) -> None:
    assert "Nakło nad Notecią".encode() in canonical_bytes(kes)


def test_bytes_of_an_unknown_schema_are_refused(kes: ProjectDefinition) -> None:
    body = canonical_bytes(kes).replace(b'"schema_version":1', b'"schema_version":2')

    with pytest.raises(ValidationError):
        from_canonical(body)


def test_a_definition_stored_by_an_earlier_release_still_loads_and_still_judges(kes: ProjectDefinition) -> None:
    """Its bytes were written before regulations, documents and minima were known; its digest is over these bytes."""
    body = (Path(__file__).parent / "stored" / "kes-rules-1.json").read_bytes()
    old = from_canonical(body)
    noon = datetime(2018, 6, 10, 12, 0, tzinfo=UTC)
    facts = Facts(fields={}, received_at=noon, opens_at=noon, closes_at=noon, area="2205")

    assert digest(body) == "80cbe91bf29d2422535af97c274792af5e39a6b8e4fbec84638085f7673f6af8"
    assert (old.regulation, old.documents, old.group_kind("PGR").minimum) == (None, (), None)
    assert set(old.criteria) < set(kes.criteria)
    outcomes = {name: judge(old.criteria, facts, merit=old.merit, algorithm=name) for name in EVALUATORS}
    assert outcomes["rules-1"] == outcomes["rules-2"]
    assert score(old.merit, facts, algorithm="rules-1") == score(old.merit, facts)


def test_a_definition_cannot_be_changed(kes: ProjectDefinition) -> None:
    with pytest.raises(ValidationError):
        kes.title = "inny"  # type: ignore[misc]  # that is what is tried


def test_a_budget_that_nobody_set_leaves_no_trace_in_the_stored_bytes(kes: ProjectDefinition) -> None:
    assert b"budget_grosze" not in canonical_bytes(kes)
    (pgr, *others) = kes.group_kinds
    assert pgr.pay is not None
    budgeted = pgr.model_copy(update={"pay": pgr.pay.model_copy(update={"budget_grosze": 5_000_000})})
    with_budget = kes.model_copy(update={"group_kinds": (budgeted, *others)})
    assert b'"budget_grosze":5000000' in canonical_bytes(with_budget)
    assert from_canonical(canonical_bytes(with_budget)) == with_budget


def test_kinds_of_meetings_and_rules_of_certificates_leave_no_trace_where_nothing_is_said(
    kes: ProjectDefinition,
) -> None:
    """Whoever uses neither has the same bytes, and so the same version, as before there were any."""
    body = canonical_bytes(kes)
    assert b'"certificates"' not in body
    assert all("kind" not in meeting for meeting in json.loads(body)["schedule"])
    assert from_canonical(body) == kes
    training = kes.schedule[0].model_copy(update={"kind": MeetingKind.TRAINING})
    said = kes.model_copy(
        update={"schedule": (training, *kes.schedule[1:]), "certificates": Certificates(entitled=Entitled.ONCE)}
    )
    assert from_canonical(canonical_bytes(said)) == said
    told = " ".join(one.sentence for one in differences(kes, said))
    assert "once" in told
    assert "training" in told
