"""`python -m telephony.engine.selftest`: is the installed pjsua2 fit for an exchange?

The wheels on PyPI carry the limits of a telephone (four legs in a process, no Opus). This places real calls
on loopback, in a process of its own because a pjsua2 endpoint can be made only once. Exit status: 0 fit,
1 unfit, with the reason in one sentence on standard error.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from dataclasses import dataclass, field
from typing import Any

NEEDED_CODECS = ("opus/", "G722/", "PCMA/", "PCMU/")
#: Legs that must be up at the same moment; every call of this test has two, both of them here.
NEEDED_LEGS = 200
#: Seconds for all the calls together.
PATIENCE = 20.0

#: pjsua2's destructor of an endpoint waits half a minute for the calls to end; the process just leaves.
_alive: list[Any] = []


class UnfitError(Exception):
    """Why this build of pjsua2 cannot serve as an exchange."""


@dataclass
class Tally:
    """What the callbacks saw; `calls` also keeps the Python side of every leg alive."""

    confirmed: int = 0
    calls: list[Any] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def check(legs: int = NEEDED_LEGS) -> str:
    """Prove that `legs` call legs fit in a process and that the exchange's codecs are compiled in.

    Returns a line that describes the build. Raises UnfitError, also when pjsua2 is missing.
    """
    limit = check_limit(legs)
    import pjsua2 as pj

    _silence()
    endpoint = pj.Endpoint()
    _alive.append(endpoint)
    endpoint.libCreate()
    try:
        _start(pj, endpoint)
        _check_codecs(endpoint)
        _check_legs(pj, endpoint, legs)
    except pj.Error as error:
        raise UnfitError(f"pjsua2 failed: {error.info()}") from error
    return f"pjsua2 {endpoint.libVersion().full}: {limit} legs, Opus, G.722, PCMA, PCMU"


def check_limit(legs: int = NEEDED_LEGS) -> int:
    """How many legs pjsua2 is compiled for; every media worker asks at its start. Raises UnfitError below `legs`."""
    try:
        import pjsua2 as pj
    except ImportError as error:
        raise UnfitError(f"pjsua2 can't be imported ({error}): run script/build-pjsua2") from error
    limit: int = pj.EpConfig().uaConfig.maxCalls
    if limit < legs:
        raise UnfitError(
            f"pjsua2 is compiled for {limit} call legs, {legs} are needed: run script/build-pjsua2"
        )
    return limit


def _silence() -> None:
    """Until libInit has read the log settings pjlib prints on standard output; only C can turn that off."""
    import _pjsua2

    ctypes.CDLL(_pjsua2.__file__).pj_log_set_level(0)


def _start(pj: Any, endpoint: Any) -> None:
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.logConfig.level = 0
    config.logConfig.consoleLevel = 0
    config.medConfig.clockRate = 8000
    config.medConfig.quality = 2
    config.medConfig.noVad = True
    config.medConfig.ecTailLen = 0
    endpoint.libInit(config)
    transport = pj.TransportConfig()
    transport.boundAddress = "127.0.0.1"
    transport.port = 0  # the kernel picks a free one
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()


def _check_codecs(endpoint: Any) -> None:
    present = [codec.codecId for codec in endpoint.codecEnum2()]
    missing = [
        name.rstrip("/") for name in NEEDED_CODECS if not any(have.startswith(name) for have in present)
    ]
    if missing:
        raise UnfitError(f"pjsua2 is compiled without {', '.join(missing)}: run script/build-pjsua2")


def _check_legs(pj: Any, endpoint: Any, legs: int) -> None:
    tally = Tally()

    class Leg(pj.Call):
        def onCallState(self, prm: Any) -> None:
            info = self.getInfo()
            if info.state == pj.PJSIP_INV_STATE_CONFIRMED:
                tally.confirmed += 1
            elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
                tally.failures.append(f"{info.lastStatusCode} {info.lastReason}")

    class Myself(pj.Account):
        def onIncomingCall(self, prm: Any) -> None:
            leg = Leg(self, prm.callId)
            tally.calls.append(leg)
            leg.answer(_operation(pj, 200))

    account_config = pj.AccountConfig()
    account_config.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
    account_config.idUri = "sip:selftest@127.0.0.1"
    myself = Myself()
    _alive.extend((tally, myself))
    myself.create(account_config)
    address = endpoint.transportGetInfo(endpoint.transportEnum()[0]).localAddress

    deadline = time.monotonic() + PATIENCE
    for placed in range(1, legs // 2 + 1):
        leg = Leg(myself)
        tally.calls.append(leg)
        leg.makeCall(f"sip:selftest@{address}", _operation(pj))
        # One call at a time, as its answer costs a turn of the loop: no burst, so no resend.
        while tally.confirmed < 2 * placed and not tally.failures and time.monotonic() < deadline:
            endpoint.libHandleEvents(10)
        if tally.confirmed < 2 * placed:
            reason = tally.failures[0] if tally.failures else f"no answer within {PATIENCE:.0f} s"
            raise UnfitError(f"pjsua2 stopped at {tally.confirmed} of {legs} call legs: {reason}")


def _operation(pj: Any, status: int = 0) -> Any:
    operation = pj.CallOpParam(True)
    operation.opt.audioCount = 1
    operation.opt.videoCount = 0
    if status:
        operation.statusCode = status
    return operation


def main() -> None:
    """Print the verdict and leave without pjsua2's destructors, which want an order Python does not keep."""
    try:
        line = check()
    except UnfitError as error:
        print(f"unfit: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    print(line, flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
