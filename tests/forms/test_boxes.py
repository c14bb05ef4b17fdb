"""A box is told from any other sign, and ticked from empty, in every encoding that programs write."""

import pytest
from form_filling import document_of, form_field, paragraph, run, sdt

from forms.document import Tick, paragraphs_of


def ticks(xml: str) -> list[bool | None]:
    document = document_of(xml)
    return [item.checked for p in paragraphs_of(document.blocks) for item in p.inlines if isinstance(item, Tick)]


def checkbox(state: str, sign: str) -> str:
    box = f'<w14:checkbox>{state}<w14:checkedState w14:val="2612"/><w14:uncheckedState w14:val="2610"/></w14:checkbox>'
    return "<w:p>" + sdt(box, f"<w:r><w:t>{sign}</w:t></w:r>") + "</w:p>"


SYMBOL = '<w:sym w:font="{font}" w:char="{char}"/>'
WINGDINGS = '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'


@pytest.mark.parametrize(
    ("xml", "state"),
    [
        (paragraph("☐ nie"), False),
        (paragraph("☒ tak"), True),
        (paragraph("☑ tak"), True),
        (run(SYMBOL.format(font="Wingdings", char="F0FE")), True),
        (run(SYMBOL.format(font="Wingdings", char="F0A8")), False),
        (run(SYMBOL.format(font="Wingdings", char="006F")), False),
        (run(SYMBOL.format(font="Wingdings", char="F0FC")), True),
        (run(SYMBOL.format(font="Wingdings 2", char="F052")), True),
        (run(SYMBOL.format(font="Wingdings 2", char="F0A3")), False),
        (run(SYMBOL.format(font="Segoe UI Symbol", char="2612")), True),
        (paragraph("\uf0fe tak"), True),
        (paragraph("\uf0a8 nie"), False),
        (run("<w:t>o</w:t>", WINGDINGS), False),
        (run("<w:t>þ</w:t>", WINGDINGS), True),
        (checkbox('<w14:checked w14:val="1"/>', "☒"), True),
        (checkbox('<w14:checked w14:val="0"/>', "☐"), False),
        (checkbox("<w14:checked/>", "☒"), True),
        (checkbox("", "☐"), False),
        (checkbox('<w14:checked w14:val="0"/>', "X"), True),
        (checkbox('<w14:checked w14:val="0"/>', "☒"), None),
        (checkbox('<w14:checked w14:val="1"/>', "☐"), None),
        (form_field("<w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox>"), True),
        (form_field("<w:checkBox><w:default w:val='1'/><w:checked w:val='0'/></w:checkBox>"), False),
        (form_field("<w:checkBox><w:default w:val='1'/></w:checkBox>"), True),
        (paragraph("[x] tak"), True),
        (paragraph("[ ] nie"), False),
        (paragraph("[] nie"), False),
    ],
)
def test_a_box_is_read_in_every_encoding(xml: str, state: bool | None) -> None:
    assert ticks(xml) == [state]


def test_brackets_with_words_are_no_boxes() -> None:
    assert ticks(paragraph("[np. ul. Długa]")) == []
