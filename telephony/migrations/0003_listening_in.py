from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("telephony", "0002_edge_view")]

    operations = [
        migrations.AddField(
            model_name="extension",
            name="may_listen_in",
            field=models.BooleanField(
                default=False,
                help_text="To the calls of others: listen, whisper to a colleague, join.",
                verbose_name="may listen in",
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="lamp_private",
            field=models.BooleanField(
                default=False,
                help_text="Nobody else's phone shows whether this extension is on a call.",
                verbose_name="hide from lamps",
            ),
        ),
    ]
