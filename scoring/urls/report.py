"""Báo cáo tự chấm of a unit: its words, the documents, the signed paper, the check of a printed one."""

from django.urls import path

from scoring.views import report

_UNIT = "<slug:slug>/ky/<str:code>/phieu/<str:unit>/"

urlpatterns = [
    path(_UNIT + "bao-cao/", report.self_report, name="self_report"),
    path(_UNIT + "bao-cao.pdf", report.self_report_pdf, name="self_report_pdf"),
    path(_UNIT + "bao-cao.docx", report.self_report_docx, name="self_report_docx"),
    path(_UNIT + "ban-ky/", report.signing, name="signing"),
    path(_UNIT + "ban-ky/<number:pk>/", report.signed_file, name="signed_file"),
    path(_UNIT + "bien-nhan/<number:sequence>/bien-nhan.pdf", report.receipt_pdf, name="receipt_pdf"),
    path(_UNIT + "doi-chieu/<str:mark>/", report.report_check, name="report_check"),
]
