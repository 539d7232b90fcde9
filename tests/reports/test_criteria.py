"""Numbers below the components: frozen, printed and explained exactly as deep as a year is published, and no deeper."""

from __future__ import annotations

import copy
import csv
import gzip
import io
import json
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import openpyxl
import pytest
from django.conf import settings

from reports.exporters.files import export
from reports.models import Publication
from reports.rendering.pages import render_year
from reports.services.dataset_criteria import Told, add_criteria, tell, told_in
from reports.services.errors import Conflict, Incomplete
from reports.services.freezing import OUTGROWN, depths_of, draft, why_stale
from reports.services.material import Material
from reports.services.transitions import perform
from scoring.engine.compute import compute
from scoring.enums import Phase
from scoring.models import CriteriaSet, Criterion
from scoring.services.calculation import calculate
from tests.factories import CampaignFactory
from tests.reports.dataset import DECISION, SITE
from tests.reports.deep import deep, results, words_of_persons
from tests.reports.publishing import Team, public_bytes, release
from tests.reports.reading import Reader
from tests.reports.unpacking import unpacked
from tests.year import Year, build_year
from units.vietnamese import format_percent, format_points

Json = dict[str, Any]

LEAVES = ("Kế hoạch cải cách hành chính", "Kiểm tra công vụ", "Điều tra xã hội học")
"""Titles of the leaves of `Team`'s campaign; 1.2 was judged with a reason."""
FULL_MARKS = "minh-hoa-huong-diem-toi-da"


@pytest.fixture
def year() -> Year:
    """Two units, judged to the end: B left one leaf unanswered and was freed of another."""
    return build_year(Phase.FINALISED)


def frozen(year: Year, depth: str) -> Publication:
    return draft(year.campaign, calculate(year.campaign, year["c"]), depth, year["c"])


def units_of(dataset: Json) -> dict[str, Json]:
    return {unit["code"]: unit for group in dataset["groups"] for unit in group["units"]}


def page(dataset: Json, code: str) -> bytes:
    path = f"don-vi/{code}/{dataset['campaign']['code']}/"
    return next(page.body for page in render_year(dataset, DECISION, SITE, "/hoa-giang/") if page.path == path)


