"""What can be asked of the studies: each as a net success rate, those named pooled. Figures by hand, in the tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import exp, sqrt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from services.som.commands import Evidence, KnowledgeVersion
from services.som.commands.values import StudyRow, SuccessRateRow
from services.som.events import KnowledgePublished
from services.som.evidence import net_success
from services.som.evidence.studies import IMPOSSIBLE, NO_CONTROL_SHARE, NO_FIGURE
from services.som.queries import evidence, knowledge_version
from services.som.reaction import react
from services.som.service import DEFINITION
from shared.eventstore.context import Context
from shared.eventstore.store import StreamAppend
from shared.kernel.rejection import Rejected
from shared.messaging.host import open_service
from tests.story import KNOWLEDGE
from tests.unit.test_som_waiting import NoFeed

POINTS = "risk difference (pct-point)"


def study(study_id: str, measure: str, estimate: str | None = None, **known: Any) -> dict[str, Any]:
    """A made-up study of housing."""
    fields = {"study_id": study_id, "intervention": "CTI", "design": "rct", "evidence_level": 1, "outcome": "housed"}
    return fields | {"measure": measure, "estimate": estimate, "status": "illustrative", "source": "test"} | known


STUDIES = [
    study("one", POINTS, "10", low="0", high="20"),
    study("two", POINTS, "30", low="20", high="40", intervention="Housing First", status="published"),
    study("three", POINTS, "25", low="5", high="45", evidence_level=2),
    study("ratio", "OR", "0.22", low="0.06", high="0.88", intervention="IPS"),
    study("bare", POINTS, "13.4", status="published", intervention="IPS"),
    study("direction", "no effect", intervention="IPS"),
]


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """SØM's database with two knowledge bases: `test` in two versions, the first without studies, and then `other`."""
    folder: Path = tmp_path_factory.mktemp("som")
    som = open_service(DEFINITION, f"sqlite:///{folder}/som.db", NoFeed)
    published: list[tuple[str, str, list[dict[str, Any]]]] = [
        ("test", "1", []), ("test", "2", STUDIES), ("other", "1", STUDIES[:1]), ("other", "2", [])
    ]  # fmt: skip
    for pricebook, label, studies in published:
        fields = {**KNOWLEDGE, "pricebook": pricebook, "version_label": label, "studies": studies}
        event = KnowledgePublished.model_validate(fields | {"rules": [], "indexed_by": []})
        with som.store.transaction() as transaction:
            version = len(transaction.read_stream(event.stream_id))
            context = Context(f"{pricebook}-{label}", label, label, "test")
            transaction.append([StreamAppend(event.stream_id, version, [event])], context)
            react(transaction, "som", transaction.read_stream(event.stream_id, after_version=version))
    with som.store.reading() as transaction:
        yield transaction.connection
    som.store.engine.dispose()


def ask(connection: Connection, *study_ids: str, **fields: Any) -> dict[str, Any]:
    """What is answered of the knowledge base `test`."""
    return evidence(connection, Evidence.parse({"pricebook": "test", "study_ids": list(study_ids), **fields}))


def refused(connection: Connection, *study_ids: str, **fields: Any) -> Rejected:
    """Why it is not answered."""
    with pytest.raises(Rejected) as caught:
        ask(connection, *study_ids, **fields)
    return caught.value


def figures(found: dict[str, str]) -> list[float]:
    """An interval's figures."""
    return [float(found[name]) for name in ("estimate", "low", "high")]


def der_simonian_laird(studies: Sequence[tuple[float, float, float]]) -> dict[str, Any]:
    """Estimates with their intervals, pooled by the textbook (Controlled Clinical Trials 7, 1986, 177–188)."""
    effects = [one[0] for one in studies]
    errors = [(high - low) / (2 * 1.959964) for _, low, high in studies]
    fixed = [1 / error**2 for error in errors]
    mean = sum(w * y for w, y in zip(fixed, effects, strict=True)) / sum(fixed)
    q = sum(w * (y - mean) ** 2 for w, y in zip(fixed, effects, strict=True))
    tau2 = max(0.0, (q - len(studies) + 1) / (sum(fixed) - sum(w * w for w in fixed) / sum(fixed)))
    random = [1 / (error**2 + tau2) for error in errors]
    at = sum(w * y for w, y in zip(random, effects, strict=True)) / sum(random)
    error = sqrt(1 / sum(random))
    return {
        "fixed": [mean, *(mean + sign * 1.959964 / sqrt(sum(fixed)) for sign in (-1, 1))],
        "random": [at, at - 1.959964 * error, at + 1.959964 * error],
        "weights": [w / sum(random) for w in random],
        "q": q,
        "tau2": tau2,
        "spread": sqrt(tau2 + error**2),
    }


