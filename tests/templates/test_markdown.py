"""One Markdown source, and what becomes of it as text and as HTML."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from templates import polish
from templates.literal import hide, show
from templates.made_up import made_up_letter
from templates.markdown import as_html, as_text, parsed
from templates.render import RenderedMail, render_mail

TRAPS = (
    "*Jan*", "<b>", "[x](y)", "[x](https://zlo.example)", "1. Nowak", "# Nowak", "- Nowak", "+ Nowak", "\\", "\\*",
    "_Jan_", "__", "**", "`", "https://zlo.example", "<https://zlo.example>", "&amp;", "&lt;b&gt;", "![x](y)", "> x",
    "---", "===", "| a | b |", "    x", "", "„”", "😀", "{{ office }}", "{% raw %}", "[", "](", "<!--", "\U000f0041",
)  # fmt: skip


def text(source: str) -> str:
    return as_text(parsed(source), str)


def html(source: str) -> str:
    return as_html(parsed(source), str)


@pytest.mark.parametrize(
    ("source", "as_read", "as_marked_up"),
    [
        ("raz\ndwa", "raz\ndwa", "<p>raz<br>\ndwa</p>\n"),
        ("raz\n\ndwa", "raz\n\ndwa", "<p>raz</p>\n<p>dwa</p>\n"),
        ("# Tytuł\ntekst", "Tytuł\ntekst", "<h2>Tytuł</h2>\n<p>tekst</p>\n"),
        ("## Tytuł\n\ntekst", "Tytuł\n\ntekst", "<h2>Tytuł</h2>\n<p>tekst</p>\n"),
        ("**raz** *dwa*", "raz dwa", "<p><strong>raz</strong> <em>dwa</em></p>\n"),
        ("Oto:\n- raz\n- dwa", "Oto:\n– raz\n– dwa", "<p>Oto:</p>\n<ul>\n<li>raz</li>\n<li>dwa</li>\n</ul>\n"),
        ("3. raz\n3. dwa", "3. raz\n4. dwa", '<ol start="3">\n<li>raz</li>\n<li>dwa</li>\n</ol>\n'),
        (
            "1. raz\ndalej\n\n1. dwa",
            "1. raz\ndalej\n\n2. dwa",
            '<ol class="apart">\n<li>raz<br>\ndalej</li>\n<li>dwa</li>\n</ol>\n',
        ),
        (
            "- raz\n  - w środku\n- dwa",
            "– raz\n  – w środku\n– dwa",
            "<ul>\n<li>raz<ul>\n<li>w środku</li>\n</ul>\n</li>\n<li>dwa</li>\n</ul>\n",
        ),
        (
            "[strona](https://a.example/?x=1&y)",
            "strona (https://a.example/?x=1&y)",
            '<p><a href="https://a.example/?x=1&amp;y">strona</a></p>\n',
        ),
        ("[a@b.example](mailto:a@b.example)", "a@b.example", '<p><a href="mailto:a@b.example">a@b.example</a></p>\n'),
        ("[x](javascript:alert)", "x (javascript:alert)", "<p>x (javascript:alert)</p>\n"),
        ("<b>x</b> &amp;", "<b>x</b> &amp;", "<p>&lt;b&gt;x&lt;/b&gt; &amp;amp;</p>\n"),
        (r"\*raz\*", "*raz*", "<p>*raz*</p>\n"),
    ],
)
def test_what_is_written_once_reads_well_twice(source: str, as_read: str, as_marked_up: str) -> None:
    assert text(source) == as_read
    assert html(source) == as_marked_up


@pytest.mark.parametrize("trap", TRAPS)
def test_a_hidden_value_comes_back(trap: str) -> None:
    assert show(hide(trap)) == trap


LINE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))) | st.sampled_from(TRAPS)
FRAMES = ("{}", "a {} b", "**{}**", "- {}", "1. {}", "# {}", "[x](mailto:{})", "[{}](https://a.example)", "a\n{}\n- b")


@settings(max_examples=300, deadline=None)
@given(value=LINE, frame=st.sampled_from(FRAMES))
def test_no_value_means_anything_wherever_it_stands(value: str, frame: str) -> None:
    marked_up = html(frame.format(hide(value)))
    plain = html(frame.format("x"))
    if value:
        assert tags(marked_up) == tags(plain)
        assert value in unescape(marked_up)
        assert value in text(frame.format(hide(value)))
    else:
        assert set(tags(marked_up)) <= set(tags(plain))


@settings(max_examples=60, deadline=None)
@given(value=LINE)
@example("*Jan* <b> [x](y)")
@example("1. Nowak")
@example("# Nowak")
def test_a_value_is_read_in_a_whole_letter_as_it_is(value: str) -> None:
    mail, empty = letter(value), letter("x")
    said = polish.nbsp(f"„{value}”")
    assert said in mail.text
    assert tags(mail.html) == tags(empty.html)
    assert said in "".join(Words(mail.html).said)


def tags(page: str) -> list[str]:
    return re.findall(r"</?([a-z0-9]+)", page)


class Words(HTMLParser):
    """What a page says, entities and all, as it is read."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def letter(group_name: str) -> RenderedMail:
    return render_mail("withdrawn", made_up_letter("withdrawn", group_name=group_name))
