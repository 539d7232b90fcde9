"""What an installation must say about itself before the portal starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from parindex.env import Environment, EnvironmentFaults, read_environment

GOOD = {
    "PARINDEX_MODE": "production",
    "SECRET_KEY": "k7Vq2mZx9Lw4Tn8Rb3Hc6Yd1Pf5Jg0SaUeOiWuKtMvNxBzQr4p6r8t",
    "ALLOWED_HOSTS": "cchc.tinh.gov.vn",
    "DATABASE_URL": "postgres://cong:matkhau@127.0.0.1:5432/parindex",
    "EMAIL_URL": "smtp+tls://cong:matkhau@mail.tinh.gov.vn:587",
    "SITE_URL": "https://cchc.tinh.gov.vn/",
}


def read(tmp_path: Path, **changes: str | None) -> Environment:
    given = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return read_environment(tmp_path, given)


def faults(tmp_path: Path, **changes: str | None) -> list[str]:
    with pytest.raises(EnvironmentFaults) as refused:
        read(tmp_path, **changes)
    return refused.value.faults


def test_a_production_that_says_everything_starts(tmp_path: Path) -> None:
    env = read(tmp_path)
    assert env.is_production
    assert env.allowed_hosts == ["cchc.tinh.gov.vn"]
    assert env.site_url == "https://cchc.tinh.gov.vn"
    assert env.trusted_origins == ["https://cchc.tinh.gov.vn"]
    assert env.database["ENGINE"] == "django.db.backends.postgresql"


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "EMAIL_URL", "SITE_URL"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_each_missing_variable_of_production_is_named_in_one_sentence(tmp_path: Path, name: str, value) -> None:
    (fault,) = faults(tmp_path, **{name: value})
    assert fault.startswith(f"Thiếu {name}")


def test_everything_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFaults) as refused:
        read_environment(tmp_path, {"PARINDEX_MODE": "production"})
    assert [fault.split()[1].rstrip(".,") for fault in refused.value.faults] == [
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "DATABASE_URL",
        "EMAIL_URL",
        "SITE_URL",
    ]
    assert all(fault in str(refused.value) for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PARINDEX_MODE", "prod", "PARINDEX_MODE phải là “demo” hoặc “production”, đang là “prod”."),
        ("SECRET_KEY", "ngan", "SECRET_KEY quá ngắn"),
        ("SECRET_KEY", "a" * 80, "SECRET_KEY quá ngắn"),
        ("SECRET_KEY", "change-me-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789", "khóa mẫu"),
        ("ALLOWED_HOSTS", "*", "không được để mở"),
        ("ALLOWED_HOSTS", "cchc.tinh.gov.vn, *", "không được để mở"),
        ("ALLOWED_HOSTS", "*.gov.vn", "không được để mở"),
        ("ALLOWED_HOSTS", ".vn", "không được để mở"),
        ("ALLOWED_HOSTS", ".", "không được để mở"),
        ("ALLOWED_HOSTS", " , ", "Thiếu ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", "https://cchc.tinh.gov.vn", "chỉ ghi tên miền"),
        ("ALLOWED_HOSTS", "cchc.tinh.gov.vn:8000", "chỉ ghi tên miền"),
        ("DATABASE_URL", "parindex", "DATABASE_URL không đọc được"),
        ("DATABASE_URL", "postgres://cong:matkhau@may:cong/parindex", "DATABASE_URL không đọc được"),
        ("DATABASE_URL", "postgres://", "DATABASE_URL không đọc được"),
        ("DATABASE_URL", "mysql://cong@may/parindex", "cổng không hỗ trợ loại khác"),
        ("DATABASE_URL", "sqlite:///db.sqlite3", "đường dẫn đầy đủ"),
        ("DATABASE_URL", "sqlite://:memory:", "đường dẫn đầy đủ"),
        ("EMAIL_URL", "mail.tinh.gov.vn", "EMAIL_URL không đọc được"),
        ("SITE_URL", "http://cchc.tinh.gov.vn", "SITE_URL dạng https://"),
        ("SITE_URL", "https://", "SITE_URL dạng https://"),
        ("CSRF_TRUSTED_ORIGINS", "cchc.tinh.gov.vn", "phải ghi đủ https://…, đang là “cchc.tinh.gov.vn”"),
        ("PROXY_COUNT", "-1", "PROXY_COUNT phải là số nguyên không âm, đang là “-1”."),
        ("PROXY_COUNT", "²", "đang là “²”"),
        ("PARINDEX_IDLE_MINUTES", "9", "PARINDEX_IDLE_MINUTES phải là số nguyên từ 10 đến 240, đang là “9”."),
        ("PARINDEX_IDLE_MINUTES", "241", "từ 10 đến 240"),
        ("PARINDEX_SESSION_HOURS", "25", "PARINDEX_SESSION_HOURS phải là số nguyên từ 1 đến 24, đang là “25”."),
        ("PARINDEX_SESSION_HOURS", "0", "từ 1 đến 24"),
    ],
)
def test_a_value_that_is_no_use_is_told_with_what_would_be(tmp_path: Path, name, value, sentence) -> None:
    (fault,) = faults(tmp_path, **{name: value})
    assert sentence in fault


def test_a_secret_may_hold_any_character(tmp_path: Path) -> None:
    secret = "$" + GOOD["SECRET_KEY"] + r"\$x"
    assert read(tmp_path, SECRET_KEY=secret).secret_key == secret


def test_production_may_choose_sqlite_by_name(tmp_path: Path) -> None:
    database = read(tmp_path, DATABASE_URL="sqlite:////srv/parindex/db.sqlite3").database
    assert database["NAME"] == "/srv/parindex/db.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_the_demo_needs_nothing_and_answers_to_this_machine_only(tmp_path: Path) -> None:
    env = read_environment(tmp_path, {})
    assert not env.is_production
    assert env.allowed_hosts == ["localhost", "127.0.0.1", "[::1]"]
    assert env.database["NAME"] == str(tmp_path / "var" / "db.sqlite3")


def test_the_demo_makes_its_secret_once_and_keeps_it_from_others(tmp_path: Path) -> None:
    first, second = read_environment(tmp_path, {}), read_environment(tmp_path, {})
    kept = tmp_path / "var" / "secret-key"
    assert first.secret_key == second.secret_key == kept.read_text()
    assert len(first.secret_key) >= 50
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("mode", "given", "roles"),
    [
        ("production", None, {"coordinator", "leader", "administrator"}),
        ("production", "none", set()),
        ("production", "leader, council", {"leader", "council"}),
        ("demo", None, set()),
        ("demo", "administrator", {"administrator"}),
    ],
)
def test_who_must_have_a_second_factor(tmp_path: Path, mode: str, given: str | None, roles: set[str]) -> None:
    assert read(tmp_path, PARINDEX_MODE=mode, PARINDEX_SECOND_FACTOR=given).second_factor == roles


def test_a_role_that_does_not_exist_stops_the_start(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, PARINDEX_SECOND_FACTOR="leader,vua")
    assert fault.startswith("PARINDEX_SECOND_FACTOR không có vai trò “vua”.")


SIGN_ON = {
    "PARINDEX_OIDC_NAME": "Đăng nhập tỉnh",
    "PARINDEX_OIDC_SERVER": "https://sso.tinh.gov.vn/realms/tinh/",
    "PARINDEX_OIDC_CLIENT_ID": "cong",
    "PARINDEX_OIDC_SECRET": "bi-mat",
}


def test_single_sign_on_is_off_unless_all_of_it_is_named(tmp_path: Path) -> None:
    assert read(tmp_path).single_sign_on == {}
    named = read(tmp_path, **SIGN_ON).single_sign_on
    assert (named["server"], named["match_email"]) == ("https://sso.tinh.gov.vn/realms/tinh", False)
    assert read(tmp_path, **SIGN_ON, PARINDEX_OIDC_MATCH_EMAIL="yes").single_sign_on["match_email"] is True


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"PARINDEX_OIDC_SECRET": None}, "Đăng nhập một lần còn thiếu PARINDEX_OIDC_SECRET."),
        ({"PARINDEX_OIDC_SERVER": "http://sso.tinh.gov.vn"}, "PARINDEX_OIDC_SERVER phải là địa chỉ https://"),
        ({"PARINDEX_OIDC_MATCH_EMAIL": "có"}, "PARINDEX_OIDC_MATCH_EMAIL phải là “yes” hoặc “no”"),
    ],
)
def test_half_a_single_sign_on_stops_the_start(tmp_path: Path, change: dict, sentence: str) -> None:
    (fault,) = faults(tmp_path, **SIGN_ON | change)
    assert fault.startswith(sentence)


def test_a_portal_without_a_mail_server_says_so_and_sends_nothing(tmp_path: Path) -> None:
    env = read(tmp_path, EMAIL_URL="none")
    assert not env.has_mail
    assert env.email["EMAIL_BACKEND"].endswith("dummy.EmailBackend")
    assert read(tmp_path).has_mail
