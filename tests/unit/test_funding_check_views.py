"""The check beside the views, and what it says: in Danish, in English and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from services.funding.check.checker import Checker
from services.funding.check.findings import Finding, Findings
from services.funding.check.reading import Result
from services.funding.check.report import as_json, as_text
from services.funding.check.views import BLOCK, JOURNAL_COLUMNS, REFERENCES, Views
from services.funding.views import postings
from tests.ledger_check.handwritten import Row
from tests.ledger_check.history import history

HEALTHY = history().rows()
HEAD = (HEALTHY[-1][0], HEALTHY[-1][15])


def journal_of(rows: Iterable[Row]) -> list[Row]:
    """The journal of a log, as the views would write it."""
    lines: list[Row] = []
    for row in rows:
        data = json.loads(row[6])
        reference = next((data[name] for name in REFERENCES if data.get(name)), None)
        pool_id = data.get("pool_id") or ("pool" if "grant_id" in data else None)
        head = (row[3], row[4], row[7], row[13], data.get("grant_id"), pool_id, data.get("initiative", ""), reference)
        for line, posting in enumerate(data.get("postings", ()), 1):
            lines.append((row[0], line, *head, *(posting.get(name) for name in JOURNAL_COLUMNS[10:])))
    return lines


def balances_of(journal: Iterable[Row]) -> list[Row]:
    """The balances after the one block that the log is."""
    sums: dict[Row, int] = {}
    for row in journal:
        key = (row[10], row[11], row[12], row[8])
        sums[key] = sums.get(key, 0) + row[13]
    return [(0, *key, amount) for key, amount in sorted(sums.items())]


JOURNAL = journal_of(HEALTHY)
BALANCES = balances_of(JOURNAL)
LAST = JOURNAL[-1][0]


def found(
    journal: list[Row] = JOURNAL, balances: list[Row] = BALANCES, reached: int = HEAD[0], parked: Iterable[int] = ()
) -> list[tuple[int, str]]:
    """What the check finds beside the healthy log, and where."""
    findings = Findings()
    checker = Checker(findings, views=Views(journal, balances, reached, set(parked), findings))
    for row in HEALTHY:
        checker.add(row)
    checker.finish(HEAD)
    return [(finding.position, finding.rule) for finding in findings.kept]


def test_views_that_follow_from_the_log_pass() -> None:
    assert found() == []


@pytest.mark.parametrize("reached", [0, 1, 20, 40])
def test_a_view_that_lags_behind_passes(reached: int) -> None:
    journal = [row for row in JOURNAL if row[0] <= reached]
    assert found(journal, balances_of(journal), reached) == []


def test_what_a_view_has_set_aside_is_not_missing_from_it() -> None:
    position = JOURNAL[20][0]
    journal = [row for row in JOURNAL if row[0] != position]
    assert found(journal, balances_of(journal), parked=[position]) == []
    assert found(journal, balances_of(journal))[0] == (position, "JOURNAL")


@pytest.mark.parametrize("column", JOURNAL_COLUMNS[2:])
def test_a_line_of_the_journal_that_differs_is_found(column: str) -> None:
    row = list(JOURNAL[30])
    place = JOURNAL_COLUMNS.index(column)
    row[place] = 7 if isinstance(row[place], int) else "other"
    assert found([*JOURNAL[:30], tuple(row), *JOURNAL[31:]]) == [(row[0], "JOURNAL")]


def test_a_line_of_the_journal_that_is_missing_or_too_many_is_found() -> None:
    row = JOURNAL[30]
    twice = (row[0], 99, *row[2:])
    assert found([*JOURNAL[:30], *JOURNAL[31:]]) == [(row[0], "JOURNAL")]
    assert found(sorted([*JOURNAL, twice], key=lambda one: one[:2])) == [(row[0], "JOURNAL")]
    accepted = next(one[0] for one in HEALTHY if one[4] == "funding.grant_accepted")
    assert found(sorted([*JOURNAL, (accepted, 1, *row[2:])], key=lambda one: one[:2])) == [(accepted, "JOURNAL")]
    assert found([*JOURNAL, (HEAD[0] + 1, *row[1:])]) == [(HEAD[0] + 1, "JOURNAL")]


def test_a_journal_that_is_empty_is_wrong_from_the_first_posting_on() -> None:
    assert found([])[0] == (1, "JOURNAL")


def test_a_balance_that_differs_is_missing_or_of_another_block_is_found() -> None:
    *key, amount = BALANCES[3]
    assert found(balances=[*BALANCES[:3], (*key, amount + 1), *BALANCES[4:]]) == [(LAST, "BALANCES")]
    assert found(balances=[*BALANCES[:3], *BALANCES[4:]]) == [(LAST, "BALANCES")]
    assert found(balances=[*BALANCES, (7, *key[1:], amount)]) == [(7 * BLOCK, "BALANCES")]


def test_blocks_are_as_long_here_as_in_the_views() -> None:
    assert (BLOCK, REFERENCES) == (postings.BLOCK, postings.REFERENCES)


# What it says.

WRONG = Result(
    70, "ab" * 32, 60, 2, 21, [Finding(7, "UNBALANCED", {"account": "15.26.04.10", "difference_oere": -150})]
)


def test_the_result_is_told_in_english_and_danish_with_kroner() -> None:
    english, danish = as_text(WRONG, "en").splitlines(), as_text(WRONG, "da").splitlines()
    assert english[0] == f"Head to be noted: 70:{'ab' * 32}"
    assert english[1] == "The views have come to position 60, 10 behind, 2 events set aside."
    assert english[2] == "Findings: 21 (the first of them)"
    assert english[3] == "position 7: UNBALANCED. Debits equal credits in each event and account-year."
    assert english[4] == "    account: 15.26.04.10, difference: -1.50 kr."
    assert danish[3] == "position 7: UNBALANCED. Debet er lig kredit i hver hændelse og hvert kontoår."
    assert danish[4] == "    konto: 15.26.04.10, forskel: -1,50 kr."
    assert as_text(Result(0, "", 0), "da").endswith("Intet er galt.")


def test_the_result_as_json_has_its_amounts_in_oere() -> None:
    values: dict[str, Any] = json.loads(json.dumps(as_json(WRONG)))
    assert (values["ok"], values["position"], values["count"]) == (False, 70, 21)
    assert values["findings"][0]["figures"] == {"account": "15.26.04.10", "difference_oere": -150}
    assert as_json(Result(0, "", 0))["ok"]
