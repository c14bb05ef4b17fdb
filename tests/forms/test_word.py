"""The tree of a document: nothing that was answered is lost, nothing that was taken back is read."""

import pytest
from form_filling import BLANK, document_of, form_field, paragraph, run, sdt, table

from forms.document import ControlKind, Document, Paragraph, Table, paragraphs_of
from forms.word import read_document
from models.errors import FormUnreadable


def texts(document: Document) -> list[str]:
    return [item.text for item in paragraphs_of(document.blocks) if item.text]


def test_tracked_changes_are_taken_as_accepted_and_remarked() -> None:
    document = document_of(
        "<w:p><w:r><w:t>Imię: </w:t></w:r><w:del><w:r><w:delText>Stara</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>Nowa</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>x</w:t></w:r></w:moveFrom></w:p>"
    )
    assert texts(document) == ["Imię: Nowa"]
    assert any("śledzone" in remark for remark in document.remarks)


def test_a_deleted_row_is_left_out() -> None:
    xml = table(("a", "b"), ("c", "d")).replace("<w:tr>", "<w:tr><w:trPr><w:del/></w:trPr>", 1)
    document = document_of(xml)
    assert texts(document) == ["c", "d"]
    assert any("śledzone" in remark for remark in document.remarks)


def test_hidden_and_struck_text_is_left_out_and_remarked() -> None:
    document = document_of(
        run("<w:t>tajne</w:t>", "<w:vanish/>")
        + run("<w:t>skreślone</w:t>", "<w:strike/>")
        + run("<w:t>widoczne</w:t>", '<w:vanish w:val="0"/>')
    )
    assert texts(document) == ["widoczne"]
    assert len(document.remarks) == 2


def test_a_text_box_is_read_once() -> None:
    box = "<w:txbxContent>" + paragraph("w ramce") + "</w:txbxContent>"
    xml = (
        "<w:p><w:r><w:t>przed</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:wsp>"
        f"<wps:txbx>{box}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox>"
        "</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    document = document_of(xml)
    assert texts(document) == ["przed", "w ramce"]
    assert "pole tekstowe" in [item.place for item in paragraphs_of(document.blocks)][1]


def test_controls_are_found_at_every_level() -> None:
    def tagged(tag: str, content: str) -> str:
        return sdt(f'<w:alias w:val="Tytuł"/><w:tag w:val="{tag}"/>', content)

    inside = "<w:r><w:t>w</w:t></w:r>"
    cell = f"<w:tc>{paragraph('komórka')}</w:tc>"
    row = f"<w:tr><w:tc>{paragraph('wiersz')}</w:tc></w:tr>"
    document = document_of(
        "<w:p>" + tagged("bieg", tagged("zagniezdzone", inside)) + "</w:p>"
        + tagged("akapit", paragraph("akapit"))
        + "<w:tbl><w:tr>" + tagged("komorka", cell) + "</w:tr>" + tagged("wiersz", row) + "</w:tbl>"
        + tagged("puste", "<w:p/>")
    )  # fmt: skip
    shown: dict[str, str] = {}
    for item in paragraphs_of(document.blocks):
        for inline in item.inlines:
            for number in inline.controls:
                text = getattr(inline, "text", "")
                tag = document.controls[number].tag
                shown[tag] = shown.get(tag, "") + text
    assert shown == {
        "bieg": "w", "zagniezdzone": "w", "akapit": "akapit", "komorka": "komórka", "wiersz": "wiersz", "puste": "",
    }  # fmt: skip
    assert document.controls[0].alias == "Tytuł"


def test_kinds_of_controls_and_what_they_keep() -> None:
    document = document_of(
        "<w:p>"
        + sdt('<w:showingPlcHdr/><w:date w:fullDate="1985-03-15T00:00:00Z"/>', "<w:r><w:t>15.03.1985</w:t></w:r>")
        + sdt('<w:dropDownList><w:listItem w:displayText="tak" w:value="t"/></w:dropDownList>', "")
        + sdt("<w:text/>", "")
        + "</w:p>"
    )
    date, choice, text = document.controls
    assert (date.kind, date.date, date.placeholder) == (ControlKind.DATE, "1985-03-15", True)
    assert (choice.kind, choice.options) == (ControlKind.DROPDOWN, ("tak",))
    assert text.kind == ControlKind.TEXT


def test_old_form_fields_are_read() -> None:
    entries = "".join(f"<w:listEntry w:val='{value}'/>" for value in ("wybierz", "oświata", "policja"))
    document = document_of(
        form_field("<w:textInput/>", "Wierzbina") + form_field(f"<w:ddList><w:result w:val='2'/>{entries}</w:ddList>")
    )
    assert texts(document) == ["Wierzbina", "policja"]


def test_places_are_told_to_people_and_paths_to_programs() -> None:
    document = document_of(paragraph("wstęp") + table(("a", "b")) + table(("c", "d"), ("e", "f")))
    last = document.blocks[2]
    assert isinstance(last, Table)
    cell = last.rows[1].cells[1]
    assert (cell.place, cell.path) == ("tabela 2, wiersz 2", "body/tbl[2]/tr[2]/tc[2]")
    assert (cell.paragraphs[0].place, cell.paragraphs[0].path) == ("tabela 2, wiersz 2", "body/tbl[2]/tr[2]/tc[2]/p[1]")
    first = document.blocks[0]
    assert isinstance(first, Paragraph)
    assert (first.place, first.path) == ("akapit 1", "body/p[1]")


def test_breaks_tabs_and_links_are_text() -> None:
    document = document_of(
        "<w:p><w:hyperlink><w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/></w:r></w:hyperlink>"
        "<w:smartTag><w:r><w:t>c</w:t></w:r></w:smartTag><w:fldSimple><w:r><w:t>d</w:t></w:r></w:fldSimple></w:p>"
    )
    assert texts(document) == ["a\nb\tcd"]


def test_embedded_documents_are_remarked() -> None:
    assert any("wstawiony" in remark for remark in document_of("<w:altChunk/>").remarks)


def test_our_blank_keeps_title_properties_and_footer() -> None:
    document = read_document(BLANK)
    assert document.title == "Formularz próbny"
    assert document.properties == {"nabor_formularz": "zalacznik_probny", "nabor_wersja": "1.0"}
    assert any("zalacznik_probny, wersja 1.0" in item.text for item in document.margins)
    assert next(p.text for p in document.blocks if isinstance(p, Paragraph) and p.heading) == "Formularz próbny"


@pytest.mark.parametrize("nesting", [300, 2_000])
def test_deep_nesting_is_refused_not_crashed_on(nesting: int) -> None:
    xml = "<w:tbl><w:tr><w:tc>" * nesting + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * nesting
    with pytest.raises(FormUnreadable) as refusal:
        document_of(xml)
    assert refusal.value.code == "broken_xml"
