"""What the web client needs: browsers' devices that expire, calls taken off one's own list, indexes for one's own log."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("telephony", "0003_listening_in"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HiddenCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
            options={
                "verbose_name": "hidden call",
                "verbose_name_plural": "hidden calls",
            },
        ),
        migrations.AddField(
            model_name="device",
            name="expires",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="works until"),
        ),
        migrations.AddField(
            model_name="device",
            name="session",
            field=models.CharField(
                blank=True, db_default="", db_index=True, default="", editable=False, max_length=64
            ),
        ),
        migrations.AlterField(
            model_name="callleg",
            name="extension",
            field=models.CharField(blank=True, max_length=6, verbose_name="extension"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["dialled", "-id"], name="call_dialled"),
        ),
        migrations.AddIndex(
            model_name="callleg",
            index=models.Index(fields=["extension", "-call"], name="leg_extension"),
        ),
        migrations.AddField(
            model_name="hiddencall",
            name="call",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="telephony.call"
            ),
        ),
        migrations.AddField(
            model_name="hiddencall",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="hidden_calls",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="hiddencall",
            constraint=models.UniqueConstraint(fields=("user", "call"), name="hidden_once"),
        ),
    ]
