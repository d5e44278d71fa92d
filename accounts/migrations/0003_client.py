"""Theme, picture and favourites; when somebody last looked at their calls."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_sign_in_policy"),
        ("telephony", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="calls_seen",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                editable=False,
                help_text="Missed since: the badge.",
                verbose_name="looked at their calls",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="picture",
            field=models.CharField(blank=True, editable=False, max_length=80, verbose_name="picture"),
        ),
        migrations.AddField(
            model_name="user",
            name="theme",
            field=models.CharField(
                choices=[("light", "light"), ("dark", "dark"), ("system", "as the computer")],
                default="system",
                max_length=6,
                verbose_name="theme",
            ),
        ),
        migrations.CreateModel(
            name="Favourite",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "extension",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="telephony.extension",
                        verbose_name="extension",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="favourites",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "favourite",
                "verbose_name_plural": "favourites",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "extension"), name="once_a_favourite")
                ],
            },
        ),
    ]
