"""`virksom som evidence` as an economist uses it: what studies found, pooled, in Danish and English."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from typer.testing import CliRunner, Result

from services.som import office
from shared.kernel.rejection import Rejected
from shared.office.calling import Office as Calling
from tests.story import KNOWLEDGE
from tests.unit.test_som_evidence_query import STUDIES
from tests.worlds import embedded_world, new_id

Office = Callable[..., Result]


@pytest.fixture(scope="module")
def virksom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The command line against running services with six studies."""
    with embedded_world(tmp_path_factory.mktemp("som")) as world, world.services("funding", "trials", "som"):
        made = Calling(lambda _service: world.client(30), lambda: None, lambda: "2018-06-01")  # type: ignore[arg-type,return-value]
        with world.client(30) as rpc:
            rpc.som.publish_knowledge(command_id=new_id(), **KNOWLEDGE | {"studies": STUDIES})

        def run(*arguments: str) -> Result:
            return CliRunner().invoke(office.app, list(arguments), obj=made)

        yield run


def test_the_studies_are_listed_with_their_net_success_rate_or_why_they_have_none(virksom: Office) -> None:
    danish, english = (virksom("--lang", language, "evidence").stdout for language in ("da", "en"))
    for part in (
        "Nettosuccesrate", "lodtrækningsforsøg", "0,1 [0; 0,2]", "0,22 [0,06; 0,88]",
        "en ratio eller standardiseret forskel kræver sammenligningens andel", "siger kun retningen",
    ):  # fmt: skip
        assert part in danish, part
    for part in ("Net success rate", "randomised trial", "0.1 [0; 0.2]", "needs the comparison's share of success"):
        assert part in english, part
    # Nothing was named, so nothing is pooled.
    assert "Random effects" not in english
    assert "--set" not in english
    assert "Housing" not in virksom("evidence", "--intervention", "ips").stdout


def test_named_studies_are_drawn_as_a_forest_and_said_in_words(virksom: Office) -> None:
    danish = virksom("--lang", "da", "evidence", "one", "two", "three").stdout
    drawn = [row for row in danish.splitlines() if "■─" in row]
    rows = {name: row for row in drawn for name in ("one", "two", "three", "fælles", "Tilfældige") if name in row}
    assert len(rows) == len(drawn) == 5
    # By hand, with random effects; with a fixed one it would be 11 %.
    assert "24 %" in rows["three"]
    # Further right is more.
    assert rows["one"].index("■") < rows["Tilfældige"].index("■") < rows["two"].index("■")
    # By hand: Q = 7.898, τ² = 0.011515, SE = 0.07307, I² = 1 − 2/Q, p = exp(−Q/2).
    for part in (
        "Nettosuccesrate med tilfældige effekter: 0,2122 [0,069; 0,3554].",
        "75 % af variationen mellem studierne er ikke tilfældig",
        "uenige i 2 % af tilfældene (Q = 7,9, df = 2)",
        "Den sande effekt et nyt sted ventes at ligge mellem -1 og 1 (95 %).",
        "NB: Mindst ét studie har status illustrativ.",
    ):
        assert part in danish, part
    assert danish.splitlines()[-1] == "Til virksom som what-if: --set success_rate=0,2122"
    english = virksom("--lang", "en", "evidence", "one", "two").stdout
    for part in ("of the variation between the studies is not chance", "Fewer than three studies", "Fixed effect"):
        assert part in english, part
    assert english.splitlines()[-1] == "For virksom som what-if: --set success_rate=0.2"


def test_one_study_is_a_success_rate_and_a_comparisons_share_may_have_a_decimal_comma(virksom: Office) -> None:
    given = ("ratio", "--control-share", "0,19", "--lower-is-better")
    printed = virksom("--lang", "en", "evidence", *given).stdout
    assert "0.1409 [0.0189; 0.1761]" in printed
    assert printed.splitlines()[-1] == "For virksom som what-if: --set success_rate=0.1409"
    told = json.loads(virksom("--json", "evidence", *given).stdout)
    assert told["success_rate"]["rate"].startswith("0.1409")
    assert told["pooled"] is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("ratio",), "NOT_CONVERTIBLE"),
        (("nope",), "UNKNOWN_STUDY"),
        (("--control-share", "a fifth"), "INPUT_INVALID"),
        (("--version", "7"), "UNKNOWN_KNOWLEDGE"),
    ],
)
def test_what_cannot_be_asked_is_refused(virksom: Office, arguments: tuple[str, ...], code: str) -> None:
    refused = virksom("evidence", *arguments).exception
    assert isinstance(refused, Rejected)
    assert refused.code == code