@pytest.mark.django_db
class TestFrozen:
    @pytest.mark.parametrize("depth", ["criteria", "derivations"])
    def test_every_node_of_every_unit_has_the_numbers_of_the_results_file(self, year: Year, depth: str) -> None:
        publication = frozen(year, depth)
        dataset, printed = json.loads(publication.dataset), json.loads(publication.run.results_file)
        units = units_of(dataset)
        assert len(units) == len(printed["units"]) == 2
        for result in printed["units"]:
            held = units[result["code"]]["criteria"]
            for key in ("code", "points", "max_points", "index"):
                assert [item[key] for item in held] == [node[key] for node in result["nodes"]]
        tree = dataset["criteria_sets"][0]["nodes"]
        assert [(node["code"], node["parent"], node["is_leaf"]) for node in tree if node["code"][0] == "1"] == [
            ("1", None, False),
            ("1.1", "1", True),
            ("1.2", "1", True),
        ]
        assert {node["code"]: node["max_points"] for node in tree}["1.2"] == "4"

    def test_not_applicable_is_told_from_nought_points(self, year: Year) -> None:
        states = {item["code"]: item["state"] for item in units_of(self.dataset(year, "criteria"))["SOB"]["criteria"]}
        assert (states["1.2"], states["2.1"], states["2"]) == ("applies", "not_applicable", "not_applicable")

    def test_a_leaf_that_nobody_answered_says_so(self) -> None:
        team = Team()
        unit = team.campaign.participants.order_by("pk").first()
        unit.values.filter(criterion__code="1.2").delete()
        held = units_of(json.loads(team.drafted(depth="criteria").dataset))[unit.code]["criteria"]
        states = {item["code"]: item for item in held}
        assert (states["1.2"]["state"], states["1.2"]["points"], states["1.2"]["max_points"]) == (
            "unanswered",
            "0",
            "4",
        )

    def test_steps_are_told_at_depth_derivations_alone(self, year: Year) -> None:
        shallow, told = (
            units_of(self.dataset(year, "criteria")),
            units_of(self.dataset(year, "derivations", "criteria")),
        )
        assert not any(item["steps"] for unit in shallow.values() for item in [unit, *unit["criteria"]])
        assert all(item["steps"] for unit in told.values() for item in [unit, *unit["criteria"]])
        ratio = next(item for item in told["SOA"]["criteria"] if item["code"] == "1.2")["steps"]
        assert [step["name"] for step in ratio][:2] == ["answer", "rule"]
        assert ratio[1]["values"]["points"] == "3.2"
        assert "40/50" in ratio[1]["sentence"]
        assert [step["name"] for step in told["SOA"]["steps"]][-1] == "grade"

    @staticmethod
    def dataset(year: Year, depth: str, before: str = "") -> Json:
        for publication in Publication.objects.filter(depth=before):
            perform(publication, "discard", year["c"])
        found: Json = json.loads(frozen(year, depth).dataset)
        return found

    @pytest.mark.parametrize("depth", ["criteria", "derivations"])
    def test_no_word_that_a_person_wrote_about_a_unit_is_frozen(self, year: Year, depth: str) -> None:
        publication = frozen(year, depth)
        for words in ("Chấp nhận một phần", "Đơn vị không kê khai", "Không ban hành văn bản", "Quyết định 01/QĐ-UBND"):
            assert words in publication.run.campaign_file
            assert words not in publication.dataset
        assert year["g1"].full_name not in publication.dataset

    def test_what_was_frozen_with_its_steps_can_be_approved_and_released(self) -> None:
        team = Team()
        publication = team.signed(depth="derivations")
        assert why_stale(publication) is None
        assert release(perform(team.approve(publication), "release", team.leader)).state == "released"

    def test_steps_that_were_tampered_with_end_the_draft(self) -> None:
        publication = Team().drafted(depth="derivations")
        Publication.objects.filter(pk=publication.pk).update(
            dataset=publication.dataset.replace("Xếp loại", "Xếp hàng")
        )
        publication.refresh_from_db()
        assert why_stale(publication) is not None

    @pytest.mark.parametrize("lost", [("bonus", "penalty"), ("criteria", "criteria_set", "steps")])
    def test_a_draft_of_an_older_portal_is_told_to_be_made_again(self, lost: tuple[str, ...]) -> None:
        team = Team()
        publication = team.drafted()
        dataset = json.loads(publication.dataset)
        for unit in units_of(dataset).values():
            for key in lost:
                del unit[key]
        Publication.objects.filter(pk=publication.pk).update(dataset=json.dumps(dataset))
        publication.refresh_from_db()
        assert why_stale(publication) == OUTGROWN
        assert "hãy lập lại dự thảo" in OUTGROWN
        with pytest.raises(Conflict, match="lập lại dự thảo"):
            perform(publication, "send", team.coordinator)


@pytest.mark.django_db
class TestOffered:
    def test_a_year_judged_here_may_go_to_any_depth_and_a_past_table_to_its_components(self) -> None:
        assert [str(depth) for depth in depths_of(Team().campaign)] == [
            "index",
            "components",
            "criteria",
            "derivations",
        ]
        past = Team(origin="past", source_text="Báo Thử nghiệm")
        assert [str(depth) for depth in depths_of(past.campaign)] == ["index", "components"]
        with pytest.raises(Incomplete, match="như bảng đã in"):
            past.drafted(depth="criteria")

    def test_components_without_anything_below_are_not_offered_to_be_published_to_their_criteria(self) -> None:
        campaign = CampaignFactory()
        tree = CriteriaSet.objects.create(campaign=campaign, code="xa", title="Hai phần")
        Criterion.objects.create(criteria_set=tree, path="001", code="1", title="Điểm thẩm định", max_points=65)
        assert [str(depth) for depth in depths_of(campaign)] == ["index", "components", "derivations"]


