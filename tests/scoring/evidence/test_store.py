"""The private store: random keys, all or nothing, and never a byte that is not the one put in (D07, D08, D23, T26)."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import moto
import pytest
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import storages

from parindex.env import DISK_STORAGE, EnvironmentFaults, read_environment
from scoring.files import evidence_store as store
from scoring.files.evidence_storage import DurableStorage

BODY = b"noi dung" * 20_000
SHA256 = hashlib.sha256(BODY).hexdigest()
S3 = "s3://khoa:bi%2Fmat@kho-tai-lieu/tinh?region=us-east-1"


def put() -> str:
    return store.put(ContentFile(BODY), SHA256, len(BODY))


def root() -> Path:
    return Path(settings.STORAGES["evidence"]["OPTIONS"]["location"])


def files() -> list[Path]:
    return [path for path in root().rglob("*") if path.is_file()]


@pytest.fixture
def bucket(settings: Any, tmp_path: Path) -> Iterator[None]:
    """The same store in a bucket of an S3 made of memory, set up by nothing but EVIDENCE_URL."""
    with moto.mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="kho-tai-lieu")
        evidence = read_environment(tmp_path, {"EVIDENCE_URL": S3}).evidence
        settings.STORAGES = {**settings.STORAGES, "evidence": evidence}
        yield


@pytest.fixture(params=["folder", "bucket"])
def either(request: pytest.FixtureRequest) -> str:
    """Both kinds of store, one after the other."""
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    return request.param


def test_what_is_put_is_read_back_whole(either: str) -> None:
    key = put()
    with store.open_whole(key, SHA256, len(BODY)) as file:
        assert file.read() == BODY
    assert store.exists(key)
    assert [found for found, _ in store.stored_keys()] == [key]
    store.discard(key)
    assert not store.exists(key)
    assert list(store.stored_keys()) == []


def test_a_key_is_random_and_says_nothing() -> None:
    keys = {put() for _ in range(5)}
    assert len(keys) == 5, "the same bytes twice are two objects"
    for key in keys:
        assert re.fullmatch(r"([0-9a-f]{2})/([0-9a-f]{2})/\1\2[0-9a-f]{36}", key), "160 random bits, two folders"


def test_files_are_for_the_portal_alone() -> None:
    put()
    (path,) = files()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)} == {0o700}


def test_any_flipped_bit_is_found_before_a_byte_goes_out() -> None:
    key = put()
    (path,) = files()
    for position in range(0, len(BODY), len(BODY) // 50):
        damaged = bytearray(BODY)
        damaged[position] ^= 1 << position % 8
        path.write_bytes(damaged)
        with pytest.raises(store.Damaged):
            store.open_whole(key, SHA256, len(BODY))
    path.write_bytes(BODY)
    with store.open_whole(key, SHA256, len(BODY)) as file:
        assert file.read() == BODY


def test_lost_and_changed_bytes_are_told_apart_from_good_ones_in_either_store(either: str) -> None:
    key = put()
    storages["evidence"].delete(key)
    with pytest.raises(store.Damaged, match="không khớp mã băm nên không tải xuống được"):
        store.open_whole(key, SHA256, len(BODY))
    storages["evidence"].save(key, ContentFile(BODY + b"!"))
    with pytest.raises(store.Damaged):
        store.open_whole(key, SHA256, len(BODY))


class FullDisk(DurableStorage):
    """The disk is full after half of the bytes."""

    def _write(self, file: File, content: File) -> None:
        file.write(BODY[: len(BODY) // 2])
        raise OSError(28, "No space left on device")


class LyingDisk(DurableStorage):
    """Says yes, and keeps something else."""

    def _write(self, file: File, content: File) -> None:
        file.write(BODY[:-1] + b"?")


@pytest.mark.parametrize("kind", [FullDisk, LyingDisk])
def test_a_store_that_fails_or_lies_leaves_nothing_and_says_so(kind: type) -> None:
    storages._storages["evidence"] = kind(location=root())  # by class: the name of a test module cannot be imported
    with pytest.raises(store.StoreFailed, match="kho tài liệu đang gián đoạn"):
        put()
    assert files() == []


def test_a_bucket_that_is_away_is_a_refusal_in_words(settings: Any, bucket: None) -> None:
    key = put()
    client = boto3.client("s3", region_name="us-east-1")
    client.delete_object(Bucket="kho-tai-lieu", Key=f"tinh/{key}")
    client.delete_bucket(Bucket="kho-tai-lieu")
    with pytest.raises(store.StoreFailed):
        put()
    with pytest.raises((store.Unavailable, store.Damaged)):
        store.open_whole(key, SHA256, len(BODY))


def test_an_object_of_the_bucket_is_private_and_has_no_address(bucket: None) -> None:
    key = put()
    acl = boto3.client("s3", region_name="us-east-1").get_object_acl(Bucket="kho-tai-lieu", Key=f"tinh/{key}")
    assert {grant["Grantee"]["Type"] for grant in acl["Grants"]} == {"CanonicalUser"}
    with pytest.raises(NotImplementedError):
        storages["evidence"].url(key)


def test_an_unfinished_file_of_a_crash_is_listed_for_the_sweep() -> None:
    key = put()
    unfinished = root() / f"{key}.abcd.part"
    unfinished.write_bytes(b"x")
    (root() / "README").write_text("not ours")
    assert [found for found, _ in store.stored_keys()] == [key, f"{key}.abcd.part"]


def test_without_a_setting_evidence_lies_in_the_private_folder(tmp_path: Path) -> None:
    evidence = read_environment(tmp_path, {}).evidence
    assert evidence == {"BACKEND": DISK_STORAGE, "OPTIONS": {"location": str(tmp_path / "var" / "evidence")}}
    assert read_environment(tmp_path, {"EVIDENCE_URL": "file:///srv/tai%20lieu"}).evidence["OPTIONS"] == {
        "location": "/srv/tai lieu"
    }


def test_a_bucket_is_a_setting(tmp_path: Path) -> None:
    url = "s3://khoa:bi%2Fmat@Kho.tai-lieu/tinh/nam?endpoint=https://s3.tinh.gov.vn&region=vn-1"
    options = read_environment(tmp_path, {"EVIDENCE_URL": url}).evidence["OPTIONS"]
    told = ("bucket_name", "location", "access_key", "secret_key", "endpoint_url", "region_name", "default_acl")
    assert [options[name] for name in told] == [
        "Kho.tai-lieu", "tinh/nam", "khoa", "bi/mat", "https://s3.tinh.gov.vn", "vn-1", "private",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "url",
    [
        "var/evidence", "file://", "file:///", "file://may/srv", "s3://", "s3://khoa@kho", "ftp://kho",
        "s3://kho?endpoint=khong-co", "s3://kho?regoin=vn-1", "s3://kho?region", "s3://[kho",
    ],
)  # fmt: skip
def test_an_address_of_no_use_is_told_with_what_would_be(tmp_path: Path, url: str) -> None:
    with pytest.raises(EnvironmentFaults) as refused:
        read_environment(tmp_path, {"EVIDENCE_URL": url})
    assert refused.value.faults == [
        "EVIDENCE_URL không đọc được. Dạng đúng: file:///srv/parindex/evidence hoặc s3://KHOA:BI_MAT@ten-kho."
    ]


def test_without_a_bucket_nothing_of_the_bucket_is_loaded() -> None:
    """boto3 costs 200 ms and 24 MB at every start; a folder needs none of it."""
    asked = (
        "import django, sys; django.setup(); import scoring.views.evidence; "
        "from django.core.files.storage import storages; storages['evidence']; print('boto3' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "parindex.settings_test"},
    )  # fmt: skip
    assert done.stdout.strip() == "False"
