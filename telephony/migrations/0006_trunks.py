"""Trunks by registration, several addresses, outbound rules, limits; inbound numbers lead anywhere."""

import django.core.validators
import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import telephony.extensions.validators


def keep_what_was(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    """Numbers go on to where they went, and providers get numbers as they have got them until now."""
    groups = set(apps.get_model("telephony", "RingGroup").objects.values_list("number", flat=True))
    for row in apps.get_model("telephony", "InboundNumber").objects.all():
        row.kind = "system" if row.destination in groups else "extension"
        row.target = row.destination
        row.save(update_fields=["kind", "target"])
    apps.get_model("telephony", "Trunk").objects.update(number_format="dialled")


class Migration(migrations.Migration):
    dependencies = [
        ("telephony", "0005_hours"),
    ]

    operations = [
        migrations.CreateModel(
            name="CallingLimits",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "countries",
                    models.CharField(
                        blank=True,
                        help_text="Codes such as NL, BE, DE. Empty: our own country and its neighbours.",
                        max_length=1000,
                        validators=[telephony.extensions.validators.country_codes],
                        verbose_name="countries that may be called",
                    ),
                ),
                (
                    "premium",
                    models.BooleanField(default=False, verbose_name="premium rate numbers may be called"),
                ),
                (
                    "satellite",
                    models.BooleanField(default=False, verbose_name="satellite numbers may be called"),
                ),
                (
                    "calls",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="All together. Empty: no limit.",
                        null=True,
                        verbose_name="outside calls at once",
                    ),
                ),
                (
                    "minutes",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="All together. Empty: no limit.",
                        null=True,
                        verbose_name="minutes a day",
                    ),
                ),
                (
                    "person_calls",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: no limit.",
                        null=True,
                        verbose_name="outside calls at once, per extension",
                    ),
                ),
                (
                    "person_minutes",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: no limit.",
                        null=True,
                        verbose_name="minutes a day, per extension",
                    ),
                ),
            ],
            options={
                "verbose_name": "limits of calls to outside",
                "verbose_name_plural": "limits of calls to outside",
            },
        ),
        migrations.CreateModel(
            name="OutboundRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="The lowest is tried first.", verbose_name="order"
                    ),
                ),
                (
                    "prefix",
                    models.CharField(
                        blank=True,
                        help_text="As dialled, or international with a +. Empty: every number.",
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+?[0-9]*$", "Digits only, with a + in front if international."
                            )
                        ],
                        verbose_name="numbers that begin with",
                    ),
                ),
                (
                    "shortest",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Digits; 0: any.", verbose_name="at least"
                    ),
                ),
                (
                    "longest",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Digits; 0: any.", verbose_name="at most"
                    ),
                ),
                (
                    "strip",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(20)],
                        verbose_name="digits to take off in front",
                    ),
                ),
                (
                    "prepend",
                    models.CharField(
                        blank=True,
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+?[0-9]*$", "Digits only, with a + in front if international."
                            )
                        ],
                        verbose_name="put in front",
                    ),
                ),
                (
                    "allowed",
                    models.BooleanField(
                        default=True,
                        help_text="Off: these numbers are refused.",
                        verbose_name="may be called",
                    ),
                ),
                ("enabled", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "outbound rule",
                "verbose_name_plural": "outbound rules",
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="OutboundRuleTrunk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "trunk",
                "verbose_name_plural": "trunks",
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="OutsideRights",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "allowed",
                    models.BooleanField(
                        default=True,
                        help_text="Emergency numbers may always be called.",
                        verbose_name="may call outside",
                    ),
                ),
                (
                    "caller_id",
                    models.CharField(
                        blank=True,
                        help_text="Empty: that of the department or trunk.",
                        max_length=21,
                        validators=[telephony.extensions.validators.outside_number],
                        verbose_name="caller id",
                    ),
                ),
                ("anonymous", models.BooleanField(default=False, verbose_name="hide the number")),
                (
                    "calls",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: as for everybody.",
                        null=True,
                        verbose_name="outside calls at once",
                    ),
                ),
                (
                    "minutes",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: as for everybody.",
                        null=True,
                        verbose_name="minutes a day",
                    ),
                ),
            ],
            options={
                "verbose_name": "calls to outside",
                "verbose_name_plural": "calls to outside",
            },
        ),
        migrations.CreateModel(
            name="TrunkEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="time")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unknown", "not known yet"),
                            ("registered", "registered"),
                            ("reachable", "reachable"),
                            ("away", "away"),
                        ],
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=200, verbose_name="error")),
            ],
            options={
                "verbose_name": "trunk event",
                "verbose_name_plural": "trunk events",
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="TrunkState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unknown", "not known yet"),
                            ("registered", "registered"),
                            ("reachable", "reachable"),
                            ("away", "away"),
                        ],
                        default="unknown",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="since")),
                ("error", models.CharField(blank=True, max_length=200, verbose_name="last error")),
            ],
            options={
                "verbose_name": "trunk state",
                "verbose_name_plural": "trunk states",
            },
        ),
        migrations.AddField(
            model_name="callleg",
            name="payer",
            field=models.CharField(blank=True, db_default="", max_length=6),
        ),
        migrations.AddField(
            model_name="callleg",
            name="trunk",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="inboundnumber",
            name="closed_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("voicemail", "voicemail"),
                    ("extension", "extension"),
                    ("mobile", "my mobile"),
                    ("outside", "external number"),
                    ("system", "system extension"),
                    ("busy", "busy tone"),
                ],
                help_text="Empty: the same.",
                max_length=12,
                verbose_name="outside office hours",
            ),
        ),
        migrations.AddField(
            model_name="inboundnumber",
            name="closed_target",
            field=models.CharField(blank=True, max_length=21, verbose_name="number"),
        ),
        migrations.AddField(
            model_name="inboundnumber",
            name="kind",
            field=models.CharField(
                choices=[
                    ("voicemail", "voicemail"),
                    ("extension", "extension"),
                    ("mobile", "my mobile"),
                    ("outside", "external number"),
                    ("system", "system extension"),
                    ("busy", "busy tone"),
                ],
                default="extension",
                max_length=12,
                verbose_name="goes to",
            ),
        ),
        migrations.AddField(
            model_name="inboundnumber",
            name="target",
            field=models.CharField(blank=True, max_length=21, verbose_name="number"),
        ),
        migrations.AddField(
            model_name="trunk",
            name="addresses",
            field=models.CharField(
                blank=True,
                help_text="Tried in this order when the host does not answer, and calls from them are accepted. A network such as 192.0.2.0/28 is for incoming calls only.",
                max_length=400,
                validators=[telephony.extensions.validators.further_addresses],
                verbose_name="further addresses",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="domain",
            field=models.CharField(
                blank=True,
                help_text="Where it differs from the host: the part of our address after the @.",
                max_length=120,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", "A host name or an IPv4 address."
                    )
                ],
                verbose_name="domain",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="expires",
            field=models.PositiveIntegerField(
                default=600,
                help_text="Seconds.",
                validators=[
                    django.core.validators.MinValueValidator(60),
                    django.core.validators.MaxValueValidator(3600),
                ],
                verbose_name="register every",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="kind",
            field=models.CharField(
                choices=[("address", "by address"), ("registration", "by registration")],
                default="address",
                help_text="By registration: with a username and password, wherever we are.",
                max_length=12,
                verbose_name="the provider knows us",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="number_format",
            field=models.CharField(
                choices=[
                    ("e164", "+31201234567"),
                    ("digits", "31201234567"),
                    ("international", "0031201234567"),
                    ("national", "0201234567"),
                    ("dialled", "as dialled"),
                ],
                default="e164",
                max_length=14,
                verbose_name="numbers are sent as",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="show_original",
            field=models.BooleanField(
                default=False,
                help_text="On calls that are forwarded to outside; the provider must allow it.",
                verbose_name="show the original caller",
            ),
        ),
        migrations.AlterField(
            model_name="inboundnumber",
            name="number",
            field=models.CharField(
                max_length=21,
                unique=True,
                validators=[telephony.extensions.validators.outside_number],
                verbose_name="number",
            ),
        ),
        migrations.AlterField(
            model_name="trunk",
            name="caller_id",
            field=models.CharField(
                blank=True,
                help_text="The number that called parties see, unless a user or department has one.",
                max_length=21,
                validators=[telephony.extensions.validators.outside_number],
                verbose_name="caller id",
            ),
        ),
        migrations.AlterField(
            model_name="trunk",
            name="password",
            field=models.CharField(blank=True, max_length=64, verbose_name="password"),
        ),
        migrations.AlterField(
            model_name="trunk",
            name="username",
            field=models.CharField(
                blank=True,
                help_text="If the provider asks for one.",
                max_length=64,
                validators=[
                    django.core.validators.RegexValidator(
                        '^[^\\s"<>;,\\\\|]*$', "No spaces, quotes or brackets."
                    )
                ],
                verbose_name="username",
            ),
        ),
        migrations.AddIndex(
            model_name="callleg",
            index=models.Index(
                condition=models.Q(("trunk__isnull", False)), fields=["started"], name="leg_outside"
            ),
        ),
        migrations.AddField(
            model_name="outboundrule",
            name="departments",
            field=models.ManyToManyField(
                blank=True,
                related_name="outbound_rules",
                to="telephony.department",
                verbose_name="departments",
            ),
        ),
        migrations.AddField(
            model_name="outboundrule",
            name="extensions",
            field=models.ManyToManyField(
                blank=True,
                help_text="Neither extensions nor departments: everybody.",
                related_name="outbound_rules",
                to="telephony.extension",
                verbose_name="extensions",
            ),
        ),
        migrations.AddField(
            model_name="outboundruletrunk",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="ways", to="telephony.outboundrule"
            ),
        ),
        migrations.AddField(
            model_name="outboundruletrunk",
            name="trunk",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to="telephony.trunk", verbose_name="trunk"
            ),
        ),
        migrations.AddField(
            model_name="outsiderights",
            name="extension",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="outside",
                to="telephony.extension",
                verbose_name="extension",
            ),
        ),
        migrations.AddField(
            model_name="trunkevent",
            name="trunk",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="events", to="telephony.trunk"
            ),
        ),
        migrations.AddField(
            model_name="trunkstate",
            name="trunk",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="state", to="telephony.trunk"
            ),
        ),
        migrations.AddConstraint(
            model_name="outboundruletrunk",
            constraint=models.UniqueConstraint(fields=("rule", "trunk"), name="once_in_a_rule"),
        ),
        migrations.RunPython(keep_what_was, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="inboundnumber",
            name="destination",
        ),
    ]
