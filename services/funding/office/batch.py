"""`virksom funding batch …`: payment batches, prepared by one person and approved by another."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer

from services.funding.office.files import rows, whole
from shared.kernel.rejection import Rejected
from shared.office.calling import By, On, the_office
from shared.office.files import field, oere_of

batch_app = typer.Typer(no_args_is_help=True, help="Payment batches: prepared by one, approved by another.")

Input = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file with a header.")]


@batch_app.command("prepare")
def prepare(
    context: typer.Context,
    batch: str,
    by: By,
    on: Annotated[str, typer.Option("--on", help="The day to be paid on.")],
    file: Annotated[
        Path | None, typer.Option("--file", help="payment_id,grant_id,amount_oere; without: all that is due.")
    ] = None,
) -> None:
    """Put a batch together: of a file's lines, or of all that is due on the day."""
    office = the_office(context)
    if file is None:
        lines = [
            {"payment_id": batch, "grant_id": line["grant_id"], "amount_oere": line["amount_oere"]}
            for line in office.ask("due_instalments", on=on)["lines"]
        ]
        if not lines:
            raise Rejected("NOTHING_DUE", "Nothing is due to any grant on this day.", [field("on", "due")])
    else:
        found = rows(file, "payment_id", "grant_id", "amount_oere")
        lines = [{**row, "amount_oere": whole(row["amount_oere"], line)} for line, row in found]
    office.tell("prepare_payment_batch", batch_id=batch, lines=lines, on_behalf_of=by, effective_on=on)


@batch_app.command("show")
def show_batch(context: typer.Context, batch: str) -> None:
    """A batch with its payments and the bank's answers."""
    office = the_office(context)
    office.show("batch", office.ask("payment_batch", batch_id=batch), "lines")


@batch_app.command("approve")
def approve(
    context: typer.Context,
    batch: str,
    total: Annotated[str, typer.Option("--total", help="What the batch adds up to, in kroner: you have looked.")],
    by: By,
    on: On = None,
) -> None:
    """Approve a batch that somebody else prepared."""
    office = the_office(context)
    fields = {"batch_id": batch, "total_oere": oere_of(total, "total"), "on_behalf_of": by}
    office.tell("approve_payment_batch", **fields, effective_on=on or office.today())


@batch_app.command("file")
def batch_file(context: typer.Context, batch: str) -> None:
    """An approved batch as a CSV file for the bank, on standard output."""
    found = the_office(context).ask("payment_batch", batch_id=batch)
    if found["status"] != "approved":
        message = "Only a batch that was approved goes to the bank."
        raise Rejected("WRONG_STATUS", message, [field("batch", "approved")], status=found["status"])
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(("payment_id", "grant_id", "amount_dkk", "pay_on"))
    for line in found["lines"]:
        whole, rest = divmod(line["amount_oere"], 100)
        writer.writerow((line["payment_id"], line["grant_id"], f"{whole}.{rest:02d}", found["pay_on"]))


@batch_app.command("answers")
def answers(context: typer.Context, batch: str, file: Input, on: On = None) -> None:
    """Record the bank's answers: payment_id,grant_id,outcome (paid or returned),reference,reason."""
    office = the_office(context)
    given = [
        {name: value for name, value in row.items() if value}
        for _, row in rows(file, "payment_id", "grant_id", "outcome", "reference", "reason")
    ]
    office.tell("record_bank_answers", batch_id=batch, answers=given, effective_on=on or office.today())
