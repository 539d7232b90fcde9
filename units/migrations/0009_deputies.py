"""A role may stand for that of somebody who is absent."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("units", "0008_shared_counters")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="stands_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deputies",
                to="units.membership",
                verbose_name="thay vai trò",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="reason",
            field=models.CharField(blank=True, editable=False, max_length=300, verbose_name="lý do ủy quyền"),
        ),
        migrations.RemoveConstraint(model_name="membership", name="membership_once"),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=Q(ended_at__isnull=True, stands_for__isnull=True),
                fields=("user", "organiser", "unit", "role", "valid_from"),
                name="membership_once",
                violation_error_message="Người này đã có vai trò đó từ cùng ngày.",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=Q(ended_at__isnull=True, stands_for__isnull=False),
                fields=("stands_for", "valid_from"),
                name="one_deputy_from_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=Q(stands_for__isnull=True) | (Q(valid_to__isnull=False) & ~Q(reason="")),
                name="deputy_until_a_day_for_a_reason",
            ),
        ),
    ]