def test_three_studies_pool_as_by_hand(connection: Connection) -> None:
    told = ask(connection, "three", "one", "two")
    expected = der_simonian_laird([(0.25, 0.05, 0.45), (0.1, 0, 0.2), (0.3, 0.2, 0.4)])
    pooled = told["pooled"]
    assert figures(pooled["fixed"]) == pytest.approx(expected["fixed"], abs=1e-6)
    assert figures(pooled["random"]) == pytest.approx(expected["random"], abs=1e-6)
    assert [float(row["random"]) for row in pooled["weights"]] == pytest.approx(expected["weights"], abs=1e-6)
    # SE 2 : 1 : 1, so the weights of one true effect are 1 : 4 : 4.
    assert [float(row["fixed"]) for row in pooled["weights"]] == pytest.approx([1 / 9, 4 / 9, 4 / 9], abs=1e-9)
    assert [float(pooled[name]) for name in ("q", "tau2")] == pytest.approx([expected["q"], expected["tau2"]], abs=1e-5)
    # With two degrees of freedom χ² is exponential; Student's t with one has 12.7062 as its 97.5 % point.
    assert pooled["df"] == 2
    assert float(pooled["p_value"]) == pytest.approx(exp(-expected["q"] / 2), abs=1e-6)
    assert float(pooled["i2"]) == pytest.approx(1 - 2 / expected["q"], abs=1e-6)
    reach = 12.7062 * expected["spread"]
    at = expected["random"][0]
    assert figures(pooled["prediction"]) == pytest.approx([at, at - reach, at + reach], abs=1e-4)


def test_the_named_studies_come_in_their_order_with_the_success_rate_they_make(connection: Connection) -> None:
    told = ask(connection, "three", "one", "two")
    assert [one["study_id"] for one in told["studies"]] == ["three", "one", "two"]
    assert [row["study_id"] for row in told["pooled"]["weights"]] == ["three", "one", "two"]
    rate = told["success_rate"]
    assert (rate["name"], rate["origin"], rate["evidence_level"]) == ("CTI, Housing First", "evidence", 2)
    # As sure as the least sure of them.
    assert rate["status"] == "illustrative"
    assert rate["rate"] == told["pooled"]["random"]["estimate"]
    assert sum(Decimal(one["weight"]) for one in rate["sources"]) == 1
    # It can be sent back as a case's success rate.
    assert SuccessRateRow.model_validate_json(json.dumps(rate)).name == rate["name"]


def test_one_study_is_a_success_rate_and_nothing_is_pooled(connection: Connection) -> None:
    told = ask(connection, "bare")
    assert told["pooled"] is None
    assert (told["success_rate"]["rate"], told["success_rate"]["low"]) == ("0.134000000", None)
    assert told["success_rate"]["name"] == "IPS"
    assert told["success_rate"]["status"] == "published"


def test_two_studies_have_no_prediction_interval(connection: Connection) -> None:
    pooled = ask(connection, "one", "two")["pooled"]
    assert pooled["prediction"] is None
    # Equally sure: they meet in the middle, and Q = 2 (0.1 / SE)².
    assert figures(pooled["random"])[0] == pytest.approx(0.2)
    assert float(pooled["q"]) == pytest.approx(2 * (0.1 / (0.2 / 3.919928)) ** 2, abs=1e-5)


def test_all_studies_or_those_of_an_intervention_are_told_and_not_pooled(connection: Connection) -> None:
    told = ask(connection)
    assert [one["study_id"] for one in told["studies"]] == [one["study_id"] for one in STUDIES]
    assert (told["pooled"], told["success_rate"]) == (None, None)
    ips = ask(connection, intervention=" ips ")["studies"]
    assert [one["study_id"] for one in ips] == ["ratio", "bare", "direction"]
    assert ask(connection, intervention="ip")["studies"] == []
    # Its own fields stand beside what it comes to.
    assert {name: ips[0][name] for name in ("measure", "estimate", "low", "design")} == {
        "measure": "OR", "estimate": "0.22", "low": "0.06", "design": "rct"
    }  # fmt: skip


