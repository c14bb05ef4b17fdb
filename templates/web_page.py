"""Pages an office puts on its site: one file of well-formed HTML each, in Polish, with nothing to load from elsewhere.

They are made to be read by everybody: language, title, landmarks, headings in order, lists and tables with marked
headers, contrast and text that grows (WCAG 2.1 AA, act of 4 April 2019 on digital accessibility).
"""

from functools import lru_cache

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from models.regulation_text import PrintedRegulation
from templates.documents.ranking_lists import NONE_HERE, RankingListDocument, public_tables
from templates.polish import long_date, nbsp
from templates.word_base import Letterhead
from templates.word_cells import clean


def regulation_page(printed: PrintedRegulation, letterhead: Letterhead) -> bytes:
    """The regulation; every passage and point has an anchor (``#par-4-ust-1-pkt-2``)."""
    return _page("regulation.html", title=printed.title, letterhead=letterhead, regulation=printed)


def public_list_page(ranking: RankingListDocument) -> bytes:
    """The list to be published, with exactly what its Word twin says: number, points, status."""
    return _page(
        "public_list.html",
        title="Lista rankingowa",
        letterhead=ranking.letterhead,
        ranking=ranking,
        lists=public_tables(ranking),
        none_here=NONE_HERE,
        issued_on=long_date(ranking.issued_on),
    )


def _page(template: str, **values: object) -> bytes:
    return _environment().get_template(template).render(values).encode()


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=PackageLoader("templates", "pages"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: nbsp(clean(value)) if type(value) is str else value,
    )
