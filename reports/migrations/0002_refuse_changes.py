"""The database itself refuses to change what was published."""

from django.db import migrations

from units.models.triggers import RefuseChanges


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0001_initial'),
        ('units', '0003_trail_from_where'),
    ]

    operations = [
        RefuseChanges('PublishedFile'),
    ]
