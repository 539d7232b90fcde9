"""Bytes that are no campaign file, by accident or on purpose: a sentence, never a traceback."""

import inspect
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine import strict_json
from scoring.engine.compute import compute
from scoring.engine.errors import CampaignFaults
from tests.engine.campaigns import campaign, faults, leaf, spell, unit
from tests.engine.rules.declared import ORDINARY

FILE = spell(campaign([leaf("1")], [unit("A")]))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "không phải JSON đúng cú pháp ở dòng 1, cột 1"),
        (b"{", "không phải JSON đúng cú pháp"),
        (FILE + b"}", "không phải JSON đúng cú pháp"),
        (FILE.replace(b"{", b"{,", 1), "không phải JSON đúng cú pháp"),
        (b"\xef\xbb\xbf" + FILE, "có dấu BOM"),
        (FILE.decode().encode("utf-16"), "không phải UTF-8"),
        (FILE.replace("Tiêu".encode(), b"Ti\xeau"), "không phải UTF-8 (từ byte thứ"),
        (b"[" * 100_000, "lồng nhau quá 200 tầng"),
        (b'{"a":' * 100_000, "lồng nhau quá 200 tầng"),
        (b"[]", "phải là một đối tượng {…}, không phải một danh sách […]"),
        (b"1.5", "viết có dấu chấm hoặc số mũ"),
        (b"null", "phải là một đối tượng {…}, không phải null"),
        (b'"\x00"', "không phải JSON đúng cú pháp"),
        # Searched anew from each of its quotes, this would take hours.
        (b'{"a":"' + b'\\"' * 500_000, "không phải JSON đúng cú pháp"),
    ],
    ids=[
        "nothing",
        "cut off",
        "too much",
        "a stray comma",
        "a byte order mark",
        "UTF-16",
        "Latin-1",
        "deep lists",
        "deep objects",
        "a list",
        "a float",
        "null",
        "a control character",
        "a string of quotes that never ends",
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(data: bytes, said: str) -> None:
    (sentence,) = faults(data)
    assert sentence.startswith("Tệp: ")
    assert said in sentence


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b'"decimals": 2', b'"decimals": 2.0', "policy → decimals: số “2.0” viết có dấu chấm hoặc số mũ"),
        (b'"decimals": 2', b'"decimals": 2e0', "policy → decimals: số “2e0” viết có dấu chấm hoặc số mũ"),
        (b'"decimals": 2', b'"decimals": NaN', "policy → decimals: NaN không phải là số"),
        (b'"decimals": 2', b'"decimals": -Infinity', "policy → decimals: -Infinity không phải là số"),
        (b'"decimals": 2', b'"decimals": ' + b"9" * 9999, "policy → decimals: số nguyên có 9999 chữ số"),
        (b'"decimals": 2', b'"decimals": 2, "decimals": 2', "policy: khóa “decimals” lặp lại"),
        (b'"decimals": 2', b'"decimals": 2, "x_a": [1.5]', "policy → x_a[0]: số “1.5” viết có dấu chấm"),
        (b'"decimals": 2', b'"decimals": 2, "x_a": {"b": 1, "b": 1}', "policy → x_a: khóa “b” lặp lại"),
        ("Đơn vị A".encode(), b"A\\u0000", "units[0] “A” → name: có ký tự NUL"),
        ("Đơn vị A".encode(), b"A\\ud800", "units[0] “A” → name: có nửa ký tự Unicode"),
        (b'"decimals": 2', b'"decimals": 2, "x_\\udfff": 1', "policy: khóa “x_\\udfff”: có nửa ký tự Unicode"),
    ],
)
def test_what_json_leaves_open_is_refused_at_its_place(old: bytes, new: bytes, sentence: str) -> None:
    assert FILE.count(old) == 1
    (said,) = faults(FILE.replace(old, new))
    assert said.startswith(sentence)


def test_a_number_with_a_point_in_place_of_an_object_is_told_once() -> None:
    (said,) = faults(FILE.replace(b'"grades": [', b'"grades": [1.5, '))
    assert said.startswith("grades[0]: số “1.5” viết có dấu chấm")


