"""The payment list (lista wypłat): one workbook for the pay office, with sums it can check by formula and by eye."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from models.rules.pay import Amounts
from templates.polish import amount_in_words, long_date, person_key, short_date
from templates.word_cells import clean

_A4 = 9
# Polish separators wherever the workbook is opened.
_MONEY = "[$-415]#,##0.00"
_INCH = 2.54


@dataclass(frozen=True, kw_only=True)
class Payee:
    """One payment. PESEL and account are text: leading zeros matter and 26 digits are no number."""

    bill_number: str
    first_name: str
    last_name: str
    pesel: str | None
    account: str
    amounts: Amounts
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class PaymentListDocument:
    number: str
    office: str
    project_title: str
    project_number: str
    group: str
    meeting: str
    issued_on: date
    paid_on: date
    payees: Sequence[Payee]


# Header, width in characters, and for money the amount it shows.
_TEXTS = (("Lp.", 4), ("Nr rachunku", 17), ("Nazwisko i imię", 27), ("PESEL", 13), ("Numer konta", 30))
_SUMS = (
    ("Brutto", 10),
    ("Składka emerytalna", 11),
    ("Składka rentowa", 10),
    ("Składka chorobowa", 11),
    ("Składka zdrowotna", 11),
    ("Koszty uzyskania", 10),
    ("Podstawa opodatkowania", 14),
    ("Podatek", 9),
    ("Do wypłaty", 11),
)
_REMARK = ("Uwagi", 16)
_HEADER_ROW = 5


def payment_list(payments: PaymentListDocument) -> bytes:
    """The .xlsx list, in Polish order of names; equal input gives equal bytes.

    Nothing that came from a form can become a formula or a link. The total row holds formulas with their values; the
    row below repeats the values as plain numbers, so that a later change in a cell shows.
    """
    written = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        written,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": "Arial", "font_size": 9},
        },
    )
    workbook.set_properties(
        {
            "title": f"Lista wypłat nr {clean(payments.number)}",
            "subject": clean(payments.project_title),
            "author": clean(payments.office),
            "created": datetime.combine(payments.issued_on, time(), tzinfo=UTC),
        }
    )
    sheet = workbook.add_worksheet("Lista wypłat")
    bold = workbook.add_format({"bold": True, "font_size": 12})
    text = workbook.add_format({"border": 1, "num_format": "@", "valign": "vcenter", "text_wrap": True})
    centered = workbook.add_format({"border": 1, "align": "center", "valign": "vcenter"})
    money = workbook.add_format({"border": 1, "num_format": _MONEY, "valign": "vcenter"})
    look = {"border": 1, "bold": True, "bg_color": "#EDEDED", "valign": "vcenter"}
    header = workbook.add_format({**look, "align": "center", "text_wrap": True})
    total = workbook.add_format({**look, "num_format": _MONEY})
    label = workbook.add_format({**look, "align": "right"})

    sheet.write_string(0, 0, f"Lista wypłat nr {clean(payments.number)}", bold)
    sheet.write_string(1, 0, clean(f"Projekt „{payments.project_title}”, nr {payments.project_number}"))
    sheet.write_string(2, 0, clean(f"{payments.office} · {payments.group} · {payments.meeting}"))
    sheet.write_string(
        3,
        0,
        f"Data sporządzenia: {short_date(payments.issued_on)} · Data wypłaty: {long_date(payments.paid_on)} "
        "· Kwoty w złotych",
    )
    for column, (name, width) in enumerate((*_TEXTS, *_SUMS, _REMARK)):
        sheet.set_column(column, column, width)
        sheet.write_string(_HEADER_ROW, column, name, header)
    sheet.set_row(_HEADER_ROW, 38)

    payees = sorted(payments.payees, key=lambda payee: person_key(payee.last_name, payee.first_name))
    for number, payee in enumerate(payees, start=1):
        _write_payee(sheet, _HEADER_ROW + number, number, payee, text=text, centered=centered, money=money)
    below = _HEADER_ROW + len(payees) + 1
    _write_totals(sheet, below, [_sums(payee.amounts) for payee in payees], label=label, total=total)

    to_pay = sum(payee.amounts.net for payee in payees)
    sheet.write_string(below + 3, 0, f"Do wypłaty słownie: {amount_in_words(to_pay)}")
    for column, who in ((1, "sporządzono"), (4, "sprawdzono"), (8, "zatwierdzono do wypłaty")):
        sheet.write_string(below + 6, column, "…………………………………")
        sheet.write_string(below + 7, column, f"{who} – data i podpis")
    _set_print(sheet, below + 7, payments)
    workbook.close()
    return written.getvalue()


def _sums(amounts: Amounts) -> tuple[int, ...]:
    """Grosze in the order of the columns."""
    return (
        amounts.gross,
        amounts.pension,
        amounts.disability,
        amounts.sickness,
        amounts.health,
        amounts.costs,
        amounts.tax_base,
        amounts.tax,
        amounts.net,
    )


def _zloty(grosze: int) -> Decimal:
    return Decimal(grosze) / 100


def _write_payee(
    sheet: Worksheet, row: int, number: int, payee: Payee, *, text: Format, centered: Format, money: Format
) -> None:
    sheet.write_number(row, 0, number, centered)
    name = f"{payee.last_name} {payee.first_name}"
    for column, value in enumerate((payee.bill_number, name, payee.pesel or "brak", payee.account), start=1):
        sheet.write_string(row, column, clean(value), text)
    for column, grosze in enumerate(_sums(payee.amounts), start=len(_TEXTS)):
        sheet.write_number(row, column, _zloty(grosze), money)
    sheet.write_string(row, len(_TEXTS) + len(_SUMS), clean(payee.remark), text)


def _write_totals(
    sheet: Worksheet, below: int, sums: Sequence[tuple[int, ...]], *, label: Format, total: Format
) -> None:
    sheet.merge_range(below, 0, below, len(_TEXTS) - 1, "Razem", label)
    sheet.merge_range(below + 1, 0, below + 1, len(_TEXTS) - 1, "Kontrola: suma w chwili sporządzenia", label)
    for place in range(len(_SUMS)):
        column = len(_TEXTS) + place
        value = _zloty(sum(row[place] for row in sums))
        letter = chr(ord("A") + column)
        # A list without payees has nothing to sum over; a formula over its own header would be wrong.
        formula = f"=ROUND(SUM({letter}{_HEADER_ROW + 2}:{letter}{below}),2)" if sums else "=0"
        sheet.write_formula(below, column, formula, total, value)
        sheet.write_number(below + 1, column, value, total)


def _set_print(sheet: Worksheet, last_row: int, payments: PaymentListDocument) -> None:
    """A4 on its side, one page wide, with the header row on each page and page numbers."""
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.set_margins(left=1.5 / _INCH, right=1.5 / _INCH, top=1.5 / _INCH, bottom=1.8 / _INCH)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER_ROW)
    sheet.freeze_panes(_HEADER_ROW + 1, 3)
    sheet.print_area(0, 0, last_row, len(_TEXTS) + len(_SUMS))
    # An ampersand starts a code in a footer, so a number that holds one is doubled.
    sheet.set_footer(f"&L&8Lista wypłat nr {clean(payments.number).replace('&', '&&')}&R&8Strona &P z &N")
