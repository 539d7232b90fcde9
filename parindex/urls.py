"""Addresses: workspace below /lam-viec/, accounts below /tai-khoan/, catalogues below /quan-tri/, the public the rest.

Every view names its gate (units/views/gates.py); tests/architecture walks this list.
"""

from allauth.account import views as account
from django.contrib import admin
from django.urls import include, path

from parindex import views
from reports.views.public import serve
from scoring.views.handbook import handbook
from scoring.views.home import workspace
from units.views import founding, notices, resetting, security, sessions, single_sign_on, welcome

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
    path("tai-khoan/xac-nhan-lai/", security.confirm, name="account_reauthenticate"),
    path("tai-khoan/xac-nhan-hai-buoc/", security.show_factor, name="mfa_authenticate"),
    path("tai-khoan/mot-lan/", single_sign_on.start, name="openid_connect_login"),
    path("tai-khoan/mot-lan/ve/", single_sign_on.back, name="openid_connect_callback"),
    path("tai-khoan/bao-mat/mot-lan/noi/", single_sign_on.link, name="sign_on_link"),
    path("tai-khoan/bao-mat/mot-lan/bo/", single_sign_on.unlink, name="sign_on_unlink"),
    path("tai-khoan/bao-mat/", security.overview, name="mfa_index"),
    path("tai-khoan/bao-mat/ung-dung/", security.activate_app, name="mfa_activate_totp"),
    path("tai-khoan/bao-mat/ung-dung/tat/", security.deactivate_app, name="mfa_deactivate_totp"),
    path("tai-khoan/bao-mat/khoa/them/", security.add_passkey, name="mfa_add_webauthn"),
    path("tai-khoan/bao-mat/khoa/<number:pk>/ten/", security.rename_passkey, name="mfa_edit_webauthn"),
    path("tai-khoan/bao-mat/khoa/<number:pk>/bo/", security.remove_passkey, name="mfa_remove_webauthn"),
    path("tai-khoan/bao-mat/ma-du-phong/", security.recovery_codes, name="mfa_view_recovery_codes"),
    path("tai-khoan/loi-moi/<str:token>/", welcome.link, name="invitation_link"),
    path("tai-khoan/ma-mot-lan/", welcome.code, name="invitation_code"),
    path("tai-khoan/dat-mat-khau/", welcome.password, name="invitation_password"),
    path("tai-khoan/quen-mat-khau/", resetting.ask, name="account_reset_password"),
    path("tai-khoan/quen-mat-khau/da-gui/", resetting.asked, name="account_reset_password_done"),
    path("tai-khoan/dat-lai/xong/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path(
        "tai-khoan/dat-lai/<str:uidb36>/<str:key>/",
        resetting.set_password,
        name="account_reset_password_from_key",
    ),
    path("tai-khoan/phien/", sessions.sessions, name="own_sessions"),
    path("tai-khoan/phien/ket-thuc/", sessions.end, name="own_session_end"),
    path("tai-khoan/phien/ket-thuc-khac/", sessions.end_others, name="own_sessions_end"),
    path("tai-khoan/phien/con-lai/", sessions.left, name="own_session_left"),
    path("tai-khoan/thong-bao/", notices.notices, name="own_notices"),
    path("tai-khoan/thong-bao/da-doc/", notices.read, name="own_notices_read"),
    path("tai-khoan/thong-bao/cach-nhan/", notices.ways, name="own_notice_ways"),
    path("tai-khoan/thong-bao/<number:pk>/mo/", notices.open_one, name="own_notice_open"),
    path("tai-khoan/huong-dan/", handbook, name="handbook"),
    path("tai-khoan/doi-mat-khau/", security.change_password, name="account_change_password"),
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
