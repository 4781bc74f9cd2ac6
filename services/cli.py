"""`virksom …`: the command line, and the only place that knows every service."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

import shared.messaging.green  # noqa: F401  first: it patches the standard library
from services.funding import office
from services.funding.check import command as funding_check
from services.funding.service import DEFINITION as FUNDING
from services.funding.service import FundingService
from services.reporting.service import DEFINITION as REPORTING
from services.reporting.service import ReportingService
from services.settings import SERVICES, Settings, from_environment
from services.som import office as som_office
from services.som.service import DEFINITION as SOM
from services.som.service import SomService
from services.trials import office as trials_office
from services.trials.service import DEFINITION as TRIALS
from services.trials.service import TrialsService
from shared.eventstore import parking
from shared.kernel import danish
from shared.kernel.rejection import Rejected
from shared.messaging.host import Definition, Running, open_service
from shared.messaging.http import serve_until_stopped
from shared.messaging.process import Process, services_running
from shared.messaging.rpc import FeedClient, client
from shared.observability import logs
from shared.office.calling import WAIT_SECONDS, Office
from shared.office.words import Language

SERVICE_CLASSES: dict[str, type] = {
    "funding": FundingService,
    "trials": TrialsService,
    "som": SomService,
    "reporting": ReportingService,
}
DEFINITIONS: dict[str, Definition] = {
    "funding": FUNDING,
    "trials": TRIALS,
    "som": SOM,
    "reporting": REPORTING,
}

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Virksom: a social investment programme, live.")
parked_app = typer.Typer(no_args_is_help=True, help="Streams that a service could not apply and set aside.")
app.add_typer(parked_app, name="parked")
app.add_typer(office.app, name="funding")
app.add_typer(som_office.app, name="som")
app.add_typer(trials_office.app, name="trials")
check_app = typer.Typer(no_args_is_help=True, help="Whether what a service holds is right.")
app.add_typer(check_app, name="check")

NEEDED: dict[str, list[type]] = {
    "funding": [FundingService],
    "trials": [TrialsService],
    "som": [FundingService, TrialsService, SomService],
}
"""The services that are run for an office's call with the embedded broker: its own, and those that it listens to."""

SENTENCES = {**SOM.danish, **FUNDING.danish}
"""For what an office refuses by itself; a service tells its own refusals in Danish."""

CALL_SECONDS = 60
"""How long a command of the office's may take: a batch of ten thousand payments, on a busy machine."""

Service = Annotated[str, typer.Argument(help="funding, trials, som or reporting")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def main() -> None:
    """Run a command; a refusal stands on standard error, and exit status is 2."""
    try:
        with ExitStack() as stack:
            app(obj=Office(_kept(stack), _reading_funding, lambda: date.today().isoformat()))
    except Rejected as rejection:
        refuse(rejection)


def refuse(rejection: Rejected) -> NoReturn:
    """Say why not, in Danish too where there is a sentence for the code; what is wrong with the input; and exit."""
    print(f"{rejection.code}: {rejection.message}", file=sys.stderr)
    in_danish = rejection.message_da or danish.sentence(rejection.code, rejection.figures, SENTENCES)
    if in_danish is not None:
        print(f"  {in_danish}", file=sys.stderr)
    for field in rejection.fields:
        print(f"  {field['field']}: {field.get('message', field['rule'])}", file=sys.stderr)
    raise SystemExit(2)


def settings() -> Settings:
    """The settings, with the folder of SQLite files made."""
    found = from_environment(os.environ)
    for uri in found.databases.values():
        if uri.startswith("sqlite:///"):
            Path(uri.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return found


@app.command()
def run(
    services: Annotated[list[str] | None, typer.Argument(help="Which services; all by default.")] = None,
) -> None:
    """Run services until SIGTERM or Ctrl-C."""
    logs.configure()
    chosen = services or list(SERVICES)
    for name in chosen:
        _known(name)
    found = settings()
    process = Process([SERVICE_CLASSES[name] for name in chosen], found.amqp_uri, found.config())
    raise SystemExit(process.run())


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Exit after the summary.")] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start afresh instead of from what the last run left.")
    ] = False,
) -> None:
    """Play the programme's years 2017-2020 with simulated citizens, then serve the web page and the metrics."""
    from services import demo as player  # only here: the other commands need none of what it imports

    raise SystemExit(player.run(settings(), list(SERVICE_CLASSES.values()), once=once, fresh=fresh))


@app.command()
def web(
    real_data: Annotated[bool, typer.Option("--real-data", help="The citizens are real: no banner.")] = False,
) -> None:
    """Serve the web page from the reporting database, until SIGTERM or Ctrl-C. It says that citizens and outcomes are
    simulated unless it is told that they are not."""
    from services.reporting.web import serving  # only here, as above

    logs.configure()
    found = settings()
    page = serving.page(_open("reporting"), simulated=not real_data)
    raise SystemExit(serve_until_stopped(page, found.http_host, found.http_port))


