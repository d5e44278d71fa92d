from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PresenceConfig(AppConfig):
    name = "presence"
    verbose_name = _("Reachability")

    def ready(self) -> None:
        from presence import team_signals  # noqa: F401
        from presence.feature import FEATURE
        from telephony.features import register

        register(FEATURE)
