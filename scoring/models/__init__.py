"""What and how much: campaigns, criteria, dossiers, evidence, values by stage, appraisal, runs, and past tables."""

from scoring.models.amendment import Amendment
from scoring.models.appraisal import AppraisalPart, ConflictOfInterest, CouncilSession, Exclusion
from scoring.models.autosave import Unfinished, WriteKey
from scoring.models.campaign import Campaign, Group, Participant, Window
from scoring.models.colleague import LeafCharge
from scoring.models.criteria_draft import CriteriaDraft, CriteriaDraftStep
from scoring.models.criterion import CriteriaSet, Criterion
from scoring.models.criterion_link import CriterionLink
from scoring.models.entered import EnteredImport
from scoring.models.evidence import Evidence, EvidenceFile, EvidenceUse
from scoring.models.explaining import ExplanationChoice, ExplanationReceipt
from scoring.models.follow_up import FollowUp, FollowUpFile
from scoring.models.head_review import ReturnNote
from scoring.models.late_paper import LatePaper
from scoring.models.past import PrintedResult, ResultsImport
from scoring.models.question import Question, QuestionAnswer
from scoring.models.result import Run, RunShown
from scoring.models.scan import HeldStep, Scan
from scoring.models.self_report import SelfReport, Signing
from scoring.models.submission import Explanation, ExplanationItem, Receipt, Submission
from scoring.models.value import Value, ValueChange

__all__ = [
    "Amendment",
    "AppraisalPart",
    "Campaign",
    "ConflictOfInterest",
    "CouncilSession",
    "CriteriaDraft",
    "CriteriaDraftStep",
    "CriteriaSet",
    "Criterion",
    "CriterionLink",
    "EnteredImport",
    "Evidence",
    "EvidenceFile",
    "EvidenceUse",
    "Exclusion",
    "Explanation",
    "ExplanationChoice",
    "ExplanationItem",
    "ExplanationReceipt",
    "FollowUp",
    "FollowUpFile",
    "Group",
    "HeldStep",
    "LatePaper",
    "LeafCharge",
    "Participant",
    "PrintedResult",
    "Question",
    "QuestionAnswer",
    "Receipt",
    "ResultsImport",
    "ReturnNote",
    "Run",
    "RunShown",
    "Scan",
    "SelfReport",
    "Signing",
    "Submission",
    "Unfinished",
    "Value",
    "ValueChange",
    "Window",
    "WriteKey",
]
