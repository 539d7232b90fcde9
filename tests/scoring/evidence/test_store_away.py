"""D08: a bucket that hangs, fails or is gone: an upload fails cleanly and soon, can be repeated, holds up nobody."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from parindex.env import read_environment
from scoring.files import evidence_store as store
from scoring.files.evidence_s3 import BucketStorage
from tests.factories import sign_in
from tests.scoring.evidence import samples
from tests.scoring.evidence.year import Year, stored

SHA256 = "0" * 64


class Impatient(BucketStorage):
    """The portal's own, with less time."""

    connecting, reading = 0.3, 0.3


class _Bucket(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    way = "hangs"
    asked = 0


class _Talk(socketserver.StreamRequestHandler):
    server: _Bucket

    def handle(self) -> None:
        self.server.asked += 1
        if self.server.way == "hangs":
            time.sleep(1)
        elif self.server.way == "fails":
            while self.rfile.readline().strip():
                pass
            self.wfile.write(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@pytest.fixture
def bucket(settings: Any, tmp_path: Any) -> Iterator[_Bucket]:
    """A bucket that the portal reaches over a real connection; `way` is how it misbehaves."""
    with _Bucket(("127.0.0.1", 0), _Talk) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        address = f"s3://khoa:mat@kho?endpoint=http://127.0.0.1:{server.server_address[1]}&region=us-east-1"
        evidence = read_environment(tmp_path, {"EVIDENCE_URL": address}).evidence
        backend = f"{Impatient.__module__}.{Impatient.__qualname__}"
        settings.STORAGES = {**settings.STORAGES, "evidence": {**evidence, "BACKEND": backend}}
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("way", ["hangs", "fails", "hangs up"])
def test_neither_storing_nor_reading_waits_long_and_both_say_what_to_do(bucket: _Bucket, way: str) -> None:
    bucket.way = way
    begun = time.monotonic()
    with pytest.raises(store.StoreFailed, match="tải lên lại"):
        store.put(ContentFile(b"x"), SHA256, 1)
    cache.clear()
    with pytest.raises(store.Unavailable, match="tạm thời không trả lời"):
        store.open_whole("aa/bb/" + "c" * 40, SHA256, 1)
    assert time.monotonic() - begun < 10


def test_after_a_failure_it_is_left_alone_for_a_while(bucket: _Bucket) -> None:
    with pytest.raises(store.Unavailable):
        store.open_whole("aa/bb/" + "c" * 40, SHA256, 1)
    asked, begun = bucket.asked, time.monotonic()
    for _ in range(20):
        with pytest.raises(store.Unavailable):
            store.open_whole("aa/bb/" + "c" * 40, SHA256, 1)
    assert (bucket.asked, time.monotonic() - begun < 0.2) == (asked, True)


@pytest.mark.django_db
def test_an_upload_leaves_nothing_and_can_be_repeated_while_other_pages_work(
    year: Year, bucket: _Bucket, settings: Any, tmp_path: Any
) -> None:
    browser = sign_in(year.staff)
    away = settings.STORAGES["evidence"]

    def upload() -> Any:
        return browser.post(year.url("evidence_add"), {"uploads": SimpleUploadedFile("a.pdf", samples.pdf())})

    refused = upload()
    assert (refused.status_code, stored()) == (503, 0)
    assert "kho tài liệu đang gián đoạn" in refused.content.decode()
    begun = time.monotonic()
    assert browser.get(year.url("evidence_list")).status_code == 200
    assert browser.get(year.url("worksheet")).status_code == 200
    assert time.monotonic() - begun < 2
    disk = {"BACKEND": "scoring.files.evidence_storage.DurableStorage", "OPTIONS": {"location": tmp_path / "e"}}
    settings.STORAGES = {**settings.STORAGES, "evidence": disk}
    cache.clear()
    assert (upload().status_code, stored()) == (302, 1)
    settings.STORAGES = {**settings.STORAGES, "evidence": away}
    evidence = year.first.evidence.get()
    shown = browser.get(year.url("evidence_file", evidence.pk, 1))
    assert shown.status_code == 503
    assert "tạm thời không trả lời" in shown.content.decode()
