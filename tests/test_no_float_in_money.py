"""No float anywhere in money: read off the syntax of every module that handles grosze, planted faults and all.

Grosze are whole numbers, and Python keeps them whole unless somebody writes a fraction, divides with ``/``, or calls
``float`` or ``round``. So the syntax itself is proof, as long as every module of money is looked at: the ones named
here, and any whose name speaks of money. What a spreadsheet shows is the one place where a sum of grosze becomes
something else; it happens in one function, which divides a ``Decimal``, and that function is named here.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("models", "forms", "templates", "flows", "console")
SPEAKS_OF_MONEY = re.compile(
    r"(^|_)(pay|payer|payment|payments|stipend|stipends|settlement|grosze|contributions|tax|transfer|transfers|money|"
    r"bill|bills|cost|costs|batch|batches|bank|mt940|elixir|pain|rates|contract|contracts|hours_register|"
    r"hours_registers|nrb|statement|statements|ledger)(_|$)"
)
NAMED = {"models/columns.py", "models/rules/rehearsal.py", "templates/polish.py", "templates/made_up.py"}
"""Modules that handle sums though their names do not say so."""
AT_THE_EDGE = {
    ("templates/documents/payment_list.py", "_zloty"): "Decimal(grosze) / 100",
    ("templates/documents/costs.py", "_zloty"): "Decimal(grosze) / 100",
    # num2words takes whole numbers of a currency for grosze.
    ("templates/polish.py", "amount_in_words"): "Decimal(zloty)",
}
"""Where whole numbers leave for a library that takes no grosze, and the one expression by which they do: a spreadsheet
knows only floats, and is handed an exact ``Decimal``, once."""
FORBIDDEN_CALLS = {"float", "round", "complex", "Decimal", "Fraction"}
FORBIDDEN_MODULES = {"decimal", "fractions", "math", "numpy", "statistics"}


def money_modules() -> list[Path]:
    found = [
        path
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if "migrations" not in path.parts
        and (SPEAKS_OF_MONEY.search(path.stem) or str(path.relative_to(ROOT)) in NAMED)
    ]
    return [path.relative_to(ROOT) for path in found]


def faults(source: str, name: str = "") -> Iterator[str]:
    """Everything in a module by which a sum could become a float, as ``line: what``."""
    tree = ast.parse(source)
    edges = {function: leaving for (module, function), leaving in AT_THE_EDGE.items() if module == name}
    imported = {"Decimal"} if edges else set()
    allowed = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name in edges
        for leaving in ast.walk(node)
        if isinstance(leaving, ast.expr) and ast.unparse(leaving) == edges[node.name]
        for inner in ast.walk(leaving)
    }
    paths = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _joins_paths(node)
        for inner in ast.walk(node)
    }
    layout = {inner for node in ast.walk(tree) for part in _layout(node) for inner in ast.walk(part)}
    for node in ast.walk(tree):
        if node in allowed or node in paths or node in layout:
            continue
        match node:
            case ast.Constant(value=float() | complex()):
                yield f"{node.lineno}: {node.value!r}"
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield f"{node.lineno}: /"
            case ast.BinOp(op=ast.Pow(), right=ast.UnaryOp(op=ast.USub())):
                yield f"{node.lineno}: ** with a negative exponent"
            case ast.Call(func=ast.Name(id=called)) if called in FORBIDDEN_CALLS:
                yield f"{node.lineno}: {called}()"
            case ast.Name(id="float"):
                yield f"{node.lineno}: float"
            case ast.Import(names=names):
                yield from (f"{node.lineno}: import {one.name}" for one in names if one.name in FORBIDDEN_MODULES)
            case ast.ImportFrom(module=str(module), names=names) if module in FORBIDDEN_MODULES:
                yield from (f"{node.lineno}: from {module}" for one in names if one.name not in imported)
            case ast.Constant(value=str(text)) if re.fullmatch(r"[^{}]*:[,+]?\d*\.?\d*[fFeEgG%]", text):
                yield f"{node.lineno}: format {text!r}"
            case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=str(spec)), *_])) if spec[
                -1:
            ] in tuple("feEgG%"):
                yield f"{node.lineno}: format {spec!r}"
            case _:
                pass


def _layout(node: ast.AST) -> Iterator[ast.AST]:
    """Widths and margins of a page, in centimetres or inches: numbers written out, in which no name of a sum occurs."""
    match node:
        case ast.Call(func=ast.Name(id="Column" | "Cm") | ast.Attribute(attr="set_margins" | "set_column")):
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
        case ast.keyword(arg=str(name)) if name.endswith("_cm"):
            given = [node.value]
        case ast.Assign(targets=[ast.Name(id="_INCH")], value=ast.Constant()):
            given = [node.value]
        case _:
            return
    for one in given:
        if {inner.id for inner in ast.walk(one) if isinstance(inner, ast.Name)} <= {"_INCH"}:
            yield one


def _joins_paths(node: ast.BinOp) -> bool:
    """``folder / "name"`` joins paths: its right side is text, which no number can be divided by."""
    match node.right:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.Attribute(attr="file_name") | ast.Name(id="file_name" | "name"):
            return True
        case _:
            return False


@pytest.mark.parametrize("path", money_modules(), ids=str)
def test_a_module_of_money_knows_no_float(path: Path) -> None:
    assert list(faults((ROOT / path).read_text(encoding="utf-8"), str(path))) == []


def test_the_modules_that_reckon_are_among_those_looked_at() -> None:
    looked_at = {str(path) for path in money_modules()}
    assert looked_at >= {
        *(f"models/rules/{name}.py" for name in ("settlement", "pay", "pay_case", "pay_law", "pay_tables", "grosze")),
        *(f"models/rules/{name}.py" for name in ("contributions", "tax_advance", "payer_cost", "transfers")),
        *(f"flows/steps/{name}.py" for name in ("stipends", "stipend_records", "stipend_checks", "stipend_papers")),
        *(f"flows/steps/{name}.py" for name in ("pay_cases", "pay_sources", "payment_lists", "bills", "costs")),
        *("models/tables/stipends.py", "console/money.py", "console/costs.py", "console/rates.py"),
        *("templates/documents/bill.py", "templates/documents/payment_list.py", "templates/documents/costs.py"),
    }


def test_every_edge_is_there() -> None:
    for (module, function), leaving in AT_THE_EDGE.items():
        tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
        (edge,) = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function]
        assert [ast.unparse(node) for node in ast.walk(edge) if isinstance(node, ast.expr)].count(leaving) == 1


def test_an_edge_is_no_door_for_anything_else() -> None:
    source = (ROOT / "templates/documents/payment_list.py").read_text(encoding="utf-8")
    planted = source.replace("return Decimal(grosze) / 100", "grosze = grosze * 1.0\n    return Decimal(grosze) / 100")
    assert [said.partition(": ")[2] for said in faults(planted, "templates/documents/payment_list.py")] == ["1.0"]


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ("net = gross * 0.86", "1: 0.86"),
        ("share = gross / 2", "1: /"),
        ("gross /= 2", "1: /"),
        ("net = float(gross)", "1: float()"),
        ("net = round(gross, 2)", "1: round()"),
        ("def net(gross: float) -> int: ...", "1: float"),
        ("from decimal import Decimal", "1: from decimal"),
        ("import math", "1: import math"),
        ("rate = 10 ** -2", "1: ** with a negative exponent"),
        ("text = f'{gross:.2f}'", "1: format '.2f'"),
        ("net = 1e3", "1: 1000.0"),
        ("Column('Kwota', gross * 0.5)", "1: 0.5"),
        ("table(width_cm=gross / 100)", "1: /"),
    ],
)
def test_a_planted_float_is_found(planted: str, said: str) -> None:
    assert said in list(faults(planted))


@pytest.mark.parametrize(
    "innocent",
    [
        "half = gross // 2",
        "rest = gross % 100",
        "path = folder / 'bills'",
        "text = f'{rest:02d}'",
        "Column('Kwota', 8.6)",
    ],
)
def test_what_stays_whole_is_left_alone(innocent: str) -> None:
    assert list(faults(innocent)) == []
