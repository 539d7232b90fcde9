"""How the criteria of one year continue those of an earlier one, as the coordinator says it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from scoring.enums import LinkKind


class CriterionLink(models.Model):
    """One criterion and one that it continues; without a predecessor it is said to be new against `new_against`.

    Every word is about one set of an earlier year, that of the predecessor or `new_against`, and says nothing of any
    other: a set may go on from two of the same year, and may be compared with several years.

    Criteria that were put together make one with several predecessors, one that was divided is the predecessor of
    several: they are compared as a whole, sum against sum (`scoring.analysis.comparison`), so all links of a criterion
    with one set have one kind, and "same" joins exactly two. A stored link goes before what the permanent id proposes
    (`scoring.selectors.continuity`). Where the earlier criterion goes, with a past table that is replaced, so does the
    link.
    """

    criterion = models.ForeignKey("scoring.Criterion", on_delete=models.CASCADE, related_name="links")
    predecessor = models.ForeignKey(
        "scoring.Criterion", on_delete=models.CASCADE, null=True, blank=True, related_name="followers"
    )
    new_against = models.ForeignKey(
        "scoring.CriteriaSet", on_delete=models.CASCADE, null=True, blank=True, related_name="newcomers"
    )
    kind = models.CharField("cách so", max_length=10, choices=LinkKind)
    note = models.CharField("ghi chú", max_length=300, blank=True)

    class Meta:
        verbose_name = "tiêu chí nối với năm trước"
        verbose_name_plural = "tiêu chí nối với năm trước"
        ordering = ["criterion", "predecessor"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "predecessor"], name="criterion_linked_once"),
            models.UniqueConstraint(fields=["criterion", "new_against"], name="criterion_new_once_against_a_set"),
            models.CheckConstraint(
                condition=Q(predecessor__isnull=True, new_against__isnull=False, kind=LinkKind.NEW)
                | (Q(predecessor__isnull=False, new_against__isnull=True) & ~Q(kind=LinkKind.NEW)),
                name="link_goes_on_or_is_new_against_a_set",
            ),
            models.CheckConstraint(
                condition=Q(predecessor__isnull=True) | ~Q(predecessor=F("criterion")),
                name="criterion_does_not_continue_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.get_kind_display()}"
