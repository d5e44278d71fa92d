"""The one view that Kamailio reads: credentials of devices in use.

It is away while migrations run, for SQLite makes a table anew to change it and can't while a view looks at it.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from pbxsite.instance import instance

DROP = "DROP VIEW IF EXISTS edge_subscriber"
# A browser's device has an end. SQLite keeps moments as text in UTC, as its CURRENT_TIMESTAMP is: they compare as
# texts do.
CREATE = """
CREATE VIEW edge_subscriber AS
SELECT device.username AS username, '{realm}' AS domain, device.ha1 AS ha1,
       device.id AS device_id, extension.number AS extension
FROM telephony_device device
JOIN telephony_extension extension ON extension.id = device.extension_id
WHERE device.enabled AND extension.enabled
  AND (device.expires IS NULL OR device.expires > CURRENT_TIMESTAMP)
"""


def drop_view(using: str, **_kwargs: Any) -> None:
    """Before migrations."""
    with connections[using].cursor() as cursor:
        cursor.execute(DROP)


def create_view(using: str, **_kwargs: Any) -> None:
    """After migrations, when the tables are as the models say."""
    if {"telephony_device", "telephony_extension"} <= set(connections[using].introspection.table_names()):
        with connections[using].cursor() as cursor:
            cursor.execute(DROP)
            cursor.execute(CREATE.format(realm=instance.realm.replace("'", "''")))
