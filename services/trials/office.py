"""`virksom trials send`: what a municipality's own system sends the trials service, from a file."""

from __future__ import annotations

from typing import Annotated

import typer

from shared.office.calling import UNSAID, the_office

app = typer.Typer(no_args_is_help=True, help="The trials, for who records them from files.")


@app.callback()
def options(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """The trials."""
    the_office(context).set_up("trials", UNSAID, as_json, None)


@app.command()
def send(
    context: typer.Context,
    method: Annotated[str, typer.Argument(help="A command of the trials, like enrol_citizen; see docs/calling.md.")],
    file: Annotated[str, typer.Argument(help="Its fields as JSON, or several on a line each; - for standard input.")],
) -> None:
    """Send a command, or many of one kind; a command_id is made where the fields have none."""
    the_office(context).send(method, file)