def test_a_file_that_is_read_deep_inside_another_program_is_refused_in_a_sentence_too() -> None:
    def below(frames: int) -> list[str]:
        return below(frames - 1) if frames else faults(b"[" * 200 + b"]" * 200)

    (said,) = below(sys.getrecursionlimit() - len(inspect.stack(0)) - 100)
    assert said.startswith("Tệp: các dấu ngoặc lồng nhau quá nhiều tầng")


def test_an_escaped_pair_of_surrogates_is_one_ordinary_character() -> None:
    assert compute(FILE.replace("Đơn vị A".encode(), b"\\ud83c\\udfdb"))


def test_a_file_above_the_limit_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_json, "MAX_BYTES", 1024 * 1024)
    (sentence,) = faults(b" " * (1024 * 1024 + 1))
    assert "lớn hơn 1 MB" in sentence


def test_a_very_long_text_is_refused_without_being_repeated() -> None:
    for place in ("name", "code"):
        file = campaign([leaf("1")], [{**unit("A"), place: "x" * 5_000_000}])
        assert all(len(sentence) < 1000 for sentence in faults(file))


def test_control_characters_of_a_code_are_spelt_out_so_that_a_fault_stays_one_line() -> None:
    (sentence,) = faults(campaign([leaf("1")], [unit("A\nB\u202e", group="?")]))
    assert sentence.startswith("units[0] “A\\u000aB\\u202e” → group: ")
    assert "\n" not in sentence


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["1", "0.5", "any", "so", "1.1", "a", "a / 0", "a > M", "2026-12-15"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def paths(value: object, path: tuple = ()) -> list[tuple]:
    """Every position inside a JSON value."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += paths(item, (*path, key))
    return found


RICH = campaign(
    [
        leaf("1", "1", {"kind": "options", "options": [{"key": "a", "label": "A", "share": "1"}]}),
        leaf("2", "1", {"kind": "checklist", "items": [{"key": "a", "label": "A", "points": "1"}]}),
        leaf("3", "1", {"kind": "ratio", "floor": "0.5", "when_empty": "full", "allow_over": True, "inverse": False}),
        leaf("4", "1", {"kind": "bands", "of": "value", "bands": [{"at_least": "1", "share": "1"}]}),
        leaf("5", "1", {"kind": "manual", "step": "0.5"}, weight="1"),
        leaf("6", "1", {"kind": "survey", "scale_min": 1, "scale_max": 5, "min_responses": 3, "when_few": "zero"}),
        leaf("7", "1", {"kind": "indicator", "of": "100"}, source="outcome", role="bonus"),
        *(
            leaf(kind, "2", {"kind": kind, **ORDINARY[kind]})
            for kind in ("per_item", "deduction", "lateness", "formula")
        ),
    ],
    [
        unit(
            "A",
            {
                "1": {"inputs": {"choice": "a"}},
                "2": {"inputs": {"checked": ["a"]}},
                "3": {"inputs": {"numerator": 1, "denominator": 2}},
                "4": {"inputs": {"value": "1"}},
                "5": {"points": "1", "reason": "x"},
                "6": {"inputs": {"mean": 3, "responses": 9}},
                "7": {"not_applicable": True, "reason": "x"},
                "per_item": {"inputs": {"count": 3}},
                "deduction": {"inputs": {"counts": {"cham": 3}}},
                "lateness": {"inputs": {"date": "2026-12-18"}},
                "formula": {"inputs": {"a": 10, "b": 9}},
            },
            not_applicable=[{"criterion": "1", "reason": "x", "legal_basis": "y"}],
            grade_override={"grade": "tot", "reason": "x"},
        )
    ],
    gates=[{"node": "any", "index_below": "50", "highest_grade": "kha", "reason": "x"}],
)
RICH_PATHS = paths(RICH)


@given(path=st.sampled_from(RICH_PATHS), value=ANYTHING)
def test_whatever_stands_at_any_place_is_computed_or_refused_in_sentences(path: tuple, value: object) -> None:
    file = json.loads(json.dumps(RICH))
    place = file
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    try:
        told = [json.loads(compute(json.dumps(file).encode()))["format"]]
    except CampaignFaults as refusal:
        told = [str(fault) for fault in refusal.faults if fault.place and fault.message]
    assert told
    assert all("\n" not in sentence for sentence in told)


@given(st.binary(max_size=200))
def test_whatever_bytes_come_they_are_refused_in_sentences(data: bytes) -> None:
    with pytest.raises(CampaignFaults):
        compute(data)
