"""The demo's year in mid-course (``fixtures/demo/year``): invented, whole, and such that the portal takes all of it."""

from __future__ import annotations

import csv
import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from django.core.files import File
from pypdf import PdfReader

from scoring.engine.compute import compute
from scoring.enums import EvidenceKind
from scoring.files.evidence_check import check
from tests.engine.campaigns import Json, campaign
from units.enums import Role

pytestmark = pytest.mark.any_database

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
YEAR = FIXTURES / "demo" / "year"
STAGES = ("declared", "appraised", "reappraised", "council")
LEAD_DEPARTMENTS = {"SNV", "STP", "VPUB", "STC", "SKHCN"}


def read(path: Path) -> Json:
    parsed: Json = json.loads(path.read_text(encoding="utf-8"))
    return parsed


ANSWERS = read(YEAR / "answers.json")
PEOPLE = read(YEAR / "people.json")["people"]
DOCUMENTS = read(YEAR / "documents.json")["documents"]
SETS = {code: read(FIXTURES / "criteria" / f"{code}.json") for code in ("so", "xa")}


def leaves(nodes: list[Json]) -> Iterator[Json]:
    for node in nodes:
        if "children" in node:
            yield from leaves(node["children"])
        else:
            yield node


SOURCES = {code: {leaf["code"]: leaf["source"] for leaf in leaves(SETS[code]["criteria"])} for code in SETS}


def known_units() -> set[str]:
    departments = json.loads((FIXTURES / "demo" / "departments.json").read_text(encoding="utf-8"))
    with (FIXTURES / "units" / "vn_admin_units_2026-04-30.csv").open(encoding="utf-8-sig", newline="") as file:
        communes = {row["unit_code"] for row in csv.DictReader(file) if row["province_code"] == "51"}
    return {entry["code"] for entry in departments} | communes


def answer_of_a_campaign_file(answer: Json) -> Json:
    """Without what a campaign file does not carry: the unit's note, the reason beside figures, the legal basis."""
    if "inputs" in answer:
        return {"inputs": answer["inputs"]}
    return {key: answer[key] for key in ("points", "not_applicable", "reason") if key in answer}


def computed(*stages: str) -> dict[str, Json]:
    """Results by unit, the last of `stages` that says something being in force."""
    units = []
    for code, said in ANSWERS["units"].items():
        in_force: Json = {}
        for stage in (*stages, "entered"):
            in_force |= {leaf: answer_of_a_campaign_file(answer) for leaf, answer in said[stage].items()}
        mine = [entry for entry in ANSWERS["exclusions"] if entry["unit"] == code]
        excluded = [{key: entry[key] for key in ("criterion", "reason", "legal_basis")} for entry in mine]
        belongs = {"group": said["criteria_set"], "criteria_set": said["criteria_set"]}
        units.append({"code": code, "name": code, **belongs, "answers": in_force, "not_applicable": excluded})
    sets = [{key: found[key] for key in ("code", "title", "criteria")} for found in SETS.values()]
    groups = [{"code": code, "title": code} for code in SETS]
    content = campaign([], units, criteria_sets=sets, groups=groups)
    results = json.loads(compute(json.dumps(content, ensure_ascii=False).encode()))
    return {unit["code"]: unit for unit in results["units"]}


# ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_department_and_twelve_communes_take_part() -> None:
    codes = Counter(said["criteria_set"] for said in ANSWERS["units"].values())

    assert codes == {"so": 15, "xa": 12}
    assert set(ANSWERS["units"]) <= known_units()


@pytest.mark.parametrize("last", range(1, len(STAGES) + 1))
def test_the_engine_takes_the_answers_of_every_stage(last: int) -> None:
    results = computed(*STAGES[:last])

    assert len(results) == 27


def test_a_later_stage_never_gives_more_than_the_unit_claimed_for_itself() -> None:
    declared, final = computed("declared"), computed(*STAGES)
    claimed = {
        unit
        for unit, said in ANSWERS["units"].items()
        if any(answer.get("not_applicable") for answer in said["declared"].values())
    }
    risen = {
        unit
        for unit in declared
        if unit not in claimed and Decimal(final[unit]["points"]) > Decimal(declared[unit]["points"])
    }

    assert risen == set()


def test_units_declare_only_what_is_theirs_and_the_coordinator_enters_only_the_rest() -> None:
    wrong = [
        (unit, stage, leaf)
        for unit, said in ANSWERS["units"].items()
        for stage in (*STAGES, "explained", "entered")
        for leaf in said[stage]
        if (SOURCES[said["criteria_set"]][leaf] == "self") == (stage == "entered")
    ]

    assert wrong == []


def test_there_are_answers_gaps_claims_notes_and_disputes() -> None:
    said = list(ANSWERS["units"].values())
    declared = [answer for unit in said for answer in unit["declared"].values()]
    complete = [unit for unit in said if unit["submission"] == "submitted"]
    own = {code: sum(source == "self" for source in SOURCES[code].values()) for code in SOURCES}
    verdicts = [
        unit["appraised"][leaf]
        for unit in said
        for leaf, answer in unit["declared"].items()
        if answer.get("not_applicable")
    ]

    assert len(declared) > 1000
    assert any(len(unit["declared"]) < own[unit["criteria_set"]] for unit in complete)
    assert {"not_applicable" in verdict for verdict in verdicts} == {True, False}
    assert sum("note" in answer for answer in declared) > 50
    assert sum(len(unit["appraised"]) for unit in said) > 80
    assert sum(len(unit["explained"]) for unit in said) > 40
    assert {unit["submission"] for unit in said} == {"submitted", "at_head", "draft", "not_started"}


