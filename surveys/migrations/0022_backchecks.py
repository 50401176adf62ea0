import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0021_attempts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="questionnaire",
            name="kind",
            field=models.CharField(
                choices=[("main", "Interviews"), ("back_check", "Second visits")],
                default="main",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="BackCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("questions", models.JSONField(default=list)),
                ("lost", models.JSONField(default=list)),
                (
                    "share",
                    models.FloatField(
                        validators=[
                            django.core.validators.MinValueValidator(0.0),
                            django.core.validators.MaxValueValidator(1.0),
                        ],
                        verbose_name="share of each enumerator’s interviews",
                    ),
                ),
                (
                    "least",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="at least, of each enumerator"
                    ),
                ),
                ("seed", models.BigIntegerField(verbose_name="seed")),
                ("is_on", models.BooleanField(default=True, verbose_name="drawing goes on")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="set up")),
                (
                    "checkers",
                    models.ManyToManyField(
                        related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="back-checkers"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "questionnaire",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="backchecks",
                        to="surveys.questionnaire",
                        verbose_name="questionnaire",
                    ),
                ),
                (
                    "short",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asks_again",
                        to="surveys.questionnaire",
                    ),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="backchecks",
                        to="surveys.wave",
                    ),
                ),
            ],
            options={
                "verbose_name": "back-check",
                "verbose_name_plural": "back-checks",
                "ordering": ("-pk",),
            },
        ),
        migrations.AddConstraint(
            model_name="backcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("share__gt", 0), ("share__lte", 1)),
                name="backcheck_share_is_a_share",
            ),
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveIntegerField()),
                (
                    "backcheck",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lots",
                        to="surveys.backcheck",
                    ),
                ),
                (
                    "enumerator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "interview",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="surveys.interview",
                    ),
                ),
            ],
            options={"verbose_name": "lot", "verbose_name_plural": "lots"},
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.UniqueConstraint(
                fields=("backcheck", "interview"), name="lot_once_an_interview"
            ),
        ),
        migrations.CreateModel(
            name="SecondVisit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveIntegerField()),
                ("drawn_at", models.DateTimeField(auto_now_add=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("met", "Asked again"),
                            ("not_found", "Not found"),
                            ("moved", "Moved away"),
                            ("refused", "Refused"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("compared", models.JSONField(default=dict)),
                ("differences", models.PositiveSmallIntegerField(default=0)),
                ("fixed", models.PositiveSmallIntegerField(default=0)),
                ("is_denied", models.BooleanField(default=False)),
                (
                    "backcheck",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visits",
                        to="surveys.backcheck",
                    ),
                ),
                (
                    "checker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="second_visits",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="surveys.draft",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="surveys.submission",
                    ),
                ),
                (
                    "interview",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="second_visits",
                        to="surveys.interview",
                    ),
                ),
                (
                    "visit",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="second_visit_to",
                        to="surveys.interview",
                    ),
                ),
            ],
            options={
                "verbose_name": "second visit",
                "verbose_name_plural": "second visits",
                "ordering": ("-pk",),
            },
        ),
        migrations.AddConstraint(
            model_name="secondvisit",
            constraint=models.UniqueConstraint(
                fields=("backcheck", "interview"), name="second_visit_once_an_interview"
            ),
        ),
    ]
