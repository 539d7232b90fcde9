"""What an open worksheet tells the portal and asks it by itself: typing as it comes, and what colleagues have done."""

from django.urls import path

from scoring.views import dossier_save

_UNIT = "<slug:slug>/ky/<str:code>/phieu/<str:unit>/"

urlpatterns = [
    path(_UNIT + "tc/<str:criterion>/luu/", dossier_save.answer_save, name="answer_save"),
    path(_UNIT + "nhip/", dossier_save.dossier_pulse, name="dossier_pulse"),
]
