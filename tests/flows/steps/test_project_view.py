"""A whole project at a glance: what is planned by its definition, what has happened, and nothing invented."""

from collections import Counter
from datetime import date

import nominating
import people
import pytest
from conftest import Staged
from people import ADAM, CALL, RITA, definition, go_to, group, open_another_call, open_kes_call
from sqlmodel import col, select

from flows.adapters.office import Office
from flows.steps.agreements import open_agreement
from flows.steps.cooperation import record_declaration
from flows.steps.project_picture import group_words, map_of, picture, sentences
from flows.steps.project_view import GroupLine, ProjectView, project_view, table_rows
from models.actor import Actor, Role
from models.errors import NotAllowed, NotFound
from models.group_kinds import PlannedIn
from models.project_bytes import canonical_bytes, from_canonical
from models.tables import Membership
from models.tables.projects import Manner
from templates.project_map import AgreementMark, GroupMark, UnitMark

COORDINATOR = Actor("koordynator", frozenset({Role.RECRUITMENT}), "2205")


def viewed(office: Office, actor: Actor = ADAM) -> ProjectView:
    with office.reading(actor) as session:
        return project_view(session, "KES", actor=actor, now=office.now())


def line_of(view: ProjectView, kind: str, area: str) -> GroupLine:
    (line,) = [one for one in view.groups if (one.kind, one.area) == (kind, area)]
    return line


def loaded(office: Office) -> None:
    with office.writing(ADAM) as session:
        people.load(session, definition(), now=office.now())


def test_forty_six_groups_follow_from_the_definition_and_none_has_an_invented_area(sqlite_office: Office) -> None:
    loaded(sqlite_office)
    view = viewed(sqlite_office)
    one = view.summary
    assert (one.voivodships, one.powiats, one.gminas, one.groups) == (6, 20, 30, 46)
    assert (one.powiats_unknown, one.gminas_unknown, one.groups_unknown) == (6, 14, 12)
    planned = [(kind.kind, kind.planned, kind.known, kind.opened) for kind in view.kinds if kind.planned is not None]
    assert planned == [("PGR", 20, 14, 0), ("PGD", 20, 14, 0), ("RGR", 6, 6, 0)]
    assert len(view.groups) == 46
    assert Counter(line.mark for line in view.groups) == {GroupMark.NO_CALL: 34, GroupMark.UNKNOWN: 12}
    assert {line.area for line in view.groups} - {""} <= set(definition().area.names())
    assert {(line.area, line.area_name) for line in view.groups if line.mark is GroupMark.UNKNOWN} == {("", "")}
    assert (one.declarations_missing, one.agreements_missing) == (16, 14)
    assert len(view.units) == 30
    assert [(row.place, row.many) for row in table_rows(view.groups)[-2:]] == [("nieustalone", 6), ("nieustalone", 6)]


def test_a_kind_that_says_nothing_plans_nothing_and_leaves_no_trace(sqlite_office: Office) -> None:
    silent = tuple(kind.model_copy(update={"planned_in": None}) for kind in definition().group_kinds)
    project = definition().model_copy(update={"group_kinds": silent})
    assert b"planned_in" not in canonical_bytes(project)
    assert from_canonical(canonical_bytes(definition())).group_kind("RGR").planned_in is PlannedIn.VOIVODSHIP
    with sqlite_office.writing(ADAM) as session:
        people.load(session, project, now=sqlite_office.now())
    open_another_call(sqlite_office, "2205")
    view = viewed(sqlite_office)
    assert (view.summary.groups, {kind.planned for kind in view.kinds}) == (0, {None})
    assert [(line.kind, line.area) for line in view.groups] == [("PGR", "2205")]


@pytest.mark.parametrize(("level", "groups"), [(PlannedIn.GMINA, 30), (PlannedIn.PROJECT, 1)])
def test_a_kind_may_be_planned_in_gminas_or_once(sqlite_office: Office, level: PlannedIn, groups: int) -> None:
    kinds = (definition().group_kinds[0].model_copy(update={"planned_in": level}),)
    with sqlite_office.writing(ADAM) as session:
        project = definition().model_copy(update={"group_kinds": kinds})
        people.load(session, project, now=sqlite_office.now())
    view = viewed(sqlite_office)
    assert (view.summary.groups, len(view.groups)) == (groups, groups)
    if level is PlannedIn.PROJECT:
        assert line_of(view, "PGR", "").area_name == "cały obszar projektu"


def test_a_call_is_announced_open_and_then_waits_for_its_decision(sqlite_office: Office) -> None:
    open_kes_call(sqlite_office)
    said = []
    for at in ("2018-06-01T09:00", "2018-06-05T09:00", "2018-06-25T09:00"):
        go_to(sqlite_office, at)
        said.append(group_words(line_of(viewed(sqlite_office), "PGR", "2205")).replace("\xa0", " "))
    assert said == [
        "nabór zapowiedziany",
        "nabór otwarty do 22.06.2018 r., zgłoszenia: 0",
        "nabór w rozstrzyganiu, zgłoszenia: 0",
    ]


