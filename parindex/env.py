"""The one place that reads the environment.

Everything an installation may decide is a field of `Environment`; anything missing or contradictory stops the start
with one Vietnamese sentence per fault (`EnvironmentFaults`), never with a traceback three screens down.

Two modes exist:

* ``demo`` (the default): SQLite, a secret made on the first start, answers only to this machine, demo logins allowed;
* ``production``: nothing is guessed; secret, hosts, database and mail must be given, demo logins are refused. SQLite
  is allowed where it was chosen by name: it is set up to keep what it has acknowledged, and a small province needs no
  more.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

MODES = ("demo", "production")
LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
DISK_STORAGE, BUCKET_STORAGE = (
    "scoring.files.evidence_storage.DurableStorage",
    "scoring.files.evidence_s3.BucketStorage",
)
DATABASE_SCHEMES = {"postgres", "postgresql", "psql", "pgsql", "sqlite"}
SHORTEST_SECRET = 50
# units.enums.Role, whose module needs settings that are not read yet; a test compares.
ROLES = ("coordinator", "unit_staff", "unit_head", "appraiser", "council", "leader", "administrator")
GUARDED_ROLES = ("coordinator", "leader", "administrator")
NO_ROLE = "none"
NO_MAIL = "none"  # said, not forgotten: invitations go out on paper


class EnvironmentFaults(ImproperlyConfigured):
    """All faults of the environment at once; ``faults`` holds one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("Chưa khởi động được:\n" + "\n".join(f"  - {fault}" for fault in faults))


@dataclass(frozen=True)
class Environment:
    """What this installation decided. Paths are absolute, URLs unparsed."""

    mode: str
    var: Path
    secret_key: str
    allowed_hosts: list[str]
    trusted_origins: list[str]
    database: dict
    email: dict
    mail_from: str
    has_mail: bool
    evidence: dict
    clamd_url: str
    proxies: int
    site_url: str
    second_factor: frozenset[str]
    single_sign_on: dict
    idle_minutes: int
    session_hours: int

    @property
    def is_production(self) -> bool:
        return self.mode == "production"


