"""The demo's script: every command of the programme's years in order, the same ones from the same file.

Pure: the only chance is `random.Random` from the file's seed. A command's id follows from the file's content and the
command's own name, so a script played again is answered as known and changes nothing.
"""

from __future__ import annotations

import hashlib
from datetime import date

from services.demo.programme import Programme
from services.demo.script.act import ON_BEHALF_OF, Act, Named, command_id
from services.demo.script.knowledge import published_knowledge
from services.demo.script.money import money_acts
from services.demo.script.people import courses, trials

__all__ = ["Act", "acts", "closing_year"]


def acts(programme: Programme) -> list[Act]:
    """Every act by its day; on one day money comes before people, and reports last.

    Raises Rejected CONFIG_INVALID when the fund would refuse any of it.
    """
    digest = hashlib.sha256(programme.model_dump_json().encode()).hexdigest()

    def named(act: Act, name: str) -> Act:
        common = {"on_behalf_of": ON_BEHALF_OF, "effective_on": act.day.isoformat()}
        return act._replace(fields={"command_id": command_id(digest, act.method, name), **common, **act.fields})

    parts = (published_knowledge, trials, courses, _reports)
    others = [named(act, name) for part in parts for act, name in part(programme)]
    return sorted([*money_acts(programme, digest), *others], key=lambda act: act.day)


def closing_year(programme: Programme) -> int:
    """The year in which the grants are settled and closed."""
    return programme.programme.end.year + 1


def _reports(programme: Programme) -> Named:
    """A report at each year's end, of figures that have caught up with the year; the last shows all closed."""
    for year in range(programme.programme.start.year, closing_year(programme) + 1):
        fields = {"report_id": f"aarsrapport-{year}", "title": f"Programmets tal ved udgangen af {year}"}
        yield Act(date(year, 12, 31), "reporting", "publish_report", fields, settled=True), str(year)
