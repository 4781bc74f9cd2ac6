"""`virksom funding …`: the office's own command line, a caller of the service like any other.

With the embedded broker there is no service to call in another process: then one is run in this process for as long as
the call takes, on the same database.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from rich.console import Console
from sqlalchemy import Connection

from services.funding import exports
from services.funding.exports import Kind
from services.funding.office_words import COLUMNS, Language, kroner, table, word
from shared.kernel.rejection import Rejected

app = typer.Typer(no_args_is_help=True, help="The fund, for its office: calls, decisions, payments and the position.")
batch_app = typer.Typer(no_args_is_help=True, help="Payment batches: prepared by one, approved by another.")
app.add_typer(batch_app, name="batch")

WAIT_SECONDS = 10.0
MAX_FILE_BYTES = 8 * 1024 * 1024
"""A larger file is refused unread; ten thousand payments take a tenth of it."""

By = Annotated[str, typer.Option("--by", help="Who decides: your name, as it is to be recorded.")]
On = Annotated[str | None, typer.Option("--on", help="The day it takes effect, like 2018-03-02; today by default.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, as the applicant is to read it.")]
Input = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file with a header.")]


@dataclass
class Office:
    """How the office calls: the way to the services, and how it wants to read the answers."""

    services: Callable[[], AbstractContextManager[Any]]
    reading: Callable[[], AbstractContextManager[Connection]]
    today: Callable[[], str]
    language: Language = "en"
    as_json: bool = False

    def ask(self, method: str, **fields: Any) -> dict[str, Any]:
        """Ask the fund, of views that have seen all that is recorded. Raises Rejected."""
        with self.services() as rpc:
            head = rpc.funding.feed(after=0, limit=1)["head"]
            given = {name: value for name, value in fields.items() if value is not None}
            waiting = {"wait_for": {"funding": head}, "wait_seconds": WAIT_SECONDS}
            answer: dict[str, Any] = getattr(rpc.funding, method)(**given, **waiting)
            return answer

    def tell(self, method: str, **fields: Any) -> None:
        """Send the fund a command and print what it did. Raises Rejected."""
        given = {name: value for name, value in fields.items() if value is not None}
        with self.services() as rpc:
            answer = getattr(rpc.funding, method)(**{"command_id": str(uuid.uuid4()), **given})
        if self.as_json or "events" not in answer:
            print(json.dumps(answer, ensure_ascii=False))
            return
        for event in answer["events"][:20]:
            print(f"{event['type']}  {event['stream_id']}")
        if len(answer["events"]) > 20:
            print(f"… {len(answer['events'])}")

    def show(self, kind: str, answer: Mapping[str, Any], rows: str) -> None:
        """Print an answer: its rows as a table, or all of it as JSON."""
        if self.as_json:
            print(json.dumps(answer, ensure_ascii=False))
            return
        # A terminal folds wide tables; a file or a pipe gets them whole.
        console = Console() if sys.stdout.isatty() else Console(width=240)
        console.print(table(COLUMNS[kind].split(), answer[rows], self.language))


def _office(context: typer.Context) -> Office:
    office = context.find_object(Office)
    assert office is not None, "services/cli.py made one"
    return office


@app.callback()
def options(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: Annotated[
        Language | None, typer.Option("--lang", help="da or en; by default Danish where the system is.")
    ] = None,
) -> None:
    """The fund, for its office."""
    office = _office(context)
    office.as_json = as_json
    danish = os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("da")
    office.language = lang or ("da" if danish else "en")


@app.command()
def calls(context: typer.Context, pool: Annotated[str | None, typer.Option()] = None) -> None:
    """The calls for applications, in order of their deadlines."""
    office = _office(context)
    office.show("calls", office.ask("calls", pool_id=pool), "calls")


@app.command()
def applications(context: typer.Context, call: str) -> None:
    """A call's applications and how far each has come."""
    office = _office(context)
    office.show("applications", office.ask("applications", call_id=call), "applications")


@app.command()
def ranking(context: typer.Context, call: str) -> None:
    """A call's ranked list: weighted points, with the assessors' spread."""
    office = _office(context)
    office.show("ranking", office.ask("ranked_list", call_id=call), "applications")


@app.command()
def grants(context: typer.Context, pool: Annotated[str | None, typer.Option()] = None) -> None:
    """The grants and their status."""
    office = _office(context)
    office.show("grants", office.ask("grants", pool_id=pool), "grants")


