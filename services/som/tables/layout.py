"""The tables of a knowledge base and their columns: what is written, and what may be read."""

from __future__ import annotations

from typing import NamedTuple


class Table(NamedTuple):
    """A table: its columns in order, and those that must not be empty."""

    columns: tuple[str, ...]
    required: frozenset[str]


def _table(columns: str) -> Table:
    """A table from its columns' names; a star after a name: must not be empty."""
    names = columns.split()
    return Table(tuple(one.rstrip("*") for one in names), frozenset(one[:-1] for one in names if one.endswith("*")))


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


TABLES = {
    "knowledge.csv": _table("pricebook* version_label* price_level_year* index_series* effective_on*"),
    "prices.csv": _table(
        "price_id* service* area committee unit amount_dkk* price_year* kommune* region* stat* rule_id rule_quantity"
        " rule_start index_family low_dkk high_dkk status* source* note"
    ),
    "payer_rules.csv": _table(
        "rule_id* measure* bearer* rest* valid_from* level_year ceiling_dkk step_start* step_share* law* status*"
        " source*"
    ),
    "consequences.csv": _table(
        "target_group* success_measure* price_id* unit t* change* standard_error recommendation register_years status*"
        " source* note"
    ),
    "studies.csv": _table(
        "study_id* intervention* population country design* evidence_level* outcome* measure* estimate low high"
        " n_treatment n_control share_treatment share_control follow_up_months year status* source* note"
    ),
    "bases.csv": _table(
        "initiative* target_group* success_measure* intervention* net_success_rate* low high evidence_level* study_ids"
        " status source*"
    ),
    "follow_ups.csv": _table("initiative* months* share_left*"),
    "indices.csv": _table("series* year* value* status source"),
    "indexed_by.csv": _table("family* series* rounding"),
    "discount_rates.csv": _table("decided_from* from_year* to_year rate* status source"),
}
"""The files of a folder. A rule has a line for each of its steps, a consequence one for each year t; what is the same
for the whole stands on every line of it. `unit` of a consequence says what its change counts, and is its price's."""

NEEDED = ("knowledge.csv", "prices.csv", "indices.csv", "discount_rates.csv")
"""Without these there is no knowledge base; another file may be missing, as if it were empty."""

NUMBERS = _names(
    "amount_dkk kommune region stat rule_quantity rule_start low_dkk high_dkk ceiling_dkk step_start step_share change"
    " standard_error estimate low high share_treatment share_control net_success_rate share_left value rate"
)
"""The columns of decimal numbers."""

WHOLE = _names(
    "price_level_year price_year level_year t evidence_level n_treatment n_control follow_up_months year months"
    " from_year to_year"
)
"""The columns of whole numbers; all other columns are text."""
