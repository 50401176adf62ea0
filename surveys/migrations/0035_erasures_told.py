from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0034_retention'),
    ]

    operations = [
        migrations.AlterField(
            model_name='webhookdelivery',
            name='event',
            field=models.CharField(choices=[('interview.received', 'Interviews were received'), ('interview.changed', 'Interviews changed: answers, state or outcome'), ('interview.erased', 'Interviews were erased'), ('estimates.refreshed', 'Indicators were computed anew')], max_length=30, verbose_name='event'),
        ),
    ]
