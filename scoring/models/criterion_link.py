"""How the criteria of one year continue those of an earlier one, as the coordinator says it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from scoring.enums import LinkKind


class CriterionLink(models.Model):
    """One criterion and one that it continues; without a predecessor it is said to be new.

    Criteria that were put together make one with several predecessors, one that was divided is the predecessor of
    several: they are compared as a whole, sum against sum (`scoring.analysis.comparison`), so all links of a criterion
    have one kind, and "same" joins exactly two. A stored link goes before what the permanent id proposes
    (`scoring.selectors.continuity`). Where the earlier criterion goes, with a past table that is replaced, so does the
    link.
    """

    criterion = models.ForeignKey("scoring.Criterion", on_delete=models.CASCADE, related_name="links")
    predecessor = models.ForeignKey(
        "scoring.Criterion", on_delete=models.CASCADE, null=True, blank=True, related_name="followers"
    )
    kind = models.CharField("cách so", max_length=10, choices=LinkKind)
    note = models.CharField("ghi chú", max_length=300, blank=True)

    class Meta:
        verbose_name = "tiêu chí nối với năm trước"
        verbose_name_plural = "tiêu chí nối với năm trước"
        ordering = ["criterion", "predecessor"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "predecessor"], name="criterion_linked_once"),
            models.UniqueConstraint(
                fields=["criterion"], condition=Q(predecessor__isnull=True), name="criterion_new_once"
            ),
            models.CheckConstraint(
                condition=Q(predecessor__isnull=True, kind=LinkKind.NEW)
                | (Q(predecessor__isnull=False) & ~Q(kind=LinkKind.NEW)),
                name="link_without_predecessor_is_new",
            ),
            models.CheckConstraint(
                condition=Q(predecessor__isnull=True) | ~Q(predecessor=F("criterion")),
                name="criterion_does_not_continue_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.get_kind_display()}"
