"""Explanations of units: the coordinator's list, one unit's with its letter, and one leaf of it."""

from django.urls import path

from scoring.views import explanation, explanation_agree, explanation_item, explanation_letter, explanation_live

_CAMPAIGN = "<slug:slug>/ky/<str:code>/"
_UNIT = _CAMPAIGN + "phieu/<str:unit>/giai-trinh/"

urlpatterns = [
    path(_CAMPAIGN + "giai-trinh/", explanation.explanations, name="explanations"),
    path(_UNIT, explanation.explanation, name="explanation"),
    path(_UNIT + "buoc/<slug:name>/", explanation.step, name="explanation_step"),
    path(_UNIT + "moi-lai/", explanation.ask_again, name="explanation_ask_again"),
    path(_UNIT + "nhip/", explanation_live.pulse, name="explanation_pulse"),
    path(_UNIT + "dong-y/", explanation_agree.agree, name="explanation_agree"),
    path(_UNIT + "dong-y/hoan-tac/", explanation_agree.agree_undo, name="explanation_agree_undo"),
    path(_UNIT + "cong-van.pdf", explanation_letter.pdf, name="letter_pdf"),
    path(_UNIT + "cong-van.docx", explanation_letter.docx, name="letter_docx"),
    path(_UNIT + "bien-nhan/<number:sequence>/", explanation_letter.receipt, name="letter_receipt"),
    path(
        _UNIT + "bien-nhan/<number:sequence>/bien-nhan.pdf", explanation_letter.receipt_pdf, name="letter_receipt_pdf"
    ),
    path(
        _UNIT + "bien-nhan/<number:sequence>/noi-dung.json",
        explanation_letter.receipt_content,
        name="letter_receipt_content",
    ),
    path(_UNIT + "ban-ky/", explanation_letter.signing, name="letter_signing"),
    path(_UNIT + "ban-ky/<number:pk>/", explanation_letter.signed_file, name="letter_signed_file"),
    path(_UNIT + "doi-chieu/<slug:mark>/", explanation_letter.check, name="letter_check"),
    path(_UNIT + "tc/<str:criterion>/", explanation_item.item, name="explanation_item"),
    path(_UNIT + "tc/<str:criterion>/luu/", explanation_live.item_save, name="explanation_save"),
]
