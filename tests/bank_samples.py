"""Transfers of plainly invented people, and readers of payment files that share nothing with their writers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

from stdnum import iban

from models.rules.bank_profiles import BankFormat, BankProfile, Quoting
from models.rules.transfers import Payer, Transfer

GOLDEN = Path(__file__).parent / "corpus" / "bank"
ON = date(2018, 12, 14)
CREATED_AT = datetime(2018, 12, 12, 9, 30, tzinfo=UTC)
MESSAGE_ID = "LW-PGR-2018-1"
PAYER = Payer(
    "Ośrodek Próbny Kooperacji w Zmyślonej Górze",
    "ul. Wymyślna 12a lok. 3 00-000 Zmyślona Góra",
    "30114020040000300000000017",
)
TRANSFERS = (
    Transfer(
        "LW1-0001",
        "Żaneta Próbna-Zmyślona",
        "ul. Śródziemna 3/4 00-000 Łękołody Źdźbłowe",
        "20999900000000000000000001",
        84300,
        "Wynagrodzenie za spotkanie PGR w dniach 1 i 2 grudnia 2018 r. Kooperacja w gminie Żółćin",
    ),
    Transfer(
        "LW1-0002",
        "Wszebor Eustachy Niewydarzony-Przykładowski",
        "os. Nieistniejące 1 00-000 Brak",
        "90999900000000000000000002",
        1,
        "Zwrot kosztów dojazdu",
    ),
    Transfer(
        "LW1-0003", "Jan Ćmił", "", "63999900000000000000000003", 99_999_999, "Wynagrodzenie za spotkanie LW1-0003"
    ),
)


def account_of(number: int) -> str:
    """A number with right check digits in a bank that does not exist."""
    digits = f"99990000{number:016d}"
    return iban.calc_check_digits(f"PL00{digits}") + digits


@dataclass(frozen=True)
class Read:
    """One transfer as a reader of the file understands it; texts as words in a row."""

    reference: str
    payee: str
    account: str
    amount: int
    title: str
    on: date
    payer: str
    payer_account: str


def read_elixir(content: bytes, profile: BankProfile) -> list[Read]:
    """Every line as 16 fields, with every constant and length of the format checked on the way."""
    assert profile.format is BankFormat.ELIXIR_O
    lines = content.decode(profile.encoding).split("\r\n")
    assert lines.pop() == ""
    assert "\n" not in "".join(lines)
    found = []
    for line in lines:
        fields = _split(line, quoted=profile.quoting is Quoting.TEXT)
        assert len(fields) == 16
        assert (fields[0], fields[4], fields[9], fields[12], fields[13], fields[14]) == ("110", "0", "0", "", "", "51")
        assert fields[3] == fields[5][2:10]
        assert fields[10] == fields[6][2:10]
        assert (len(fields[5]), len(fields[6])) == (26, 26)
        for text in (fields[7], fields[8], fields[11]):
            assert text.count("|") <= 3
            assert all(len(part) <= 35 and part == part.strip() for part in text.split("|"))
        reference = fields[15].removeprefix("$$$").removesuffix("$$$")
        assert len(reference) <= 16
        day = fields[1]
        found.append(
            Read(
                reference,
                _words(fields[8]),
                fields[6],
                int(fields[2]),
                _words(fields[11]),
                date(int(day[:4]), int(day[4:6]), int(day[6:])),
                _words(fields[7]),
                fields[5],
            )
        )
    return found


def _split(line: str, *, quoted: bool) -> list[str]:
    if not quoted:
        assert '"' not in line
        return line.split(",")
    fields, inside = [""], False
    for sign in line:
        if sign == '"':
            inside = not inside
        elif sign == "," and not inside:
            fields.append("")
        else:
            fields[-1] += sign
    assert not inside
    return fields


def _words(text: str) -> str:
    return " ".join(text.replace("|", " ").split())


def read_pain(content: bytes) -> tuple[list[Read], int, int]:
    """The transfers, their stated number and their stated sum in grosze (in the header and in the payment alike)."""
    name = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
    root = ElementTree.fromstring(content)
    header, payment = root.find("p:CstmrCdtTrfInitn/p:GrpHdr", name), root.find("p:CstmrCdtTrfInitn/p:PmtInf", name)
    assert header is not None
    assert payment is not None
    for stated in ("NbOfTxs", "CtrlSum"):
        assert header.findtext(f"p:{stated}", namespaces=name) == payment.findtext(f"p:{stated}", namespaces=name)

    def party(parent: ElementTree.Element, tag: str) -> str:
        lines = [parent.findtext(f"p:{tag}/p:Nm", "", name)]
        lines += [one.text or "" for one in parent.findall(f"p:{tag}/p:PstlAdr/p:AdrLine", name)]
        assert all(len(line) <= 70 for line in lines)
        return " ".join(lines)

    found = []
    for one in payment.findall("p:CdtTrfTxInf", name):
        amount = one.find("p:Amt/p:InstdAmt", name)
        assert amount is not None
        assert amount.get("Ccy") == "PLN"
        title = one.findtext("p:RmtInf/p:Ustrd", "", name)
        assert 1 <= len(title) <= 140
        found.append(
            Read(
                one.findtext("p:PmtId/p:EndToEndId", "", name),
                party(one, "Cdtr"),
                one.findtext("p:CdtrAcct/p:Id/p:IBAN", "", name).removeprefix("PL"),
                _grosze(amount.text or ""),
                title,
                date.fromisoformat(payment.findtext("p:ReqdExctnDt/p:Dt", "", name)),
                party(payment, "Dbtr"),
                payment.findtext("p:DbtrAcct/p:Id/p:IBAN", "", name).removeprefix("PL"),
            )
        )
    stated = int(header.findtext("p:NbOfTxs", "", name))
    return found, stated, _grosze(header.findtext("p:CtrlSum", "", name))


def _grosze(text: str) -> int:
    assert text[-3] == "."
    return int(Decimal(text) * 100)


def expected(profile: BankProfile, payer: Payer, transfers: Sequence[Transfer], on: date) -> list[Read]:
    """What a reader should find, for texts whose every sign the profile's alphabet has."""
    return [
        Read(
            "" if profile.reference == "none" and profile.format is BankFormat.ELIXIR_O else one.reference,
            f"{one.payee_name} {one.payee_address}".strip(),
            one.payee_account,
            one.amount,
            one.title if one.reference in one.title.split() else f"{one.title} {one.reference}",
            on,
            f"{payer.name} {payer.address}",
            payer.account,
        )
        for one in transfers
    ]
