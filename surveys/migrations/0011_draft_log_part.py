import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0010_decision'),
    ]

    operations = [
        migrations.CreateModel(
            name='DraftLogPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.UUIDField()),
                ('number', models.PositiveIntegerField()),
                ('rows', models.TextField()),
                ('last', models.BigIntegerField()),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='log_parts', to='surveys.draft')),
            ],
            options={
                'verbose_name': "part of a draft's log",
                'verbose_name_plural': "parts of drafts' logs",
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('draft', 'page', 'number'), name='log_part_once_a_page')],
            },
        ),
    ]
