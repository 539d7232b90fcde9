import pytest

from tests.world import World, build


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "abuse" in item.path.parts:
            item.add_marker("abuse")


@pytest.fixture
def world(db) -> World:
    return build()