@app.command()
def award(
    context: typer.Context,
    application: str,
    grant: Annotated[str, typer.Option("--grant", help="What the grant is to be called.")],
    draw: Annotated[list[str], typer.Option("--draw", help="ACCOUNT/YEAR=KRONER; once for each account-year.")],
    reason: Reason,
    by: By,
    on: On = None,
) -> None:
    """Award an application a grant; what is awarded is the sum of the draws, in the call's period."""
    office = _office(context)
    found = office.ask("application", application_id=application)
    [call] = [one for one in office.ask("calls")["calls"] if one["call_id"] == found["call_id"]]
    office.tell(
        "award_grant",
        grant_id=grant,
        pool_id=call["pool_id"],
        municipality=found["municipality"],
        application_id=application,
        draws=[_draw(text) for text in draw],
        period_from=call["period_from"],
        period_to=call["period_to"],
        reason=reason,
        on_behalf_of=by,
        effective_on=on or office.today(),
    )


@app.command()
def refuse(context: typer.Context, application: str, reason: Reason, by: By, on: On = None) -> None:
    """Refuse an application."""
    office = _office(context)
    day = on or office.today()
    office.tell("refuse_application", application_id=application, reason=reason, on_behalf_of=by, effective_on=day)


@app.command()
def letter(context: typer.Context, grant: str) -> None:
    """The text of a grant's letter."""
    office = _office(context)
    answer = office.ask("grant_letter", grant_id=grant, language=office.language)
    print(json.dumps(answer, ensure_ascii=False) if office.as_json else answer["text"])


@app.command()
def due(context: typer.Context, day: str) -> None:
    """What is due to each grant on a day."""
    office = _office(context)
    answer = office.ask("due_instalments", on=day)
    office.show("due", answer, "lines")
    if not office.as_json:
        print(f"{word('total', office.language)}: {kroner(answer['total_oere'], office.language)}")


@app.command()
def position(
    context: typer.Context,
    as_of: Annotated[
        str | None, typer.Option(help="What was known then: a position, or a moment of recording.")
    ] = None,
    as_at: Annotated[str | None, typer.Option(help="What was true by this day.")] = None,
) -> None:
    """Voted, pooled, committed, paid, accounted for and owed, per account and year."""
    office = _office(context)
    moment: int | str | None = int(as_of) if as_of is not None and as_of.isdecimal() else as_of
    answer = office.ask("position", as_of=moment, as_at=as_at)
    total = {"account": word("total", office.language), **answer["total"]}
    office.show("position", answer | {"rows": [*answer["account_years"], total]}, "rows")


@app.command()
def statement(context: typer.Context, grant: str) -> None:
    """A grant's postings, line by line, each with its event."""
    office = _office(context)
    office.show("statement", office.ask("grant_statement", grant_id=grant), "lines")


@app.command()
def deadlines(context: typer.Context, until: str) -> None:
    """The deadlines that are neither met nor passed, up to a day."""
    office = _office(context)
    office.show("deadlines", office.ask("deadlines", until=until), "deadlines")


@app.command()
def advance(context: typer.Context, day: str) -> None:
    """Come to a day by command: every deadline before it passes. Not needed where the clock runs."""
    _office(context).tell("advance", day=day)


@app.command()
def export(
    context: typer.Context,
    kind: Annotated[Kind, typer.Argument(help="hledger (which ledger reads too), beancount, csv or xlsx.")],
    file: Annotated[str, typer.Argument(help="Where to write it; - for standard output.")],
    up_to: Annotated[int | None, typer.Option(help="Only up to this position of the log.")] = None,
) -> None:
    """Write the whole journal as a file that others can check, from the fund's database."""
    office = _office(context)
    office.ask("trial_balance")  # the view has then seen all that is recorded
    with office.reading() as connection, _writing(file) as out:
        position = exports.export(connection, kind, out, up_to)
    if file != "-":
        print(json.dumps({"file": file, "position": position}) if office.as_json else f"{file}: {position}")


@contextmanager
def _writing(file: str) -> Iterator[BinaryIO]:
    """A file to be written whole or not at all. Raises Rejected FILE_INVALID when it cannot be."""
    if file == "-":
        yield sys.stdout.buffer
        return
    beside = Path(f"{file}.part")
    try:
        with open(beside, "wb") as out:
            yield out
        beside.replace(file)
    except OSError as error:
        message = f"The file cannot be written: {type(error).__name__}."
        raise Rejected("FILE_INVALID", message, [_field("file", "writable")]) from None
    finally:
        beside.unlink(missing_ok=True)


@app.command()
def send(
    context: typer.Context,
    method: Annotated[str, typer.Argument(help="A command of the fund, like publish_call; see docs/calling.md.")],
    file: Annotated[str, typer.Argument(help="Its fields as a JSON object: a file, or - for standard input.")],
) -> None:
    """Send any command; a command_id is made where the fields have none."""
    try:
        fields = json.loads(_read(file))
    except ValueError:
        raise Rejected("FILE_INVALID", "The file is not JSON.", [_field("file", "json")]) from None
    if not isinstance(fields, dict):
        raise Rejected(
            "FILE_INVALID", "The file must hold a JSON object: the command's fields.", [_field("file", "object")]
        )
    _office(context).tell(method, **fields)


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
    office = _office(context)
    if file is None:
        lines = [
            {"payment_id": batch, "grant_id": line["grant_id"], "amount_oere": line["amount_oere"]}
            for line in office.ask("due_instalments", on=on)["lines"]
        ]
        if not lines:
            raise Rejected("NOTHING_DUE", "Nothing is due to any grant on this day.", [_field("on", "due")])
    else:
        rows = _csv(file, "payment_id", "grant_id", "amount_oere")
        lines = [{**row, "amount_oere": _whole(row["amount_oere"], line)} for line, row in rows]
    office.tell("prepare_payment_batch", batch_id=batch, lines=lines, on_behalf_of=by, effective_on=on)


