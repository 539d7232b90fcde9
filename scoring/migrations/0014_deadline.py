import django.utils.timezone
from django.db import migrations, models

from units.models.triggers import RefuseChanges


class Migration(migrations.Migration):

    dependencies = [
        ('scoring', '0012_worksheet'),
    ]

    operations = [
        migrations.AddField('evidencefile', 'began_at', models.DateTimeField(blank=True, null=True)),
        migrations.AddField('evidencefile', 'late_for', models.DateTimeField(blank=True, null=True)),
        migrations.AlterField('evidencefile', 'uploaded_at', models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AddField('window', 'grace_minutes', models.PositiveSmallIntegerField(default=0, verbose_name='số phút nộp thêm sau hạn')),
        migrations.AddField('window', 'takes_begun_files', models.BooleanField(default=False, verbose_name='nhận tệp bắt đầu tải lên trước hạn')),
        migrations.AddConstraint('window', models.CheckConstraint(condition=models.Q(('grace_minutes__lte', 1440)), name='grace_is_at_most_a_day')),
        RefuseChanges('EvidenceFile'),
    ]
