"""Addresses of scoring in the workspace, below /lam-viec/; one file an area, in the order in which they are tried."""

from scoring.urls import (
    analysis,
    appraisal,
    board,
    campaigns,
    council,
    criteria,
    dossier,
    entered,
    evidence,
    explanation,
    report,
    review,
    setup,
    units,
    why,
    work,
    worksheet_live,
)

app_name = "scoring"

urlpatterns = [
    *work.urlpatterns,
    *units.urlpatterns,
    *campaigns.urlpatterns,
    *setup.urlpatterns,
    *criteria.urlpatterns,
    *board.urlpatterns,
    *dossier.urlpatterns,
    *review.urlpatterns,
    *worksheet_live.urlpatterns,
    *report.urlpatterns,
    *evidence.urlpatterns,
    *explanation.urlpatterns,
    *appraisal.urlpatterns,
    *entered.urlpatterns,
    *council.urlpatterns,
    *why.urlpatterns,
    *analysis.urlpatterns,
]
