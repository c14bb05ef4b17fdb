"""One source, two letters: the small Markdown of a letter as text and as HTML.

Known are headings, paragraphs, lists, numbered lists, emphasis, links and line breaks (a new line in the source is a
new line in the letter). Everything else, HTML above all, is plain text. An empty line of the source is an empty line of
the text letter, and there is no other. Values arrive hidden (``templates.literal``) and are shown here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from templates.literal import show

KNOWN = ("heading", "list", "newline", "escape", "emphasis", "link")
LINKED = ("https://", "http://", "mailto:", "tel:")
"""Where a link may lead. Any other stays text."""

Spell = Callable[[str], str]


class _Parser(MarkdownIt):
    """Leaves the target of a link as it is: it may hold a hidden value, and is judged when that is shown."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def validateLink(self, url: str) -> bool:  # noqa: N802
        return True


_PARSER = _Parser("zero", {"html": False, "breaks": True}).enable(list(KNOWN))


def parsed(source: str) -> list[Token]:
    """The blocks of a letter, for ``as_text`` and ``as_html``."""
    return _PARSER.parse(source)


@dataclass(frozen=True)
class Block:
    """What is said in one breath: a heading, a paragraph, or an item of a list."""

    kind: Literal["heading", "paragraph", "item", "numbered"]
    text: str
    mark: str = ""
    """What stands before an item: „– ” or its number, indented by how deep it lies."""
    apart: bool = False
    """Whether an empty line of the source goes before it."""


def as_blocks(tokens: Sequence[Token], spell: Spell) -> list[Block]:
    """The letter piece by piece. ``spell`` is applied to what is read in one breath, values included."""
    found: list[Block] = []
    counts: list[int] = []
    kind: Literal["heading", "paragraph", "item", "numbered"] = "paragraph"
    mark, last = "", 0
    for token in tokens:
        match token.type:
            case "bullet_list_open":
                counts.append(-1)
            case "ordered_list_open":
                counts.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                counts.pop()
            case "list_item_open":
                indent = "  " * (len(counts) - 1)
                mark = f"{indent}– " if counts[-1] < 0 else f"{indent}{counts[-1]}. "
                kind = "item" if counts[-1] < 0 else "numbered"
                counts[-1] += counts[-1] >= 0
            case "heading_open":
                kind = "heading"
            case "inline" if text := spell(_text_of(token.children or ())).strip("\n"):
                first, end = token.map or (last, last)
                found.append(Block(kind, text, mark, bool(found) and first > last))
                kind, mark, last = "paragraph", "", end
    return found


def as_text(tokens: Sequence[Token], spell: Spell) -> str:
    """The letter as text: lists with „–”, headings as lines, bold without stars, „text (address)” for a link."""
    return "\n".join("\n" * one.apart + one.mark + one.text for one in as_blocks(tokens, spell))


def as_html(tokens: Sequence[Token], spell: Spell) -> str:
    """The letter as HTML without style; a list whose items stand apart is of the class ``apart``."""
    pieces: list[str] = []
    closing: list[str] = []
    for at, token in enumerate(tokens):
        match token.type:
            case "inline":
                pieces.append(_html_of(token.children or (), spell))
            case "paragraph_open" if tokens[at - 1].type == "list_item_open" or not _says_something(tokens[at + 1]):
                closing.append("")
            case "paragraph_open" | "list_item_open" | "heading_open":
                # The mail program shows the subject above; a letter has no title of its own.
                tag = "h2" if token.tag == "h1" else token.tag
                pieces.append(f"<{tag}>")
                closing.append(f"</{tag}>\n")
            case "bullet_list_open" | "ordered_list_open":
                start = f' start="{token.attrs["start"]}"' if "start" in token.attrs else ""
                kind = ' class="apart"' if _stands_apart(tokens, at) else ""
                pieces.append(f"<{token.tag}{start}{kind}>\n")
                closing.append(f"</{token.tag}>\n")
            case _:
                pieces.append(closing.pop())
    return "".join(pieces)


def _says_something(inline: Token) -> bool:
    return any(child.type != "text" or show(child.content) for child in inline.children or ())


def _stands_apart(tokens: Sequence[Token], at: int) -> bool:
    """Whether the list that opens ``at`` has empty lines between its items, or within one."""
    level = tokens[at].level
    for token in tokens[at + 1 :]:
        if token.level == level:
            return False
        if token.type == "paragraph_open" and token.level == level + 2:
            return not token.hidden
    return False


def _text_of(children: Sequence[Token]) -> str:
    pieces: list[str] = []
    opened = (0, "")
    for child in children:
        match child.type:
            case "text" | "text_special":
                pieces.append(show(child.content))
            case "softbreak" | "hardbreak":
                pieces.append("\n")
            case "link_open":
                opened = (len(pieces), _target(child))
            case "link_close":
                at, target = opened
                pieces.append(_beside("".join(pieces[at:]), target))
    return "".join(pieces)


def _html_of(children: Sequence[Token], spell: Spell) -> str:
    return "".join(_html_pieces(children, spell))


def _html_pieces(children: Sequence[Token], spell: Spell) -> Iterator[str]:
    target = ""
    for at, child in enumerate(children):
        match child.type:
            case "text" | "text_special":
                yield escape(spell(show(child.content))).replace("\n", "<br>\n")
            case "softbreak" | "hardbreak":
                yield "<br>\n"
            case "strong_open" | "strong_close" | "em_open" | "em_close":
                yield f"<{'/' if child.nesting < 0 else ''}{child.tag}>"
            case "link_open":
                target = _target(child)
                if _leads(target):
                    yield f'<a href="{escape(target)}">'
            case "link_close" if _leads(target):
                yield "</a>"
            case "link_close":
                said = next(n for n in range(at, -1, -1) if children[n].type == "link_open")
                yield escape(_beside(_text_of(children[said + 1 : at]), target))


def _target(link: Token) -> str:
    return show(str(link.attrs.get("href", "")))


def _leads(target: str) -> bool:
    return target.lower().startswith(LINKED)


def _beside(text: str, target: str) -> str:
    """What stands after the text of a link, so that its address can be read; nothing when the text is the address."""
    bare = target.partition(":")[2] if target.lower().startswith(("mailto:", "tel:")) else target
    return "" if not target or text.strip() in (bare, target) else f" ({target})"
