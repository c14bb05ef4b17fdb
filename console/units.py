"""``nabor unit``: gminas, powiats and other institutions."""

import typer

from console.polish_help import PolishGroup

app = typer.Typer(cls=PolishGroup, name="unit", help="Jednostki samorządu i instytucje", no_args_is_help=True)
