"""Workspace addresses of publication, below /lam-viec/."""

from django.urls import path

from reports.views import internal

app_name = "reports"
urlpatterns = [
    path("<slug:slug>/cong-bo/", internal.publications, name="publications"),
    path("<slug:slug>/cong-bo/soan/<str:code>/", internal.draft, name="draft"),
    path("<slug:slug>/cong-bo/<number:pk>/", internal.publication, name="publication"),
    path("<slug:slug>/cong-bo/<number:pk>/tep-da-ky/", internal.signed_file, name="signed_file"),
    path("<slug:slug>/cong-bo/<number:pk>/xem-truoc/", internal.preview, name="preview_home"),
    path("<slug:slug>/cong-bo/<number:pk>/xem-truoc/<path:path>", internal.preview, name="preview"),
    path("<slug:slug>/cong-bo/<number:pk>/thuc-hien/<slug:name>/", internal.act, name="act"),
]
