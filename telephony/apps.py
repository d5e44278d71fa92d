from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class TelephonyConfig(AppConfig):
    name = "telephony"
    verbose_name = _("Telephony")

    def ready(self) -> None:
        from telephony import signals  # noqa: F401
        from telephony.edge import view

        pre_migrate.connect(view.drop_view, sender=self, dispatch_uid="edge_view")
        post_migrate.connect(view.create_view, sender=self, dispatch_uid="edge_view")
