"""Publishing a version of the knowledge base."""

from __future__ import annotations

from typing import Any

from services.som.commands import PublishKnowledge
from services.som.events import KnowledgePublished
from services.som.knowledge.reach import require_discount_tables, require_indices
from services.som.knowledge.rows import require_bases, require_consequences, require_studies, require_unique
from services.som.knowledge.sharing import require_prices, require_rules
from shared.kernel.decider import Aggregate, Decider
from shared.kernel.messages import Event, Value
from shared.kernel.refusal import refused


class PricebookState(Value):
    """The labels under which versions of this knowledge base were published."""

    labels: tuple[str, ...] = ()


def evolve(state: PricebookState, event: Event) -> PricebookState:
    """The pricebook after `event`; an event of another kind changes nothing."""
    match event:
        case KnowledgePublished():
            return PricebookState(labels=(*state.labels, event.version_label))
        case _:
            return state


def decide_publication(state: PricebookState, command: PublishKnowledge) -> list[Event]:
    """Publish the version.

    An initiative whose group has no consequences is let through: its result is its cost. Raises Rejected
    ALREADY_PUBLISHED (the label is taken), or as the `require_…` functions do: DUPLICATE_ENTRY, RANGE_NOT_ASCENDING,
    RULE_STEPS_NOT_ASCENDING, RULE_LEVEL_YEAR_MISSING, SHARES_DO_NOT_ADD_UP, UNKNOWN_RULE, RULE_QUANTITY_MISMATCH,
    UNKNOWN_PRICE, STANDARD_ERRORS_LENGTH, UNKNOWN_STUDY, INDEX_YEAR_MISSING or DISCOUNT_TABLE_GAP, each with the path
    of the field (`prices.3.rule.rule_id`) and the figures that explain it.
    """
    if command.version_label in state.labels:
        message = "A version with this label has been published; choose another label."
        raise refused("ALREADY_PUBLISHED", message, "version_label", version_label=command.version_label)
    require_unique(command)
    require_rules(command.rules)
    require_prices(command.prices, command.rules)
    require_consequences(command.consequences, {price.price_id for price in command.prices})
    require_studies(command.studies)
    require_bases(command.bases, {study.study_id for study in command.studies})
    require_indices(command)
    require_discount_tables(command.discount_rates)
    return [KnowledgePublished.model_validate(command.model_dump())]


def _reads(command: Any) -> tuple[tuple[Aggregate[Any], str], ...]:
    return ((PRICEBOOK, command.pricebook),)


PRICEBOOK = Aggregate("pricebook", PricebookState(), evolve)

PUBLISH_KNOWLEDGE = Decider(PublishKnowledge, _reads, decide_publication)
