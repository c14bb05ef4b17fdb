"""Templates are tried out before anybody gets a letter by them: shipped ones and an office's own."""

from dataclasses import fields

import pytest

from models.project_templates import TemplateFile
from templates.check import check_templates, placeholders, template_problems
from templates.letters.events import EVENTS
from templates.made_up import made_up_letter, variations
from templates.purposes import PURPOSES

FRAME = '{% extends "_base/body.md" %}\n{% block content %}\n'


def own(**files: str) -> tuple[TemplateFile, ...]:
    """An office's files; ``withdrawn__body`` is ``withdrawn/body.md``."""
    names = {
        "body": "body.md",
        "subject": "subject.txt",
        "footer": "footer.md",
        "parts": "parts.md",
        "style": "style.css",
        "logo": "logo.md",
    }
    return tuple(
        TemplateFile(name=f"{folder}/{names.get(file, file)}", source=source)
        for folder, file, source in ((*key.rsplit("__", 1), source) for key, source in files.items())
    )


def told(*overrides: TemplateFile) -> list[str]:
    return [str(problem) for problem in template_problems(overrides)]


def test_every_letter_says_what_it_is_for() -> None:
    assert set(PURPOSES) == set(EVENTS)


@pytest.mark.parametrize("event", EVENTS)
def test_made_up_letters_have_every_value_once_given_and_once_absent(event: str) -> None:
    made = list(variations(event))
    for one in fields(EVENTS[event]):
        values = [getattr(letter, one.name) for letter in made]
        if one.default in (None, "", ()) and one.name != "sex":
            assert one.default in values
            assert any(value != one.default for value in values), one.name
        if one.type == "bool" or isinstance(one.default, bool):
            assert set(values) == {True, False}, one.name


def test_a_mistake_in_a_branch_that_one_optional_value_opens_is_found() -> None:
    source = FRAME + "raz\n{% if late_after and ruling_by %}{{ office.nic }}{% endif %}"
    assert told(*own(appeal_received__body=source + "\n{% endblock %}")) == [
        "templates/appeal_received/body.md:4: Szablon używa danych, których nie ma, albo używa ich błędnie "
        "(UndefinedError)."
    ]


def test_a_mistake_for_one_choice_is_found() -> None:
    source = FRAME + '{% if ground == "appeal" %}{{ ground.nic.nic }}{% endif %}{% endblock %}'
    (problem,) = told(*own(promoted__body=source))
    assert problem.startswith("templates/promoted/body.md:3: ")


@pytest.mark.parametrize(
    ("files", "place", "said"),
    [
        ({"acepted__body": "x"}, "templates/acepted/body.md:1", "Nie ma wiadomości „acepted”"),
        ({"withdrawn__reason.md": "x"}, "templates/withdrawn/reason.md:1", "tylko pliki subject.txt i body.md"),
        ({"_base__notes.txt": "x"}, "templates/_base/notes.txt:1", "tylko pliki .md i style.css"),
        ({"withdrawn__body": FRAME + "<b>x</b>{% endblock %}"}, "templates/withdrawn/body.md:3", "znaczników HTML"),
        (
            {"_base__style": "p { color: red; }\nbody { background: url(//x.example) }"},
            "templates/_base/style.css:2",
            "url",
        ),
        ({"_base__style": "@import 'x.css';"}, "templates/_base/style.css:1", "@import"),
        ({"withdrawn__body": "tylko tyle"}, "templates/withdrawn/body.md:1", "brakuje nazwy biura"),
        ({"withdrawn__body": FRAME + "{{ withdrawn_on }}{% endblock %}"}, "templates/withdrawn/body.md:3", "TypeError"),
        ({"withdrawn__subject": "{{ group_name }}"}, "templates/withdrawn/subject.txt:1", "„group_name”"),
        ({"withdrawn__subject": " "}, "templates/withdrawn/subject.txt:1", "Temat jest pusty"),
    ],
)
def test_what_is_wrong_is_told_by_file_and_line(files: dict[str, str], place: str, said: str) -> None:
    problems = told(*own(**files))
    assert any(problem.startswith(f"{place}: ") and said in problem for problem in problems), problems
    assert {problem.rpartition(".")[0].split(":")[0] for problem in problems} == {place.rpartition(":")[0]}


@pytest.mark.slow
def test_a_foot_without_the_sentence_on_funding_is_found_for_every_letter() -> None:
    problems = told(*own(_base__footer="W sprawach danych osobowych: {{ office.iod }}."))
    assert len(problems) == len(EVENTS)
    assert all("zdania o dofinansowaniu" in problem for problem in problems)


def test_a_piece_of_the_frame_that_is_gone_is_found_where_it_is_missed() -> None:
    problems = check_templates(own(_base__parts="{% macro days(lines) %}{% endmacro %}"), events=["invitation"])
    assert [(problem.file, problem.line) for problem in problems] == [("invitation/body.md", 6)]


def test_an_own_file_of_the_frame_may_ask_for_what_all_letters_have() -> None:
    frame = own(
        _base__logo="{{ office.unit_name }} dla {{ you.genitive }}",
        withdrawn__body=FRAME + 'zgoda {{ group_name }}\n\n{% include "_base/logo.md" %}\n{% endblock %}',
    )
    assert [one.name for one in frame] == ["_base/logo.md", "withdrawn/body.md"]
    assert check_templates(frame, events=["withdrawn"]) == ()
    (problem,) = check_templates(own(_base__logo="{{ public_number }}"), events=["withdrawn"])
    assert (problem.file, problem.line) == ("_base/logo.md", 1)


def test_placeholders_are_what_a_letter_declares() -> None:
    assert placeholders("withdrawn") == (
        *("admission", "for_unit", "group_name", "office", "on_paper", "public_number", "support", "withdrawn_on"),
        *("salutation", "you"),
    )
    assert made_up_letter("withdrawn", group_name="inna").group_name == "inna"  # type: ignore[attr-defined]
