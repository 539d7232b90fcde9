"""Sentences that the libraries may say, as their own code names them, and what our catalogue makes of them.

No gettext program is needed: Python is read as a tree, templates through Django's own `templatize`. A sentence is named
as the compiled catalogue names it: the msgid; ("msgid", 0) with a plural; "context\x04msgid" with a context.
"""

from __future__ import annotations

import ast
import gettext
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

FOLDER = Path(__file__).parents[1] / "locale" / "vi" / "LC_MESSAGES"
Sentence = str | tuple[str, int]

# Folders of a library that no page of ours can reach.
USED: dict[str, tuple[str, ...]] = {
    "allauth": ("headless", "idp", "usersessions", "templates/idp", "templates/usersessions", "templates/tests"),
    "axes": (),
    "import_export": (),
    "django.contrib.admin": ("templates/admin/auth", "templates/registration"),
}
PROVIDERS_USED = ("base", "oauth2", "openid_connect")

PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
_TEXT = r"(u'(?:[^'\\]|\\.)*'|u\"(?:[^\"\\]|\\.)*\")"
IN_TEMPLATE = re.compile(rf"(?<![a-z])(gettext|ngettext|pgettext|npgettext)\({_TEXT}(?:, *{_TEXT})?")
PO_FIELD = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr)(?:\[0\])?\s+(".*")$')


def sentences_of(package: str) -> set[Sentence]:
    """Every sentence in the code and the templates of a library that can reach our pages."""
    found: set[Sentence] = set()
    for path in _files_of(package):
        text = path.read_text(encoding="utf-8")
        found |= set(_in_python(text) if path.suffix == ".py" else _in_template(text))
    return found


def _files_of(package: str) -> Iterator[Path]:
    spec = importlib.util.find_spec(package)
    folder = Path(str(spec and spec.origin)).parent
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.html"), *folder.rglob("*.txt")]):
        place = path.relative_to(folder).as_posix()
        provider = re.match(r"socialaccount/providers/(\w+)/", place)
        is_unused = any(place.startswith(f"{part}/") for part in USED[package]) or "/tests/" in f"/{place}"
        if not is_unused and (provider is None or provider[1] in PROVIDERS_USED):
            yield path


def _in_python(text: str) -> Iterator[Sentence]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if name in PLAIN and texts and isinstance(texts[0], str):
                yield texts[0]
            elif name in PLURAL and texts:
                yield (str(texts[0]), 0)
            elif name in CONTEXT and texts:
                yield f"{texts[0]}\x04{texts[1]}"


def _in_template(text: str) -> Iterator[Sentence]:
    if "trans" not in text:
        return
    for name, *literals in IN_TEMPLATE.findall(templatize(text)):
        first, second = (ast.literal_eval(literal) if literal else "" for literal in literals)
        yield {"gettext": first, "ngettext": (first, 0), "pgettext": f"{first}\x04{second}"}[name]


def compiled() -> dict[Sentence, str]:
    """What the portal reads: the .mo."""
    with (FOLDER / "django.mo").open("rb") as file:
        return dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]


def said_by_django() -> set[Sentence]:
    """What Django's own catalogue of the back office, and of forms, says in Vietnamese."""
    found: set[Sentence] = set()
    for package in ("django.contrib.admin", "django.conf"):
        spec = importlib.util.find_spec(package)
        folder = Path(str(spec and spec.origin)).parent / "locale" / "vi" / "LC_MESSAGES"
        with (folder / "django.mo").open("rb") as file:
            catalog = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        found |= {sentence for sentence, said in catalog.items() if said}
    return found


def written() -> dict[Sentence, str]:
    """What people write: the .po, its entries named as in the .mo."""
    said: dict[Sentence, str] = {}
    for block in (FOLDER / "django.po").read_text(encoding="utf-8").split("\n\n"):
        parts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if start := PO_FIELD.match(line):
                name, parts[start[1]] = start[1], ast.literal_eval(start[2])
            elif line.startswith('"'):
                parts[name] += ast.literal_eval(line)
        key: Sentence = f"{parts['msgctxt']}\x04{parts['msgid']}" if "msgctxt" in parts else parts["msgid"]
        said[(parts["msgid"], 0) if "msgid_plural" in parts else key] = parts["msgstr"]
    return said
