"""A letter in an officer's own words."""

from pydantic import InstanceOf
from pydantic.dataclasses import dataclass

from templates.letters.frame import STRICT, ApplicationLetter


class Words(str):
    """Markdown that somebody wrote by hand: it is source, and not a value that must stay as it is."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class FreeLetterText(ApplicationLetter):
    """List pracownika do grupy, własnymi słowami."""

    title: str
    words: InstanceOf[Words]
