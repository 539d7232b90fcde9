"""How many examples a random test draws: ``quick`` by default, ``soak`` under ``PARINDEX_SOAK=1`` (``make soak``)."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings


def choose() -> None:
    """Load the profile of this run."""
    settings.register_profile("quick", max_examples=25, deadline=None, derandomize=True)
    settings.register_profile(
        "soak",
        max_examples=2_000,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        print_blob=True,
    )
    settings.load_profile("soak" if os.environ.get("PARINDEX_SOAK") == "1" else "quick")
