"""`virksom funding …`: calls, decisions, the position, and everything else that can be sent."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from services.funding import exports
from services.funding.exports import Kind
from services.funding.office.batch import batch_app
from services.funding.office.files import draw_of
from services.funding.office.words import VOCABULARY
from shared.office.calling import By, On, the_office
from shared.office.files import written
from shared.office.words import Language, kroner

app = typer.Typer(no_args_is_help=True, help="The fund, for its office: calls, decisions, payments and the position.")
app.add_typer(batch_app, name="batch")

Reason = Annotated[str, typer.Option("--reason", help="Why, as the applicant is to read it.")]


@app.callback()
def options(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: Annotated[
        Language | None, typer.Option("--lang", help="da or en; by default Danish where the system is.")
    ] = None,
) -> None:
    """The fund, for its office."""
    the_office(context).set_up("funding", VOCABULARY, as_json, lang)


@app.command()
def calls(context: typer.Context, pool: Annotated[str | None, typer.Option()] = None) -> None:
    """The calls for applications, in order of their deadlines."""
    office = the_office(context)
    office.show("calls", office.ask("calls", pool_id=pool), "calls")


@app.command()
def applications(context: typer.Context, call: str) -> None:
    """A call's applications and how far each has come."""
    office = the_office(context)
    office.show("applications", office.ask("applications", call_id=call), "applications")


@app.command()
def ranking(context: typer.Context, call: str) -> None:
    """A call's ranked list: weighted points, with the assessors' spread."""
    office = the_office(context)
    office.show("ranking", office.ask("ranked_list", call_id=call), "applications")


@app.command()
def grants(context: typer.Context, pool: Annotated[str | None, typer.Option()] = None) -> None:
    """The grants and their status."""
    office = the_office(context)
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
    office = the_office(context)
    found = office.ask("application", application_id=application)
    [call] = [one for one in office.ask("calls")["calls"] if one["call_id"] == found["call_id"]]
    office.tell(
        "award_grant",
        grant_id=grant,
        pool_id=call["pool_id"],
        municipality=found["municipality"],
        application_id=application,
        draws=[draw_of(text) for text in draw],
        period_from=call["period_from"],
        period_to=call["period_to"],
        reason=reason,
        on_behalf_of=by,
        effective_on=on or office.today(),
    )


@app.command()
def refuse(context: typer.Context, application: str, reason: Reason, by: By, on: On = None) -> None:
    """Refuse an application."""
    office = the_office(context)
    day = on or office.today()
    office.tell("refuse_application", application_id=application, reason=reason, on_behalf_of=by, effective_on=day)


@app.command()
def letter(context: typer.Context, grant: str) -> None:
    """The text of a grant's letter."""
    office = the_office(context)
    answer = office.ask("grant_letter", grant_id=grant, language=office.language)
    print(json.dumps(answer, ensure_ascii=False) if office.as_json else answer["text"])


@app.command()
def due(context: typer.Context, day: str) -> None:
    """What is due to each grant on a day."""
    office = the_office(context)
    answer = office.ask("due_instalments", on=day)
    office.show("due", answer, "lines")
    if not office.as_json:
        print(f"{office.word('total')}: {kroner(answer['total_oere'], office.language)}")


@app.command()
def position(
    context: typer.Context,
    as_of: Annotated[
        str | None, typer.Option(help="What was known then: a position, or a moment of recording.")
    ] = None,
    as_at: Annotated[str | None, typer.Option(help="What was true by this day.")] = None,
) -> None:
    """Voted, pooled, committed, paid, accounted for and owed, per account and year."""
    office = the_office(context)
    moment: int | str | None = int(as_of) if as_of is not None and as_of.isdecimal() else as_of
    answer = office.ask("position", as_of=moment, as_at=as_at)
    total = {"account": office.word("total"), **answer["total"]}
    office.show("position", answer | {"rows": [*answer["account_years"], total]}, "rows")


@app.command()
def statement(context: typer.Context, grant: str) -> None:
    """A grant's postings, line by line, each with its event."""
    office = the_office(context)
    office.show("statement", office.ask("grant_statement", grant_id=grant), "lines")


@app.command()
def deadlines(context: typer.Context, until: str) -> None:
    """The deadlines that are neither met nor passed, up to a day."""
    office = the_office(context)
    office.show("deadlines", office.ask("deadlines", until=until), "deadlines")


@app.command()
def advance(context: typer.Context, day: str) -> None:
    """Come to a day by command: every deadline before it passes. Not needed where the clock runs."""
    the_office(context).tell("advance", day=day)


@app.command()
def export(
    context: typer.Context,
    kind: Annotated[Kind, typer.Argument(help="hledger (which ledger reads too), beancount, csv or xlsx.")],
    file: Annotated[str, typer.Argument(help="Where to write it; - for standard output.")],
    up_to: Annotated[int | None, typer.Option(help="Only up to this position of the log.")] = None,
) -> None:
    """Write the whole journal as a file that others can check, from the fund's database."""
    office = the_office(context)
    office.ask("trial_balance")  # the view has then seen all that is recorded
    with office.reading() as connection, written(file) as out:
        position = exports.export(connection, kind, out, up_to)
    if file != "-":
        print(json.dumps({"file": file, "position": position}) if office.as_json else f"{file}: {position}")


@app.command()
def send(
    context: typer.Context,
    method: Annotated[str, typer.Argument(help="A command of the fund, like publish_call; see docs/calling.md.")],
    file: Annotated[str, typer.Argument(help="Its fields as a JSON object: a file, or - for standard input.")],
) -> None:
    """Send any command; a command_id is made where the fields have none."""
    the_office(context).send(method, file)
