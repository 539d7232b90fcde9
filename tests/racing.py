"""Several people at the same instant: threads with a connection each, and processes with a clock each."""

from __future__ import annotations

import datetime
import multiprocessing
import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, connections
from django.utils import timezone


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """Start all `works` at one instant and return what each returned or raised, in their order."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int) -> None:
        try:
            barrier.wait(timeout=60)
            results[place] = works[place]()
        except Exception as raised:
            results[place] = raised
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=180)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return results


def in_processes(work: Callable[[], Any], clocks: list[datetime.timedelta]) -> list[Any]:
    """Run `work` in one process for each of `clocks`, whose own clock is that much wrong; what each returned.

    The database is the one of the test; a process that fails makes this fail.
    """
    connections.close_all()
    context = multiprocessing.get_context("fork")
    pipes, processes = [], []
    for wrong in clocks:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_work_with_a_wrong_clock, args=(work, wrong, sender))
        process.start()
        pipes.append(receiver)
        processes.append(process)
    results = [pipe.recv() if pipe.poll(120) else None for pipe in pipes]
    for process in processes:
        process.join(timeout=30)
    assert all(process.exitcode == 0 for process in processes), [process.exitcode for process in processes]
    return results


def _work_with_a_wrong_clock(work: Callable[[], Any], wrong: datetime.timedelta, sender: Any) -> None:
    right = timezone.now
    timezone.now = lambda: right() + wrong
    try:
        sender.send(work())
    finally:
        connections.close_all()
        sender.close()
