"""Texts, codes and numbers as the files of a project may state them."""

from typing import Annotated, TypeAlias

from pydantic import Field

from models.form_definition import KEY

Text: TypeAlias = Annotated[str, Field(pattern=r"\S")]
Code: TypeAlias = Annotated[str, Field(pattern=KEY)]
UpperCode: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]*$")]
VoivodshipCode: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
PowiatCode: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]{4}$")]
GminaCode: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]{7}$")]
EmailAddress: TypeAlias = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Days: TypeAlias = Annotated[int, Field(ge=1, le=365)]
