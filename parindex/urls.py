"""Addresses: workspace below /lam-viec/, accounts below /tai-khoan/, catalogues below /quan-tri/, the public the rest.

Every view names its gate (units/views/gates.py); tests/architecture walks this list.
"""

from allauth.account import views as account
from django.contrib import admin
from django.urls import include, path

from parindex import views
from reports.views.public import serve
from scoring.views.home import workspace
from units.views import founding

handler400 = "parindex.views.bad_request"
handler403 = "parindex.views.permission_denied"
handler404 = "parindex.views.not_found"
handler500 = "parindex.views.server_error"

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("robots.txt", views.robots, name="robots"),
    path("tai-khoan/dang-nhap/", account.login, name="account_login"),
    path("tai-khoan/dang-xuat/", account.logout, name="account_logout"),
    path("tai-khoan/da-khoa/", account.account_inactive, name="account_inactive"),
    path("tai-khoan/xac-nhan-lai/", account.reauthenticate, name="account_reauthenticate"),
    path("tai-khoan/doi-mat-khau/", account.password_change, name="account_change_password"),
    path("cai-dat/", founding.found, name="founding"),
    path("quan-tri/", admin.site.urls),
    path("lam-viec/", workspace, name="workspace"),
    path("lam-viec/", include("units.urls")),
    path("lam-viec/", include("scoring.urls")),
    path("lam-viec/", include("reports.urls")),
    path("lam-viec/<path:rest>", views.nowhere),
    path("", serve, {"path": ""}, name="public_root"),
    path("<path:path>", serve, name="public"),
]
