"""What an allocation is asked of, and the advice it gives."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
import numpy.typing as npt

from services.som.events import Status
from shared.kernel.messages import Value

Aim = Literal["expected", "target"]
Why = Literal["both", "fits", "floor", "displaced", "no_gain", "municipality", "budget", "not_needed"]
ShadowKind = Literal["budget", "earmark", "floor", "municipality"]


@dataclass(frozen=True, eq=False)
class Option:
    """A grant that could be given, whole or not at all.

    `net_result_oere` is the expected net present value of all payers together, of which the grant's own cost is a part.
    `draws` (D,) are draws of it in øre, row by row of the same chances as the other options' draws. `status` is that of
    the least sure figure behind it.
    """

    option_id: str
    amount_oere: int
    net_result_oere: int
    status: Status
    track: str | None = None
    municipality: str | None = None
    draws: npt.NDArray[np.float64] | None = None


class Said(Value):
    """A sentence, in English and in Danish."""

    en: str
    da: str


class Chosen(Value):
    """A set of grants, by id, and what it comes to.

    `probability` is the share of all draws in which the target is reached, None without draws or target.
    `floors_missed`: the tracks that get less than their floor (only a ranking can).
    """

    option_ids: tuple[str, ...]
    spent_oere: int
    net_result_oere: int
    probability: Decimal | None = None
    floors_missed: tuple[str, ...] = ()


class Place(Value):
    """An option's place in the ranking by net result per krone of grant, and what became of it.

    `why` – both: the advice and the ranking give it. fits: only the advice, which made room for it. floor: the advice
    gives it to keep its track's floor. displaced: only the ranking; its money does more elsewhere. Neither gives it –
    no_gain: its net result is not positive. municipality: another grant there is better. budget: there is no money for
    it. not_needed: it would not make the target likelier.
    """

    option_id: str
    amount_oere: int
    net_result_oere: int
    rank: int
    net_per_krone: Decimal
    advised: bool
    ranked: bool
    why: Why


class Shadow(Value):
    """A shadow price: the expected net result, in kroner, of one krone more of a constraint, or of one grant more in a
    municipality, if grants could be divided.

    Taken just beyond where the constraint stands. A floor's is nought or negative: what a krone more of it costs; None
    where it cannot be raised at all.
    """

    kind: ShadowKind
    name: str
    worth: Decimal | None


class MoreMoney(Value):
    """The advice computed again, whole grants and all, with `step_oere` more of free money: what it would add."""

    step_oere: int
    net_result_oere: int
    probability: Decimal | None
    added: tuple[str, ...]
    dropped: tuple[str, ...]


class Search(Value):
    """How the best set was looked for.

    `proven`: no better one exists. Otherwise the search met its limit or searched only some of the draws, and a better
    one can be better by at most `gap`: a share of the net result (aim expected), a difference in probability on the
    draws searched (aim target). `draws`: all of them, which the probability is of and which say which of the sets found
    is best; `draws_searched`: those that HiGHS looked for sets on, and `probability` on those.
    """

    proven: bool
    gap: Decimal
    nodes: int
    draws: int = 0
    draws_searched: int = 0
    probability: Decimal | None = None


class Advice(Value):
    """Which grants would do most, the ranking beside it, and what both rest on. Advice, never a decision.

    `divisible_net_result_oere`: what the budget could come to at most, if grants could be divided. `difference` says
    where and why the ranking and the advice part. `status`: the least sure of the figures behind the options.
    """

    aim: Aim
    budget_oere: int
    target_oere: int | None
    advised: Chosen
    ranking: Chosen
    places: tuple[Place, ...]
    difference: Said
    shadows: tuple[Shadow, ...]
    divisible_net_result_oere: int
    more: MoreMoney | None
    search: Search
    status: Status
    assumptions: tuple[Said, ...]
