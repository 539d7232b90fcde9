"""Bytes in, bytes out: the whole engine in one call."""

from collections.abc import Iterator

from scoring.engine.evaluate import evaluate
from scoring.engine.interchange import load_campaign, result_pieces


def compute(data: bytes) -> bytes:
    """Return the results file of a campaign file; raise CampaignFaults with every fault of the file."""
    return b"".join(compute_pieces(data))


def compute_pieces(data: bytes) -> Iterator[bytes]:
    """The same unit by unit, for who writes it away at once. Whatever is wrong is raised before the first piece."""
    return result_pieces(evaluate(load_campaign(data)))
