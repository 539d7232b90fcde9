"""Back office: stock Django admin for catalogues only, opened by our own permission table."""

from units.admin import people, unit  # noqa: F401  (registers the catalogues)
