"""The contract of mandate (umowa zlecenie): both parties, the office's own clauses with their marks written out, and
where to sign. Its words are data of the project; what stands here is how they are laid out and how they are declined.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from models.contract_rules import CASES, ContractRules
from models.errors import BadInput
from models.project import ProjectDefinition
from models.regulation import MARK, Passage, RegulationParagraph
from models.regulation_text import Marks, PrintedParagraph, PrintedPassage, UnknownMark, closed
from models.rules.pay import RatePer
from templates.documents.bill import Contractor, Party
from templates.documents.regulation import write_paragraph
from templates.polish import (
    Case,
    Noun,
    amount_in_words,
    amount_zl,
    by_sex,
    hours,
    noun,
    short_date,
)
from templates.word_base import Letterhead, start, to_bytes
from templates.word_cells import Align
from templates.word_parts import key_values, paragraph, signature_lines

PER_WORDS: Mapping[RatePer, str] = {
    RatePer.HOUR: "za każdą godzinę potwierdzoną na liście obecności",
    RatePer.DAY: "za każdy dzień spotkania potwierdzony na liście obecności",
    RatePer.MEETING: "za każde spotkanie potwierdzone na liście obecności",
}
_NO_LINE = "…" * 24


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """A signed contract that this one takes the place of."""

    number: str
    signed_on: date


@dataclass(frozen=True, kw_only=True)
class ContractTerms:
    """Everything that the marks of the clauses stand for. Money in grosze, ``minutes`` as planned."""

    number: str
    contractor: Contractor
    group: str
    area: str
    tasks: Sequence[str]
    starts: date
    ends: date
    minutes: int
    rate: int
    per: RatePer
    most: int
    """What all planned work comes to at this rate."""
    amount: int | None
    """The sum that the contract states; ``None`` when it states a rate only."""
    minimum_rate: int | None
    """The minimum hourly rate on the day it is made out; ``None`` when none is known."""
    replaces: Replaced | None = None


@dataclass(frozen=True, kw_only=True)
class ContractDocument:
    letterhead: Letterhead
    issued_on: date
    place: str
    buyer: Party
    unit: Party
    terms: ContractTerms
    definition: ProjectDefinition
    """Whose ``contracts`` section holds title, preamble and clauses."""


def contract(document_: ContractDocument) -> bytes:
    """The .docx contract, for both parties to sign. Raises ``BadInput`` for a project without clauses."""
    rules = rules_of(document_.definition)
    terms, contractor = document_.terms, document_.terms.contractor
    words = ContractWords(document_.definition, terms)
    document = start(f"{rules.title} nr {terms.number}", document_.letterhead, document_.issued_on)
    if rules.assumption:
        paragraph(document, rules.assumption, bold=True)
    if terms.replaces is not None:
        paragraph(
            document,
            f"zastępuje umowę nr {terms.replaces.number} z dnia {short_date(terms.replaces.signed_on)}",
            align=Align.CENTER,
            bold=True,
        )
    paragraph(document, f"{document_.place}, dnia {'…' * 12}", align=Align.RIGHT)
    if rules.preamble:
        paragraph(document, words.text(rules.preamble))
    key_values(
        document,
        (
            ("Zleceniodawca", f"{document_.buyer.name}\n{document_.buyer.address}\nNIP {document_.buyer.nip}"),
            ("Jednostka", f"{document_.unit.name}\n{document_.unit.address}"),
            ("Reprezentacja", rules.represented_by or _NO_LINE),
            (
                noun(Noun.CONTRACTOR, Case.NOMINATIVE, contractor.sex).capitalize(),
                f"{contractor.first_name} {contractor.last_name}\n{contractor.address}\n"
                + (f"PESEL {contractor.pesel}" if contractor.pesel else "brak numeru PESEL"),
            ),
        ),
        caption="Strony umowy",
        label_width_cm=4.5,
    )
    for number, clause in enumerate(rules.clauses, start=1):
        write_paragraph(document, _printed(words, number, clause))
    signature_lines(
        document,
        ("Zleceniodawca", noun(Noun.CONTRACTOR, Case.NOMINATIVE, contractor.sex).capitalize()),
    )
    return to_bytes(document)


def rules_of(definition: ProjectDefinition) -> ContractRules:
    """The section ``contracts`` with clauses in it. Raises ``BadInput``."""
    rules = definition.contracts
    if rules is None or not rules.clauses:
        raise BadInput(
            "Projekt nie zawiera treści umowy. Wpisz ją w definicji projektu: sekcja contracts, clauses. "
            "Umowę zawartą inaczej wpisuje: nabor stipend contract."
        )
    return rules


def _printed(words: "ContractWords", number: int, clause: RegulationParagraph) -> PrintedParagraph:
    return PrintedParagraph(
        number,
        words.text(clause.title),
        tuple(
            PrintedPassage(place, words.text(passage.text), tuple(closed(list(_points(words, passage)))))
            for place, passage in enumerate(clause.passages, start=1)
        ),
    )


def _points(words: "ContractWords", passage: Passage) -> Iterator[str]:
    for point in passage.points:
        if point.strip() == "{tasks}":
            yield from words.terms.tasks
        else:
            yield words.text(point)


class ContractWords:
    """Writes out the marks of a contract: what it is about, and the person in the forms of their sex."""

    def __init__(self, definition: ProjectDefinition, terms: ContractTerms) -> None:
        self.terms = terms
        self._marks = Marks(definition)
        self._plain = _plain_marks(definition, terms)

    def text(self, text: str) -> str:
        return MARK.sub(lambda found: self._inline(found[1]), text)

    def _inline(self, mark: str) -> str:
        sex = self.terms.contractor.sex
        name, colon, rest = mark.partition(":")
        if name == "sex" and colon:
            feminine, masculine, neutral = rest.split("|")
            return by_sex(sex, feminine, masculine, neutral)
        if name in ("contractor", "you") and colon:
            case = list(Case)[CASES.index(rest)]
            # A party that the contract defines is written with a capital, whatever the person's sex.
            written = noun(Noun.CONTRACTOR if name == "contractor" else Noun.ADDRESS, case, sex)
            return written[:1].upper() + written[1:]
        if mark in self._plain:
            return self._plain[mark]
        try:
            return self._marks.inline(mark)
        except UnknownMark:
            raise BadInput(f"Umowa zawiera nieznany znacznik {{{mark}}}.") from None


def _plain_marks(definition: ProjectDefinition, terms: ContractTerms) -> dict[str, str]:
    rules, contractor = rules_of(definition), terms.contractor
    amount = terms.most if terms.amount is None else terms.amount
    return {
        "contract": terms.number,
        "group": terms.group,
        "area": terms.area,
        "tasks": "; ".join(terms.tasks),
        "period.from": short_date(terms.starts),
        "period.until": short_date(terms.ends),
        "hours": hours(terms.minutes),
        "rate": amount_zl(terms.rate),
        "rate.words": amount_in_words(terms.rate),
        "per": PER_WORDS[terms.per],
        "most": amount_zl(terms.most),
        "most.words": amount_in_words(terms.most),
        "amount": amount_zl(amount),
        "amount.words": amount_in_words(amount),
        "minimum_rate": amount_zl(terms.minimum_rate) if terms.minimum_rate is not None else _NO_LINE,
        "contractor.name": f"{contractor.first_name} {contractor.last_name}",
        "contractor.address": contractor.address,
        "contractor.pesel": contractor.pesel or "brak numeru PESEL",
        "represented_by": rules.represented_by or _NO_LINE,
        "bill_days": str(definition.deadlines.bill_working_days),
        "replaces": terms.replaces.number if terms.replaces else "",
    }
