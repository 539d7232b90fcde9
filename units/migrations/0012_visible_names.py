"""Names hold no sign that nobody sees (units/validators.py); nothing changes in the tables."""

from django.db import migrations, models

import units.validators


def _name(model, name, label, length=200, **more):
    checks = [units.validators.visible_name]
    field = models.CharField(max_length=length, validators=checks, verbose_name=label, **more)
    return migrations.AlterField(model_name=model, name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [("units", "0011_one_user_name")]

    operations = [
        _name("user", "full_name", "họ và tên", 120),
        _name("unit", "name", "tên"),
        _name("organiser", "title", "cơ quan công bố", help_text="Ví dụ: UBND tỉnh Quảng Ngãi"),
        _name("organiser", "place", "địa bàn", help_text="Ví dụ: tỉnh Quảng Ngãi"),
        _name("organiser", "lead_department", "cơ quan điều phối", default="Sở Nội vụ"),
    ]
