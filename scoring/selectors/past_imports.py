"""Choosing staged result tables within what a person may know of."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from scoring.enums import ImportState
from scoring.models import ResultsImport
from scoring.selectors.campaigns import organiser_visible_to
from units.models import Organiser, User


def import_visible_to(user: User, slug: str, pk: int) -> ResultsImport:
    """One staged table of an organiser the person has a role with; Http404 otherwise."""
    organiser = organiser_visible_to(user, slug)
    staged = (
        ResultsImport.objects.filter(organiser=organiser, pk=pk).select_related("organiser__unit", "campaign").first()
    )
    if staged is None:
        raise Http404
    return staged


def waiting_imports(organiser: Organiser) -> QuerySet[ResultsImport]:
    """Tables that were read without a fault and wait for answers or for being applied, newest first."""
    waiting = (ImportState.QUESTIONS, ImportState.READY)
    return (
        ResultsImport.objects.filter(organiser=organiser, state__in=waiting)
        .select_related("uploaded_by")
        .defer("table")
    )
