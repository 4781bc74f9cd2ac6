"""What runs beside the services in the demo's process: the page, the play, the summary."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console

from services.demo import player, screen, summary
from services.demo.programme import Programme
from services.demo.script import acts as script_of
from services.demo.script import closing_year
from services.reporting.views.figures import Programme as Figures
from services.reporting.web import serving
from services.reporting.web.danish import number
from services.settings import Settings
from services.som.events import ProjectionRecalculated
from shared.kernel.rejection import Rejected
from shared.messaging import http
from shared.messaging.host import Running
from shared.messaging.process import Process
from shared.messaging.rpc import client

CALL_SECONDS = 30.0


class Show:
    """One evening of the programme, on services that run in this process."""

    def __init__(self, settings: Settings, programme: Programme, opened: Mapping[str, Running], once: bool) -> None:
        self.failure: Rejected | None = None
        self._over = False
        self._settings, self._programme, self._opened, self._once = settings, programme, opened, once
        self._stores = {name: running.store for name, running in opened.items()}
        # Before the services start: it is all computed at once, and may be refused.
        self._script = script_of(programme)
        self._console = Console()
        if not self._console.is_terminal:
            self._console.width = max(summary.WIDTH, self._console.width)
        self._screen: screen.Screen | None = None

    def main(self, process: Process) -> None:
        """Play, summarise, and stop the process when that is all, or when something was refused."""
        try:
            process.spawn(lambda: self._serve_page(process))
            self._say(self._programme.programme.name)
            self._say(f"Webside: {self._address(self._settings.http_port)}/")
            with client(self._settings.amqp_uri, CALL_SECONDS) as rpc:
                figures = self._play(rpc, process)
            self.close()
            self._summarise(figures)
            self._over = True
            if self._once:
                process.stop()
            else:
                self._say_addresses()
        except player.Stopped:
            pass
        except Rejected as rejection:
            self._fail(rejection, process)
        finally:
            self.close()

    def end(self) -> None:
        """When the services have stopped: give the terminal back, and say so if the play was not over."""
        self.close()
        if self.failure is not None:
            raise self.failure
        if not self._over:
            self._say("Stoppet undervejs; næste kørsel fortsætter herfra.")

    def close(self) -> None:
        """Give the terminal back; may be called more than once."""
        if self._screen is not None:
            shown, self._screen = self._screen, None
            shown.close()

    def _play(self, rpc: player.Services, process: Process) -> Figures:
        rounds = player.together(self._script)
        begin = player.played(rounds, self._stores)
        done = sum(len(acts) for acts in rounds[:begin])
        if done:
            again = f"{number(done)} af {number(len(self._script))} kommandoer"
            self._say(f"{again} er udført i en tidligere kørsel; --fresh begynder forfra.")
        lines = screen.Lines(self._heads, self._seen, self._calculated, self._initiatives())
        shown = self._screen = screen.make(self._console, lines, len(self._script), done)
        player.play(rounds[begin:], rpc, self._stores, shown.tell, lambda: process.stopping)
        return Figures.model_validate(player.settle(rpc, self._stores, lambda: process.stopping))

    def _summarise(self, figures: Figures) -> None:
        frame = self._programme.programme
        names = {initiative.id: initiative.name_da for initiative in self._programme.initiatives}
        title = f"Programmet, da det var afsluttet i {closing_year(self._programme)}"
        notes = summary.notes(figures, frame.disclaimer, frame.seed, frame.end.year)
        summary.show(self._console, figures, names, title, notes)

    def _heads(self) -> dict[str, int]:
        return {name: player.head(store) for name, store in self._stores.items()}

    def _seen(self) -> dict[str, int]:
        reporting = self._opened["reporting"]
        with reporting.store.reading() as transaction:
            return reporting.positions(transaction.connection)

    def _calculated(self) -> str | None:
        with self._stores["som"].reading() as transaction:
            newest = transaction.read_log(max(transaction.head() - 1, 0), 1)
        event = newest[0].event if newest else None
        return event.initiative if isinstance(event, ProjectionRecalculated) else None

    def _initiatives(self) -> dict[str, str]:
        """The initiative of every pool, call, grant and trial."""
        pools = {pool.id: pool.initiative for pool in self._programme.pools}
        calls = {call.id: pools[call.pool] for call in self._programme.calls}
        grants = {grant.id: calls[grant.call] for grant in self._programme.grants}
        trials = {trial.id: trial.initiative for trial in self._programme.trials}
        return {**pools, **calls, **grants, **trials}

    def _serve_page(self, process: Process) -> None:
        page = serving.page(self._opened["reporting"], simulated=True)
        try:
            http.serve(page, self._settings.http_host, self._settings.http_port)
        except OSError as error:
            self._fail(Rejected("PORT_IN_USE", f"The page cannot be served ({error}); set VIRKSOM_HTTP_PORT."), process)

    def _fail(self, rejection: Rejected, process: Process) -> None:
        self.failure = rejection
        process.stop()

    def _say_addresses(self) -> None:
        self._say(f"Webside: {self._address(self._settings.http_port)}/")
        for name, port in self._settings.status_ports.items():
            self._say(f"Målinger: {self._address(port)}/metrics ({name})")
        self._say("Ctrl-C stopper.")

    def _address(self, port: int) -> str:
        host = self._settings.http_host
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def _say(self, line: str) -> None:
        screen.print_plain(self._console, line)
