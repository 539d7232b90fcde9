from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("units", "0012_visible_names")]

    operations = [
        migrations.AlterModelOptions(
            name="unitsuccession",
            options={
                "ordering": ["date", "pk"],
                "verbose_name": "nối tiếp đơn vị",
                "verbose_name_plural": "nối tiếp đơn vị",
            },
        ),
    ]
