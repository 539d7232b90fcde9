"""The trail learns role and address; entries so far keep the form of their hash. From here on the database itself
refuses to change them."""

from django.db import migrations, models

from units.models.triggers import RefuseChanges


class Migration(migrations.Migration):

    dependencies = [
        ('units', '0002_end_and_continuation'),
    ]

    operations = [
        migrations.AddField(
            model_name='trailentry',
            name='form',
            field=models.PositiveSmallIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='trailentry',
            name='actor_role',
            field=models.CharField(blank=True, default='', max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='trailentry',
            name='address',
            field=models.CharField(blank=True, default='', max_length=45),
            preserve_default=False,
        ),
        RefuseChanges('TrailEntry'),
        RefuseChanges('TrailHead'),
    ]
