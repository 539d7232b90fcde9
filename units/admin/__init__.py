"""Back office: stock Django admin for catalogues only, opened by our own permission table.

The catalogues are registered by `units.apps`: imported here, they would ask for the site while it is being made.
"""