@parked_app.command("list")
def parked_list(service: Service, as_json: Json = False) -> None:
    """What is parked, since when and why."""
    running = _open(service)
    with running.store.reading() as transaction:
        rows = [dict(row) for row in parking.listing(transaction.connection)]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(*("consumer", "source", "stream_id", "events", "first", "parked_at", "error", "attempts"))
    for row in rows:
        table.add_row(*(str(row[str(column.header)]) for column in table.columns))
    Console().print(table if rows else "Nothing is parked.")


@parked_app.command("retry")
def parked_retry(service: Service, source: str, stream_id: str, reason: Annotated[str, typer.Option()]) -> None:
    """Apply a parked stream's events again, in order, all or none; recorded with your reason."""
    subscription = _subscription(_open(service), source)
    try:
        count = subscription.retry_parked(stream_id, reason, _actor())
    except Rejected:
        raise
    except Exception as error:
        subscription.note_failed_retry(stream_id, type(error).__name__)
        refuse(
            Rejected(
                "STILL_FAILING",
                f"The stream still cannot be applied: {type(error).__name__}. It stays parked.",
            )
        )
    print(f"{count} events of {stream_id} applied.")


@parked_app.command("discard")
def parked_discard(service: Service, source: str, stream_id: str, reason: Annotated[str, typer.Option()]) -> None:
    """Give up a parked stream's waiting events; recorded with your reason. The source's log still has them."""
    count = _subscription(_open(service), source).discard_parked(stream_id, reason, _actor())
    print(f"{count} events of {stream_id} discarded.")


@check_app.command("funding")
def check_funding(
    anchor: Annotated[
        list[str] | None, typer.Option(help="POSITION:CHAIN, a head noted earlier; may be given several times.")
    ] = None,
    as_json: Json = False,
    lang: Annotated[Language, typer.Option(help="The language of the findings.")] = "en",
) -> None:
    """Check the fund's whole log, the rules of its money, and the views beside it.

    Exit status 0: nothing is wrong. 1: something is, and the first position is told. 2: it could not be read.
    """
    uri = from_environment(os.environ).databases["funding"]
    raise SystemExit(funding_check.run(uri, anchor or (), print_json=as_json, language=lang))


def _kept(stack: ExitStack) -> Callable[[str], AbstractContextManager[Any]]:
    """The services to call, found once and let go of with the stack: a command may ask several times."""
    found: dict[str, Any] = {}

    def services(service: str) -> AbstractContextManager[Any]:
        if service not in found:
            found[service] = stack.enter_context(_calling(service))
        return nullcontext(found[service])

    return services


@contextmanager
def _calling(service: str) -> Iterator[Any]:
    """The services to call; with the embedded broker they are this process's own, for as long as it calls."""
    logs.configure(logging.ERROR)
    found = settings()
    with ExitStack() as stack:
        if found.amqp_uri.startswith("embedded://"):
            stack.enter_context(services_running(NEEDED[service], found.amqp_uri, {"DATABASES": found.databases}))
        rpc = stack.enter_context(client(found.amqp_uri, CALL_SECONDS))
        if service == "som" and found.amqp_uri.startswith("embedded://"):
            # It has just started, and may not have heard yet what the others recorded.
            heads = {name: getattr(rpc, name).feed(after=0, limit=1)["head"] for name in ("funding", "trials")}
            rpc.som.cases(wait_for=heads, wait_seconds=WAIT_SECONDS)
        yield rpc


@contextmanager
def _reading_funding() -> Iterator[Connection]:
    """The fund's own database, for what is too large to be asked for."""
    with _open("funding").store.reading() as transaction:
        yield transaction.connection


def _known(name: str) -> str:
    if name not in SERVICE_CLASSES:
        fields = [{"field": "service", "rule": f"one of {', '.join(SERVICE_CLASSES)}"}]
        raise Rejected("UNKNOWN_SERVICE", "There is no such service.", fields)
    return name


def _open(service: str) -> Running:
    found = settings()
    return open_service(DEFINITIONS[_known(service)], found.databases[service], lambda: FeedClient(found.amqp_uri))


def _subscription(running: Running, source: str) -> Any:
    for subscription in running.subscriptions:
        if subscription.source == source:
            return subscription
    fields = [{"field": "source", "rule": "one it listens to"}]
    raise Rejected("UNKNOWN_SOURCE", "The service does not listen to that source.", fields)


def _actor() -> str:
    return f"operator:{os.environ.get('SUDO_USER') or os.environ.get('USER') or os.getuid()}"
