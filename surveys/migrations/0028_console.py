import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("surveys", "0027_disclosure"),)

    operations = (
        migrations.CreateModel(
            name="VersionCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("interviews", models.PositiveIntegerField()),
                ("counted_at", models.DateTimeField()),
                (
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="surveys.questionnaire",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="surveys.questionnaireversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "interviews of a version",
                "verbose_name_plural": "interviews of a version",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("questionnaire", "version"), name="version_counted_once"
                    )
                ],
            },
        ),
        migrations.AlterField(
            model_name="interview",
            name="received_at",
            field=models.DateTimeField(verbose_name="received"),
        ),
        migrations.AddIndex(
            model_name="interview",
            index=models.Index(
                fields=["received_at", "enumerator", "questionnaire"], name="interview_by_day"
            ),
        ),
        migrations.AddIndex(
            model_name="interview",
            index=models.Index(fields=["enumerator", "started_at"], name="interview_by_person"),
        ),
        migrations.AddIndex(
            model_name="interview",
            index=models.Index(
                fields=["root_uuid"], name="interview_by_uuid", opclasses=["varchar_pattern_ops"]
            ),
        ),
    )
