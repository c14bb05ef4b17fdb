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
    units = value.replace("\uffff", "").encode("utf-16-le", "surrogatepass")
    # Of each character in UTF-32 the lower half is the unit and the upper half the plane.
    wide = bytearray(b"\0\0\x0f\0" * (len(units) // 2))
    wide[0::4], wide[1::4] = units[0::2], units[1::2]
    return wide.decode("utf-32-le") or _NOTHING


def show(text: str) -> str:
    """``text`` with every hidden value as it was."""
    return _HIDDEN.sub(_shown, text)


def as_source(text: str) -> str:
    """``text`` as somebody may go on writing it: each hidden value spelled so that it stays literal in Markdown."""
    return _HIDDEN.sub(lambda found: _ACTS.sub(r"\\\g<0>", _shown(found)), text)


def _shown(found: re.Match[str]) -> str:
    wide = found.group().replace(_NOTHING, "").encode("utf-32-le")
    units = bytearray(len(wide) // 2)
    units[0::2], units[1::2] = wide[0::4], wide[1::4]
    return units.decode("utf-16-le", "replace")
