"""What was read from one filled-in form: every value with where it came from and how sure we are."""

from pydantic import BaseModel, ConfigDict

from models.form_definition import FormPurpose
from models.rules.facts import FactValue, FieldStatus


class FieldReading(BaseModel):
    """One answer as it stands in the document. ``place`` is for people, ``path`` for programs."""

    model_config = ConfigDict(frozen=True)

    key: str
    status: FieldStatus
    raw: str = ""
    value: FactValue = None
    place: str = ""
    path: str = ""
    method: str = ""
    certainty: int = 0
    """0 to 100; 100 is an answer in its own content control or labelled cell that normalises without doubt."""
    times: int = 1
    """In how many places of the document this very answer stands."""
    reason_code: str = ""
    """Why the status is not ``read`` (``pesel_checksum``, ``required_blank`` …): safe to log."""
    reason: str = ""
    """The same as a Polish sentence for the candidate. Never quotes the value."""


class FormReading(BaseModel):
    """One document read by one form definition."""

    model_config = ConfigDict(frozen=True)

    form_key: str
    form_version: str
    purpose: FormPurpose = FormPurpose.APPLICATION
    """What becomes of it, as its form says."""
    recognised_by: str
    """How we know which form and version it is, in Polish."""
    fields: tuple[FieldReading, ...]
    application_token: str = ""
    """The hidden id of a copy that we sent out ourselves; empty in any other document. Not checked yet."""
    remarks: tuple[str, ...] = ()
    """What the officer should know: tracked changes, hidden text and the like, in Polish."""

    def field(self, key: str) -> FieldReading:
        for reading in self.fields:
            if reading.key == key:
                return reading
        raise KeyError(key)


class Unreadable(BaseModel):
    """A file that gave no form: why, by code and as a Polish sentence for the officer."""

    model_config = ConfigDict(frozen=True)

    code: str
    sentence: str