@pytest.mark.django_db
class TestEmbargo:
    @pytest.mark.parametrize("depth", ["index", "components"])
    def test_above_depth_criteria_not_a_byte_tells_of_a_criterion(self, depth: str) -> None:
        team = Team()
        team.released(depth=depth)
        bodies = {path: body for path, (status, body) in public_bytes().items() if status == 200}
        read = [unpacked(path, body) for path, body in bodies.items()]
        assert len(read) > 10
        for words in (*LEAVES, "Theo biên bản kiểm tra", "tc-1.1"):
            assert not any(words in text for text in read), words
        assert not any("diem-tieu-chi" in path for path in bodies)

    def test_at_depth_criteria_points_are_told_and_neither_figures_nor_steps(self) -> None:
        team = Team()
        team.released(depth="criteria")
        read = [unpacked(path, body) for path, (_, body) in public_bytes().items()]
        for words in LEAVES:
            assert any(words in text for text in read), words
        for words in ("Theo biên bản kiểm tra", "Số liệu: ", "Theo quy tắc", "responses"):
            assert not any(words in text for text in read), words

    def test_a_draft_shows_nothing_at_any_depth(self) -> None:
        before = public_bytes()
        Team().approved(depth="derivations")
        assert public_bytes() == before


class TestToldByTheEngine:
    def test_what_a_dataset_tells_is_read_back_whole(self) -> None:
        dataset = deep()
        told = told_in(dataset)
        assert told.units["S03"] == units_of(dataset)["S03"]["steps"] != []
        assert told.nodes["S03"]["1.1"]
        assert told.rules[units_of(dataset)["S03"]["criteria_set"]]["1.1.1"].startswith("chọn một mức")

    def test_a_run_that_today_gives_other_numbers_is_not_told(self) -> None:
        given = (settings.BASE_DIR / "fixtures" / "golden" / "binh-duong-2017.json").read_text(encoding="utf-8")
        for kept, file in (
            (compute(given.encode()).decode().replace('"84.58"', '"84.59"'), given),
            (compute(given.encode()).decode(), given.replace('"manual"', '"bỏ đi"')),
        ):
            run = SimpleNamespace(number=4, campaign_file=file, results_file=kept, input_sha256="")
            material = SimpleNamespace(run=run, file=json.loads(file))
            with pytest.raises(Conflict, match=r"lần tính 4\. Tính lại"):
                tell(cast(Material, material))

    def test_reasons_and_legal_bases_are_nowhere_in_the_deepest_dataset(self) -> None:
        assert len(words_of_persons()) > 5
        text = json.dumps(deep(), ensure_ascii=False)
        assert [words for words in words_of_persons() if words in text and words != "DỮ LIỆU MINH HỌA"] == []


@pytest.mark.parametrize("depth", ["criteria", "derivations"])
class TestPage:
    def test_every_number_of_the_results_file_is_printed_beside_its_criterion(self, depth: str) -> None:
        dataset = deep(depth)
        for result in results()["units"][:4]:
            lines = _lines(page(dataset, result["code"]))
            assert len(lines) == len(result["nodes"])
            for node, line in zip(result["nodes"], lines, strict=True):
                if not node["applicable"]:
                    assert "không áp dụng" in line
                    continue
                assert format_points(node["points"]) in line
                if node["index"] is not None:
                    assert f" / {format_points(node['max_points'])}" in line
                    assert format_percent(node["index"]) in line

    def test_every_criterion_stands_as_deep_as_in_its_set(self, depth: str) -> None:
        dataset = deep(depth)
        listed = re.findall(r'<li class="depth-(\d)', page(dataset, "S03").decode())
        assert listed == [str(item["code"].count(".")) for item in units_of(dataset)["S03"]["criteria"]]
        assert set(listed) == {"0", "1", "2"}

    def test_every_number_opens_its_steps_where_steps_are_public(self, depth: str) -> None:
        body = page(deep(depth), "S03").decode()
        told = body.count("<details id=")
        assert told == (len(results()["units"][0]["nodes"]) if depth == "derivations" else 0)
        assert body.count('<a class="why" href="#tc-') == (5 if depth == "derivations" else 0)
        assert ("Từng phép tính (= là đúng bằng, ≈ là số viết gọn)" in body) == (depth == "derivations")
        ids = Reader(body.encode()).ids
        assert len(ids) == len(set(ids))


