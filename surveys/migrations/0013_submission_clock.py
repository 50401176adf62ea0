from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0012_entities")]

    operations = [
        migrations.AddField("submission", "clock_off_s", models.BigIntegerField(null=True)),
    ]
