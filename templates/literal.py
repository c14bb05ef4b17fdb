"""Values that no parser can take for anything but letters.

A value goes into a template's Markdown as characters of a private plane of Unicode, where nothing has a meaning, and
comes back when the Markdown has been read: a star, a bracket or „1.” in a name stays a star, a bracket and „1.”.
"""

import re

_PLANE = 0xF0000
_NOTHING = chr(_PLANE + 0xFFFF)
"""Stands for an empty value, so that ``**{{ value }}**`` is bold also around nothing."""
_ACTS = re.compile(r"[\\`*_\[\]<>#]|^[-+]|(?<=^\d)[.)]|(?<=^\d\d)[.)]|(?<=^\d\d\d)[.)]")
"""What Markdown would take for a sign of its own."""
_HIDDEN = re.compile(r"[\U000f0000-\U000fffff]+")


def hide(value: str) -> str:
    """``value`` out of reach: one private character for each UTF-16 unit."""
    units = memoryview(value.encode("utf-16-le", "surrogatepass")).cast("H") if value else ()
    return "".join(chr(_PLANE + unit) for unit in units if unit != 0xFFFF) or _NOTHING


def show(text: str) -> str:
    """``text`` with every hidden value as it was."""
    return _HIDDEN.sub(_shown, text)


def as_source(text: str) -> str:
    """``text`` as somebody may go on writing it: each hidden value spelled so that it stays literal in Markdown."""
    return _HIDDEN.sub(lambda found: _ACTS.sub(r"\\\g<0>", _shown(found)), text)


def is_hidden(text: str) -> bool:
    """Whether some of ``text`` is a hidden value, or claims to be one."""
    return _HIDDEN.search(text) is not None


def _shown(found: re.Match[str]) -> str:
    units = (ord(character) - _PLANE for character in found.group() if character != _NOTHING)
    return b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le", "replace")
