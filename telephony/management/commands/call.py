"""`manage.py call …`: place a call, or do something with a live one.

manage.py call 100 0201234567           ring 100, then dial (click to dial)
manage.py call pickup 100 [101]         ring 100, then take the call that rings at 101, or in the group of 100
manage.py call hangup|hold|unhold|complete|cancel|refuse|voicemail CALL
manage.py call transfer|consult|add|drop CALL NUMBER
manage.py call mute|record|pause CALL [off]
manage.py call park CALL [SLOT]
manage.py call move CALL [NUMBER] [--device ID]
manage.py call listen|whisper|barge CALL EXTENSION [--target EXTENSION]
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from telephony.calls import control, errors

NEED_NUMBER = frozenset({"transfer", "consult", "add", "drop"})
SWITCHES = frozenset({"mute", "record", "pause"})
VERBS = (*sorted(control.VERBS), "pickup")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", help=f"an extension, or one of: {', '.join(VERBS)}")
        parser.add_argument(
            "target", help="the number to dial, or the call's id (its beginning or end will do)"
        )
        parser.add_argument("more", nargs="?", default="", help="a number, a slot, an extension, or off")
        parser.add_argument("--as", dest="extension", default="", help="the extension on whose behalf")
        parser.add_argument(
            "--device", type=int, help="move, or an extension: the device that rings, by its id"
        )
        parser.add_argument("--target", dest="coached", default="", help="whisper: to whom in the call")

    def handle(self, *args: Any, **options: Any) -> None:
        what, target, more = options["what"], options["target"], options["more"]
        try:
            if what == "pickup":
                self.stdout.write(control.pickup(target, more))
            elif what in control.VERBS:
                self.stdout.write(str(control.command(what, target, **self._arguments(options))))
            elif what.isdecimal():
                self.stdout.write(control.originate(what, target, device=options["device"]))
            else:
                raise CommandError(f"{what!r} is neither an extension nor one of: {', '.join(VERBS)}")
        except errors.CommandError as error:
            raise CommandError(str(error)) from error

    @staticmethod
    def _arguments(options: dict[str, Any]) -> dict[str, Any]:
        verb, more = options["what"], options["more"]
        arguments: dict[str, Any] = {"extension": options["extension"]} if options["extension"] else {}
        if verb in NEED_NUMBER:
            if not more:
                raise CommandError(f"{verb} needs a number: call {verb} CALL NUMBER")
            arguments["number"] = more
        elif verb in control.LISTEN:
            if not more:
                raise CommandError(f"{verb} needs to know who listens: call {verb} CALL EXTENSION")
            arguments.update(extension=more, target=options["coached"])
        elif verb in SWITCHES:
            arguments["on"] = more != "off"
        elif verb == "park":
            arguments["slot"] = more
        elif verb == "move":
            arguments.update(number=more, device=options["device"])
        return arguments
