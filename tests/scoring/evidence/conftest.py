from __future__ import annotations

import pytest

from tests.scoring.evidence.year import Year, build


@pytest.fixture
def year(db: None) -> Year:
    return build()
