import django.db.models.deletion
from django.db import migrations, models


def say_against_which_set(apps, schema_editor):
    """What was said to be new was new against the set that the others of its set are linked with, else against the one
    that the page shows first."""
    link_model = apps.get_model("scoring", "CriterionLink")
    set_model = apps.get_model("scoring", "CriteriaSet")
    new = link_model.objects.filter(predecessor=None)
    for one in set_model.objects.filter(criteria__links__in=new).select_related("campaign").distinct():
        linked = set_model.objects.filter(criteria__followers__criterion__criteria_set=one)
        earlier = set_model.objects.filter(
            campaign__organiser=one.campaign.organiser_id, campaign__year__lt=one.campaign.year, criteria__isnull=False
        )
        before = linked.order_by("-campaign__year", "pk").first() or (
            earlier.order_by(
                "-campaign__year", models.Case(models.When(code=one.code, then=0), default=1), "pk"
            ).first()
        )
        own = new.filter(criterion__criteria_set=one)
        if before is None:
            own.delete()
        else:
            own.update(new_against=before)


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0007_criterion_link"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="criterionlink", name="criterion_new_once"),
        migrations.RemoveConstraint(model_name="criterionlink", name="link_without_predecessor_is_new"),
        migrations.AddField(
            model_name="criterionlink",
            name="new_against",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="newcomers",
                to="scoring.criteriaset",
            ),
        ),
        migrations.RunPython(say_against_which_set, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="criterionlink",
            constraint=models.UniqueConstraint(
                fields=("criterion", "new_against"), name="criterion_new_once_against_a_set"
            ),
        ),
        migrations.AddConstraint(
            model_name="criterionlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "new"), ("new_against__isnull", False), ("predecessor__isnull", True)),
                    models.Q(
                        ("new_against__isnull", True),
                        ("predecessor__isnull", False),
                        models.Q(("kind", "new"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="link_goes_on_or_is_new_against_a_set",
            ),
        ),
    ]
