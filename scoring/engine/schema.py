"""JSON Schemas (draft 2020-12) of the two files, made from the code: policy values from the types, rules from what each
kind declares, printed numbers from the reader of results.

A schema sees the shape of a file and no more: not whether children add up, codes exist or figures fit their rule, and
it takes 2.0 for a whole number. The engine has the last word; what a schema refuses, the engine refuses too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final, get_args

from scoring.engine.interchange import CAMPAIGN_FORMAT, RESULTS_FORMAT
from scoring.engine.load_policy import ANY_COMPONENT, MOST_DECIMALS, MOST_LEAF_DECIMALS
from scoring.engine.reading import MAX_CODE_LENGTH, MAX_TEXT_LENGTH
from scoring.engine.results_file import DIGEST_PATTERN, INDEX_PATTERN, POINTS_PATTERN
from scoring.engine.rounding import Rounding
from scoring.engine.rules.base import Rule
from scoring.engine.rules.declaration import Parameter, Piece
from scoring.engine.rules.registry import KINDS
from scoring.engine.types import Basis, Exclusion, GradeBasis, Ranking, Role, Source, Weighting

Json = dict[str, Any]

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_MOST: Final = 10**15 - 1
_DIGITS: Final = r"[0-9]{1,15}(\.[0-9]{1,10})?"
_NOUGHT: Final = r"-0{1,15}(\.0{1,10})?"


def campaign_schema() -> Json:
    """The schema of a campaign file."""
    lists = {
        "grades": _list(_ref("grade"), filled=True),
        "gates": _list(_ref("gate")),
        "criteria_sets": _list(_ref("criteria_set")),
        "groups": _list(_ref("group")),
        "units": _list(_ref("unit")),
    }
    properties = {
        "format": {"const": CAMPAIGN_FORMAT},
        "campaign": _object({"code": _ref("code"), "title": _ref("text")}),
        "policy": _policy(),
        **lists,
    }
    return {
        "$schema": _DRAFT,
        "title": "Tệp kỳ đánh giá Chỉ số CCHC",
        **_object(properties, optional=("gates",)),
        "$defs": {**_values(), **_grading(), **_criteria(), **_rules(), **_units()},
    }


def results_schema() -> Json:
    """The schema of a results file."""
    properties = {
        "format": {"const": RESULTS_FORMAT},
        "engine": _ref("text"),
        "input_sha256": {"type": "string", "pattern": f"^{DIGEST_PATTERN}$"},
        "units": _list(_ref("unit")),
        "groups": _list(_ref("group")),
    }
    return {
        "$schema": _DRAFT,
        "title": "Tệp kết quả Chỉ số CCHC",
        **_object(properties),
        "$defs": {
            **{key: value for key, value in _values().items() if key in ("code", "text")},
            "points": {"type": "string", "pattern": f"^{POINTS_PATTERN}$"},
            "index": _or_null({"type": "string", "pattern": f"^{INDEX_PATTERN}$"}),
            "rank": _or_null({"type": "integer", "minimum": 1}),
            "count": {"type": "integer", "minimum": 0},
            "code_or_null": _or_null(_ref("code")),
            "sentence": {"type": "string", "pattern": r"\S"},
            **_printed(),
        },
    }


SCHEMAS: Final[dict[str, Callable[[], Json]]] = {"campaign": campaign_schema, "results": results_schema}
"""Name → what makes the schema; ``docs/schemas`` holds each as ``<name>.json``."""


def render_schema(name: str) -> bytes:
    """A schema as it stands in ``docs/schemas``."""
    return (json.dumps(SCHEMAS[name](), ensure_ascii=False, indent=1) + "\n").encode()


# ── what every object is made of ──────────────────────────────────────────────────────────────────────────────────────


def _object(properties: Json, *, optional: Iterable[str] = ()) -> Json:
    """An object of these keys and no others but x_ keys; all are required but the ``optional``."""
    return {
        "type": "object",
        "properties": properties,
        "required": [key for key in properties if key not in set(optional)],
        "patternProperties": {"^x_": True},
        "additionalProperties": False,
    }


def _list(items: Json, *, filled: bool = False) -> Json:
    return {"type": "array", "items": items, **({"minItems": 1} if filled else {})}


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _or_null(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def _values() -> Json:
    """Codes, texts and the two ways of writing a number: in a string, or as a JSON integer."""
    return {
        "code": {"type": "string", "pattern": r"\S", "maxLength": MAX_CODE_LENGTH},
        "text": {"type": "string", "pattern": r"\S", "maxLength": MAX_TEXT_LENGTH},
        "number": _number(rf"-?{_DIGITS}", -_MOST, _MOST),
        "positive": _number(rf"{_DIGITS}|{_NOUGHT}", 0, _MOST),
    }


def _number(pattern: str, least: int, most: int) -> Json:
    return {
        "anyOf": [
            {"type": "string", "pattern": f"^({pattern})$"},
            {"type": "integer", "minimum": least, "maximum": most},
        ]
    }


def _whole_up_to(most: int) -> Json:
    """A whole number from 0 to ``most`` (at most 10), in either way of writing."""
    numbers = "|".join(str(number) for number in range(most + 1))
    return _number(rf"0{{0,13}}({numbers})(\.0{{1,10}})?|{_NOUGHT}", 0, most)


# ── the campaign file ─────────────────────────────────────────────────────────────────────────────────────────────────


def _policy() -> Json:
    def one_of(values: Any) -> Json:
        return {"enum": list(get_args(values))}

    return _object(
        {
            "decimals": _whole_up_to(int(MOST_DECIMALS)),
            "rounding": one_of(Rounding),
            "leaf_decimals": _or_null(_whole_up_to(int(MOST_LEAF_DECIMALS))),
            "exclusion": one_of(Exclusion),
            "weighting": one_of(Weighting),
            "cap_index": {"type": "boolean"},
            "rank_on": one_of(Basis),
            "ranking": one_of(Ranking),
            "grade_on": one_of(GradeBasis),
            "mean_of": one_of(Basis),
        }
    )


def _grading() -> Json:
    grade = _object(
        {"code": _ref("code"), "label": _ref("text"), "at_least": _ref("positive"), "above": _ref("positive")},
        optional=("label", "at_least", "above"),
    )
    gate = {
        "node": _ref("code"),
        "index_below": _ref("positive"),
        "highest_grade": _ref("code"),
        "reason": _ref("text"),
    }
    return {
        "grade": {**grade, "not": {"required": ["at_least", "above"]}},
        "gate": _object(gate, optional=("reason",)),
        "group": _object(
            {
                "code": _ref("code"),
                "title": _ref("text"),
                "grades": _list(_ref("grade"), filled=True),
                "gates": _list(_ref("gate")),
            },
            optional=("title", "grades", "gates"),
        ),
    }


def _criteria() -> Json:
    """A component may have a weight, another node may not; a parent has children and no role, a leaf has a rule."""
    node = {
        "code": {"allOf": [_ref("code"), {"not": {"const": ANY_COMPONENT}}]},
        "title": _ref("text"),
        "max_points": _ref("positive"),
        "source": {"enum": list(get_args(Source))},
    }
    parent = {"children": _list(_ref("node"), filled=True)}
    leaf = {"role": {"enum": list(get_args(Role))}, "rule": _ref("rule")}
    optional = ("weight", "source", "role")

    def shapes(weight: Json) -> Json:
        own = {**node, "weight": weight}
        return {"oneOf": [_object({**own, **parent}, optional=optional), _object({**own, **leaf}, optional=optional)]}

    return {
        "criteria_set": _object(
            {"code": _ref("code"), "title": _ref("text"), "criteria": _list(_ref("component"), filled=True)},
            optional=("title",),
        ),
        "component": shapes(_or_null(_ref("positive"))),
        "node": shapes({"type": "null"}),
    }


def _rules() -> Json:
    kinds = {f"rule_{name}": _rule(name, kind) for name, kind in KINDS.items()}
    return {"rule": {"oneOf": [_ref(name) for name in kinds]}, **kinds}


def _rule(name: str, kind: type[Rule]) -> Json:
    properties = {"kind": {"const": name}} | {one.key: _parameter(one) for one in kind.parameters}
    optional = [one.key for one in kind.parameters if not one.required]
    return {"title": kind.label, "description": kind.note, **_object(properties, optional=optional)}


def _parameter(parameter: Parameter) -> Json:
    if parameter.is_list:
        return _list(_entry(parameter), filled=True)
    if parameter.type == "choice":
        return {"enum": [value for _, value in parameter.choices]}
    if parameter.type == "flag":
        return {"type": "boolean"}
    if parameter.type == "date":
        return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
    return _ref("number")


def _entry(parameter: Parameter) -> Json:
    """An entry of a list: its key where it has one, and its pieces; of each choice of pieces exactly one."""
    key = {"key": _ref("code")} if parameter.type == "keyed" else {}
    properties = key | {piece.key: _piece(piece) for piece in parameter.pieces}
    always = {*key, *(piece.key for piece in parameter.pieces if not piece.word)}
    always |= {names[0] for names in parameter.one_of if len(names) == 1}
    entry = _object(properties, optional=properties.keys() - always)
    choices = [names for names in parameter.one_of if len(names) > 1]
    if choices:
        entry["allOf"] = [{"oneOf": [{"required": [name]} for name in names]} for names in choices]
    return entry


def _piece(piece: Piece) -> Json:
    return {"text": _ref("text"), "number": _ref("number"), "true": {"const": True}}[piece.type]


def _units() -> Json:
    figure = {"anyOf": [_ref("number"), _ref("code"), {"const": True}, _list(_ref("code")), _ref("counts")]}
    optional = ("ranked", "not_applicable", "grade_override")
    exclusion = {"criterion": _ref("code"), "reason": _ref("text"), "legal_basis": _ref("text")}
    unit = {
        "code": _ref("code"),
        "name": _ref("text"),
        "group": _ref("code"),
        "criteria_set": _ref("code"),
        "ranked": {"type": "boolean"},
        "not_applicable": _list(_object(exclusion, optional=("legal_basis",))),
        "answers": {
            "type": "object",
            "patternProperties": {"^x_": True},
            "additionalProperties": _ref("answer"),
        },
        "grade_override": _or_null(_object({"grade": _ref("code"), "reason": _ref("text")})),
    }
    return {
        "unit": _object(unit, optional=optional),
        "answer": {
            "oneOf": [
                _object({"inputs": _ref("inputs")}),
                _object({"points": _ref("positive"), "reason": _ref("text")}),
                _object({"not_applicable": {"const": True}, "reason": _ref("text")}),
            ]
        },
        "inputs": {"type": "object", "patternProperties": {"^x_": True}, "additionalProperties": figure},
        "counts": {"type": "object", "patternProperties": {"^x_": True}, "additionalProperties": _ref("positive")},
    }


# ── the results file ──────────────────────────────────────────────────────────────────────────────────────────────────


def _printed() -> Json:
    standing = {
        "points": _ref("points"),
        "max_points": _ref("points"),
        "index": _ref("index"),
        "rank": _ref("rank"),
    }
    node = {"code": _ref("code"), **standing, "applicable": {"type": "boolean"}, "steps": _ref("sentence")}
    unit = {
        "code": _ref("code"),
        "group": _ref("code"),
        **standing,
        "grade": _ref("code_or_null"),
        "grade_reason": _ref("sentence"),
        "unanswered": _list(_ref("sentence")),
        "nodes": _list(_ref("node")),
    }
    component = {
        "criteria_set": _ref("code"),
        "code": _ref("code"),
        "mean": _ref("index"),
        "lowest_unit": _ref("code_or_null"),
        "highest_unit": _ref("code_or_null"),
    }
    group = {
        "code": _ref("code"),
        "count": _ref("count"),
        "ranked": _ref("count"),
        "mean": _ref("index"),
        "highest": _ref("index"),
        "lowest": _ref("index"),
        "above_mean": _ref("count"),
        "grades": {"type": "object", "additionalProperties": _ref("count")},
        "components": _list(_ref("component")),
    }
    return {"unit": _object(unit), "node": _object(node), "group": _object(group), "component": _object(component)}
