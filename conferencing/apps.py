from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConferencingConfig(AppConfig):
    name = "conferencing"
    verbose_name = _("Conferences")

    def ready(self) -> None:
        from conferencing.feature import FEATURE
        from telephony.features import register

        register(FEATURE)
