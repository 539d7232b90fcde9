"""A unit's worksheet, submission and receipts."""

from django.urls import path

from scoring.views import dossier, dossier_answer, dossier_component, histories, inheritance, last_year, late_paper

_UNIT = "<slug:slug>/ky/<str:code>/phieu/<str:unit>/"
_LATE = _UNIT + "van-ban-den-muon/"
_LEAF = _UNIT + "tc/<str:criterion>/"

urlpatterns = [
    path(_UNIT, dossier.worksheet, name="worksheet"),
    path(_UNIT + "buoc/<slug:name>/", dossier.step, name="dossier_step"),
    path(_UNIT + "bien-nhan/<number:sequence>/", dossier.receipt, name="receipt"),
    path(_UNIT + "bien-nhan/<number:sequence>/noi-dung.json", dossier.receipt_content, name="receipt_content"),
    path(_UNIT + "nhat-ky/", histories.dossier, name="dossier_history"),
    path(_UNIT + "tiep-nhan/", inheritance.take_over, name="take_over"),
    path(_UNIT + "tiep-nhan/<number:file>/", inheritance.take_document, name="take_document"),
    path(_LATE, late_paper.late_paper, name="late_paper"),
    path(_LATE + "nop-thay/", late_paper.hand_in, name="late_paper_hand_in"),
    path(_LATE + "tc/<str:criterion>/", late_paper.leaf, name="late_paper_leaf"),
    path(_LATE + "<number:pk>/ban-quet/", late_paper.scan, name="late_paper_scan"),
    path(_LEAF, dossier_answer.answer, name="answer"),
    path(_LEAF + "tinh/", dossier_answer.trial, name="answer_trial"),
    path(_LEAF + "xoa/", dossier_answer.clear, name="answer_clear"),
    path(_LEAF + "nam-truoc/", last_year.last_year, name="last_year"),
    path(_LEAF + "nam-truoc/<number:evidence>/", last_year.carry_document, name="carry_document"),
    path(_UNIT + "lv/<str:component>/", dossier_component.component, name="worksheet_component"),
]
