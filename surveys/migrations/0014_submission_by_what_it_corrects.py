from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0013_submission_clock")]

    operations = [
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                fields=("questionnaire", "deprecated_id"), name="submission_by_what_it_corrects"
            ),
        ),
    ]