class TestWords:
    def test_steps_stand_under_their_number_from_the_rule_to_the_index(self) -> None:
        text = Reader(page(deep(), "S03")).text
        rest = text.partition("1.1.2. Mức độ hoàn thành kế hoạch")[2]
        told = ["1,921053 / 2,00", "Quy tắc", "Số đạt được: 73; Tổng số: 76.", "≈ 1,921053 điểm.", "96,052632 → 96,05."]
        places = [rest.index(words) for words in told]
        assert places == sorted(places)
        assert "P: điểm được tính ở các tiêu chí đơn vị tự chấm" in text

    def test_what_does_not_apply_is_no_nought(self) -> None:
        dataset = deep("criteria")
        freed = next(unit for unit in units_of(dataset).values() if _has(unit, "not_applicable"))
        assert "không áp dụng" in page(dataset, freed["code"]).decode()

    def test_points_for_what_did_not_come_up_are_told_as_such(self) -> None:
        dataset = deep("criteria", FULL_MARKS)
        freed = next(unit for unit in units_of(dataset).values() if _has(unit, "full_marks"))
        assert "Không áp dụng, hưởng điểm tối đa" in page(dataset, freed["code"]).decode()

    def test_bonus_and_penalty_carry_their_sign(self) -> None:
        dataset = deep("criteria")
        roles = {node["code"]: node["role"] for item in dataset["criteria_sets"] for node in item["nodes"]}
        signs = {"bonus": "+", "penalty": "\u2212"}
        seen = set()
        for unit in units_of(dataset).values():
            for item, line in zip(unit["criteria"], _lines(page(dataset, unit["code"])), strict=True):
                role = roles[item["code"]]
                if role in signs and Decimal(item["points"]):
                    assert f"{signs[role]}{format_points(item['points'])}" in line
                    seen.add(role)
        assert seen == set(signs)

    def test_hostile_codes_and_titles_are_text_and_still_have_their_anchor(self) -> None:
        dataset = deep()
        text = json.dumps(dataset).replace('"1.1.1"', json.dumps('1" onclick="x'))
        for node in (made := json.loads(text))["criteria_sets"][0]["nodes"]:
            node["title"] = "<script>alert(1)</script>"
        reader = Reader(page(made, "S03"))
        assert not [tag for tag, attributes in reader.tags if "onclick" in attributes]
        assert b"<script>alert" not in page(made, "S03")
        assert "tc-so-3" in reader.ids

    def test_a_dataset_from_before_there_were_criteria_reads_as_it_did(self) -> None:
        old = deep("components")
        assert "criteria_sets" not in old
        assert b"crit-tree" not in page(old, "S03")

    def test_a_unit_without_figures_has_no_tree(self) -> None:
        made = copy.deepcopy(deep())
        unit = units_of(made)["S03"]
        unit |= {"criteria": [], "criteria_set": None, "steps": []}
        assert b"crit-tree" not in page(made, "S03")

    def test_the_page_of_a_whole_set_is_light(self) -> None:
        body = page(_sample_set(), "A")
        assert body.count(b"<details id=") > 100
        assert len(body) < 150_000
        assert len(gzip.compress(body)) < 15_000


def _has(unit: Json, state: str) -> bool:
    return any(item["state"] == state for item in unit["criteria"])


def _lines(body: bytes) -> list[str]:
    """The rows of the tree as text, without the steps under them."""
    tree = re.search(r'<ul class="crit-tree".*?\n</ul>', body.decode(), re.DOTALL)
    assert tree is not None
    rows = re.findall(r'class="crit"[^>]*>(.*?)</(?:summary|div)>', tree[0])
    return [re.sub(r"<[^>]+>", " ", row).replace("&nbsp;", "\u00a0") for row in rows]


