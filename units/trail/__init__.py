"""The trail: what was done, by whom, in which role, from where; append-only and chained by SHA-256 (decision 006).

`record` (`record_many` for a table) appends within the transaction of the act; `verify` finds what was tampered with;
`head_of` is the line that documents print, `fault_of_print` holds such a line against the chain; `acts` says every
action in words; history pages choose entries with `entries_of`, `about` and `narrowed`, and tell their data by
`details_of`.
"""

from units.trail.acts import ACTS, words_of
from units.trail.chain import (
    SITE,
    Head,
    OutsideTransaction,
    TrailFault,
    fault_of_print,
    head_of,
    line_about,
    record,
    record_many,
    verify,
)
from units.trail.details import Known, details_of, known_in
from units.trail.origin import acting_from
from units.trail.reading import about, actions_in, entries_of, narrowed

__all__ = [
    "ACTS",
    "SITE",
    "Head",
    "Known",
    "OutsideTransaction",
    "TrailFault",
    "about",
    "acting_from",
    "actions_in",
    "details_of",
    "entries_of",
    "fault_of_print",
    "head_of",
    "known_in",
    "line_about",
    "narrowed",
    "record",
    "record_many",
    "verify",
    "words_of",
]
