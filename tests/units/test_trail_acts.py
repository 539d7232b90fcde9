"""Every act that the portal records has its words: history pages and their filters show no names of code."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator

from reports.workflow import TRANSITIONS as OF_PUBLICATIONS
from scoring.workflow.table import TRANSITIONS as OF_YEARS
from tests.architecture.tree import modules, name, parsed
from units.trail import ACTS

# Where the action is made up from parts, by module and the text of the expression: what it can come to.
MADE_UP = {
    ("scoring/services/transitions.py", "transition.action"): {item.action for item in OF_YEARS},
    ("reports/services/transitions.py", "transition.action"): {item.action for item in OF_PUBLICATIONS},
    ("units/admin/site.py", "f\"units.{('change' if change else 'add')}_{obj._meta.model_name}\""): {
        f"units.{act}_{kind}"
        for act in ("add", "change")
        for kind in ("unit", "unitsuccession", "organiser", "user", "membership")
    },
    ("units/admin/exchange.py", "f\"units.{('add' if change.is_new else 'change')}_{kind}\""): {
        f"units.{act}_{kind}" for act in ("add", "change") for kind in ("unit", "unitsuccession", "organiser")
    },
}
TELL = "_tell"  # how a module calls its own short form of `record`


def recorded(path, tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """(place, expression of the action) of every call that writes to the trail."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("trail.record", "trail.record_many"):
            yield f"{name(path)}:{node.lineno}", node.args[0]


def found_in(path) -> Iterator[tuple[str, str]]:
    tree = parsed(path)
    module = importlib.import_module(name(path).removesuffix(".py").replace("/", "."))
    for place, action in recorded(path, tree):
        text = ast.unparse(action)
        if isinstance(action, ast.Constant):
            yield place, action.value
        elif (name(path), text) in MADE_UP:
            yield from ((place, item) for item in MADE_UP[name(path), text])
        elif isinstance(getattr(module, text, None), str):
            yield place, getattr(module, text)
        elif text in ("action", "f'scoring.{name}'"):  # a short form of the module's own: what it is called with
            yield from _told(module, tree, place, prefix="scoring." if "name" in text else "")
        else:
            yield place, f"{text}: not understood"


def _told(module, tree: ast.Module, place: str, prefix: str) -> Iterator[tuple[str, str]]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == TELL]
    assert calls, place
    for call in calls:
        if prefix:
            yield place, prefix + next(arg.value for arg in call.args if isinstance(arg, ast.Constant))
        else:
            first = call.args[0]
            yield place, first.value if isinstance(first, ast.Constant) else getattr(module, ast.unparse(first), "?")


def test_every_act_that_is_recorded_has_its_words() -> None:
    found = [
        pair
        for path in modules("units", "scoring", "reports")
        for pair in found_in(path)
        if "/trail/" not in name(path)
    ]
    assert len(found) > 90
    assert [f"{place}: {action}" for place, action in found if action not in ACTS] == []


def test_no_words_stand_for_an_act_that_nobody_records() -> None:
    found = {action for path in modules("units", "scoring", "reports") for _, action in found_in(path)}
    assert sorted(set(ACTS) - found) == []


def test_words_are_sentences_of_their_own() -> None:
    assert [words for words in ACTS.values() if not words[0].isupper() or words.endswith(".")] == []
