import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import surveys.models.rule


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0015_drafts_sealed'),
    ]

    operations = [
        migrations.AddField(
            model_name='survey',
            name='counts',
            field=models.CharField(choices=[('not_rejected', 'All that are not rejected'), ('not_held', 'All that are neither rejected, held nor returned'), ('approved', 'Approved ones only')], default='not_rejected', help_text='Which interviews enter the indicators and fill the targets of sites.', max_length=20, verbose_name='what counts'),
        ),
        migrations.AddField(
            model_name='draft',
            name='corrects',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='corrections_begun', to='surveys.submission'),
        ),
        migrations.CreateModel(
            name='ReviewRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('picks', models.CharField(choices=[('all', 'Every interview'), ('share', 'A share, drawn at random'), ('findings', 'Those with findings of these kinds'), ('people', 'Those of these enumerators')], max_length=10, verbose_name='which interviews')),
                ('share', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='share, %')),
                ('kinds', models.JSONField(blank=True, default=list, verbose_name='kinds of findings')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('seed', models.CharField(default=surveys.models.rule.new_seed, editable=False, max_length=64)),
                ('enumerators', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='enumerators')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_rules', to='surveys.survey')),
            ],
            options={
                'verbose_name': 'review rule',
                'verbose_name_plural': 'review rules',
                'ordering': ('pk',),
                'constraints': [models.CheckConstraint(condition=models.Q(('share__isnull', True), ('share__range', (0, 100)), _connector='OR'), name='review_share_is_a_percentage')],
            },
        ),
        migrations.CreateModel(
            name='DecisionBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('count', 'Counts'), ('replace', 'Put in place of the original'), ('reject', 'Rejected'), ('approve', 'Approved'), ('return', 'Returned to the enumerator'), ('hold', 'Held'), ('reopen', 'Reopened'), ('undo', 'Taken back')], max_length=10, verbose_name='decision')),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'decisions made together',
                'verbose_name_plural': 'decisions made together',
                'ordering': ('-pk',),
            },
        ),
        migrations.AlterField(
            model_name='interview',
            name='state',
            field=models.CharField(choices=[('submitted', 'Submitted'), ('quarantined', 'Quarantined'), ('flagged', 'Held'), ('returned', 'Returned'), ('approved', 'Approved'), ('rejected', 'Rejected')], db_index=True, default='submitted', max_length=20, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='decision',
            name='verdict',
            field=models.CharField(choices=[('count', 'Counts'), ('replace', 'Put in place of the original'), ('reject', 'Rejected'), ('approve', 'Approved'), ('return', 'Returned to the enumerator'), ('hold', 'Held'), ('reopen', 'Reopened'), ('undo', 'Taken back')], max_length=10, verbose_name='decision'),
        ),
        migrations.AddField(
            model_name='decision',
            name='before',
            field=models.CharField(blank=True, choices=[('submitted', 'Submitted'), ('quarantined', 'Quarantined'), ('flagged', 'Held'), ('returned', 'Returned'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='', max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='decision',
            name='after',
            field=models.CharField(blank=True, choices=[('submitted', 'Submitted'), ('quarantined', 'Quarantined'), ('flagged', 'Held'), ('returned', 'Returned'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='', max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='decision',
            name='rule',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to='surveys.reviewrule'),
        ),
        migrations.AddField(
            model_name='decision',
            name='batch',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to='surveys.decisionbatch'),
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(blank=True, max_length=500, verbose_name='question')),
                ('text', models.TextField(max_length=1000, verbose_name='comment')),
                ('is_reply', models.BooleanField(default=False)),
                ('written_at', models.DateTimeField(auto_now_add=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('resolved_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('interview', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='surveys.interview')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='surveys.submission')),
            ],
            options={
                'verbose_name': 'comment',
                'verbose_name_plural': 'comments',
                'ordering': ('pk',),
                'indexes': [models.Index(condition=models.Q(('answered_at__isnull', False), ('resolved_at', None)), fields=['interview'], name='comment_answered_unresolved')],
            },
        ),
    ]
