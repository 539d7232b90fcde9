"""The release job dies wherever the disk fails it: the public sees the old state or the new one, never a mixture, and
running the job again finishes the work (cases D11, D12)."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from reports.enums import PublicationState
from reports.files.assets import MissingAsset
from reports.models import Publication, PublishedFile
from reports.services import publishing
from reports.services.publishing import BasisMoved
from reports.services.transitions import now_to_the_second
from reports.tasks import run_release
from reports.tasks.shelf import shelf_with
from scoring.models import Value
from tests.reports.publishing import Team, fetch, public_bytes, release
from units.models import TrailEntry

pytestmark = pytest.mark.django_db


MOMENTS: dict[str, Callable[[Path, int], bool]] = {
    "the first page": lambda path, count: count == 1,
    "a page in the middle": lambda path, count: count == 40,
    "the folders, when all pages are written": lambda path, count: path.is_dir(),
    "the index, after the flip": lambda path, count: "index.json" in path.name,
}


@contextmanager
def disk_fails_at(moment: str) -> Iterator[None]:
    """The first write to the disk that fits `moment` finds no room; later ones do again."""
    real, calls, failed = os.fsync, [0], []

    def fsync(descriptor: int) -> None:
        calls[0] += 1
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if not failed and MOMENTS[moment](path, calls[0]):
            failed.append(path)
            raise OSError(errno.ENOSPC, "no room")
        real(descriptor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        yield


def correction_underway() -> Publication:
    """A public version 1 and a version 2 with other figures, about to be released."""
    team = Team()
    team.released()
    Value.objects.filter(participant__campaign=team.campaign, points=4).update(points=1)
    return team.releasing(reason="Chấm lại một tiêu chí")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_full_disk_at_any_point_leaves_the_old_state_public_and_the_job_can_run_again(moment: str) -> None:
    publication = correction_underway()
    before = public_bytes()
    with disk_fails_at(moment), pytest.raises(OSError, match="no room"):
        release(publication)
    assert public_bytes() == before
    publication.refresh_from_db()
    assert publication.state == ("released" if moment.startswith("the index") else "releasing")
    assert release(publication).state == "released"
    after = public_bytes()
    slug = publication.campaign.organiser.slug
    assert publication.check_code.encode() in after[f"{slug}/tai-ve/2025/"][1]
    assert after[f"{slug}/"] != before[f"{slug}/"]
    assert TrailEntry.objects.filter(action="reports.finish", object_id=publication.pk).count() == 1


def test_a_job_that_runs_twice_publishes_once() -> None:
    publication = correction_underway()
    release(publication)
    before = public_bytes()
    files = PublishedFile.objects.count()
    assert run_release(publication.pk) == PublicationState.RELEASED
    assert public_bytes() == before
    assert PublishedFile.objects.count() == files


def test_a_damaged_blob_left_by_an_earlier_try_is_written_anew(settings: Any) -> None:
    publication = correction_underway()
    with disk_fails_at("a page in the middle"), pytest.raises(OSError, match="no room"):
        release(publication)
    for path in (settings.PUBLIC_ROOT / "blobs").glob("*/*"):
        path.write_bytes(b"torn")
    assert release(publication).state == "released"
    slug = publication.campaign.organiser.slug
    assert publication.check_code in fetch(f"/{slug}/tai-ve/2025/").content.decode()


def test_a_page_that_names_a_missing_style_sheet_is_not_released(settings: Any) -> None:
    publication = correction_underway()
    before = public_bytes()
    settings.STATICFILES_DIRS = []
    finders.get_finder.cache_clear()
    with pytest.raises(MissingAsset, match="Thiếu tệp tĩnh"):
        release(publication)
    finders.get_finder.cache_clear()
    assert public_bytes() == before


def test_two_organisers_that_release_in_one_moment_both_stand_on_the_front_page() -> None:
    first, second = Team(), Team()
    slow = first.releasing()
    moment = now_to_the_second()
    shelf = shelf_with(slow, moment)
    release(second.releasing())
    with pytest.raises(BasisMoved):
        publishing.finish(slow, [], shelf, moment)
    slow.refresh_from_db()
    assert slow.state == "releasing"
    assert release(slow).state == "released"
    front = fetch("/").content.decode()
    assert f"/{first.organiser.slug}/" in front
    assert f"/{second.organiser.slug}/" in front
