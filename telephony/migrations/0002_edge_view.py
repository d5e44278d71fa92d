"""The one table that Kamailio reads: credentials of devices in use."""

from django.db import migrations

from pbxsite.instance import instance

REALM = instance.realm.replace("'", "''")

CREATE = f"""
CREATE VIEW edge_subscriber AS
SELECT device.username AS username, '{REALM}' AS domain, device.ha1 AS ha1,
       device.id AS device_id, extension.number AS extension
FROM telephony_device device
JOIN telephony_extension extension ON extension.id = device.extension_id
WHERE device.enabled AND extension.enabled
"""


class Migration(migrations.Migration):
    dependencies = [("telephony", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP VIEW edge_subscriber")]
