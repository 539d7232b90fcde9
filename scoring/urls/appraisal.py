"""Appraisal parts and who holds them."""

from django.urls import path

from scoring.views import appraisal, appraisal_leaf, assignment, handover

_YEAR = "<slug:slug>/ky/<str:code>/"
_PART = _YEAR + "tham-dinh/<str:unit>/<str:component>/<number:number>/"
_ASSIGN = _YEAR + "phan-cong/"

urlpatterns = [
    path(_YEAR + "tham-dinh/", appraisal.queue, name="appraisal"),
    path(_PART, appraisal.part, name="part"),
    # Two words after the part: an act on all of it. One word is the code of a leaf.
    path(_PART + "tat-ca/giu-diem/", appraisal.keep, name="part_keep"),
    path(_PART + "tat-ca/khong-ke-khai/", appraisal.nought, name="part_nought"),
    path(_PART + "buoc/<slug:name>/", appraisal.step, name="part_step"),
    path(_PART + "<str:criterion>/", appraisal_leaf.leaf, name="part_leaf"),
    path(_ASSIGN, assignment.matrix, name="assignment"),
    path(_ASSIGN + "giao/", assignment.give, name="assignment_give"),
    path(_ASSIGN + "chia-deu/", assignment.share, name="assignment_share"),
    path(_ASSIGN + "giao-tiep/", handover.pass_parts, name="assignment_pass"),
    path(_ASSIGN + "xung-dot/", assignment.conflicts, name="assignment_conflicts"),
    path(_ASSIGN + "<str:unit>/<str:component>/<number:number>/", assignment.cell, name="assignment_cell"),
]
