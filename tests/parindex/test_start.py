"""A real start of the portal in a process of its own: what it refuses, and how its database is set up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import pytest_django
from django.db import connection

from tests.parindex.test_environment import GOOD

ROOT = Path(__file__).parents[2]
START = "import parindex.wsgi; print('started')"
# The copy is made of a database of tests, which is there only where some test says that it needs one.
pytestmark = [pytest.mark.any_database, pytest.mark.django_db]


def run(code: str, var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "LC_ALL")}
    given = kept | {"PYTHONPATH": str(ROOT), "PARINDEX_VAR": str(var), "DJANGO_SETTINGS_MODULE": "parindex.settings"}
    return subprocess.run(
        [sys.executable, "-c", code], env=given | environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def migrated(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Path:
    """A folder with a migrated SQLite database and nothing in it: a copy of the one that all tests begin with, and the
    table in which processes count requests, which the settings of the tests do without."""
    var = tmp_path_factory.mktemp("var")
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(var / "db.sqlite3")])
    counters = "import django; django.setup(); from django.core.management import call_command as call; "
    done = run(counters + "call('createcachetable')", var)
    assert done.returncode == 0, done.stderr
    return var


@pytest.fixture
def with_demo_logins(migrated: Path, tmp_path: Path) -> Path:
    shutil.copy(migrated / "db.sqlite3", tmp_path)
    create = "import django; django.setup(); from units.models import User; "
    done = run(create + "User.objects.create_user('dieuphoi', 'x', is_demo=True)", tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def production(var: Path, **changes: str) -> dict[str, str]:
    return GOOD | {"DATABASE_URL": f"sqlite:///{var / 'db.sqlite3'}"} | changes


def test_a_production_portal_starts(migrated: Path) -> None:
    assert run(START, migrated, **production(migrated)).stdout.splitlines()[-1] == "started"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": ""}, "Thiếu SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-change-me-please-0123456789abcdefghijklmn"}, "khóa mẫu"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS không được để mở"),
        ({"ALLOWED_HOSTS": ""}, "Thiếu ALLOWED_HOSTS"),
    ],
)
def test_a_production_start_without_secret_or_with_open_hosts_is_refused_in_sentences(
    migrated: Path, changes: dict[str, str], sentence: str
) -> None:
    refused = run(START, migrated, **production(migrated, **changes))
    assert refused.returncode == 1
    assert "started" not in refused.stdout
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr


def test_demo_logins_refuse_a_production_start_and_are_named(with_demo_logins: Path) -> None:
    environment = production(with_demo_logins)
    refused = run(START, with_demo_logins, **environment)
    go = "from django.core.management import execute_from_command_line as go; "
    check = go + "go(['m', 'check', '--database', 'default'])"
    checked = run(check, with_demo_logins, **environment)
    for result in (refused, checked):
        assert result.returncode == 1
        assert "started" not in result.stdout
        assert "Còn tài khoản dùng thử: dieuphoi." in result.stderr
        assert "Traceback" not in result.stderr


def test_healthz_answers_200_with_the_database_and_503_without(migrated: Path) -> None:
    ask = (
        "import django; django.setup(); from django.test import Client; "
        "answer = Client(headers={'host': 'localhost'}).get('/healthz'); "
        "print(answer.status_code, answer.content.decode())"
    )
    well = run(ask, migrated)
    ill = run(ask, migrated, DATABASE_URL=f"sqlite:///{migrated / 'khong-co' / 'db.sqlite3'}")
    assert well.stdout.splitlines()[-1:] == ['200 {"status": "ok", "database": "ok"}'], well.stderr
    assert ill.stdout.splitlines()[-1:] == ['503 {"status": "loi", "database": "khong-tra-loi"}'], ill.stderr


def test_sqlite_is_really_in_wal_with_every_commit_on_disk_and_locks_at_the_beginning(migrated: Path) -> None:
    ask = (
        "import django; django.setup(); from django.db import connection; c = connection.cursor(); "
        "print([c.execute(f'PRAGMA {name}').fetchone()[0] for name in "
        "('journal_mode', 'synchronous', 'foreign_keys')], "
        "connection.transaction_mode, connection.settings_dict['OPTIONS']['timeout'])"
    )
    assert run(ask, migrated).stdout.strip() == "['wal', 2, 1] IMMEDIATE 20"


def test_the_tests_themselves_run_on_that_sqlite(db) -> None:
    with connection.cursor() as cursor:
        found = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert found == ["wal", 2]


def test_cookies_and_transport_of_production_are_closed(migrated: Path) -> None:
    names = [
        "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
        "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY", "CSRF_COOKIE_SAMESITE",
        "SECURE_SSL_REDIRECT", "DEBUG", "DEMO_MODE",
    ]  # fmt: skip
    ask = f"from django.conf import settings; print([getattr(settings, name) for name in {names}])"
    assert run(ask, migrated, **production(migrated)).stdout.strip() == str(
        ["__Host-sessionid", True, True, "Lax", "__Host-csrftoken", True, True, "Lax", True, False, False]
    )


def test_a_session_cookie_of_production_goes_out_as_host_secure_httponly(migrated: Path) -> None:
    ask = (
        "import django; django.setup(); from django.test import Client; from units.models import User; "
        "User.objects.create_user('that', 'mat-khau-that-dai-2026'); client = Client(); "
        "login = {'login': 'that', 'password': 'mat-khau-that-dai-2026'}; "
        "answer = client.post('/tai-khoan/dang-nhap/', login, secure=True, headers={'host': 'cchc.tinh.gov.vn'}); "
        "print(answer.status_code); print(answer.cookies['__Host-sessionid'].OutputString()); "
        "print(answer.headers['Strict-Transport-Security']); User.objects.all().delete()"
    )
    done = run(ask, migrated, **production(migrated))
    assert done.returncode == 0, done.stderr
    status, cookie, hsts = done.stdout.splitlines()[-3:]
    assert status == "302"
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= attributes
    assert not any(attribute.startswith("domain") for attribute in attributes)
    assert hsts.startswith("max-age=31536000")


@pytest.mark.parametrize(
    ("arguments", "given", "address"),
    [
        (["127.0.0.1", "8931"], {}, "http://127.0.0.1:8931"),
        (["::1", "8123"], {}, "http://[::1]:8123"),
        ([], {"SITE_URL": "http://cchc.local"}, "http://cchc.local"),
    ],
)
def test_the_demo_prints_the_address_at_which_it_is_served(
    tmp_path: Path, arguments: list[str], given: dict[str, str], address: str
) -> None:
    """The script is run with a stand-in for Python that tells the address it was given and stops."""
    (tmp_path / "deploy").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(ROOT / "deploy" / "serve.sh", tmp_path / "deploy")
    (tmp_path / "deploy" / "bootstrap.sh").write_text("exit 0")
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\necho "$SITE_URL"; exit 1')
    python.chmod(0o755)
    environment = {"PATH": os.environ["PATH"]} | given
    done = subprocess.run(
        ["bash", "deploy/serve.sh", *arguments],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == [address]
