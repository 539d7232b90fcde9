"""A kind of rule that nobody knew yesterday: one class and one line in the registry, and the whole portal takes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

import pytest

from scoring.engine.compute import compute
from scoring.engine.reading import ObjectReader
from scoring.engine.rules.base import Figures, Input, Outcome, Rule, number
from scoring.engine.rules.declaration import Parameter
from scoring.engine.rules.registry import KINDS
from scoring.enums import Phase, RunKind, Stage
from scoring.models import Criterion
from scoring.services.calculation import build_campaign_file
from scoring.services.criteria_export import export_set
from scoring.services.criteria_import import import_set
from scoring.services.criteria_reading import read_annex
from scoring.services.criteria_wording import rule_sentence
from scoring.services.entered_columns import columns_of
from scoring.services.leaves import leaf_of
from tests.scoring.criteria.annexes import annex, with_cells
from tests.scoring.dossier.pages import answer, text, url
from tests.year import Year, advance, build_year

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Stars(Rule):
    """stars / of · M, as on some day; nothing of this kind is known outside this class."""

    kind: ClassVar[str] = "stars"
    label: ClassVar[str] = "Theo số sao"
    note: ClassVar[str] = "Điểm theo số sao mà người dân chấm."
    example: ClassVar[str] = "sao cao nhất = 5"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("of", "sao cao nhất", "number", "Số sao cao nhất", required=True),
    )
    of: Fraction

    @classmethod
    def parse(cls, reader: ObjectReader, max_points: Fraction) -> Self | None:
        of = reader.number("of", above=Fraction(0), whole=True)
        return None if of is None else cls(max_points, of)

    def describe(self) -> str:
        return f"số sao trên {self.of} sao"

    def inputs(self) -> tuple[Input, ...]:
        return (
            Input("stars", "whole", "Số sao", Fraction(0), self.of, phrase="{} sao"),
            Input("on", "date", "Ngày chấm"),
            Input("again", "flag", "Chấm lại lần hai", required=False),
        )

    def read(self, reader: ObjectReader) -> Figures | None:
        stars, day = reader.number("stars", maximum=self.of, whole=True), reader.date("on")
        again = reader.true_only("again") if reader.has("again") else False
        return None if stars is None or day is None else {"stars": stars, "on": day, "again": again}

    def score(self, figures: Figures) -> Outcome:
        stars = number(figures, "stars")
        return Outcome(stars / self.of * self.max_points, f"{stars} trên {self.of} sao")


@pytest.fixture
def year(monkeypatch: pytest.MonkeyPatch) -> Iterator[Year]:
    """A year whose criteria came in by a workbook that names the new kind at 1.1 (2 points)."""
    monkeypatch.setitem(KINDS, Stars.kind, Stars)
    made = build_year(Phase.DRAFT)
    workbook = with_cells({"F5": Stars.label, "G5": Stars.example}, given=annex(code="so"))
    criteria_set = import_set(made.campaign, read_annex(workbook, "phu-luc.xlsx"), by=None, seen=None)
    made.leaves = {leaf.code: leaf for leaf in criteria_set.criteria.all()}
    advance(made, Phase.SELF_ASSESSMENT)
    return made


def leaf_1_1(year: Year) -> Criterion:
    return year.leaves["1.1"]


def test_the_annex_brings_it_in_and_gives_it_back(year: Year) -> None:
    criterion = leaf_1_1(year)
    assert criterion.rule == {"kind": "stars", "of": "5"}
    given_back = read_annex(export_set(criterion.criteria_set), "a.xlsx")
    assert next(node.rule for node in given_back.nodes if node.code == "1.1") == criterion.rule
    assert rule_sentence(criterion.rule, criterion.max_points) == "Số sao trên 5 sao."


def test_the_worksheet_asks_for_its_figures_and_says_them(year: Year) -> None:
    page = text(year.browser("a1").get(url(year, "answer", "1.1")))
    for label in ("Số sao", "Ngày chấm", "Chấm lại lần hai", "Từ 0 đến 5."):
        assert label in page
    assert answer(year, "a1", "1.1", stars="4", on="3/9/2026", again="on").status_code == 302
    value = year.value("1.1", Stage.DECLARED)
    assert value is not None
    assert value.inputs == {"stars": "4", "on": "2026-09-03", "again": True}
    page = text(year.browser("a1").get(url(year, "answer", "1.1")))
    assert "4 sao; Ngày chấm: 03/09/2026; Chấm lại lần hai" in page
    assert "4 trên 5 sao" in page
    assert "1,60 / 2,00" in page


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        ({"stars": "6", "on": "3/9/2026"}, "không được lớn hơn 5"),
        ({"stars": "4"}, "Chưa nhập “Ngày chấm”."),
        ({"stars": "4", "on": "31/9/2026"}, "Không có ngày “31/9/2026” trong lịch."),
    ],
)
def test_what_its_rule_refuses_is_told_beside_the_field(year: Year, figures: dict[str, str], sentence: str) -> None:
    refused = answer(year, "a1", "1.1", **figures)
    assert refused.status_code == 422
    assert text(refused).count(sentence) == 1
    assert year.value("1.1", Stage.DECLARED) is None


def test_a_workbook_of_entered_points_would_have_its_columns(year: Year) -> None:
    columns = columns_of(leaf_1_1(year), leaf_of(leaf_1_1(year), year.campaign))
    assert [column.heading for column in columns] == ["1.1 Số sao", "1.1 Ngày chấm", "1.1 Chấm lại lần hai"]


def test_a_run_computes_with_it(year: Year) -> None:
    year.declare("1.1", inputs={"stars": "4", "on": "2026-09-03"})
    file = build_campaign_file(year.campaign, RunKind.PROVISIONAL)
    results = json.loads(compute(json.dumps(file).encode()))
    unit = next(unit for unit in results["units"] if unit["code"] == "SOA")
    node = next(node for node in unit["nodes"] if node["code"] == "1.1")
    assert (node["points"], node["steps"]) == ("1.6", "4 trên 5 sao")