def read_environment(base: Path, source: Mapping[str, str] | None = None) -> Environment:
    """Read and check every variable; raises `EnvironmentFaults` naming each one that must be mended."""
    given = os.environ if source is None else source
    env = environ.Env()
    # An empty variable is a missing one. A value may begin with "$", which the library would take for another's name.
    env.escape_proxy = True
    env.ENVIRON = {name: value.replace("$", r"\$") for name, value in given.items() if value.strip()}
    faults: list[str] = []

    mode = env.str("PARINDEX_MODE", "demo")
    if mode not in MODES:
        faults.append(f"PARINDEX_MODE phải là “demo” hoặc “production”, đang là “{mode}”.")
    production = mode == "production"
    var = Path(env.str("PARINDEX_VAR", str(base / "var"))).resolve()

    secret = env.str("SECRET_KEY", "")
    if production and not secret:
        faults.append(
            "Thiếu SECRET_KEY. Tạo một chuỗi ngẫu nhiên ít nhất 50 ký tự và đặt vào biến môi trường SECRET_KEY."
        )
    elif production and (len(secret) < SHORTEST_SECRET or len(set(secret)) < 10 or "change" in secret.lower()):
        faults.append("SECRET_KEY quá ngắn, quá đơn giản hoặc là khóa mẫu. Tạo một chuỗi ngẫu nhiên ít nhất 50 ký tự.")

    hosts = [host.strip() for host in env.list("ALLOWED_HOSTS", default=[]) if host.strip()]
    if production:
        faults += _faults_of_hosts(hosts)

    if production and not env.str("DATABASE_URL", ""):
        faults.append("Thiếu DATABASE_URL, ví dụ DATABASE_URL=postgres://nguoi:matkhau@127.0.0.1:5432/parindex.")
    database = _database(env, var, faults)

    if production and not env.str("EMAIL_URL", ""):
        faults.append(
            "Thiếu EMAIL_URL, ví dụ EMAIL_URL=smtp+tls://nguoi:matkhau@mail.tinh.gov.vn:587; "
            "không có máy chủ thư thì ghi EMAIL_URL=none."
        )
    has_mail = env.str("EMAIL_URL", "").strip().lower() != NO_MAIL
    email = _email(env, faults) if has_mail else {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    evidence = _evidence(env.str("EVIDENCE_URL", ""), var, faults)
    clamd_url = _clamd(env.str("CLAMD_URL", ""), faults)

    site_url = env.str("SITE_URL", "").rstrip("/")
    if not urlsplit(site_url).hostname:
        site_url = ""
    mail_from = _mail_from(env.str("MAIL_FROM", ""), site_url, faults)
    if production and not site_url.startswith("https://"):
        faults.append("Thiếu SITE_URL dạng https://…; địa chỉ này được in trong thư và văn bản.")

    origins = env.list("CSRF_TRUSTED_ORIGINS", default=[site_url] if site_url else [])
    faults += [
        f"CSRF_TRUSTED_ORIGINS phải ghi đủ https://…, đang là “{origin}”."
        for origin in origins
        if not origin.startswith(("https://", "http://"))
    ]

    proxies = env.str("PROXY_COUNT", "0")
    if not proxies.isascii() or not proxies.isdigit():
        faults.append(f"PROXY_COUNT phải là số nguyên không âm, đang là “{proxies}”.")
    idle_minutes = _between(env.str("PARINDEX_IDLE_MINUTES", "30"), "PARINDEX_IDLE_MINUTES", 10, 240, faults)
    session_hours = _between(env.str("PARINDEX_SESSION_HOURS", "12"), "PARINDEX_SESSION_HOURS", 1, 24, faults)

    single_sign_on = _single_sign_on(env, production, faults)
    second_factor = _second_factor(env.str("PARINDEX_SECOND_FACTOR", ""), production, faults)

    if faults:
        raise EnvironmentFaults(faults)
    return Environment(
        mode=mode,
        var=var,
        secret_key=secret or _local_secret(var),
        allowed_hosts=hosts or LOOPBACK_HOSTS,
        trusted_origins=origins,
        database=database,
        email=email,
        mail_from=mail_from,
        has_mail=has_mail,
        evidence=evidence,
        clamd_url=clamd_url,
        proxies=int(proxies),
        site_url=site_url,
        second_factor=second_factor,
        single_sign_on=single_sign_on,
        idle_minutes=idle_minutes,
        session_hours=session_hours,
    )


def _between(given: str, name: str, least: int, most: int, faults: list[str]) -> int:
    """A whole number within bounds; what is not one is a fault."""
    if given.isascii() and given.isdigit() and least <= int(given) <= most:
        return int(given)
    faults.append(f"{name} phải là số nguyên từ {least} đến {most}, đang là “{given}”.")
    return least


def _single_sign_on(env: environ.Env, production: bool, faults: list[str]) -> dict:
    """The province's own sign-in service (OpenID Connect); empty when none is named."""
    named = {
        "name": env.str("PARINDEX_OIDC_NAME", ""),
        "server": env.str("PARINDEX_OIDC_SERVER", "").rstrip("/"),
        "client_id": env.str("PARINDEX_OIDC_CLIENT_ID", ""),
        "secret": env.str("PARINDEX_OIDC_SECRET", ""),
    }
    if not any(named.values()):
        return {}
    if missing := [f"PARINDEX_OIDC_{name.upper()}" for name, value in named.items() if not value]:
        faults.append(f"Đăng nhập một lần còn thiếu {', '.join(missing)}. Ghi đủ bốn biến, hoặc bỏ cả bốn.")
    elif not named["server"].startswith("https://" if production else ("https://", "http://")):
        faults.append(f"PARINDEX_OIDC_SERVER phải là địa chỉ https://…, đang là “{named['server']}”.")
    match = env.str("PARINDEX_OIDC_MATCH_EMAIL", "no")
    if match not in ("yes", "no"):
        faults.append(f"PARINDEX_OIDC_MATCH_EMAIL phải là “yes” hoặc “no”, đang là “{match}”.")
    return named | {"match_email": match == "yes"}


def _second_factor(given: str, production: bool, faults: list[str]) -> frozenset[str]:
    """The roles that must sign in with a second factor: those named, none by the word, else the mode's own."""
    if not given:
        return frozenset(GUARDED_ROLES if production else ())
    names = {name.strip() for name in given.split(",") if name.strip()}
    if names == {NO_ROLE}:
        return frozenset()
    if unknown := sorted(names - set(ROLES)):
        faults.append(
            f"PARINDEX_SECOND_FACTOR không có vai trò “{', '.join(unknown)}”. Ghi “{NO_ROLE}”, hoặc các vai trò trong "
            f"số {', '.join(ROLES)}, cách nhau bằng dấu phẩy."
        )
    return frozenset(names)


def _faults_of_hosts(hosts: list[str]) -> list[str]:
    if not hosts:
        return ["Thiếu ALLOWED_HOSTS. Ghi tên miền của cổng, ví dụ ALLOWED_HOSTS=cchc.tinh.gov.vn."]
    if any(host.startswith("*") or (host.startswith(".") and "." not in host[1:]) for host in hosts):
        return ["ALLOWED_HOSTS không được để mở cho mọi tên miền (“*”). Ghi đúng tên miền của cổng."]
    no_names = [host for host in hosts if "/" in host or (":" in host and not host.startswith("["))]
    return [f"ALLOWED_HOSTS chỉ ghi tên miền, không ghi https:// hay cổng, đang là “{host}”." for host in no_names]


def _email(env: environ.Env, faults: list[str]) -> dict:
    """Django's mail settings; empty when none were given (the demo keeps its letters as files)."""
    try:
        return env.email_url("EMAIL_URL") if env.str("EMAIL_URL", "") else {}
    except ImproperlyConfigured:
        faults.append("EMAIL_URL không đọc được. Dạng đúng: smtp+tls://nguoi:matkhau@mail.tinh.gov.vn:587.")
        return {}


def _mail_from(written: str, site_url: str, faults: list[str]) -> str:
    """From whom letters come: what was decided, or an address at the portal's own host."""
    sender = written or f"Chỉ số CCHC <khong-tra-loi@{urlsplit(site_url).hostname or 'localhost'}>"
    if parseaddr(sender)[1].count("@") != 1 or "\n" in sender:
        faults.append("MAIL_FROM không đọc được. Dạng đúng: Chỉ số CCHC <cchc@tinh.gov.vn>.")
    return sender


def _clamd(url: str, faults: list[str]) -> str:
    """Where the virus scanner stands: a host with its port, or a socket of this machine; "" where there is none."""
    try:
        parts = urlsplit(url)
        known = {"tcp": bool(parts.hostname and parts.port), "unix": bool(parts.path.strip("/")), "": not url}
    except ValueError:
        known, parts = {}, urlsplit("")
    if not known.get(parts.scheme):
        faults.append("CLAMD_URL không đọc được. Dạng đúng: unix:///run/clamav/clamd.ctl hoặc tcp://127.0.0.1:3310.")
        return ""
    return url


def _evidence(url: str, var: Path, faults: list[str]) -> dict:
    """The `STORAGES["evidence"]` entry: a private folder, or a private bucket when the address begins with s3://.

    `s3://KEY:SECRET@bucket/prefix?endpoint=https://…&region=…`; without key and secret the machine's own role counts.
    """
    unreadable = "EVIDENCE_URL không đọc được. Dạng đúng: file:///srv/parindex/evidence hoặc s3://KHOA:BI_MAT@ten-kho."
    try:
        parts = urlsplit(url or (var / "evidence").as_uri())
        options = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
    except ValueError:
        faults.append(unreadable)
        return {}
    if parts.scheme == "file" and parts.path.strip("/") and not parts.netloc and not options:
        return {"BACKEND": DISK_STORAGE, "OPTIONS": {"location": unquote(parts.path)}}
    endpoint = options.get("endpoint", "")
    is_known = set(options) <= {"endpoint", "region"} and (not endpoint or endpoint.startswith(("https://", "http://")))
    if parts.scheme != "s3" or not parts.hostname or not is_known or bool(parts.username) != bool(parts.password):
        faults.append(unreadable)
        return {}
    bucket = {
        "bucket_name": parts.netloc.rpartition("@")[2],
        "location": unquote(parts.path).strip("/"),
        "access_key": unquote(parts.username) if parts.username else None,
        "secret_key": unquote(parts.password) if parts.password else None,
        "endpoint_url": endpoint or None,
        "region_name": options.get("region"),
        "default_acl": "private",
        "file_overwrite": True,  # a key is never used twice; asking whether it is taken would be a request for nothing
        "object_parameters": {"CacheControl": "private, no-store"},
    }
    return {"BACKEND": BUCKET_STORAGE, "OPTIONS": bucket}


def _database(env: environ.Env, var: Path, faults: list[str]) -> dict:
    """The `DATABASES["default"]` entry; SQLite is set up so that a commit is on disk before we say "saved"."""
    unreadable = "DATABASE_URL không đọc được. Dạng đúng: postgres://nguoi:matkhau@may-chu:5432/ten."
    scheme, separator, _ = env.str("DATABASE_URL", "sqlite://").partition("://")
    if not separator:
        faults.append(unreadable)
        return {}
    if scheme not in DATABASE_SCHEMES:
        faults.append("DATABASE_URL phải là postgres://… hoặc sqlite:///…; cổng không hỗ trợ loại khác.")
        return {}
    try:
        database = env.db_url("DATABASE_URL", default=f"sqlite:///{var / 'db.sqlite3'}")
    except (ValueError, ImproperlyConfigured):
        faults.append(unreadable)
        return {}
    if database["ENGINE"] == "django.db.backends.sqlite3":
        if not Path(database["NAME"]).is_absolute():
            faults.append(
                "DATABASE_URL của SQLite phải ghi đường dẫn đầy đủ, ví dụ sqlite:////srv/parindex/db.sqlite3."
            )
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
        }
    else:
        if not database["NAME"]:
            faults.append(unreadable)
        database["CONN_MAX_AGE"] = 60
        database["CONN_HEALTH_CHECKS"] = True
    return database


def _local_secret(var: Path) -> str:
    """The demo's secret: made once, kept readable by its owner only, so that restarts keep sessions alive."""
    path = var / "secret-key"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # a sibling process was quicker
            return path.read_text()
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text()
