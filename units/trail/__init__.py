"""The trail: what was done, by whom, in which role, from where; append-only and chained by SHA-256 (decision 006).

`record` appends within the transaction of the act; `verify` finds what was tampered with; `head_of` is the line that
documents print, `fault_of_print` holds such a line against the chain; `acts` says every action in words.
"""

from units.trail.acts import ACTS, words_of
from units.trail.chain import SITE, Head, OutsideTransaction, TrailFault, fault_of_print, head_of, record, verify
from units.trail.origin import acting_from

__all__ = [
    "ACTS",
    "SITE",
    "Head",
    "OutsideTransaction",
    "TrailFault",
    "acting_from",
    "fault_of_print",
    "head_of",
    "record",
    "verify",
    "words_of",
]
