"""`python -m tests.bench [GROUP …]`: start an exchange, measure it, stop it.

Figures go to standard output, a JSON object a line: name, value, unit, conditions. Progress goes to standard error.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable

from tests.bench import groups, live, page
from tests.bench.conference import conference
from tests.bench.exchange import BenchError, Exchange
from tests.bench.routing import routing
from tests.rig.phones.sipp import SippError

GROUPS: dict[str, Callable[[Exchange], None]] = {
    "setup": groups.setup,
    "media": groups.media,
    "voicemail": groups.voicemail,
    "register": groups.register,
    "routing": routing,
    "conference": conference,
    "live": live.live,
    "web": page.web,
    "soak": groups.soak,
}
BY_DEFAULT = ("setup", "media", "voicemail", "register", "routing", "conference", "live", "web")


def main() -> int:
    """Returns the exit status: 0 when every group was measured."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument(
        "groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}; all but soak without one"
    )
    parser.add_argument("--users", type=int, default=1000, help="how many extensions for load to make")
    parser.add_argument("--keep", action="store_true", help="leave the exchange's files, to look at logs")
    wanted = parser.parse_args()
    unknown = [name for name in wanted.groups if name not in GROUPS]
    if unknown:
        parser.error(f"there is no group {unknown[0]}; there are {', '.join(GROUPS)}")
    # Also when started in the background, where the shell has SIGINT ignored: nothing may be left running.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Exchange(wanted.users, wanted.keep) as exchange:
            # `routing` gives everybody rules of their own, which the others would meet: it comes last.
            for name in sorted(wanted.groups or BY_DEFAULT, key=lambda name: name == "routing"):
                GROUPS[name](exchange)
    except (BenchError, SippError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
