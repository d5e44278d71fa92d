"""`manage.py call …`: place a call, or do something with a live one.

manage.py call 100 0201234567           ring 100, then dial (click to dial)
manage.py call hangup|hold|unhold CALL
manage.py call transfer CALL NUMBER
manage.py call record CALL [off]
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from telephony import control

VERBS = ("hangup", "hold", "unhold", "transfer", "record")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", help=f"an extension, or one of: {', '.join(VERBS)}")
        parser.add_argument(
            "target", help="the number to dial, or the call's id (its beginning or end will do)"
        )
        parser.add_argument("more", nargs="?", default="", help="transfer: the number; record: on or off")
        parser.add_argument("--as", dest="extension", default="", help="the extension on whose behalf")

    def handle(self, *args: Any, **options: Any) -> None:
        what, target, more = options["what"], options["target"], options["more"]
        try:
            if what not in VERBS:
                if not what.isdecimal():
                    raise CommandError(f"{what!r} is neither an extension nor one of: {', '.join(VERBS)}")
                self.stdout.write(control.originate(what, target))
                return
            self.stdout.write(
                str(control.command(what, target, **self._arguments(what, more, options["extension"])))
            )
        except control.ControlError as error:
            raise CommandError(str(error)) from error

    @staticmethod
    def _arguments(verb: str, more: str, extension: str) -> dict[str, Any]:
        arguments: dict[str, Any] = {"extension": extension} if extension else {}
        if verb == "transfer":
            if not more:
                raise CommandError("transfer needs a number: call transfer CALL NUMBER")
            arguments["number"] = more
        elif verb == "record":
            arguments["on"] = more != "off"
        return arguments
