"""The register of units as a file, made of the built-in table and one gmina that is not in it."""

from models.territory import SHIPPED, Territory, Unit

DAY = "2026-01-01"
INVENTED = ("2205993", "Zmyślona Wola")
_WORDS = {2: "województwo", 4: "powiat", 7: "gmina"}


def units() -> list[tuple[str, str]]:
    known = {code: unit.name for code, unit in SHIPPED.units.items()} | dict([INVENTED])
    # Cities that are powiats of their own stand twice in the built-in table, and their powiats are in it.
    return sorted((code, name.upper() if len(code) == 2 else name) for code, name in known.items())


def as_csv(*, column: str = "NAZWA_DOD", day: str = DAY) -> str:
    lines = [f"WOJ;POW;GMI;RODZ;NAZWA;{column};STAN_NA"]
    lines += [
        ";".join((code[:2], code[2:4], code[4:6], code[6:], name, _WORDS[len(code)], day)) for code, name in units()
    ]
    return "\n".join(lines) + "\n"


def as_xml(*, column: str = "NAZWA_DOD", day: str = DAY, in_attributes: bool = False) -> str:
    rows = []
    for code, name in units():
        cells = {
            "WOJ": code[:2], "POW": code[2:4], "GMI": code[4:6], "RODZ": code[6:],
            "NAZWA": name, column: _WORDS[len(code)], "STAN_NA": day,
        }  # fmt: skip
        if in_attributes:
            said = "".join(f'<col name="{key}">{value}</col>' for key, value in cells.items())
        else:
            said = "".join(f"<{key}>{value}</{key}>\n" if value else f"<{key}/>\n" for key, value in cells.items())
        rows.append(f"<row>{said}</row>\n")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<teryt>\n<catalog name="TERC">\n{"".join(rows)}</catalog>\n</teryt>\n'
    )


def territory(**names: str) -> Territory:
    """A register of these units: ``t2205="kartuski"``."""
    return Territory({code[1:]: Unit(code[1:], name) for code, name in names.items()})
