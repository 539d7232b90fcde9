"""What waits for a person."""

from django.urls import path

from scoring.views import guide, handover, rights, work

urlpatterns = [
    path("<slug:slug>/viec/", work.work, name="work"),
    path("<slug:slug>/thiet-lap/", guide.guide, name="guide"),
    path("<slug:slug>/bang-quyen/", rights.table, name="rights"),
    path("<slug:slug>/nguoi/<number:person>/ban-giao/", handover.handover, name="handover"),
]
