"""Files that nobody made on purpose: real forms with bytes flipped, parts exchanged, elements moved.

Everything is drawn from one random generator, so that a number names a file for ever: ``mutant(samples, 4711)`` is the
same today and tomorrow.
"""

import copy
import io
import random
import zipfile
from collections.abc import Sequence
from typing import Final

from lxml import etree

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_XML_PARTS: Final = ("word/document.xml", "word/styles.xml", "word/_rels/document.xml.rels", "_rels/.rels")
_TEXTS: Final = (
    "", "Imię", "Imię:", "PESEL: ", "……………", "____", "☒", "☐ tak ☒ nie", "[x]", "[ ", "x", "02611210085", "12.01.2202",
    "31 lutego 1999", "Żukowo, powiat kartuski", "a@example.org", "\u0301", "\u200b", "\uf0fe", "𝔞", "\u2028",
    "9" * 5_000, "Nazwisko " * 200, "a" * 2_000, "1 " * 300, "-1", "true", "4294967296", "../../x.xml", "imie",
    "adres.gmina", "tag",
)  # fmt: skip


def mutant(samples: Sequence[bytes], number: int) -> bytes:
    """The file of that number: one in three damaged as bytes, the others in their XML, up to six times over."""
    dice = random.Random(number)
    sample = dice.choice(samples)
    if dice.random() < 0.33:
        return _damaged(sample, dice)
    changed = _changed_xml(sample, dice)
    return _damaged(changed, dice) if dice.random() < 0.1 else changed


# --- bytes -----------------------------------------------------------------------------------------------------------


def _damaged(data: bytes, dice: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        where = dice.randrange(len(damaged) + 1)
        # The directory at the end decides what is read at all; it gets a third of the hits.
        if dice.random() < 0.33:
            where = max(len(damaged) - dice.randrange(1, 2_000), 0)
        length = dice.choice((1, 1, 2, 4, 16, 300))
        match dice.randrange(6):
            case 0:
                damaged[where : where + length] = dice.randbytes(length)
            case 1:
                damaged[where : where + 1] = (
                    bytes([damaged[where] ^ 1 << dice.randrange(8)]) if damaged[where:] else b""
                )
            case 2:
                del damaged[where : where + length]
            case 3:
                other = dice.randrange(len(damaged) + 1)
                damaged[where:where] = damaged[other : other + length]
            case 4:
                damaged[where : where + 4] = dice.choice((b"\xff" * 4, bytes(4), b"\x00\x00\x00\x80", b"PK\x01\x02"))
            case _:
                del damaged[where:]
    return bytes(damaged)


# --- elements --------------------------------------------------------------------------------------------------------


def _changed_xml(data: bytes, dice: random.Random) -> bytes:
    part = dice.choice(_XML_PARTS) if dice.random() < 0.15 else _XML_PARTS[0]
    written = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                content = source.read(name)
                if name == part:
                    root = etree.fromstring(content)
                    for _ in range(dice.randint(1, 6)):
                        _change(root, dice)
                    content = etree.tostring(root)
                target.writestr(name, content)
    except zipfile.BadZipFile:
        return _damaged(data, dice)
    return written.getvalue()


def _change(root: etree._Element, dice: random.Random) -> None:
    everything = [element for element in root.iter() if isinstance(element.tag, str)]
    one, other = dice.choice(everything), dice.choice(everything)
    parent = one.getparent()
    match dice.randrange(11):
        case 0 if parent is not None:
            parent.remove(one)
        case 1 if parent is not None:
            for _ in range(dice.choice((1, 1, 3, 40))):
                parent.append(copy.deepcopy(one) if len(one) < 50 else etree.Element(one.tag))
        case 2 if other is not one and one not in other.iterancestors() and other not in one.iterancestors():
            other.append(one)
        case 3 if len(one) > 1:
            one[:] = dice.sample(list(one), len(one))
        case 4 if one.attrib:
            one.set(dice.choice(list(one.attrib)), dice.choice(_TEXTS).replace("\u2028", " "))
        case 5 if one.attrib:
            del one.attrib[dice.choice(list(one.attrib))]
        case 6:
            one.tag = other.tag
        case 7:
            one.text = dice.choice(_TEXTS)
        case 8 if parent is not None:
            # Wrapped, as programs wrap things: in a control, an insertion, a cell of a table.
            for name in dice.choice((("sdt", "sdtContent"), ("ins",), ("del",), ("tbl", "tr", "tc"), ("p", "r"))):
                wrapper = etree.Element(f"{W}{name}")
                place = one.getparent()
                if place is None:
                    break
                place.replace(one, wrapper)
                wrapper.append(one)
        case 9:
            deep = copy.deepcopy(one) if len(one) < 20 else etree.Element(one.tag)
            for _ in range(dice.choice((2, 10, 60))):
                outer = etree.Element(other.tag)
                outer.append(deep)
                deep = outer
            one.append(deep)
        case _:
            for text in one.iter(f"{W}t"):
                text.text = dice.choice(_TEXTS)
                break
