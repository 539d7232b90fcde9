"""Sessions that know whose they are. Everybody signs in once more: those of before are not carried over."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("units", "0005_setup_token")]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("address", models.CharField(max_length=45, verbose_name="địa chỉ mạng")),
                ("agent", models.CharField(max_length=300, verbose_name="trình duyệt tự giới thiệu")),
                ("opened_at", models.DateTimeField(verbose_name="đăng nhập lúc")),
                ("seen_at", models.DateTimeField(verbose_name="hoạt động gần nhất")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "phiên đăng nhập", "verbose_name_plural": "phiên đăng nhập", "abstract": False},
        ),
    ]
