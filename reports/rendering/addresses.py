"""Every public address, below one base ("/quang-ngai/", or the base of a version that is kept for ever)."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Addresses:
    """Addresses of one year of one organiser. ``base`` ends with a slash; ``year`` is the campaign's code."""

    base: str
    year: str

    @property
    def home(self) -> str:
        return self.base

    @property
    def all_years(self) -> str:
        return f"{self.base}{ALL_YEARS}"

    @property
    def statistics(self) -> str:
        return self.base + self.statistics_path

    @property
    def methodology(self) -> str:
        return self.base + self.methodology_path

    @property
    def downloads(self) -> str:
        return self.base + self.downloads_path

    @property
    def statistics_path(self) -> str:
        return f"thong-ke/{quote(self.year)}/"

    @property
    def methodology_path(self) -> str:
        return f"phuong-phap/{quote(self.year)}/"

    @property
    def downloads_path(self) -> str:
        return f"tai-ve/{quote(self.year)}/"

    def ranking_path(self, group: str) -> str:
        """Path of a group's ranking, relative to the base."""
        return f"xep-hang/{quote(self.year)}/{quote(group)}/"

    def ranking(self, group: str) -> str:
        return self.base + self.ranking_path(group)

    def unit_path(self, unit: str, *, latest: bool = False) -> str:
        """Path of a unit's page: of this year, or the one without a year that always shows the latest."""
        return f"don-vi/{quote(unit)}/" if latest else f"don-vi/{quote(unit)}/{quote(self.year)}/"

    def unit(self, unit: str) -> str:
        return self.base + self.unit_path(unit)

    def file(self, path: str) -> str:
        """Address of a file to download; a bare name lies in this year's folder."""
        return self.base + (path if "/" in path else f"{self.downloads_path}{quote(path)}")


ALL_YEARS = "cac-nam/"
