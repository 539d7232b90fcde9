"""What people have written about a unit is in no published byte, and no published sentence is cut up to keep it so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from reports.exporters.opendata import derivations
from reports.models import Publication
from reports.services.freezing import draft
from reports.services.transitions import perform
from scoring.engine.compute import compute
from scoring.enums import Phase
from scoring.models import CouncilSession, Exclusion, ExplanationItem, Participant, Submission, Value
from scoring.services.calculation import calculate
from tests.reports.publishing import DECISION, public_bytes, release
from tests.reports.unpacking import unpacked
from tests.year import Year, build_year
from units.models import User

PRIVATE = {
    User: ("full_name", "username", "email"),
    Value: ("reason", "legal_basis", "note"),
    Exclusion: ("reason", "legal_basis"),
    ExplanationItem: ("text",),
    Submission: ("returned_note", "extension_reason", "resolution_reason"),
    CouncilSession: ("chair", "attendees", "minutes"),
}
"""Where people write freely about a unit, or are named."""

COMMON = ("0", "1", "điểm", "Khá", "%", "Chấm", "mức")
"""Reasons as hasty people give them; each is a piece of published sentences."""


def sentinels(year: Year) -> list[str]:
    """Fill every private field of the year with a word of its own; return the words."""
    exclusion = {"campaign": year.campaign, "participant": year.a, "criterion": year.leaves["1.1"]}
    signed = {"entered_by": year["c"], "confirmed_by": year["c2"], "confirmed_at": timezone.now()}
    Exclusion.objects.create(**exclusion, **signed, reason="r", legal_basis="c")
    held = {"held_on": timezone.now(), "author": year["h"], "chair": "c", "minutes": "m"}
    CouncilSession.objects.create(campaign=year.campaign, **held)
    override = {"grade": year.campaign.grades[0]["code"], "reason": "linhcanh-hoidong"}
    Participant.objects.filter(pk=year.b.pk).update(grade_override=override)
    words = ["linhcanh-hoidong"]
    for model, fields in PRIVATE.items():
        for row in model._base_manager.all():
            made = {field: f"linhcanh-{model.__name__}-{field}-{row.pk}".lower() for field in fields}
            model._base_manager.filter(pk=row.pk).update(**made)
            words += made.values()
    return words


def drafted(year: Year) -> Publication:
    return draft(year.campaign, calculate(year.campaign, year["c"]), "derivations", year["c"])


def released(year: Year) -> Publication:
    publication = perform(drafted(year), "send", year["c"])
    publication = perform(publication, "record_decision", year["c"], **DECISION)
    publication = perform(publication, "approve", year["l"], digest=publication.digest, paper_matches=True)
    return release(perform(publication, "release", year["c"]))


@pytest.mark.django_db
class TestPrivateWords:
    def test_no_reason_basis_note_or_name_is_in_any_byte_of_the_deepest_publication(self) -> None:
        year = build_year(Phase.FINALISED)
        words = sentinels(year)
        publication = released(year)
        assert sum(word in publication.run.campaign_file for word in words) > 5
        read = {path: unpacked(path, body) for path, (status, body) in public_bytes().items() if status == 200}
        assert any(path.endswith("du-lieu-tinh-lai.json") for path in read)
        assert [path for path, text in read.items() if "linhcanh" in text.lower()] == []

    def test_sentences_stay_whole_whatever_a_reason_happens_to_be(self) -> None:
        year = build_year(Phase.FINALISED)
        given = list(Value.objects.filter(participant__campaign=year.campaign).exclude(reason=""))
        for value, word in zip(given, COMMON * len(given), strict=False):
            Value.objects.filter(pk=value.pk).update(reason=word)
        override = {"grade": year.campaign.grades[0]["code"], "reason": "mức"}
        Participant.objects.filter(pk=year.b.pk).update(grade_override=override)
        run = calculate(year.campaign, year["c"])
        campaign, results = derivations(run.campaign_file, run.results_file, is_sample=False)
        assert _reasons(json.loads(campaign)) == {"(không công bố)"}
        assert json.loads(results) == json.loads(run.results_file)
        assert json.loads(compute(campaign))["units"] == json.loads(run.results_file)["units"]


def _reasons(campaign: dict[str, Any]) -> set[str]:
    holders = [
        holder
        for unit in campaign["units"]
        for holder in (*unit["not_applicable"], *unit["answers"].values(), unit["grade_override"] or {})
    ]
    return {holder[key] for holder in holders for key in ("reason", "legal_basis") if holder.get(key)}
