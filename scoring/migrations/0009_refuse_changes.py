"""The database itself refuses to change what is written once."""

from django.db import migrations

from units.models.triggers import RefuseChanges


class Migration(migrations.Migration):

    dependencies = [
        ('scoring', '0008_link_is_about_one_set'),
        ('units', '0003_trail_from_where'),
    ]

    operations = [
        RefuseChanges('Run'),
        RefuseChanges('RunShown'),
        RefuseChanges('Receipt'),
        RefuseChanges('EvidenceFile'),
        RefuseChanges('ValueChange'),
    ]
