"""`manage.py edge_config`: writes the configuration of Kamailio and rtpengine for this instance."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from pbxsite.instance import instance
from telephony.edge import config, trunks


class Command(BaseCommand):
    help = "Write the edge's configuration (var/etc/edge, var/edge) with the trunks of the database."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            config.render(instance, trunks=trunks.read_peers())
        except DatabaseError as error:
            raise CommandError(f"the trunks cannot be read from the database: {error}") from error
        except (config.EdgeConfigError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"written: {config.folder(instance)}")