def test_a_study_without_a_net_success_rate_says_why(connection: Connection) -> None:
    found = {one["study_id"]: one["net_success"] for one in ask(connection)["studies"]}
    nothing = {"estimate": None, "low": None, "high": None, "method": ""}
    assert found["ratio"] == nothing | {"reason": NO_CONTROL_SHARE}
    assert found["direction"] == nothing | {"reason": NO_FIGURE}
    whole = {"estimate": "0.100000000", "low": "0.000000000", "high": "0.200000000"}
    assert found["one"] == whole | {"method": "risk difference", "reason": ""}


def test_a_ratio_needs_the_comparisons_share_and_turns_where_lower_is_better(connection: Connection) -> None:
    # OR 0.22 beside 19 %: 0.22 · 0.19 / (0.81 + 0.22 · 0.19) less 0.19.
    change = 0.22 * 0.19 / (0.81 + 0.22 * 0.19) - 0.19
    fewer, more = (
        ask(connection, "ratio", control_share="0.19", lower_is_better=lower)["studies"][0]["net_success"]
        for lower in (True, False)
    )
    assert figures(more)[0] == pytest.approx(change, abs=1e-9)
    assert figures(fewer) == [-figures(more)[place] for place in (0, 2, 1)]
    assert figures(fewer)[1] < -change < figures(fewer)[2]
    told = ask(connection, "ratio", control_share="0.19", lower_is_better=True)["success_rate"]
    assert (told["rate"], told["low"]) == (fewer["estimate"], fewer["low"])


def test_turned_signs_are_pooled_too(connection: Connection) -> None:
    straight, turned = (ask(connection, "one", "two", lower_is_better=lower)["pooled"] for lower in (False, True))
    assert figures(turned["random"]) == [-figures(straight["random"])[place] for place in (0, 2, 1)]
    assert turned["q"] == straight["q"]


@pytest.mark.parametrize(
    ("named", "code", "figure"),
    [
        (("one", "nope", "neither"), "UNKNOWN_STUDY", {"study_ids": ["nope", "neither"]}),
        (("one", "two", "one"), "DUPLICATE_ENTRY", {"key": "one"}),
        (("one", "direction"), "NOT_CONVERTIBLE", {"study_id": "direction", "reason": NO_FIGURE}),
        (("ratio",), "NOT_CONVERTIBLE", {"study_id": "ratio", "reason": NO_CONTROL_SHARE}),
        (("one", "bare"), "NO_INTERVAL", {"name": "bare"}),
    ],
)
def test_studies_that_cannot_be_pooled_are_refused_by_name(
    connection: Connection, named: tuple[str, ...], code: str, figure: dict[str, Any]
) -> None:
    why = refused(connection, *named)
    assert (why.code, why.figures) == (code, figure)
    assert [one["field"] for one in why.fields] == ["study_ids"]


def test_a_named_study_of_another_intervention_is_unknown(connection: Connection) -> None:
    assert [one["study_id"] for one in ask(connection, "one", intervention="cti")["studies"]] == ["one"]
    assert refused(connection, "one", "two", intervention="CTI").figures == {"study_ids": ["two"]}


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ({}, ("other", 2)),
        ({"pricebook": "test"}, ("test", 2)),
        ({"pricebook": "test", "version": 1}, ("test", 1)),
        ({"pricebook": "other", "version": 1}, ("other", 1)),
        ({"version": 1}, ("other", 1)),
        ({"pricebook": "none"}, None),
        ({"pricebook": "test", "version": 3}, None),
    ],
)
def test_the_version_is_the_one_named_or_the_newest_or_the_one_in_force(
    connection: Connection, named: dict[str, Any], found: tuple[str, int] | None
) -> None:
    if found is None:
        with pytest.raises(Rejected, match="UNKNOWN_KNOWLEDGE"):
            evidence(connection, Evidence.parse(named))
        return
    told = evidence(connection, Evidence.parse(named))
    assert (told["pricebook"], told["version"]) == found
    # The same choice as for the whole version.
    whole = knowledge_version(connection, KnowledgeVersion.parse(named))
    assert (whole["knowledge"]["pricebook"], whole["version"]) == found
    assert len(whole["knowledge"]["studies"]) == len(told["studies"])


@pytest.mark.parametrize(
    "wrong",
    [
        study("smd", "SMD", "1000", share_control="0.2"),
        study("points", POINTS, "130"),
        study("high", POINTS, "90", low="70", high="110"),
    ],
)
def test_a_figure_that_no_share_fits_is_a_reason_and_stops_nothing(wrong: dict[str, Any]) -> None:
    assert net_success(StudyRow.model_validate(wrong, strict=False)).reason == IMPOSSIBLE
