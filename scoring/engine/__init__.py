"""The methodology, and nothing else: a campaign file in, points, indices, ranks, grades and their derivation out.

Plain Python (standard library only), exact arithmetic, no clock, no randomness, no environment: the same input gives
the same bytes on every machine. The way through the room:

    interchange.load_campaign (bytes → Campaign, or every fault at once)
        → evaluate.evaluate (Campaign → Results)
            → interchange.result_pieces (Results → bytes, unit by unit; ``sentences`` tells each node on the way)

``compute.compute`` is the three in a row; ``python -m scoring.engine campaign.json`` is the same from a shell.
``change`` tries other answers of one unit without computing the rest anew.
"""

from typing import Final

ENGINE_VERSION: Final = "1.0.0"
"""Printed into every results file; raised whenever the same input could give other numbers."""
