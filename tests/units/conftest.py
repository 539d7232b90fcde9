import datetime
from collections.abc import Callable

import pytest
from django.utils import timezone


@pytest.fixture
def day() -> Callable[[int], datetime.date]:
    """`day(-1)` is yesterday."""
    return lambda offset: timezone.localdate() + datetime.timedelta(days=offset)
