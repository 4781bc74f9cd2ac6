"""Who pays and who gains: the flow matrix payer → payer."""

from __future__ import annotations

from services.som.events import PAYERS, Payer, PayerAmounts
from services.som.model.rounding import whole_parts
from shared.kernel.messages import Value


class Flow(Value):
    """What one payer put into a case and what came of it, discounted, in øre.

    `paid`: its costs less the grants it received (and more what it granted). `gained`: what that brought each payer.
    """

    payer: Payer
    paid: int
    gained: PayerAmounts


def flow_matrix(
    costs: PayerAmounts, transfers: PayerAmounts, savings: PayerAmounts, gains: PayerAmounts
) -> tuple[Flow, ...]:
    """Each payer's part in what each payer gains, from discounted amounts; empty where nothing was paid.

    Money has no name: who paid a tenth of the cost brought about a tenth of every gain, so

        gained[i → j] = paid[i] / Σ paid · (savings[j] + gains[j]),   paid[i] = costs[i] − transfers[i].

    What all payers brought to j adds up to what j gains; less what j paid it is j's net present value. Who was granted
    more than its costs has paid less than nothing, and its row is negative.
    """
    paid = [getattr(costs, payer) - getattr(transfers, payer) for payer in PAYERS]
    if sum(paid) <= 0:
        return ()
    columns = {}
    for payer in PAYERS:
        gain = getattr(savings, payer) + getattr(gains, payer)
        columns[payer] = whole_parts(gain, [gain * one / sum(paid) for one in paid])
    return tuple(
        Flow(payer=payer, paid=paid[i], gained=PayerAmounts(**{other: column[i] for other, column in columns.items()}))
        for i, payer in enumerate(PAYERS)
    )
