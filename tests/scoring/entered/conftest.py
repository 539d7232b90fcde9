"""The year of entered points, and its coordinator's browser."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.scoring.entered.year import entered_year
from tests.year import Year


@pytest.fixture
def year() -> Year:
    return entered_year()


@pytest.fixture
def c(year: Year) -> Client:
    return year.browser("c")
