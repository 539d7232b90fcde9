"""What waits for a person."""

from django.urls import path

from scoring.views import rights, work

urlpatterns = [
    path("<slug:slug>/viec/", work.work, name="work"),
    path("<slug:slug>/bang-quyen/", rights.table, name="rights"),
]
