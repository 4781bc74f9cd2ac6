"""The independent check of the fund ledger: a healthy log passes, and whatever is broken in it is found, and where."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.funding import events as e
from services.funding.check.checker import Checker
from services.funding.check.findings import LIMIT, Finding, Findings
from services.funding.check.report import label
from services.funding.check.wording import RULES
from shared.eventstore import chain
from tests.ledger_check import blocks as h
from tests.ledger_check import budget_breaks, payment_breaks, posting_breaks  # noqa: F401  they note their breaks
from tests.ledger_check.breaks import BREAKS, Break
from tests.ledger_check.handwritten import DAY, Entry, Handwritten, Row, entry, rows_of
from tests.ledger_check.history import history
from tests.ledger_check.told import told

HEALTHY = history().rows()
HEAD = (HEALTHY[-1][0], HEALTHY[-1][15])


def found(
    rows: Iterable[Row], head: tuple[int, str] | None = HEAD, anchors: dict[int, str] | None = None
) -> list[Finding]:
    """What the check finds in these rows, whose counter is `head`."""
    findings = Findings()
    checker = Checker(findings, anchors)
    for row in rows:
        checker.add(row)
    checker.finish(head)
    return findings.kept


def found_in(log: Handwritten) -> list[Finding]:
    """What the check finds in a log that was appended in good order."""
    rows = log.rows()
    return found(rows, (rows[-1][0], rows[-1][15]))


def places(findings: Iterable[Finding]) -> list[tuple[int, str]]:
    """Where which rule is broken."""
    return [(finding.position, finding.rule) for finding in findings]


def test_a_healthy_history_of_every_kind_of_event_passes() -> None:
    assert found(HEALTHY) == []
    money = {kind.event_type for kind in e.EVENTS if "postings" in kind.model_fields}
    assert money <= {row[4] for row in HEALTHY}


def test_what_the_deciders_tell_passes() -> None:
    assert found_in(told()) == []


def test_an_empty_log_passes() -> None:
    assert found([], (0, "")) == []


@pytest.mark.parametrize(("rule", "case"), BREAKS, ids=lambda value: getattr(value, "__name__", value))
def test_a_broken_rule_is_found_where_it_is_broken(rule: str, case: Break) -> None:
    log = history()
    position = case(log)
    findings = found_in(log)
    assert (position, rule) in places(findings)
    assert findings[0].position == position
    for finding in findings:
        assert len(RULES[finding.rule]) == 2
        assert all(label(name, "da") for name in finding.figures)


# Tampering: rows that were changed in place, so that digests and chain no longer fit.

COLUMN = {name: place for place, name in enumerate(chain.COLUMNS)}
ALONE = next(row[0] for row in HEALTHY if row[4] == "funding.project_started")
"""A position whose event came alone, so that its append begins with it."""


def changed(**values: Any) -> list[Row]:
    """The healthy rows with the one at ALONE changed."""
    row = list(HEALTHY[ALONE - 1])
    for name, value in values.items():
        row[COLUMN[name]] = value
    return [*HEALTHY[: ALONE - 1], tuple(row), *HEALTHY[ALONE:]]


TAMPERED = {
    "POSITION": [row for row in HEALTHY if row[0] != ALONE],
    "VERSION": changed(version=9),
    "TIME": changed(recorded_at="2017-01-01T00:00:00.000000+00:00"),
    "LINK": changed(recorded_at="2018-01-01T23:00:00.000000+00:00"),
    "DIGEST": changed(caller="somebody else"),
    "PAYLOAD": changed(data="not JSON"),
}


@pytest.mark.parametrize("rule", TAMPERED)
def test_a_row_that_was_tampered_with_is_found(rule: str) -> None:
    findings = found(TAMPERED[rule])
    assert (ALONE, rule) in places(findings)
    assert findings[0].position == ALONE


@given(st.integers(1, len(HEALTHY)), st.sampled_from(chain.COLUMNS[1:]), st.data())
def test_whatever_is_changed_in_a_row_is_found(position: int, name: str, data: st.DataObject) -> None:
    row = list(HEALTHY[position - 1])
    before = row[COLUMN[name]]
    value = data.draw(st.integers(0, 99) if isinstance(before, int) else st.text("ab{}0:", max_size=70))
    row[COLUMN[name]] = value
    rows = [*HEALTHY[: position - 1], tuple(row), *HEALTHY[position:]]
    assert bool(found(rows)) == (value != before)


@pytest.mark.parametrize("head", [None, (HEAD[0] + 1, HEAD[1]), (HEAD[0], "0" * 64), (HEAD[0] - 1, HEALTHY[-2][15])])
def test_a_counter_that_tells_another_end_is_found(head: tuple[int, str] | None) -> None:
    assert "COUNTER" in [finding.rule for finding in found(HEALTHY, head)]


def test_rows_cut_off_the_end_are_found_by_the_counter() -> None:
    assert places(found(HEALTHY[:-2])) == [(HEAD[0] - 1, "COUNTER")]


def test_a_head_noted_earlier_must_be_in_the_log() -> None:
    [middle] = [(row[0], row[15]) for row in HEALTHY if row[0] == ALONE]
    assert found(HEALTHY, anchors=dict([middle, HEAD, (0, "")])) == []
    assert places(found(HEALTHY, anchors={ALONE: "0" * 64})) == [(ALONE, "ANCHOR")]
    assert places(found(HEALTHY, anchors={HEAD[0] + 1: HEAD[1]})) == [(HEAD[0] + 1, "ANCHOR")]


def test_a_log_that_was_written_anew_from_a_position_on_is_found_by_an_anchor() -> None:
    log = history()
    log.data("project_started")["grant_id"] = "g2"
    rows = log.rows()
    assert found(rows, (rows[-1][0], rows[-1][15])) == []
    assert places(found(rows, (rows[-1][0], rows[-1][15]), dict([HEAD]))) == [(HEAD[0], "ANCHOR")]


# Any amount, and findings as such.


def postings_in(log: Handwritten) -> list[tuple[int, int]]:
    """The place of every posting: of its event, and in it."""
    return [
        (place, line) for place, one in enumerate(log.entries) for line, _ in enumerate(one.data.get("postings", ()))
    ]


@pytest.mark.parametrize("log", [history(), told()], ids=["by hand", "by the deciders"])
@given(data=st.data())
def test_any_single_amount_that_is_changed_is_found_at_its_position(log: Handwritten, data: st.DataObject) -> None:
    place, line = data.draw(st.sampled_from(postings_in(log)))
    posting = log.entries[place].data["postings"][line]
    before = posting["amount_oere"]
    posting["amount_oere"] += data.draw(st.integers(-(10**15), 10**15).filter(bool))
    findings = found_in(log)
    posting["amount_oere"] = before
    assert findings[0].position == place + 1


NUMBERS = [
    (place, name)
    for place, one in enumerate(history().entries)
    for name, value in one.data.items()
    if name.endswith("_oere") and name != "unspent_oere" and one.type != "funding.claim_handed_over"
]


@given(st.sampled_from(NUMBERS), st.integers(-(10**15), 10**15).filter(bool))
def test_any_amount_told_beside_the_postings_that_is_changed_is_found(place: tuple[int, str], change: int) -> None:
    log = history()
    log.entries[place[0]].data[place[1]] += change
    assert found_in(log) != []


def test_the_first_findings_are_kept_and_all_are_counted() -> None:
    findings = Findings()
    for position in range(100, 0, -1):
        findings.add(position, "TIME", nothing=None)
    assert findings.count == 100
    assert findings.kept == [Finding(position, "TIME", {}) for position in range(1, LIMIT + 1)]


def test_every_rule_is_broken_here_or_among_the_views() -> None:
    views = {"JOURNAL", "BALANCES", "VIEW_AHEAD"}
    assert {rule for rule, _ in BREAKS} | set(TAMPERED) | {"COUNTER", "ANCHOR"} | views == set(RULES)


# Memory.


def busy(cycles: int) -> Iterator[list[Entry]]:
    """The grant g1 and then the same few events over and over, eight a cycle."""
    log = history()
    first = log.commands.index(log.command_of("payment_ordered"))
    yield from log.commands[: first + 2]
    stop: dict[str, Any] = {"grant_id": "g1", "cause": "r0", "reason": "r", "effective_on": DAY}
    cell = (h.STAFF_18, 1_000)
    correction, back = h.corrected("paid", "payment_returned", cell), h.corrected("returned", "x", cell)
    accounts, again = log.command_of("accounts_approved"), log.command_of("accounts_reopened")
    for one in (accounts[0], again[0]):
        one.data["postings"], one.data["amount_oere"] = one.data["postings"][:2], 1_000
        for posting in one.data["postings"]:
            posting["amount_oere"] = 1_000 if posting["amount_oere"] > 0 else -1_000
    cycle = [entry(correction), entry(back), accounts[0], again[0]]
    cycle += [entry(e.PaymentsStopped(**stop)), entry(e.PaymentsReleased(**stop))] * 2
    for _ in range(cycles):
        yield from ([one] for one in cycle)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_events_of_the_same_grants() -> None:
    findings = Findings()
    checker, used = Checker(findings), []
    tracemalloc.start()
    for number, row in enumerate(rows_of(busy(12_500))):
        checker.add(row)
        if number in (20_000, 100_000):
            used.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert findings.count == 0
    assert used[1] < used[0] + 50_000
