"""The year in which the council sits."""

from __future__ import annotations

import pytest

from scoring.enums import Phase
from tests.year import Year, build_year


@pytest.fixture
def year() -> Year:
    """A explained 2.1: declared 2, judged 1, then 1,5."""
    return build_year(Phase.COUNCIL)
