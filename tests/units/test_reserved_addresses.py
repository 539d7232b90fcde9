"""The short address of an organiser is never one of the portal's own first words."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from parindex.urls import urlpatterns
from tests.factories import ProvinceFactory
from units.models import Organiser
from units.validators import RESERVED, free_slug

pytestmark = pytest.mark.any_database


def test_every_first_word_of_the_portals_addresses_is_reserved() -> None:
    words = {str(pattern.pattern).split("/")[0].split(".")[0] for pattern in urlpatterns}
    assert {word for word in words if word and not word.startswith("<")} | {"static"} == RESERVED


@pytest.mark.django_db
def test_an_organiser_cannot_take_one() -> None:
    free_slug("quang-ngai")
    taken = Organiser(unit=ProvinceFactory(), slug="lam-viec", title="UBND tỉnh", place="tỉnh")
    with pytest.raises(ValidationError, match="địa chỉ của chính cổng"):
        taken.full_clean()
