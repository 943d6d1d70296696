"""`interviewer schemas`: writes the JSON schemas that editors hold a bank's files against."""

from pathlib import Path
from typing import Annotated

import typer


def schemas(out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("schemas")) -> None:
    """Writes JSON schemas of the bank's files, for editors."""
    from interviewer import schemas as forms

    out.mkdir(parents=True, exist_ok=True)
    for name, text in forms.files().items():
        (out / name).write_text(text, encoding="utf-8")
        typer.echo(str(out / name), err=True)
