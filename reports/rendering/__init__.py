"""Public pages as bytes: pure functions from a frozen dataset, without a database, a request or a clock.

`pages` is the door (`render_year`, `render_version`, `render_organiser`, `render_portal`…); `rows` and `statistics`
shape figures for the templates, `sentences` and `methodology` turn them into words, `addresses` knows every address.
"""
