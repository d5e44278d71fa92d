from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

ROOMS = ("extensions", "hours", "trunks", "edge", "calls", "sound", "receptionist", "recordings", "api")


class TelephonyConfig(AppConfig):
    name = "telephony"
    verbose_name = _("Telephony")

    def ready(self) -> None:
        from telephony.edge import signals as edge_signals  # noqa: F401
        from telephony.edge import view
        from telephony.features import register
        from telephony.recordings import signals  # noqa: F401

        register(*(import_module(f"telephony.{room}.feature").FEATURE for room in ROOMS))
        pre_migrate.connect(view.drop_view, sender=self, dispatch_uid="edge_view")
        post_migrate.connect(view.create_view, sender=self, dispatch_uid="edge_view")
