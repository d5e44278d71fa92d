"""`manage.py prompts`: make every spoken prompt, so that no caller has to wait for one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from telephony.sound import speech


class Command(BaseCommand):
    help = "Make the spoken prompts (Dutch and English) and tones."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = speech.make_all()
        except (speech.SpeechError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} prompts and tones")