def _sample_set() -> Json:
    """One unit with a judged answer to each of the 82 leaves of the sample set for sở."""
    tree = json.loads((settings.BASE_DIR / "fixtures" / "criteria" / "so.json").read_text(encoding="utf-8"))["criteria"]
    dataset = deep("components")
    unit = {"code": "A", "name": "Sở A", "group": "so", "criteria_set": "so", "ranked": True}
    file = {
        "format": "parindex-campaign/1",
        "campaign": {"code": "2026", "title": "Năm thử"},
        "policy": dataset["campaign"]["policy"],
        "grades": [{"code": "x", "label": "Xếp loại"}],
        "criteria_sets": [{"code": "so", "title": "Bộ tiêu chí", "criteria": tree}],
        "groups": [{"code": "so", "title": "Sở"}],
        "units": [unit | {"answers": {leaf["code"]: _judged(leaf) for leaf in _leaves(tree)}}],
    }
    given = json.dumps(file)
    kept = compute(given.encode()).decode()
    run = SimpleNamespace(number=1, campaign_file=given, results_file=kept, input_sha256="")
    material = cast(Material, SimpleNamespace(run=run, file=file, results=json.loads(kept)))
    only = dataset["groups"][0]
    only["units"] = [only["units"][0] | {"code": "A"}]
    add_criteria(dataset, material, tell(material))
    return dataset


def _leaves(nodes: list[Json]) -> list[Json]:
    return [leaf for node in nodes for leaf in (_leaves(node["children"]) if "children" in node else [node])]


def _judged(leaf: Json) -> Json:
    return {"points": leaf["max_points"], "reason": "Chấm theo hồ sơ"}


class TestFiles:
    def test_workbook_and_csv_have_a_row_for_each_leaf_of_each_unit(self) -> None:
        dataset = deep("criteria")
        files = {file.name: file.body for file in export(dataset, DECISION, "ab" * 32, "", "")}
        sheet = openpyxl.load_workbook(io.BytesIO(files["xep-hang.xlsx"]))["Điểm từng tiêu chí"]
        head, *rows = [row for row in sheet.iter_rows(values_only=True) if len([cell for cell in row if cell]) > 1]
        lines = list(csv.DictReader(io.StringIO(files["diem-tieu-chi.csv"].decode("utf-8-sig")), delimiter=";"))
        leaves = {node["code"] for item in dataset["criteria_sets"] for node in item["nodes"] if node["is_leaf"]}
        told = [
            (unit, item) for unit in units_of(dataset).values() for item in unit["criteria"] if item["code"] in leaves
        ]
        assert len(rows) == len(lines) == len(told) > 200
        titles = {node["code"]: node["title"] for node in dataset["criteria_sets"][0]["nodes"]}
        for row, line, (unit, item) in zip(rows, lines, told, strict=True):
            cells = dict(zip(head, row, strict=True))
            assert (cells["Mã đơn vị"], line["Mã tiêu chí"]) == (unit["code"], item["code"])
            assert cells["Lĩnh vực"] == line["Lĩnh vực"] == titles[item["code"].partition(".")[0]] != cells["Tiêu chí"]
            is_out = item["state"] == "not_applicable"
            assert cells["Trạng thái"] == {"not_applicable": "Không áp dụng", "unanswered": "Chưa trả lời"}.get(
                item["state"]
            )
            if is_out:
                assert (cells["Điểm"], line["Điểm"], cells["Điểm tối đa"]) == (None, "", None)
            else:
                assert Decimal(str(cells["Điểm"])) == Decimal(line["Điểm"].replace(",", ".")) == Decimal(item["points"])

    def test_without_criteria_there_is_neither_sheet_nor_file(self) -> None:
        files = {file.name: file.body for file in export(deep("components"), DECISION, "ab" * 32, "", "")}
        assert set(files) == {"xep-hang.xlsx", "xep-hang.csv", "xep-hang.json"}
        assert "Điểm từng tiêu chí" not in openpyxl.load_workbook(io.BytesIO(files["xep-hang.xlsx"])).sheetnames

    def test_nothing_is_told_where_nothing_was_derived(self) -> None:
        assert told_in(deep("criteria")).units["S03"] == []
        assert Told().rules == {}
