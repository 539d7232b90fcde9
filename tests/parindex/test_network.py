"""The address behind a sign-in: what our own proxies saw, never what a client claims."""

import pytest
from django.test import RequestFactory

from parindex.network import client_address


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "1.2.3.4", "10.0.0.9"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "1.2.3.4, 203.0.113.7", "203.0.113.7"),
        (2, "1.2.3.4, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.9"),
        (1, "", "10.0.0.9"),
    ],
)
def test_only_what_trusted_proxies_appended_is_believed(settings, proxies, header, address):
    settings.PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=header)
    assert client_address(request) == address


@pytest.mark.django_db
def test_one_client_behind_the_proxy_locks_nobody_else_out(settings, client, django_user_model):
    settings.PROXY_COUNT = 1
    django_user_model.objects.create_user("nguoidung", "mat-khau-dung-2026", full_name="Người Dùng")
    for _ in range(settings.AXES_FAILURE_LIMIT + 1):
        refused = client.post(
            "/tai-khoan/dang-nhap/",
            {"login": "nguoidung", "password": "sai"},
            HTTP_X_FORWARDED_FOR="9.9.9.9, 203.0.113.7",
        )
    assert refused.status_code in (403, 429)
    entered = client.post(
        "/tai-khoan/dang-nhap/",
        {"login": "nguoidung", "password": "mat-khau-dung-2026"},
        HTTP_X_FORWARDED_FOR="203.0.113.8",
    )
    assert entered.status_code == 302
