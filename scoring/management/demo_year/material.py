"""What the fixtures of the demo's year say, typed."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from scoring.services.evidence import Details
from scoring.services.values import Content

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
YEAR = FIXTURES / "demo" / "year"


@dataclass(frozen=True)
class Person:
    """One invented person; `unit` is a code ("51" the province itself), `components` narrow an appraiser."""

    username: str
    full_name: str
    role: str
    unit: str
    components: tuple[str, ...]


@dataclass(frozen=True)
class UnitStory:
    """What one unit and those who judge it say; contents by code of the leaf. `stand` is how far its dossier came:
    submitted, at_head, draft, not_started."""

    code: str
    criteria_set: str
    stand: str
    declared: dict[str, Content]
    appraised: dict[str, Content]
    entered: dict[str, Content]


@dataclass(frozen=True)
class Document:
    """One document of a unit; `uses` are pairs of leaf code and pages."""

    file: Path
    unit: str
    details: Details
    uses: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OutOfScope:
    """A node that does not apply to a unit."""

    unit: str
    criterion: str
    reason: str
    legal_basis: str


def people() -> list[Person]:
    rows = _read("people.json")["people"]
    return [
        Person(row["username"], row["full_name"], row["role"], row["unit"], tuple(row["components"])) for row in rows
    ]


def conflicts() -> list[dict[str, str]]:
    """Declared conflicts of interest: keys username, unit, reason."""
    found: list[dict[str, str]] = _read("people.json")["conflicts"]
    return found


def stories() -> list[UnitStory]:
    return [
        UnitStory(
            code=code,
            criteria_set=told["criteria_set"],
            stand=told["submission"],
            declared=_contents(told["declared"]),
            appraised=_contents(told["appraised"]),
            entered=_contents(told["entered"]),
        )
        for code, told in _read("answers.json")["units"].items()
    ]


def out_of_scope() -> list[OutOfScope]:
    return [OutOfScope(**row) for row in _read("answers.json")["exclusions"]]


def documents() -> Iterator[Document]:
    return _documents("documents.json", "evidence")


def documents_of_last_year() -> Iterator[Document]:
    return _documents("last_year.json", "evidence_2025")


def _documents(told: str, folder: str) -> Iterator[Document]:
    for row in _read(told)["documents"]:
        yield Document(
            file=YEAR / folder / row["file"],
            unit=row["unit"],
            details=Details(
                row["number"], datetime.date.fromisoformat(row["issued_on"]), row["issuer"], row["abstract"]
            ),
            uses=tuple((use["criterion"], use["pages"]) for use in row["uses"]),
        )


def _contents(answers: dict[str, dict[str, Any]]) -> dict[str, Content]:
    return {code: _content(answer) for code, answer in answers.items()}


def _content(answer: dict[str, Any]) -> Content:
    """An answer of a campaign file, with the words beside it."""
    return Content(
        inputs=answer.get("inputs"),
        points=Decimal(answer["points"]) if "points" in answer else None,
        not_applicable=answer.get("not_applicable", False),
        reason=answer.get("reason", ""),
        legal_basis=answer.get("legal_basis", ""),
        note=answer.get("note", ""),
    )


def _read(name: str) -> Any:
    return json.loads((YEAR / name).read_text(encoding="utf-8"))
