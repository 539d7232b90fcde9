"""Bytes in, bytes out: the whole engine in one call."""

from scoring.engine.evaluate import evaluate
from scoring.engine.interchange import dump_results, load_campaign


def compute(data: bytes) -> bytes:
    """Return the results file of a campaign file; raise CampaignFaults with every fault of the file."""
    return dump_results(evaluate(load_campaign(data)))
