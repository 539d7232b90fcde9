"""Documents of a unit."""

from django.urls import path

from scoring.views import evidence

_UNIT = "<slug:slug>/ky/<str:code>/don-vi/<str:unit>/tai-lieu/"
_ONE = _UNIT + "<number:pk>/"

urlpatterns = [
    path(_UNIT, evidence.documents, name="evidence_list"),
    path(_UNIT + "them/", evidence.add, name="evidence_add"),
    path(_UNIT + "dan-chieu/", evidence.attach, name="evidence_attach"),
    path(_ONE, evidence.document, name="evidence"),
    path(_ONE + "ban-moi/", evidence.version, name="evidence_version"),
    path(_ONE + "dan-chieu/<number:use>/go/", evidence.drop, name="evidence_drop"),
    path(_ONE + "go/", evidence.discard, name="evidence_remove"),
    path(_ONE + "tep/<number:number>/", evidence.download, name="evidence_file"),
]
