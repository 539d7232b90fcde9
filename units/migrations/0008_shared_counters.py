"""The table in which all processes count requests together (CACHES); nothing where the cache is elsewhere."""

from django.core.management import call_command
from django.db import migrations


def make_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("units", "0007_invitations")]

    operations = [migrations.RunPython(make_table, migrations.RunPython.noop)]
