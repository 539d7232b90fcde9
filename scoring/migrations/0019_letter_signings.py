import django.db.models.deletion
from django.db import migrations, models

from units.models.triggers import RefuseChanges


class Migration(migrations.Migration):

    dependencies = [
        ('scoring', '0018_sheet_rows'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='signing',
            options={'base_manager_name': 'objects', 'ordering': ['receipt', 'letter', 'pk'], 'verbose_name': 'lần ký báo cáo tự chấm, công văn giải trình', 'verbose_name_plural': 'lần ký báo cáo tự chấm, công văn giải trình'},
        ),
        migrations.AddField(
            model_name='signing',
            name='letter',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='signings', to='scoring.explanationreceipt'),
        ),
        migrations.AlterField(
            model_name='signing',
            name='receipt',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='signings', to='scoring.receipt'),
        ),
        migrations.AddConstraint(
            model_name='signing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('letter__isnull', True), ('receipt__isnull', False)), models.Q(('letter__isnull', False), ('receipt__isnull', True)), _connector='OR'), name='one_receipt_is_signed'),
        ),
        RefuseChanges('Signing'),
    ]
