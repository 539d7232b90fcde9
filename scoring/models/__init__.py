"""What and how much: campaigns, criteria, values by stage, runs, and past tables with what they printed."""

from scoring.models.campaign import Campaign, Group, Participant
from scoring.models.criterion import CriteriaSet, Criterion
from scoring.models.past import PrintedResult, ResultsImport
from scoring.models.result import Run
from scoring.models.value import Value

__all__ = [
    "Campaign",
    "CriteriaSet",
    "Criterion",
    "Group",
    "Participant",
    "PrintedResult",
    "ResultsImport",
    "Run",
    "Value",
]
