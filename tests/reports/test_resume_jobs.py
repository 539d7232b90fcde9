"""A job whose worker was killed is run again; one that is still at work is left alone."""

import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult


def running(minutes: int) -> DBTaskResult:
    """A job that some worker began `minutes` ago."""
    return DBTaskResult.objects.create(
        task_path="reports.tasks.release.release_publication",
        args_kwargs={"args": [0], "kwargs": {}},
        queue_name="default",
        backend_name="default",
        priority=0,
        status=TaskResultStatus.RUNNING,
        started_at=timezone.now() - datetime.timedelta(minutes=minutes),
        worker_ids=["killed"],
        exception_class_path="",
        traceback="",
    )


@pytest.mark.django_db
def test_only_jobs_that_run_too_long_go_back_into_the_queue(capsys):
    cut_off, at_work = running(60), running(1)
    call_command("resume_jobs")
    assert "1 việc nền" in capsys.readouterr().out
    for job in (cut_off, at_work):
        job.refresh_from_db()
    assert (cut_off.status, cut_off.started_at, cut_off.worker_ids) == (TaskResultStatus.READY, None, [])
    assert (at_work.status, at_work.worker_ids) == (TaskResultStatus.RUNNING, ["killed"])
    assert list(DBTaskResult.objects.ready()) == [cut_off]