def test_every_difference_of_a_later_stage_has_its_reason() -> None:
    silent = [
        (unit, stage, leaf)
        for unit, said in ANSWERS["units"].items()
        for stage in STAGES[1:]
        for leaf, answer in said[stage].items()
        if not answer.get("reason", "").strip()
    ]

    assert silent == []


def test_the_answers_are_what_their_generator_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = generator_of_answers(monkeypatch)
    monkeypatch.setattr(generator, "TARGET", tmp_path / "answers.json")

    generator.main()

    assert (tmp_path / "answers.json").read_bytes() == (YEAR / "answers.json").read_bytes()


def generator_of_answers(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`make_answers.py` as a module; it finds its neighbours the way a script does."""
    monkeypatch.syspath_prepend(str(YEAR))
    for neighbour in ("figures", "wording"):
        monkeypatch.delitem(sys.modules, neighbour, raising=False)
    spec = importlib.util.spec_from_file_location("make_answers", YEAR / "make_answers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for neighbour in ("figures", "wording"):
        monkeypatch.delitem(sys.modules, neighbour)
    return module


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_unit_of_the_year_has_staff_and_one_head() -> None:
    for unit in ANSWERS["units"]:
        roles = Counter(person["role"] for person in PEOPLE if person["unit"] == unit)
        assert roles[Role.UNIT_HEAD] == 1, unit
        assert roles[Role.UNIT_STAFF] >= 1, unit


def test_nobody_is_there_twice_and_every_role_has_somebody() -> None:
    assert max(Counter(person["username"] for person in PEOPLE).values()) == 1
    assert max(Counter(person["full_name"] for person in PEOPLE).values()) == 1
    assert {person["role"] for person in PEOPLE} == set(Role)
    assert {person["unit"] for person in PEOPLE} <= known_units() | {"51"}


def test_what_a_first_person_enters_or_drafts_a_second_can_confirm() -> None:
    roles = Counter(person["role"] for person in PEOPLE)

    assert roles[Role.COORDINATOR] == 2
    assert roles[Role.COUNCIL] == 3
    assert roles[Role.APPRAISER] == 8


def test_every_component_that_units_declare_has_an_appraiser_of_its_lead_department_and_one_from_elsewhere() -> None:
    appraisers = [person for person in PEOPLE if person["role"] == Role.APPRAISER]

    for component in "1234567":
        at = {person["unit"] for person in appraisers if component in person["components"]}
        assert at & LEAD_DEPARTMENTS, component
        assert at - LEAD_DEPARTMENTS, component


# ── documents ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_folder_holds_exactly_the_files_that_the_list_names_and_stays_small() -> None:
    files = list((YEAR / "evidence").iterdir())

    assert {path.name for path in files} == {entry["file"] for entry in DOCUMENTS}
    assert 40 <= len(files) <= 60
    assert sum(path.stat().st_size for path in files) < 2_500_000


@pytest.mark.parametrize("name", sorted({entry["file"] for entry in DOCUMENTS}))
def test_the_portal_takes_a_file_as_it_would_take_anybodys(name: str) -> None:
    with (YEAR / "evidence" / name).open("rb") as file:
        checked = check(File(file), name)

    assert checked.name == name
    assert checked.size < 60 * 1024


def test_every_kind_of_file_that_the_portal_takes_is_there() -> None:
    assert {Path(entry["file"]).suffix[1:] for entry in DOCUMENTS} == set(EvidenceKind)


def test_a_pdf_says_that_it_is_invented_and_has_the_pages_that_are_cited() -> None:
    for entry in DOCUMENTS:
        if entry["file"].endswith(".pdf"):
            pages = PdfReader(YEAR / "evidence" / entry["file"]).pages
            assert all("DỮ LIỆU MINH HỌA" in page.extract_text() for page in pages), entry["file"]
            cited = [int(use["pages"][-1]) for use in entry["uses"] if use["pages"]]
            assert max(cited) <= len(pages), entry["file"]


def test_a_document_stands_for_leaves_that_its_unit_declares_and_names_what_it_is() -> None:
    for entry in DOCUMENTS:
        sources = SOURCES[ANSWERS["units"][entry["unit"]]["criteria_set"]]
        assert entry["uses"], entry["file"]
        assert {sources[use["criterion"]] for use in entry["uses"]} == {"self"}, entry["file"]
        assert entry["abstract"], entry["file"]
        assert entry["issuer"], entry["file"]
        assert entry["issued_on"].startswith("2026-"), entry["file"]


def test_only_one_file_is_handed_in_by_two_units() -> None:
    bytes_of = {entry["file"]: (YEAR / "evidence" / entry["file"]).read_bytes() for entry in DOCUMENTS}
    twice = [name for name, times in Counter(entry["file"] for entry in DOCUMENTS).items() if times > 1]

    assert len(set(bytes_of.values())) == len(bytes_of)
    assert twice == ["ubnd-tinh-ke-hoach-cchc-2026.pdf"]
