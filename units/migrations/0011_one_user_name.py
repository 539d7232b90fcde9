"""A user name is one name however it is written: sign-in does not tell capitals apart."""

from collections import defaultdict

from django.core.management.base import CommandError
from django.db import migrations, models
from django.db.models.functions import Lower


def refuse_twins(apps, schema_editor):
    """Two that differ in capitals only are for a person to tell apart, so nothing is changed here."""
    written = defaultdict(list)
    for name in apps.get_model("units", "User").objects.order_by("pk").values_list("username", flat=True):
        written[name.lower()].append(name)
    twins = [", ".join(names) for names in written.values() if len(names) > 1]
    if twins:
        raise CommandError(
            f"Chưa nâng cấp được: có tên đăng nhập chỉ khác nhau chữ hoa, chữ thường ({'; '.join(twins)}), nên những "
            "người ấy không đăng nhập được. Mỗi nhóm giữ một tên, đổi các tên còn lại bằng "
            "manage.py rename_account TÊN_CŨ TÊN_MỚI, rồi chạy lại manage.py migrate."
        )


class Migration(migrations.Migration):
    dependencies = [("units", "0010_organiser_address")]

    operations = [
        migrations.RunPython(refuse_twins, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                Lower("username"),
                name="user_name_once",
                violation_error_message="Tên đăng nhập này đã có người dùng.",
            ),
        ),
    ]
