from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpeedDialConfig(AppConfig):
    name = "speeddial"
    verbose_name = _("Speed dials")

    def ready(self) -> None:
        from speeddial.feature import FEATURE
        from telephony.features import register

        register(FEATURE)
