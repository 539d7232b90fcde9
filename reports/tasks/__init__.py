"""Work that takes longer than a request: rendering a publication and making it public, or taking it back."""

from reports.tasks.release import release_publication, run_release, start_release
from reports.tasks.withdrawal import withdraw

__all__ = ["release_publication", "run_release", "start_release", "withdraw"]
