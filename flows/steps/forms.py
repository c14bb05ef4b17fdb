"""Blank forms of a project, as an office sends them out."""

from forms.blank_package import BlankHeader
from forms.blanks import write_blank
from models.project import ProjectDefinition


def blank_form(definition: ProjectDefinition, key: str) -> bytes:
    """The blank Word form. Raises ``KeyError`` for a form the project does not have."""
    unit = definition.unit
    header = BlankHeader(
        project_title=definition.title,
        project_number=definition.number,
        funding_line=definition.funding_line,
        unit_name=unit.name,
        unit_address=f"{unit.address}, {unit.postcode_town}",
    )
    return write_blank(definition.form(key), header)
