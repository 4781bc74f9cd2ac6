"""An application's inputs: its own money, and the completers that its initiative's cases so far lead one to expect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from services.som.events import Basis, CaseInputs, Cohort
from services.som.live import GRANT, Money, Told, live_inputs
from shared.kernel.money import split
from shared.kernel.statistics import Counts


class Call(NamedTuple):
    """A round of applications: its pool's initiative and track, and the day on which it is decided."""

    initiative: str
    track: str
    decision_on: date


class Application(NamedTuple):
    """An application and how it is to be paid for: the grant that is applied for, and the applicant's own money."""

    application_id: str
    municipality: str
    money: tuple[Money, ...]

    @property
    def applied_oere(self) -> int:
        """What is applied for in all."""
        return sum(row.budgeted_oere for row in self.money if row.financing == GRANT)


class Experience(NamedTuple):
    """How many completed in an initiative's cases, and what those cases were granted."""

    cases: int
    completers: int
    granted_oere: int


def experience(cases: Iterable[Told]) -> Experience | None:
    """What an initiative's cases have come to so far; None when nobody has completed in any.

    Only cases with a completer count, each with its whole grant: one that nobody has completed in yet says nothing of
    how many will, and one that is not over yet counts for too little.
    """
    found = [
        (
            sum(cohort.completers for cohort in case.cohorts),
            sum(row.budgeted_oere + row.paid_oere for row in case.money if row.financing == GRANT),
        )
        for case in cases
    ]
    counted = [(completers, granted) for completers, granted in found if completers > 0 and granted > 0]
    if not counted:
        return None
    return Experience(len(counted), sum(one for one, _ in counted), sum(one for _, one in counted))


def expected_cohorts(application: Application, known: Experience) -> tuple[Cohort, ...]:
    """The completers of an application: as many per krone of grant as experience has, to the nearest whole one, over
    its project years by what each year costs (largest remainder: `shared.kernel.money.split`).

    They have no range: how far experience reaches elsewhere is not known. Raises ValueError for an application of no
    money.
    """
    # Rounded half up, in whole numbers.
    completers = (2 * known.completers * application.applied_oere + known.granted_oere) // (2 * known.granted_oere)
    costs = Counter[int]()
    for row in application.money:
        costs[row.project_year] += row.budgeted_oere
    years = sorted(costs)
    shared = zip(years, split(completers, [costs[year] for year in years]), strict=True)
    return tuple(Cohort(year=year, completers=count) for year, count in shared if count)


def application_inputs(
    application: Application,
    call: Call,
    known: Experience,
    trials: Mapping[str, tuple[Counts, Counts]],
    basis: Basis | None,
) -> CaseInputs:
    """What an application is computed from: what a live case of the initiative would be, were it granted as applied for
    on the day of the call's decision, with the completers of `expected_cohorts` and no economist's adjustment."""
    cohorts = expected_cohorts(application, known)
    return live_inputs(Told(call.initiative, call.decision_on, application.money, cohorts, trials), basis, None)
