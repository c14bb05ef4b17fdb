"""The regulation of a project as a file to hand out or to publish."""

from collections.abc import Callable, Mapping
from datetime import date

from flows.steps.documents import letterhead
from models.project import ProjectDefinition
from models.regulation_text import printed
from templates.documents.regulation import regulation_document
from templates.web_page import regulation_page


def regulation_word(definition: ProjectDefinition, issued_on: date) -> bytes:
    """The Word document. Raises ``BadInput`` for a project without a regulation."""
    return regulation_document(printed(definition), letterhead(definition), issued_on=issued_on)


def regulation_html(definition: ProjectDefinition, _issued_on: date) -> bytes:
    """The page for an office's site. Raises ``BadInput`` for a project without a regulation."""
    return regulation_page(printed(definition), letterhead(definition))


REGULATION_FORMATS: Mapping[str, Callable[[ProjectDefinition, date], bytes]] = {
    ".docx": regulation_word,
    ".html": regulation_html,
}
