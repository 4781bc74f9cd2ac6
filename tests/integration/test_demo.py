"""The demo on running services: a small programme played twice, and the whole of it as a user starts it."""

from __future__ import annotations

import copy
import os
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from services.demo import PROGRAMME, player, script
from services.demo.programme import Programme, parse
from services.settings import SERVICES
from shared.kernel.rejection import Rejected
from tests.worlds import World

GRANTS = {"bostoetteforloeb-0101", "bostoetteforloeb-0461"}
SETTLED = [24_000_000_00, 24_000_000_00, 23_950_000_00, 50_000_00]
"""Of the small programme: awarded, paid, accounted for, repaid."""
MAIN = "from services.cli import main; main()"


def small(seed: int = 2017) -> Programme:
    """One call, two grants of which one is repaid in part, one trial of a few citizens; the real knowledge."""
    content = copy.deepcopy(tomllib.loads(PROGRAMME.read_text(encoding="utf-8")))
    content["programme"]["seed"] = seed
    content["pools"] = [pool for pool in content["pools"] if pool["id"] == "bostoetteforloeb"]
    content["calls"] = [call for call in content["calls"] if call["id"] == "bostoetteforloeb-2017"]
    content["applicants"] = [row for row in content["applicants"] if row["call"] == "bostoetteforloeb-2017"]
    deviation = next(row for row in content["deviations"] if row["kind"] == "repaid")
    content["deviations"] = [deviation | {"grant": "bostoetteforloeb-0461", "amount_dkk": 50_000}]
    content["appropriations"] = [row for row in content["appropriations"] if row["account"] == "99.99.01.10"]
    content["grants"] = [grant for grant in content["grants"] if grant["id"] in GRANTS]
    trial = content["trials"][0]
    trial |= {"sites": ["0101", "0461"], "participants_per_site_per_year": 12}
    content["trials"] = [trial]
    return parse(content, PROGRAMME)


def play(world: World, programme: Programme) -> tuple[dict[str, int], dict[str, Any], int]:
    """Play on fresh services; the logs' heads, the figures, and how many acts were sent."""
    rounds = player.together(script.acts(programme))
    # Opened before the services start, as the demo does.
    stores = {name: world.open(name).store for name in SERVICES}
    sent: list[script.Act] = []
    with world.services(), world.client(30) as rpc:
        begin = player.played(rounds, stores)
        player.play(rounds[begin:], rpc, stores, sent.append, lambda: False)
        figures = player.settle(rpc, stores, lambda: False)
        heads = {name: player.head(store) for name, store in stores.items()}
    return heads, figures, len(sent)


def test_a_programme_played_again_changes_nothing(world: World) -> None:
    acts = script.acts(small())
    heads, figures, sent = play(world, small())
    assert sent == len(acts)
    assert heads["reporting"] == 5

    [row] = figures["initiatives"]
    people = [act.fields for act in acts if act.method == "enrol_citizen"]
    assert row["title"] == "Udvikling og test af nye bostøtteforløb"
    assert row["appropriated_oere"] == 96_000_000_00
    assert [row[f"{name}_oere"] for name in ("awarded", "paid", "accounted_for", "repaid")] == SETTLED
    assert row["owed_oere"] == 0
    assert row["enrolled"] == len(people) == 54
    assert row["completed"] == sum(act.method == "complete_participation" for act in acts)
    assert row["active"] == 0
    assert row["effect"] is not None
    assert row["net"]["total_oere"] < 0

    again = play(world, small())
    assert again == (heads, figures, 1)


@pytest.mark.parametrize(("method", "count"), [("enrol_citizen", 5), ("advance", 12), ("approve_payment_batch", 2)])
def test_a_play_that_was_stopped_is_taken_up_where_it_ended(world: World, method: str, count: int) -> None:
    rounds = player.together(script.acts(small()))
    stores = {name: world.open(name).store for name in SERVICES}
    told: list[script.Act] = []
    with world.services(), world.client(30) as rpc, pytest.raises(player.Stopped):
        player.play(rounds, rpc, stores, told.append, lambda: sum(act.method == method for act in told) >= count)
    begin = player.played(rounds, stores)
    assert 0 < sum(len(acts) for acts in rounds[:begin]) <= len(told)
    heads, figures, _ = play(world, small())
    assert figures["initiatives"][0]["enrolled"] == 54
    assert heads["trials"] == 1 + sum("citizen" in act.fields for acts in rounds for act in acts)
    assert [figures["total"][f"{name}_oere"] for name in ("awarded", "paid", "accounted_for", "repaid")] == SETTLED


def test_another_programme_on_the_same_data_is_refused_with_advice(world: World) -> None:
    play(world, small())
    with pytest.raises(Rejected) as refused:
        play(world, small(seed=1))
    assert refused.value.code == "DEMO_REFUSED"
    assert "--fresh" in refused.value.message


def free_ports() -> int:
    """The first of five ports in a row that are free now."""
    for port in range(20_000 + os.getpid() % 20_000, 60_000, 5):
        tried = [socket.socket() for _ in range(5)]
        try:
            for place, one in enumerate(tried):
                one.bind(("127.0.0.1", port + place))
            return port
        except OSError:
            continue
        finally:
            for one in tried:
                one.close()
    raise OSError("no five free ports")


def demo(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`virksom demo` as a process of its own."""
    variables = os.environ | {
        "PYTHONPATH": str(PROGRAMME.parents[2]),
        "VIRKSOM_DATABASE_URI": f"sqlite:///{folder}/{{service}}.db",
        "VIRKSOM_AMQP_URI": "embedded://virksom/",
        "PYTHONIOENCODING": "utf-8",
    }
    command = [sys.executable, "-c", MAIN, "demo", *arguments]
    return subprocess.run(
        command, env=variables | environment, capture_output=True, text=True, timeout=420, check=False, cwd=folder
    )


@pytest.mark.slow
@pytest.mark.timeout(480)
def test_the_whole_demo_ends_with_the_programmes_figures(tmp_path: Path) -> None:
    ended = demo(tmp_path, "--once", VIRKSOM_HTTP_PORT=str(free_ports()))
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    total = next(line for line in ended.stdout.splitlines() if line.startswith("I alt"))
    # Promised 302.82 and 1.48 simulated, less 0.63 that lapses: 303.67, and all of that is paid.
    assert total.split()[:5] == ["I", "alt", "432,8", "303,7", "303,7"]
    assert "301,9 mio. kr. regnskabsført, 1,7 tilbagebetalt og 0,1 skyldigt" in ended.stdout
    assert "SIMULERET (frø 2017)" in ended.stdout
    assert "…" not in ended.stdout

    again = demo(tmp_path, "--once", VIRKSOM_HTTP_PORT=str(free_ports()))
    assert again.returncode == 0
    assert next(line for line in again.stdout.splitlines() if line.startswith("I alt")) == total


def test_a_port_in_use_is_one_line_and_status_2(tmp_path: Path) -> None:
    port = free_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 2))
        taken.listen(1)
        ended = demo(tmp_path, "--once", VIRKSOM_HTTP_PORT=str(port))
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    assert "VIRKSOM_HTTP_PORT" in line
    assert str(port + 2) in line
    assert list(tmp_path.iterdir()) == []
