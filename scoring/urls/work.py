"""What waits for a person."""

from django.urls import path

from scoring.views import guide, handover, held_files, rights, work

urlpatterns = [
    path("<slug:slug>/viec/", work.work, name="work"),
    path("<slug:slug>/thiet-lap/", guide.guide, name="guide"),
    path("<slug:slug>/bang-quyen/", rights.table, name="rights"),
    path("<slug:slug>/tep-bi-giu/", held_files.held_list, name="held_files"),
    path("<slug:slug>/tep-bi-giu/<number:pk>/", held_files.held, name="held_file"),
    path("<slug:slug>/tep-bi-giu/<number:pk>/quet-lai/", held_files.scan, name="held_file_scan"),
    path("<slug:slug>/nguoi/<number:person>/ban-giao/", handover.handover, name="handover"),
]