@batch_app.command("show")
def show_batch(context: typer.Context, batch: str) -> None:
    """A batch with its payments and the bank's answers."""
    office = _office(context)
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
    office = _office(context)
    fields = {"batch_id": batch, "total_oere": _oere(total, "total"), "on_behalf_of": by}
    office.tell("approve_payment_batch", **fields, effective_on=on or office.today())


@batch_app.command("file")
def batch_file(context: typer.Context, batch: str) -> None:
    """An approved batch as a CSV file for the bank, on standard output."""
    found = _office(context).ask("payment_batch", batch_id=batch)
    if found["status"] != "approved":
        message = "Only a batch that was approved goes to the bank."
        raise Rejected("WRONG_STATUS", message, [_field("batch", "approved")], status=found["status"])
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(("payment_id", "grant_id", "amount_dkk", "pay_on"))
    for line in found["lines"]:
        whole, rest = divmod(line["amount_oere"], 100)
        writer.writerow((line["payment_id"], line["grant_id"], f"{whole}.{rest:02d}", found["pay_on"]))


@batch_app.command("answers")
def answers(context: typer.Context, batch: str, file: Input, on: On = None) -> None:
    """Record the bank's answers: payment_id,grant_id,outcome (paid or returned),reference,reason."""
    office = _office(context)
    given = [
        {name: value for name, value in row.items() if value}
        for _, row in _csv(file, "payment_id", "grant_id", "outcome", "reference", "reason")
    ]
    office.tell("record_bank_answers", batch_id=batch, answers=given, effective_on=on or office.today())


def _csv(file: Path, *columns: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with these columns, each with its line. Raises Rejected FILE_INVALID, naming the line."""
    reader = csv.DictReader(io.StringIO(_read(str(file)), newline=""), restkey="")
    missing = sorted(set(columns) - set(reader.fieldnames or ()))
    if missing:
        raise Rejected("FILE_INVALID", f"The file has no column {', '.join(missing)}.", [_field("file", "columns")])
    for row in reader:
        if "" in row or None in row.values():
            message = f"Line {reader.line_num} has not as many columns as the header."
            raise Rejected("FILE_INVALID", message, [_field("file", "columns")], line=reader.line_num)
        yield reader.line_num, {name: row[name] for name in columns}


def _read(file: str) -> str:
    """The text of a file, or of standard input. Raises Rejected FILE_INVALID when it is too large or no text."""
    try:
        source = sys.stdin.buffer if file == "-" else open(file, "rb")  # noqa: SIM115 - closed below
        with source:
            content = source.read(MAX_FILE_BYTES + 1)
        if len(content) <= MAX_FILE_BYTES:
            return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"The file cannot be read as UTF-8 text: {type(error).__name__}."
        raise Rejected("FILE_INVALID", message, [_field("file", "text")]) from None
    raise Rejected("FILE_INVALID", "The file is too large.", [_field("file", "size")], limit_bytes=MAX_FILE_BYTES)


def _whole(text: str, line: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 16):
        message = f"amount_oere on line {line} is not a whole number of øre."
        raise Rejected("FILE_INVALID", message, [_field("amount_oere", "whole")], line=line)
    return int(text)


def _draw(text: str) -> dict[str, Any]:
    account, _, rest = text.partition("/")
    year, _, amount = rest.partition("=")
    if not (account and year.isascii() and year.isdecimal() and len(year) == 4 and amount):
        raise Rejected("DRAW_INVALID", "Say it like 15.26.04.10/2018=1500000.00.", [_field("draw", "form")])
    return {"account": account, "budget_year": int(year), "amount_oere": _oere(amount, "draw")}


def _oere(text: str, name: str) -> int:
    """Kroner with at most two decimals, as øre; `1500000`, `1500000.50` or `1500000,50`."""
    try:
        amount = Decimal(text.replace(",", ".")) * 100
        if amount == amount.to_integral_value() and 0 < amount <= 10**15:
            return int(amount)
    except InvalidOperation:
        pass
    message = "Give kroner with at most two decimals, without separators between thousands."
    raise Rejected("AMOUNT_INVALID", message, [_field(name, "kroner")])


def _field(name: str, rule: str) -> dict[str, str]:
    return {"field": name, "rule": rule}
