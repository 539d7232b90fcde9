"""The engine's tests run by themselves too, where no Django is installed:
``python -m pytest -c tests/engine/pytest.ini tests/engine``.
"""

from __future__ import annotations

from tests.engine import profiles

profiles.choose()
