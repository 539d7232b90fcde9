from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce


def mark_what_was_sent(apps, schema_editor):
    """Items handed in before have their hour; each is taken to be about the value that stands now."""
    item = apps.get_model("scoring", "ExplanationItem").objects.using(schema_editor.connection.alias)
    explanation = apps.get_model("scoring", "Explanation").objects.using(schema_editor.connection.alias)
    value = apps.get_model("scoring", "Value").objects.using(schema_editor.connection.alias)
    hour = explanation.filter(pk=OuterRef("explanation")).values("submitted_at")
    item.filter(
        Q(round=1, explanation__submitted_at__isnull=False) | Q(round=2, explanation__state="submitted")
    ).update(sent_at=Subquery(hour))
    for number, stage in ((1, "appraised"), (2, "reappraised")):
        version = value.filter(
            participant__explanation=OuterRef("explanation"), criterion=OuterRef("criterion"), stage=stage
        ).values("version")
        item.filter(round=number).update(about_version=Coalesce(Subquery(version), 0))


class Migration(migrations.Migration):
    dependencies = [("scoring", "0005_value_is_overtaken")]

    operations = [
        migrations.AddField(
            model_name="explanation",
            name="taken_back_version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="explanationitem",
            name="about_version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="explanationitem",
            name="sent_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(mark_what_was_sent, migrations.RunPython.noop),
    ]
