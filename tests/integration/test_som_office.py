"""`virksom som …` as an economist uses it: a live case, why it comes to what it does, what if, and standing by it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.som import office
from shared.kernel.rejection import Rejected
from shared.office.calling import Office as Calling
from tests.story import KNOWLEDGE, award, open_programme
from tests.worlds import embedded_world, eventually, new_id

Office = Callable[..., Result]
CASE = "course/0101"


@pytest.fixture(scope="module")
def virksom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The command line against running services with two live cases."""
    with embedded_world(tmp_path_factory.mktemp("som")) as world, world.services("funding", "trials", "som"):
        made = Calling(lambda _service: world.client(30), lambda: None, lambda: "2018-06-01")  # type: ignore[arg-type,return-value]

        def run(*arguments: str) -> Result:
            found = CliRunner().invoke(office.app, list(arguments), obj=made)
            assert found.exception is None or isinstance(found.exception, Rejected | SystemExit), found.exception
            return found

        with world.client() as rpc:
            open_programme(rpc)
            award(rpc, "grant-1", "0101", 120_000_000)
            award(rpc, "grant-2", "0751", 90_000_000)
            eventually(lambda: _computed(rpc, 2))
            rpc.som.adjust_case(
                command_id=new_id(), initiative="course", municipality="0101", effective_on="2018-03-01",
                reason="vi venter 40", cohorts=[{"year": 2018, "completers": 40}],
            )  # fmt: skip
        yield run


def _computed(rpc: Any, count: int) -> bool:
    return sum(row["figures"] is not None for row in rpc.som.cases()["cases"]) == count


def _json(virksom: Office, *arguments: str) -> Any:
    return json.loads(virksom("--json", *arguments).stdout)


def _what_if(virksom: Office, name: str, *sets: str) -> Result:
    chosen = [word for one in sets for word in ("--set", one)]
    return virksom("--lang", "en", "what-if", CASE, name, *chosen, "--reason", "hvad nu hvis", "--by", "Anna")


def test_the_live_cases_are_listed_with_their_result_and_how_well_founded_it_is(virksom: Office) -> None:
    printed = virksom("--lang", "da", "cases").stdout
    assert "0751" in printed
    assert "Sandsynlighed for overskud" in printed
    assert "illustrativ" in printed


def test_a_case_shows_its_inputs_with_their_sources_and_warns_of_what_is_illustrative(virksom: Office) -> None:
    printed = virksom("--lang", "da", "case", CASE).stdout
    for part in ("0,1 [0,02; 0,18]", "anden forskning", "2018: 40", "1.200.000,00 kr.", "funding ", "Tjent hjem"):
        assert part in printed, part
    assert "NB: Resultatet hviler på tal, der ikke er fundet noget sted (illustrativ: 1)." in printed
    assert virksom("--lang", "da", "case", CASE, "--history").stdout.count("2018-") >= 2


def test_the_whole_result_is_told_by_payer_year_category_and_who_pays_and_gains(virksom: Office) -> None:
    printed = virksom("--lang", "en", "result", CASE).stdout
    for part in ("Net result, discounted", "Cumulative", "Break-even success rate", "state (DKK 1,200,000.00)"):
        assert part in printed, part


def test_explain_prints_a_tree_down_to_the_price_row_and_json_has_all_of_it(virksom: Office) -> None:
    shallow, deep = (virksom("--lang", "da", "explain", CASE, "--depth", depth).stdout for depth in ("1", "9"))
    assert "├── Kommune" in shallow
    assert "Pris shelter" not in shallow
    assert "Pris shelter: 550.000 [test; publiceret]" in deep
    assert "40 gennemførte × 0,1 succesrate × 0,5 sparet forbrug × 550.000 kr. × 0,5 andel" in deep
    tree = _json(virksom, "explain", CASE)["tree"]
    net = _json(virksom, "case", CASE)["projection"]["net_present_value"]
    assert tree["amount_oere"] == sum(net.values())


def test_a_what_if_shows_what_it_moves_and_leaves_the_live_case_alone(virksom: Office) -> None:
    before = _json(virksom, "case", CASE)["projection"]["net_present_value"]
    done = _what_if(virksom, "better", "success_rate=0.12", "settings.fade_out=0.2")
    assert "Success rate" in done.stdout
    assert _json(virksom, "case", CASE)["projection"]["net_present_value"] == before
    told = _json(virksom, "compare", CASE, "better")
    moved = {one["input"]: sum(one["amount"].values()) for one in told["changed"]}
    assert set(moved) == {"success_rate", "settings"}
    assert moved["success_rate"] > 0 > moved["settings"]
    ends = [sum(told[end]["net_present_value"].values()) for end in ("before", "after")]
    assert sum(moved.values()) == ends[1] - ends[0]


def test_an_input_that_does_not_exist_is_refused_and_nothing_is_made(virksom: Office) -> None:
    refused = _what_if(virksom, "wrong", "settings.fadeout=0.2")
    assert isinstance(refused.exception, Rejected)
    assert refused.exception.code == "SETTING_INVALID"
    assert "fade_out" in refused.exception.message
    assert isinstance(virksom("result", "wrong").exception, Exception)


def test_the_tornado_is_read_without_colour_and_the_simulation_says_what_is_worth_knowing(virksom: Office) -> None:
    printed = virksom("--lang", "en", "tornado", CASE).stdout
    assert "█" in printed
    assert "░" in printed
    assert "illustrative: 1" in printed
    first, second = (bar["input"]["input_id"] for bar in _json(virksom, "tornado", CASE)["bars"][:2])
    assert virksom("--lang", "en", "grid", CASE, first, second, "--steps", "3").stdout.count("│") > 6
    printed = virksom("--lang", "en", "simulate", CASE, "--draws", "1000").stdout
    assert "Worth of perfect information: DKK" in printed
    assert "Draws: 1,000" in printed


