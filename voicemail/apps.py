from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VoicemailConfig(AppConfig):
    name = "voicemail"
    verbose_name = _("Voicemail")

    def ready(self) -> None:
        from telephony.features import register
        from voicemail import signals  # noqa: F401
        from voicemail.feature import FEATURE

        register(FEATURE)
