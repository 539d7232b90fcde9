"""Criteria sets and their amendments."""

from django.urls import path

from scoring.views import criteria, criteria_draft, criteria_node, criteria_tree, criteria_years

_SETS = "<slug:slug>/ky/<str:code>/bo-tieu-chi/"
_SET = _SETS + "<str:criteria_set>/"
_AMENDMENT = _SET + "sua-doi/<number:pk>/"
_WRITE = "<slug:slug>/ky/<str:code>/soan-bo-tieu-chi/"
_DRAFT = _WRITE + "<str:criteria_set>/"
_NODE = _DRAFT + "muc/<uuid:node>/"
_IMPORT = "<slug:slug>/ky/<str:code>/nhap-bo-tieu-chi/"

urlpatterns = [
    path(_SETS, criteria.criteria_sets, name="criteria_sets"),
    path(_IMPORT, criteria.upload, name="criteria_upload"),
    path(_IMPORT + "mau.xlsx", criteria.empty_template, name="criteria_template"),
    path(_IMPORT + "ap-dung/", criteria.apply_upload, name="criteria_apply"),
    path(_SET, criteria.criteria_set, name="criteria_set"),
    path(_SET + "phu-luc.xlsx", criteria.export, name="criteria_export"),
    path(_SET + "thay-doi/", criteria_years.changes, name="criteria_changes"),
    path(_SET + "thay-doi.xlsx", criteria_years.changes_file, name="criteria_changes_file"),
    path(_SET + "nam-truoc/", criteria_years.links, name="criteria_links"),
    path(_SET + "soan/", criteria_draft.write_set, name="criteria_write_set"),
    path(_SET + "xoa/", criteria.remove, name="criteria_remove"),
    path(_WRITE, criteria_draft.write_new, name="criteria_write"),
    path(_DRAFT, criteria_tree.tree, name="criteria_draft"),
    path(_DRAFT + "tong/", criteria_tree.sums, name="criteria_draft_sums"),
    path(_DRAFT + "thong-tin/", criteria_draft.head, name="criteria_draft_head"),
    path(_DRAFT + "xem-lai/", criteria_draft.review, name="criteria_draft_review"),
    path(_DRAFT + "sua-doi/", criteria_draft.amendment, name="criteria_draft_amend"),
    path(_DRAFT + "bo/", criteria_draft.give_up, name="criteria_draft_discard"),
    path(_NODE, criteria_node.node, name="criteria_draft_node"),
    path(_NODE + "thu/", criteria_node.trial, name="criteria_draft_trial"),
    path(_SET + "sua-doi/", criteria.amend, name="criteria_amend"),
    path(_AMENDMENT, criteria.amendment, name="criteria_amendment"),
    path(_AMENDMENT + "ap-dung/", criteria.apply_drafted, name="criteria_amendment_apply"),
    path(_AMENDMENT + "bo/", criteria.discard_drafted, name="criteria_amendment_discard"),
]
