"""A unit's worksheet, submission and receipts."""

from django.urls import path

from scoring.views import dossier, dossier_answer, dossier_component, histories, inheritance, last_year

_UNIT = "<slug:slug>/ky/<str:code>/phieu/<str:unit>/"
_LEAF = _UNIT + "tc/<str:criterion>/"

urlpatterns = [
    path(_UNIT, dossier.worksheet, name="worksheet"),
    path(_UNIT + "buoc/<slug:name>/", dossier.step, name="dossier_step"),
    path(_UNIT + "bien-nhan/<number:sequence>/", dossier.receipt, name="receipt"),
    path(_UNIT + "bien-nhan/<number:sequence>/noi-dung.json", dossier.receipt_content, name="receipt_content"),
    path(_UNIT + "nhat-ky/", histories.dossier, name="dossier_history"),
    path(_UNIT + "tiep-nhan/", inheritance.take_over, name="take_over"),
    path(_UNIT + "tiep-nhan/<number:file>/", inheritance.take_document, name="take_document"),
    path(_LEAF, dossier_answer.answer, name="answer"),
    path(_LEAF + "tinh/", dossier_answer.trial, name="answer_trial"),
    path(_LEAF + "xoa/", dossier_answer.clear, name="answer_clear"),
    path(_LEAF + "nam-truoc/", last_year.last_year, name="last_year"),
    path(_LEAF + "nam-truoc/<number:evidence>/", last_year.carry_document, name="carry_document"),
    path(_UNIT + "lv/<str:component>/", dossier_component.component, name="worksheet_component"),
]
