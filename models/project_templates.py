"""Letters that an office words itself: template files that belong to a project version."""

from typing import Annotated

from pydantic import Field

from models.form_definition import Strict


class TemplateFile(Strict):
    """One file in place of a shipped one: ``<event>/body.md``, ``<event>/subject.txt``, or one of ``_base``."""

    name: Annotated[str, Field(pattern=r"^[a-z_]+/[a-z_]+\.(md|txt|css)$")]
    source: str
