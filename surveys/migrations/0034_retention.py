from django.db import migrations, models

DAYS = {
    'blank': True,
    'help_text': 'After the last day of the last wave; then they are erased for good, with files and contacts. Coordinators are told two weeks before. Blank: they are kept.',
    'null': True,
    'verbose_name': 'days that interviews are kept',
}


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0033_alerts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='tombstone',
            name='reason',
            field=models.CharField(choices=[('withdrawn', 'Consent was withdrawn'), ('not_given', 'Consent was never given'), ('too_young', 'The person was too young to consent'), ('ordered', 'An ethics committee or an authority asked for it'), ('mistake', 'It should never have been recorded'), ('expired', 'The time for which it may be kept is over')], max_length=20, verbose_name='reason'),
        ),
        *(
            migrations.AddField(model_name='survey', name=name, field=field)
            for name, field in (
                ('kept_days', models.PositiveIntegerField(**DAYS)),
                ('told_on', models.DateField(editable=False, null=True)),
                ('told_of', models.DateField(editable=False, null=True)),
            )
        ),
    ]
