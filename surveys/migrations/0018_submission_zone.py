from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0017_ledger")]

    operations = [
        migrations.AddField(
            "submission", "zone", models.CharField(blank=True, default="", max_length=64), False
        ),
    ]
