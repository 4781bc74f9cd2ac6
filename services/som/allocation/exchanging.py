"""Betters a set by one grant at a time, in exact whole numbers: where the solver's tolerance or its time ended, and
which of several equal sets it is."""

from __future__ import annotations

import numpy as np

from services.som.allocation.programme import Picked, Programme, Whole

MAX_EXCHANGES = 1_000

Merit = tuple[int, int, int, tuple[int, ...]]


def merit(programme: Programme, picked: Picked) -> Merit:
    """What makes one set better than another, in this order: more of all draws that reach the target, a higher expected
    net result, less money, the earlier ids."""
    return (
        programme.met(picked, programme.draws) if programme.by_chance else 0,
        int(programme.nets[picked].sum()),
        -int(programme.amounts[picked].sum()),
        tuple(-int(place) for place in np.flatnonzero(picked)),
    )


def exchanged(programme: Programme, picked: Picked) -> Picked:
    """The set after every exchange that betters it: a grant added, dropped or put in another's place, within the rows.

    Always the best exchange first, so the same set always becomes the same.
    """
    for _ in range(MAX_EXCHANGES):
        step = _best_exchange(programme, picked)
        if step is None:
            break
        picked = picked.copy()
        for place, there in ((step[0], False), (step[1], True)):
            if place < len(picked):
                picked[place] = there
    return picked


def _best_exchange(programme: Programme, picked: Picked) -> tuple[int, int] | None:
    """The option that goes out and the one that comes in (n: none), None where no exchange betters the set."""
    none = len(picked)
    coming = np.append(np.flatnonzero(~picked), none)
    room = programme.limits - programme.matrix[:, picked].sum(axis=1)
    columns = _with_none(programme.matrix.T)
    nets, amounts = _with_none(programme.nets), _with_none(programme.amounts)
    best: tuple[int, int, int, int, int] | None = None
    step: tuple[int, int] | None = None
    for going in (none, *np.flatnonzero(picked).tolist()):
        fits = np.all(columns[coming] - columns[going] <= room, axis=1)
        more = nets[coming] - nets[going]
        likelier = _likelier(programme, picked, going, coming, fits)
        cheaper = amounts[going] - amounts[coming]
        earlier = np.where((coming < none) & (going < none), going - coming, 0)
        order = np.lexsort((-coming, earlier, cheaper, more, likelier, fits))
        top = int(order[-1])
        key = (int(likelier[top]), int(more[top]), int(cheaper[top]), int(earlier[top]), -int(coming[top]))
        if fits[top] and key[:4] > (0, 0, 0, 0) and (best is None or key > best):
            best, step = key, (int(going), int(coming[top]))
    return step


def _with_none(values: Whole) -> Whole:
    """The values of every option and, last, nought for none."""
    return np.concatenate([values, np.zeros((1, *values.shape[1:]), dtype=np.int64)])


def _likelier(programme: Programme, picked: Picked, going: int, coming: Whole, fits: Picked) -> Whole:
    """How many more draws reach the target when `going` gives way to each of `coming`; only of what fits."""
    change = np.zeros(len(coming), dtype=np.int64)
    if programme.by_chance:
        draws = _with_none(programme.weighed)
        left = draws[:-1][picked].sum(axis=0) - draws[going]
        before = programme.met(picked, programme.weighed)
        change[fits] = np.count_nonzero(left + draws[coming[fits]] >= programme.target, axis=1) - before
    return change
