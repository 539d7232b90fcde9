import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from units.models.triggers import RefuseChanges


class Migration(migrations.Migration):

    dependencies = [
        ('scoring', '0013_evidence_valid_until'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField('evidencefile', 'began_at', models.DateTimeField(blank=True, null=True)),
        migrations.AddField('evidencefile', 'late_for', models.DateTimeField(blank=True, null=True)),
        migrations.AlterField('evidencefile', 'uploaded_at', models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AddField('window', 'grace_minutes', models.PositiveSmallIntegerField(default=0, verbose_name='số phút nộp thêm sau hạn')),
        migrations.AddField('window', 'takes_begun_files', models.BooleanField(default=False, verbose_name='nhận tệp bắt đầu tải lên trước hạn')),
        migrations.AddConstraint('window', models.CheckConstraint(condition=models.Q(('grace_minutes__lte', 1440)), name='grace_is_at_most_a_day')),
        migrations.AddField(
            model_name='value',
            name='on_behalf',
            field=models.CharField(blank=True, max_length=160, verbose_name='nhập thay'),
        ),
        migrations.CreateModel(
            name='LatePaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('submission_version', models.PositiveIntegerField()),
                ('number', models.CharField(max_length=80, verbose_name='số, ký hiệu')),
                ('dated_on', models.DateField(verbose_name='ngày văn bản')),
                ('arrived_on', models.DateField(verbose_name='ngày đến')),
                ('reason', models.CharField(max_length=500, verbose_name='lý do nhận')),
                ('key', models.CharField(max_length=120, unique=True)),
                ('name', models.CharField(max_length=255)),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.PositiveBigIntegerField()),
                ('kind', models.CharField(choices=[('pdf', 'PDF'), ('docx', 'Word'), ('xlsx', 'Excel'), ('jpg', 'Ảnh JPG'), ('png', 'Ảnh PNG')], max_length=4)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='late_papers', to='scoring.submission')),
            ],
            options={
                'verbose_name': 'văn bản đến muộn',
                'verbose_name_plural': 'văn bản đến muộn',
                'ordering': ['submission', 'pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField('receipt', 'terms', models.JSONField(default=dict, verbose_name='nộp theo thời hạn, văn bản nào')),
        migrations.AddField(
            model_name='receipt',
            name='late_paper',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='receipt', to='scoring.latepaper'),
        ),
        migrations.AddConstraint(
            model_name='latepaper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='late_paper_has_number_and_reason'),
        ),
        migrations.AddConstraint(
            model_name='latepaper',
            constraint=models.CheckConstraint(condition=models.Q(('arrived_on__gte', models.F('dated_on'))), name='late_paper_arrives_after_its_date'),
        ),
        RefuseChanges('EvidenceFile'),
        RefuseChanges('Receipt'),
        RefuseChanges('LatePaper'),
    ]
