"""Made the view that Kamailio reads; `telephony.edge.view` makes it after every migration now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("telephony", "0001_initial")]
    operations: list[object] = []
