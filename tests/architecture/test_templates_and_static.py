"""Pages keep the strict content security policy by construction and need nothing from any other machine."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, files, name

BANNED_MARKUP = {
    "inline style": r"<[^>]*\sstyle\s*=",
    "style element": r"<style\b",
    "inline script": r"<script(?![^>]*\ssrc\s*=)[^>]*>",
    "event handler": r"<[^>]*\son[a-z]+\s*=",
    "javascript address": r"javascript:",
    "unescaped text": r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b",
}
# Names of XML vocabularies look like addresses but are never fetched.
NAMESPACE = re.compile(r"http://www\.w3\.org/[\w/#.-]*")
ELSEWHERE = re.compile(r"""https?://[\w.-]+|(?:src|href|action|content)\s*=\s*["']//|url\(\s*["']?//|@import""")
VENDORED = [ROOT / "static" / "vendor", ROOT / "tests" / "browser" / "vendor"]


def findings(pattern: re.Pattern[str], paths, clean=lambda text: text) -> list[str]:
    found = []
    for path in paths:
        text = clean(path.read_text(encoding="utf-8"))
        found += [f"{name(path)}:{text.count(chr(10), 0, hit.start()) + 1}: {hit[0]}" for hit in pattern.finditer(text)]
    return found


@pytest.mark.parametrize("kind", BANNED_MARKUP)
def test_templates_hold_nothing_that_the_policy_forbids(kind: str) -> None:
    assert (
        findings(re.compile(BANNED_MARKUP[kind], re.IGNORECASE), files("templates", suffixes={".html", ".svg"})) == []
    )


@pytest.mark.parametrize(
    ("kind", "markup"),
    [
        ("inline style", '<p class="a"\n style="color:red">'),
        ("style element", "<style>"),
        ("inline script", '<script type="module">alert(1)</script>'),
        ("event handler", '<a href="/" onclick="go()">'),
        ("javascript address", '<a href="javascript:void(0)">'),
        ("unescaped text", "{{ text | safe }}"),
    ],
)
def test_the_markup_rules_notice(kind: str, markup: str) -> None:
    assert re.search(BANNED_MARKUP[kind], markup, re.IGNORECASE)
    assert not re.search(BANNED_MARKUP[kind], '<script src="/a.js" defer></script><p class="style">on = 1</p>')


def test_pictures_carry_no_script_and_no_style() -> None:
    pattern = re.compile(r"<script|<style|\sstyle\s*=|\son[a-z]+\s*=|<foreignObject", re.IGNORECASE)
    assert findings(pattern, files("static", suffixes={".svg"})) == []


def test_pages_styles_and_scripts_fetch_nothing_from_another_host() -> None:
    paths = [
        *files("templates", suffixes={".html", ".svg", ".txt"}),
        *files("static", suffixes={".css", ".js", ".svg"}),
    ]
    assert findings(ELSEWHERE, paths, clean=lambda text: NAMESPACE.sub("", text)) == []


def test_vendored_styles_fetch_nothing_from_another_host() -> None:
    pattern = re.compile(r"""url\(\s*["']?(?:https?:)?//|@import""")
    paths = (ROOT / "static" / "vendor").rglob("*.css")
    assert findings(pattern, paths, clean=lambda text: NAMESPACE.sub("", text)) == []


@pytest.mark.parametrize("folder", VENDORED, ids=name)
def test_vendored_files_are_the_listed_ones_byte_for_byte(folder: Path) -> None:
    """`VENDOR.txt`: one line a file, `sha256  path  package@version licence`."""
    listed = {}
    for line in (folder / "VENDOR.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            digest, path, _origin = line.split(maxsplit=2)
            listed[path] = digest
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "VENDOR.txt"
    }
    assert found == listed
