"""What is installed is what is written down, to the last digit, and Django talks through psycopg2."""

from __future__ import annotations

import importlib.util
import re
import tomllib

import pytest
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from tests.architecture.tree import ROOT

PIN = re.compile(r"^([a-z0-9][a-z0-9-]*)==[0-9][0-9A-Za-z.]*$")


def lines(file: str) -> list[str]:
    return [
        line for line in (ROOT / file).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]


def pinned(file: str) -> list[str]:
    return [PIN.match(line)[1] for line in lines(file) if not line.startswith("-r ")]


def wanted(file: str) -> set[str]:
    names = (re.split(r"[\[<>=;\s]", line)[0] for line in lines(file) if not line.startswith("-r "))
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_library_is_pinned_and_no_address_is_named(file: str) -> None:
    odd = [line for line in lines(file) if not PIN.match(line) and line != "-r requirements.txt"]
    assert odd == []


def test_tests_run_on_exactly_the_libraries_of_production() -> None:
    assert lines("requirements-dev.txt")[0] == "-r requirements.txt"
    assert set(pinned("requirements.txt")) & set(pinned("requirements-dev.txt")) == set()


def test_what_was_asked_for_is_in_the_locks() -> None:
    assert wanted("requirements.in") <= set(pinned("requirements.txt"))
    assert wanted("requirements-dev.in") <= set(pinned("requirements-dev.txt")) | set(pinned("requirements.txt"))


def test_django_talks_to_postgresql_through_psycopg2() -> None:
    assert importlib.util.find_spec("psycopg") is None
    assert importlib.util.find_spec("psycopg2") is not None
    assert is_psycopg3 is False


def test_tools_and_interpreter_agree_on_the_oldest_python() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["project"]["requires-python"] == ">=3.11"
    assert settings["tool"]["ruff"]["target-version"] == "py311"
    assert "OLDEST_GOOD=11" in (ROOT / "deploy" / "bootstrap.sh").read_text(encoding="utf-8")
