"""One line of text that somebody typed and others will read: a name, a title, a function."""

from models.errors import BadInput


def one_line(text: str, *, what: str, longest: int) -> str:
    """The text with single spaces. Raises ``BadInput``, in a sentence about ``what``, for signs that nobody sees and
    that turn or hide what stands in a document, and for what is longer than its place."""
    told = " ".join(text.split())
    if not told.isprintable():
        raise BadInput(
            f"{what}: są w tym znaki, których nie widać (na przykład skopiowane z innego programu). "
            "Proszę wpisać to ręcznie."
        )
    if len(told) > longest:
        raise BadInput(f"{what}: najwyżej {longest} znaków, a jest {len(told)}.")
    return told
