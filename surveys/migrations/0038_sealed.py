from django.db import migrations, models

from surveys.indexing import AddIndexWhileOpen


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('surveys', '0037_deposit'),
    ]

    operations = [
        migrations.AddField(
            model_name='questionnaire',
            name='identifiers',
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='questionnaire',
            name='sealed_as',
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='submission',
            name='key',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='tombstone',
            name='keys',
            field=models.JSONField(default=list, null=True),
        ),
        AddIndexWhileOpen(
            model_name='submission',
            index=models.Index(fields=['key'], name='submission_by_key'),
        ),
    ]
