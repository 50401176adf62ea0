import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def rows_to_bytes(apps, schema_editor):
    for part in apps.get_model("surveys", "DraftLogPart").objects.iterator():
        part.sealed = part.rows.encode()
        part.save(update_fields=["sealed"])


class Migration(migrations.Migration):
    """What holds answers becomes bytes that can be sealed. No password is known here: each person's
    drafts are sealed when they next sign in.
    """

    dependencies = [("surveys", "0014_submission_by_what_it_corrects")]

    operations = [
        migrations.CreateModel(
            name="DraftKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("salt", models.BinaryField()),
                ("cost", models.PositiveIntegerField()),
                ("wrapped", models.BinaryField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="draft_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "key to drafts",
                "verbose_name_plural": "keys to drafts",
                "ordering": ("-pk",),
            },
        ),
        migrations.AddField(
            model_name="survey",
            name="keeps_copies",
            field=models.BooleanField(
                default=True,
                help_text="While a phone has a network, its drafts are copied to this server, encrypted so that only their enumerator opens them. Without, a lost phone loses all that was not sent.",
                verbose_name="copies of drafts from phones",
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="key",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="drafts",
                to="surveys.draftkey",
            ),
        ),
        migrations.RenameField("draft", "xml", "sealed"),
        migrations.RemoveConstraint("draftfile", "file_name_once_a_draft"),
        migrations.RenameField("draftfile", "name", "mark"),
        migrations.AddConstraint(
            "draftfile",
            models.UniqueConstraint(fields=("draft", "mark"), name="file_name_once_a_draft"),
        ),
        migrations.AddField("draftfile", "facts", models.BinaryField(default=b"")),
        migrations.RemoveField("draftfile", "sha256"),  # it is in the facts, and read from the file
        migrations.AddField(
            "draftlogpart", "sealed", models.BinaryField(default=b""), preserve_default=False
        ),
        migrations.RunPython(rows_to_bytes, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField("draftlogpart", "rows"),
    ]
