"""A project's definition as the bytes that are stored, and back from them."""

import hashlib
import json
from typing import Any

from models.form_definition import FormPurpose
from models.group_kinds import Admission, Applicant, InvitedAfter
from models.nomination_rules import NominationRules
from models.project import Certificates, ProjectDefinition
from models.reminder_rules import LATER_SETTINGS
from models.rules.meeting_kinds import MeetingKind


def canonical_bytes(definition: ProjectDefinition) -> bytes:
    """The definition, forms included, as the bytes that are stored: JSON in UTF-8, keys sorted, no spaces.

    Digests are taken over these bytes as stored, never over a fresh dump: a later release may write them differently.
    """
    body = definition.model_dump(mode="json")
    _forget_what_was_not_said(body)
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _forget_what_was_not_said(body: dict[str, Any]) -> None:
    """Sections that came later leave no trace where a project says nothing in them: whoever uses none has the same
    bytes, and so the same version, as before there were any."""
    for section in (
        "templates",
        "decline",
        "attendance",
        "payments",
        "contracts",
        "agreements",
        "appointments",
        "support",
        "unit_data",
    ):
        if not body[section]:
            del body[section]
    if body["certificates"] == Certificates().model_dump(mode="json"):
        del body["certificates"]
    if body["nominations"] == NominationRules().model_dump(mode="json"):
        del body["nominations"]
    for meeting in body["schedule"]:
        if meeting["kind"] == MeetingKind.MEETING:
            del meeting["kind"]
    for kind in body["group_kinds"]:
        if kind["applicant"] == Applicant.PERSON:
            del kind["applicant"]
        if kind["invited_after"] == InvitedAfter.NOTHING:
            del kind["invited_after"]
        if kind["admission"] == Admission.SELECTION:
            del kind["admission"]
        if not kind["declaration"]:
            del kind["declaration"]
        if kind["planned_in"] is None:
            del kind["planned_in"]
    for sector in body["sectors"]:
        if not sector["catch_all"]:
            del sector["catch_all"]
    for setting in ("approve", "merge", "quiet"):
        if not body["mail"][setting]:
            del body["mail"][setting]
    for kind in body["group_kinds"]:
        if kind["pay"] and kind["pay"]["budget_grosze"] is None:
            del kind["pay"]["budget_grosze"]
    for form in body["forms"]:
        if form["purpose"] == FormPurpose.APPLICATION:
            del form["purpose"]
    for rule in body["reminders"]:
        for setting in LATER_SETTINGS:
            if rule[setting] == LATER_SETTINGS[setting]:
                del rule[setting]


def digest(body: bytes) -> str:
    """SHA-256 of stored bytes, in hex: what decisions name their project version by."""
    return hashlib.sha256(body).hexdigest()


def from_canonical(body: bytes) -> ProjectDefinition:
    """The definition back from its stored bytes. Raises ``pydantic.ValidationError`` for bytes of another schema."""
    return ProjectDefinition.model_validate_json(body)
