"""Documents of a unit."""

from django.urls import path

from scoring.views import evidence, evidence_flow, evidence_preview

_UNIT = "<slug:slug>/ky/<str:code>/don-vi/<str:unit>/tai-lieu/"
_ONE = _UNIT + "<number:pk>/"

urlpatterns = [
    path(_UNIT, evidence.documents, name="evidence_list"),
    path(_UNIT + "them/", evidence.add, name="evidence_add"),
    path(_UNIT + "tai-len/", evidence_flow.upload_one, name="evidence_upload"),
    path(_UNIT + "dan-chieu/", evidence.attach, name="evidence_attach"),
    path(_ONE, evidence.document, name="evidence"),
    path(_ONE + "ban-moi/", evidence.version, name="evidence_version"),
    path(_ONE + "dan-chieu/<number:use>/go/", evidence.drop, name="evidence_drop"),
    path(_ONE + "go/", evidence.discard, name="evidence_remove"),
    path(_ONE + "tep/<number:number>/", evidence.download, name="evidence_file"),
    path(_ONE + "de-xuat/", evidence_preview.proposal, name="evidence_proposal"),
    path(_ONE + "xem/<number:number>/", evidence_preview.view, name="evidence_view"),
    path(_ONE + "xem/<number:number>/trang/<number:page>.png", evidence_preview.page, name="evidence_page"),
]
