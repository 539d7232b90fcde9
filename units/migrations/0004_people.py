"""Names to search and order people by; memberships that end at a moment; the organiser that keeps the portal."""

from django.db import migrations, models
from django.db.models import Q

import units.models.fields
from units.vietnamese import fold


def fill_names(apps, schema_editor):
    """Rows of before have no derived names yet; saving them derives both."""
    people = apps.get_model("units", "User").objects.all()
    for person in people.only("pk", "full_name").iterator():
        person.name_sort, person.name_fold = units.models.fields.sort_column(person.full_name), fold(person.full_name)
        people.filter(pk=person.pk).update(name_sort=person.name_sort, name_fold=person.name_fold)


def keep_the_portal(apps, schema_editor):
    """Until now every administrator managed everything: the organiser of the first one goes on doing so."""
    memberships = apps.get_model("units", "Membership").objects.filter(role="administrator", user__is_active=True)
    first = memberships.order_by("pk").first()
    if first is not None:
        apps.get_model("units", "Organiser").objects.filter(pk=first.organiser_id).update(keeps_portal=True)


class Migration(migrations.Migration):
    dependencies = [("units", "0003_trail_from_where")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="name_sort",
            field=models.CharField(default="", editable=False, max_length=840),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="user",
            name="name_fold",
            field=models.CharField(default="", editable=False, max_length=150),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="organiser",
            name="keeps_portal",
            field=models.BooleanField(
                default=False,
                help_text="Người quản trị ở đây quản lý danh mục và tài khoản của cả cổng, không chỉ của nơi này.",
                verbose_name="giữ cổng",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="ended_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="kết thúc lúc"),
        ),
        migrations.RemoveConstraint(model_name="membership", name="membership_once"),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=Q(ended_at__isnull=True),
                fields=("user", "organiser", "unit", "role", "valid_from"),
                name="membership_once",
                violation_error_message="Người này đã có vai trò đó từ cùng ngày.",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(valid_to__isnull=False),
                name="membership_ended_on_its_last_day",
            ),
        ),
        migrations.RunPython(fill_names, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(keep_the_portal, migrations.RunPython.noop, elidable=True),
    ]
