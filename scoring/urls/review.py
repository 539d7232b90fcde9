"""The check before a dossier is handed in, the head's review of it, and what the head sent back."""

from django.urls import path

from scoring.views import dossier, dossier_check, dossier_review, returned

_UNIT = "<slug:slug>/ky/<str:code>/phieu/<str:unit>/"

urlpatterns = [
    path(_UNIT + "kiem-tra/", dossier_check.check, name="dossier_check"),
    path(_UNIT + "duyet/", dossier_review.review, name="dossier_review"),
    path(_UNIT + "tra-lai/", returned.returned, name="returned"),
    path(_UNIT + "yeu-cau-sua/<number:pk>/", dossier.settle_note, name="note_settle"),
]
