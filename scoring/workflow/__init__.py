"""The life of a year as tables: from where to where, in which phase, under which words; and who holds the pen.

Plain data, no queries. Who may stands in `scoring.permissions`, on what data in `scoring.services.guards`; the door is
`scoring.services.transitions`. `manage.py print_workflow` renders these tables into docs/workflow.md.
"""

from scoring.workflow.deadline import ACT_OF_STEP, Act, Deadline, hour_of
from scoring.workflow.pen import PEN, Hand, Matter, holds_pen
from scoring.workflow.table import Subject, Transition, action_of, find, offered, transitions_of, way_back

__all__ = [
    "ACT_OF_STEP",
    "PEN",
    "Act",
    "Deadline",
    "Hand",
    "Matter",
    "Subject",
    "Transition",
    "action_of",
    "find",
    "holds_pen",
    "hour_of",
    "offered",
    "transitions_of",
    "way_back",
]
