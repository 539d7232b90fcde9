"""The pages of a dataset, rendered without a database."""

from reports.rendering import pages
from tests.reports.dataset import SITE
from tests.reports.reading import Reader

BASE = "/hoa-giang/"


def tree(year, decision=None, base=BASE, site=SITE):
    """Return every page of the organiser and of the year by its path."""
    made = [*pages.render_organiser(year, decision, site, base), *pages.render_year(year, decision, site, base)]
    return {page.path: page.body for page in made}


def read(year, path, decision=None):
    page = pages.render_at(year, decision, SITE, BASE, path)
    assert page is not None, path
    return Reader(page.body)
