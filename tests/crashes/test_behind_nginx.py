"""The portal behind the very file of deploy/nginx: slow and endless uploads end there (cases T41, T42).

Runs where nginx is installed, or where PARINDEX_NGINX names it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings

from scoring.models import Evidence
from tests.crashes.granian import Production, in_production
from tests.crashes.server import Browser, free_port, wait_for
from tests.crashes.wire import AFTER_THE_FILE, Wire, before_the_file, seconds_for, upload_headers
from tests.scoring.dossier.pages import url
from tests.scoring.evidence import samples
from tests.thinning import SOAK
from tests.year import Year, build_year

NGINX = shutil.which(os.environ.get("PARINDEX_NGINX", "nginx"))
pytestmark = [
    pytest.mark.abuse,
    pytest.mark.any_database,
    pytest.mark.skipif(NGINX is None, reason="không có nginx trên máy này (apt-get install -y nginx)"),
]
SLOW = 200 if SOAK else 40
SHIPPED = Path(settings.BASE_DIR) / "deploy" / "nginx" / "parindex.conf"


def configuration(folder: Path, port: int, portal: int) -> str:
    """The shipped file without its certificate, on this port, in front of that portal."""
    text = SHIPPED.read_text()
    text = re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", text, count=1, flags=re.DOTALL)
    text = re.sub(r"^\s*(ssl_\w+|listen \[::\]).*\n", "", text, flags=re.MULTILINE)
    for old, new in {
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port};",
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{portal};",
        "server_name cchc.tinh.gov.vn;": "server_name 127.0.0.1;",
        "/var/cache/nginx/parindex": f"{folder}/cache",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""
        user root; daemon off; pid {folder}/pid; error_log {folder}/error.log;
        events {{ worker_connections 1024; }}
        http {{ access_log off; {places}
        {text}
        }}"""


@pytest.fixture
def year(transactional_db: None) -> Year:
    return build_year()


@pytest.fixture
def portal(year: Year, tmp_path: Path) -> Iterator[Production]:
    with in_production(free_port(), tmp_path) as portal:
        yield portal


@pytest.fixture
def port(portal: Production, tmp_path: Path) -> Iterator[int]:
    """Where nginx listens, in front of the portal."""
    port, folder = free_port(), tmp_path / "nginx"
    folder.mkdir()
    (folder / "nginx.conf").write_text(configuration(folder, port, portal.port))
    process = subprocess.Popen(
        [str(NGINX), "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    )
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_slow_chunked_and_endless_uploads_end_at_the_proxy(year: Year, portal: Production, port: int) -> None:
    browser, address = Browser(year["a1"], port), url(year, "evidence_upload", unit=year.a)
    body = before_the_file(uuid.uuid4().hex) + samples.pdf() + AFTER_THE_FILE
    with Wire(port) as wire:
        wire.head("POST", address, upload_headers(browser, **{"Transfer-Encoding": "chunked"}))
        wire.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
        assert wire.answer() == 201, "the proxy gives it a length"
    for path, size in (
        (address, 411 << 20),
        (url(year, "answer_save", "1.2"), 26 << 20),
        ("/tai-khoan/dang-nhap/", 1 << 17),
    ):
        with Wire(port) as wire:
            wire.head("POST", path, upload_headers(browser, **{"Content-Length": str(size)}))
            assert wire.answer() == 413, path
    with ExitStack() as lines:
        slow = [lines.enter_context(Wire(port)) for _ in range(SLOW)]
        for wire in slow:
            wire.head("POST", address, upload_headers(browser, **{"Content-Length": "100000"}))
        took = []
        for place in range(20):
            for wire in slow:
                wire.send(body[place : place + 1])
            took.append(seconds_for(port, "/robots.txt"))
            begun = time.monotonic()
            assert browser.get(address.replace("tai-len/", ""))[0] == 200
            took.append(time.monotonic() - begun)
        assert max(took) <= 1
        assert portal.open_uploads == 0, "the portal hears of none of them"
    assert Evidence.objects.count() == 1