def test_a_case_goes_out_as_a_workbook_and_comes_in_again_as_the_same_calculation(
    virksom: Office, tmp_path: Path
) -> None:
    file = str(tmp_path / "case.xlsx")
    assert virksom("export", CASE, file).stdout.strip() == file
    assert virksom("import", file, "imported", "--title", "Vores sag", "--by", "Anna").exit_code == 0
    told = _json(virksom, "compare", CASE, "imported")
    assert told["before"]["net_present_value"] == told["after"]["net_present_value"]
    empty = str(tmp_path / "empty.xlsx")
    assert virksom("template", empty).exit_code == 0
    assert Path(empty).read_bytes()[:2] == b"PK"


def test_a_calculation_is_signed_reviewed_by_another_municipality_and_shared(virksom: Office, tmp_path: Path) -> None:
    _what_if(virksom, "signed", "success_rate=0,15")
    file = tmp_path / "answers.csv"
    virksom("--lang", "da", "checklist", "signed", "--file", str(file))
    refused = virksom("sign", "signed", str(file), "--by", "Anna").exception
    assert isinstance(refused, Rejected)
    assert refused.code == "CHECKLIST_UNANSWERED"
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    with open(file, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows({**row, "answer": "Vi har set på det."} if "(skal" in row["text"] else row for row in rows)
    assert virksom("sign", "signed", str(file), "--by", "Anna").exit_code == 0
    review = ("--municipality", "0751", "--verdict", "agrees_with_remarks", "--remarks", "Se på priserne", "--by", "Bo")
    assert virksom("review", "signed", *review).exit_code == 0
    assert virksom("share", "signed", "--by", "Anna").exit_code == 0
    assert "signed" in virksom("library").stdout
    printed = virksom("--lang", "da", "library", "signed").stdout
    assert "enig med bemærkninger" in printed
    assert "Vi har set på det." in printed


def test_the_knowledge_base_goes_out_as_tables_and_in_again_and_its_recalculation_is_followed(
    virksom: Office, tmp_path: Path
) -> None:
    folder = tmp_path / "tables"
    assert virksom("knowledge", "export", str(folder)).exit_code == 0
    again = virksom("knowledge", "publish", str(folder)).exception
    assert isinstance(again, Rejected)
    assert again.code == "ALREADY_PUBLISHED"
    edition = folder / "knowledge.csv"
    edition.write_text(edition.read_text(encoding="utf-8-sig").replace("test,1,", "test,2,"), encoding="utf-8")
    assert "pricebook-test" in virksom("knowledge", "publish", str(folder)).stdout
    assert "2/2" in virksom("--lang", "en", "progress").stdout
    assert virksom("knowledge", "versions").stdout.count(KNOWLEDGE["pricebook"]) == 2
    assert "Forsorgshjem" not in virksom("knowledge", "show").stdout  # by its id
    assert "shelter" in virksom("knowledge", "show").stdout


def test_many_commands_of_one_kind_are_sent_from_a_file_until_one_is_refused(virksom: Office, tmp_path: Path) -> None:
    def adjustments(*horizons: int) -> str:
        case = {"initiative": "course", "municipality": "0751", "effective_on": "2018-04-01"}
        lines = [case | {"reason": f"horisont {one}", "settings": {"horizon": one}} for one in horizons]
        (tmp_path / "lines.jsonl").write_text("\n".join(json.dumps(one) for one in lines), encoding="utf-8")
        return str(tmp_path / "lines.jsonl")

    assert virksom("send", "adjust_case", adjustments(0, 1)).stdout.startswith("2 → ")
    refused = virksom("send", "adjust_case", adjustments(0, 99, 1)).exception
    assert isinstance(refused, Rejected)
    assert refused.fields[-1]["field"] == "line 2"
    (tmp_path / "none.json").write_text("[1]")
    wrong = virksom("send", "adjust_case", str(tmp_path / "none.json")).exception
    assert isinstance(wrong, Rejected)
    assert wrong.code == "FILE_INVALID"


def test_a_cost_plan_is_worked_out_and_put_into_a_scenario(virksom: Office, tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text(
        'name = "CTI"\nfirst_year = 2018\nyears = 1\nstarters_per_year = 20\nsource = "egne tal"\n'
        '[[resources]]\nname = "Kursus"\nkind = "training"\nper = "starter"\namount_dkk = 1000.5\n',
        encoding="utf-8",
    )
    assert "20.010,00" in virksom("--lang", "da", "cost", str(plan)).stdout
    _what_if(virksom, "planned", "success_rate=0.1")
    assert virksom("cost", str(plan), "--into", "planned").exit_code == 0
    costs = _json(virksom, "result", "planned")["result"]["undiscounted"]["costs"]
    assert costs == {"kommune": 2_001_000, "region": 0, "stat": 0}
    plan.write_text("name = ", encoding="utf-8")
    assert isinstance(virksom("cost", str(plan)).exception, Rejected)


def test_a_budget_is_allocated_over_the_live_cases_as_advice(virksom: Office) -> None:
    printed = virksom("--lang", "en", "allocate", "--budget", "1500000").stdout
    assert "Advised: DKK" in printed
    assert "illustrative" in printed


@pytest.mark.parametrize("case", ["course/", "/0101", "course/0101@", "course/0101@x", "course@4"])
def test_a_case_that_is_not_named_as_one_is_refused(virksom: Office, case: str) -> None:
    refused = virksom("explain", case).exception
    assert isinstance(refused, Rejected)
    assert refused.code == "CASE_INVALID"