def test_a_group_tells_seats_offers_reserve_and_what_is_missing(sqlite_staged: Staged) -> None:
    office, numbers = sqlite_staged(group, 3)
    line = line_of(viewed(office), "PGR", "2205")
    assert (line.mark, line.seats, line.seated, line.offered, line.missing) == (GroupMark.SHORT, 7, 3, 0, 4)
    assert (line.applications, line.call) == (3, CALL)
    view = viewed(office)
    assert (view.summary.groups_short, view.summary.seats_missing) == (1, 4)
    said = " ".join([*sentences(view), *(group_words(one) for one in view.groups)])
    assert not any(number in said for number in numbers)
    with office.writing(people.WORKER) as session:
        assert len(session.exec(select(Membership).where(col(Membership.area) == "2205")).all()) == 3


def test_a_group_without_a_selection_is_short_when_its_call_is_over(sqlite_staged: Staged) -> None:
    office, _ = sqlite_staged(nominating.seated)
    line = line_of(viewed(office), "PGR", "2205")
    assert (line.mark, line.seats, line.seated, line.missing) == (GroupMark.OPEN, 7, 2, 5)
    assert group_words(line).replace("\xa0", " ").endswith("zgłoszenia: 2, obsadzone: 2 z 7")
    assert viewed(office).summary.seats_missing == 0
    go_to(office, "2018-12-31T10:00")
    view = viewed(office)
    line = line_of(view, "PGR", "2205")
    assert (line.mark, line.missing) == (GroupMark.SHORT, 5)
    assert (view.summary.groups_short, view.summary.seats_missing) == (1, 5)


def test_declarations_and_agreements_that_are_missing_are_told_by_unit(sqlite_office: Office) -> None:
    open_kes_call(sqlite_office)
    signed, refused = {"signed_on": date(2018, 5, 21), "manner": Manner.PAPER}, {"signed_on": None}
    record_declaration(sqlite_office, "KES", "2205023", **signed, actor=RITA)  # type: ignore[arg-type]
    record_declaration(sqlite_office, "KES", "2205083", **refused, actor=RITA)  # type: ignore[arg-type]
    now = sqlite_office.now()
    with sqlite_office.writing(RITA) as session:
        open_agreement(session, "KES", "2205083", deadline=date(2018, 12, 31), actor=RITA, now=now)
        open_agreement(session, "KES", "2213", deadline=date(2018, 12, 31), actor=RITA, now=now)
    units = {unit.teryt: unit for unit in viewed(sqlite_office).units}
    assert [units[one].declaration for one in ("2205023", "2205083", "2202023", "2205")] == [
        UnitMark.SIGNED,
        UnitMark.DECLINED,
        UnitMark.MISSING,
        UnitMark.NOT_ASKED,
    ]
    assert [units[one].agreement for one in ("2205", "2205083", "2213", "2202", "2205023")] == [
        AgreementMark.IN_GMINA,
        AgreementMark.UNSIGNED,
        AgreementMark.UNSIGNED,
        AgreementMark.MISSING,
        AgreementMark.NOT_PLANNED,
    ]
    one = viewed(sqlite_office).summary
    assert (one.declarations_missing, one.declarations_declined) == (14, 1)
    assert (one.agreements_missing, one.agreements_unsigned) == (12, 2)


def test_a_coordinator_sees_the_areas_of_others_and_nothing_of_what_happens_there(sqlite_office: Office) -> None:
    open_kes_call(sqlite_office)
    open_another_call(sqlite_office, "2213")
    view = viewed(sqlite_office, COORDINATOR)
    own = {line.area for line in view.groups if line.mark not in (GroupMark.OUTSIDE, GroupMark.UNKNOWN)}
    assert own == {"2205"}
    assert line_of(view, "PGR", "2213").call == ""
    assert line_of(view, "RGR", "22").mark is GroupMark.OUTSIDE
    assert (view.summary.groups, view.summary.declarations_missing, view.summary.agreements_missing) == (46, 2, 1)
    assert {row.line.area for row in table_rows(view.groups)} == {"2205", ""}
    with sqlite_office.reading(COORDINATOR) as session:
        svg = picture(session, view).decode()
    assert "2213/2018" not in svg
    assert svg.count("poza zakresem konta") > 20
    shown = map_of(definition(), view)
    starogard = next(tile for block in shown.blocks for tile in block.tiles if "2213" in tile.name)
    assert [line.text for line in starogard.lines] == ["poza zakresem konta"]


def test_it_takes_the_right_to_read_and_a_project_that_is_there(sqlite_office: Office) -> None:
    with pytest.raises(NotAllowed):
        viewed(sqlite_office, Actor("nikt", frozenset(), ""))
    with pytest.raises(NotFound):
        viewed(sqlite_office)
