"""What is measured. Each group is a function of a running exchange that emits its figures."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import redis

from tests.bench import sound
from tests.bench.cpu import Meter
from tests.bench.exchange import CALLEE, CALLER, PATH, RECORDED, BenchError, Exchange
from tests.bench.figures import cost, emit, note
from tests.bench.load import G722, PCMA, Callee, Heard, RtpLoad, Unheard, call, register_many
from tests.bench.probe import Probe, percentile
from tests.rig.phones import Phones
from tests.rig.phones.hearing import Sound
from tests.rig.phones.sipp import Sipp
from tests.rig.servers import udp_sockets

SETTLE = 2.0  # seconds between two measurements
RAMP = 20  # calls a second while sound is built up


def setup(exchange: Exchange, rates: tuple[int, ...] = (100, 50, 200), seconds: float = 20) -> None:
    """Calls that are answered at once and last a second, so many a second."""
    for rate in rates:
        measure_setup(exchange, rate, seconds, "setup." if rate == rates[0] else f"setup.{rate}.")
        time.sleep(SETTLE)


def measure_setup(
    exchange: Exchange, rate: int, seconds: float, prefix: str, dialled: tuple[str, ...] = (CALLEE,)
) -> None:
    """Calls of CALLER to these numbers in turn, all of which end at CALLEE's phone."""
    note(f"setup: {rate} calls/s for {seconds:g} s")
    probing = 10  # calls a second among them whose delay is measured
    calls = round((rate - probing) * seconds)
    ear = Unheard()
    callee = Callee(exchange, CALLEE, [ear.port])
    probe = Probe(
        "127.0.0.1", exchange.instance.sip_port, CALLER, f"pw{CALLER}", dialled[0], probing, ear.port
    )
    caller: Sipp | None = None
    try:
        meter = Meter(exchange.pids, [callee.pid])
        rows = [(CALLER, number, ear.port) for number in dialled]
        caller = call(exchange, rows, rate=rate - probing, calls=calls, seconds=1)
        meter.load.append(caller.pid)
        probe.start()
        time.sleep(seconds)
        probe.stop()
        result = caller.finish(60)
        used = meter.read()
    finally:
        callee.stop()
        if caller:
            caller.stop()
        ear.close()
    done = result.successful + len(probe.dialled)
    failed = calls - result.successful + len(probe.failed)
    if result.failed or probe.failed:
        note(f"{result} {probe.failed[:3]}")
    conditions = {"calls_per_s": rate, "calls": done + failed, **cost(used, max(done, 1))}
    emit(f"{prefix}failed", failed, "calls", retransmitted=result.retransmitted, **conditions)
    emit(f"{prefix}cpu_ms_per_call", used.total(PATH) / max(done, 1) * 1000, "ms", **conditions)
    delays = [one.total for one in probe.dialled]
    ringing = [one.ringing for one in probe.dialled]
    measured = {
        "calls_per_s": rate,
        "measured_calls": len(delays),
        "digest": "included, the caller's own time is not",
        "from_credentials_p50_ms": round(percentile(ringing, 0.5), 3),
        "highest_ms": round(max(delays, default=float("nan")), 2),
    }
    emit(f"{prefix}invite_180_p50_ms", percentile(delays, 0.5), "ms", **measured)
    emit(f"{prefix}invite_180_p99_ms", percentile(delays, 0.99), "ms", **measured)


def media(exchange: Exchange, counts: tuple[int, ...] = (100, 50, 200), seconds: float = 20) -> None:
    """Bridged calls with sound both ways: plain, recorded, and G.722 to A-law."""
    lost = missing = 0
    for mode in ("plain", "record", "g722"):
        for count in counts:
            suffix = "" if count == counts[0] else f".{count}"
            heard = measure_media(exchange, mode, count, seconds, f"media{suffix}.{mode}.cpu_s_per_call_min")
            lost += heard.lost
            missing += heard.missing
            time.sleep(SETTLE)
    runs = {"calls_at_once": list(counts), "modes": ["plain", "record", "g722"], "seconds_each": seconds}
    emit("media.lost", lost, "packets", counted="sequence numbers, both directions", **runs)
    emit("media.missing", missing, "packets", counted="one packet every 20 ms, both directions", **runs)


def measure_media(exchange: Exchange, mode: str, count: int, seconds: float, name: str) -> Heard:
    """So many calls at once, measured for `seconds` when all are up; returns what both sides heard."""
    note(f"media: {count} calls at once, {mode}")
    number = RECORDED if mode == "record" else CALLEE
    speech = sound.speech_file(exchange.work)
    calling = RtpLoad(exchange.work, count, *frames(exchange, mode))
    called = RtpLoad(exchange.work, count, speech)
    callee = Callee(exchange, number, called.ports)
    called.follow(callee.sipp.log)
    life = count / RAMP + seconds + 5
    rows = [(CALLER, number, port) for port in calling.ports]
    codec = G722 if mode == "g722" else PCMA
    caller = call(exchange, rows, rate=RAMP, calls=count, seconds=life, codec=dict(codec))
    calling.follow(caller.log)
    try:
        time.sleep(count / RAMP + 2.5)
        calling.mark()
        called.mark()
        meter = Meter(exchange.pids, [callee.pid, caller.pid, calling.pid, called.pid])
        time.sleep(seconds)
        used = meter.read()
        by_caller, by_callee = calling.report(), called.report()
        memory = exchange.memory("media")
        result = caller.finish(life + 30)
    finally:
        caller.stop()
        callee.stop()
        calling.close()
        called.close()
    together = Heard()
    together.add(by_caller)
    together.add(by_callee)
    if result.failed:
        note(str(result))
    minutes = count * used.seconds / 60
    emit(
        name,
        used.total(PATH) / minutes,
        "CPU s",
        calls=count,
        failed=count - result.successful,
        lost=together.lost,
        missing=together.missing,
        reordered=together.reordered,
        # What the called side hears is A-law, where a frame of silence can be told from speech.
        silent_frames=by_callee.silent,
        heard_streams=together.streams,
        longest_gap_ms=together.longest_gap,
        media_worker_mib=round(memory, 1),
        **cost(used, minutes),
    )
    return together


def frames(exchange: Exchange, mode: str) -> tuple[Path, int]:
    """The file of frames that the callers send, and its payload type."""
    if mode != "g722":
        return sound.speech_file(exchange.work), 8
    path = exchange.work / "tone.g722"
    if not path.exists():
        path = asyncio.run(sound.g722_file(exchange.work))
    return path, 9


def voicemail(exchange: Exchange, callers: int = 100) -> None:
    """So many callers leave a message of ten tones at once; every stored file is listened to."""
    lead = asyncio.run(greeting_seconds(exchange))
    note(f"voicemail: {callers} callers, who speak {lead:.1f} s after the answer")
    folder = exchange.instance.voicemail
    before = set(folder.rglob("*.wav"))
    load = RtpLoad(
        exchange.work, callers, sound.voicemail_file(exchange.work, lead), once=True, silence=sound.SILENCE
    )
    rows = [(exchange.user(n), f"*4{exchange.user(n + callers)}", port) for n, port in enumerate(load.ports)]
    meter = Meter(exchange.pids, [load.pid])
    caller = call(exchange, rows, rate=10, calls=callers, seconds=lead + len(sound.VOICEMAIL_TONES) + 1)
    load.follow(caller.log)
    try:
        result = caller.finish(callers / 10 + 60)
        files = wait_for_files(folder, before, result.successful)
        used = meter.read()
    finally:
        caller.stop()
        load.close()
    complete = [is_complete(file) for file in files]
    if not all(complete):
        bad = next(file for file, good in zip(files, complete, strict=True) if not good)
        note(f"incomplete, for example: {Sound.load(bad)}")
    conditions = {"callers": callers, "stored": len(files), "failed_calls": callers - result.successful}
    emit(f"voicemail.complete_of_{callers}", sum(complete), "messages", **conditions, **cost(used, callers))
    emit("voicemail.cpu_ms_per_message", used.total(PATH) / callers * 1000, "ms", **conditions)


async def greeting_seconds(exchange: Exchange, longest: float = 6) -> float:
    """How long after the answer a caller has heard the beep, measured with one call.

    After 8 seconds without a word the message ends with another sound: `longest` is less.
    """
    user, box = exchange.user(0), exchange.user(1)
    async with Phones(exchange.work / "phones") as phones:
        phone = await phones.register(user, f"pw{user}", "127.0.0.1", exchange.instance.sip_port)
        call = await phone.call(f"*4{box}")
        await call.answered()
        heard = await call.listen(longest)
        await call.hangup()
        await call.ended()
        await phone.unregister()
    sounds = heard.sounding()
    return sounds[-1].end + 0.5 if sounds else 0.5


def wait_for_files(folder: Path, before: set[Path], expected: int, seconds: float = 15) -> list[Path]:
    """The new files, once there are as many as expected or the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        files = sorted(set(folder.rglob("*.wav")) - before)
        if len(files) >= expected or time.monotonic() > deadline:
            time.sleep(0.5)  # the last one gets its header
            return sorted(set(folder.rglob("*.wav")) - before)
        time.sleep(0.2)


def is_complete(file: Path) -> bool:
    """Whether all ten tones are there in their order, each for at least 0.94 s, with no gap above 60 ms."""
    heard = Sound.load(file)
    spans = [heard.heard(hz, 0.5) for hz in sound.VOICEMAIL_TONES]
    if any(span is None for span in spans):
        return False
    starts = [span.start for span in spans if span]
    long_enough = all(heard.tone_seconds(hz) >= 0.94 for hz in sound.VOICEMAIL_TONES)
    gaps = heard.gaps(starts[0], starts[-1] + 1)
    return starts == sorted(starts) and long_enough and sum(gap.seconds for gap in gaps) <= 0.06


def register(exchange: Exchange, rate: int = 1500, seconds: float = 10) -> None:
    """Every user registers again and again with digest: two requests each time."""
    note(f"register: {rate}/s for {seconds:g} s")
    times = round(rate * seconds)
    numbers = [exchange.user(number) for number in range(exchange.users)]
    meter = Meter(exchange.pids)
    result = register_many(exchange, numbers, rate, times)
    used = meter.read()
    conditions = {"offered_per_s": rate, "registrations": times, "users": len(numbers)}
    emit(
        "register.per_s",
        result.successful / max(result.seconds, seconds),
        "registrations/s",
        **conditions,
        **cost(used, times),
    )
    emit("register.failed", times - result.successful, "registrations", **conditions)
    emit("register.cpu_ms", used.total(PATH) / times * 1000, "ms", **conditions)


def soak(exchange: Exchange, calls: int = 400, seconds: float = 60, in_a_row: int = 5000) -> None:
    """Many bridged calls for a minute, then thousands one after the other; nothing may be lost or left."""
    heard = measure_media(exchange, "plain", calls, seconds, f"soak.{calls}.cpu_s_per_call_min")
    emit("soak.lost", heard.lost, "packets", calls=calls, seconds=seconds, missing=heard.missing)
    rate = 50
    sizes = [exchange.memory("media")]
    failed = 0
    ear = Unheard()
    callee = Callee(exchange, CALLEE, [ear.port])
    try:
        for part in range(2):
            note(f"soak: {in_a_row} calls in a row, half {part + 1}")
            half = in_a_row // 2
            run = call(exchange, [(CALLER, CALLEE, ear.port)], rate=rate, calls=half, seconds=1)
            failed += half - run.finish(half / rate + 90).successful
            time.sleep(SETTLE)
            sizes.append(exchange.memory("media"))
    finally:
        callee.stop()
        ear.close()
    # A BYE towards a vanished peer is repeated for a while; nothing here vanished, so nothing may be left.
    time.sleep(SETTLE)
    emit("soak.failed", failed, "calls", calls=in_a_row, calls_per_s=rate)
    emit("soak.memory_growth_mib", sizes[2] - sizes[1], "MiB", second_half_of=in_a_row, mib=sizes)
    emit("soak.calls_left", calls_left(exchange), "calls", calls=in_a_row)
    emit("soak.sockets_left", sockets_left(exchange), "sockets", calls=in_a_row)


def calls_left(exchange: Exchange) -> int:
    """Calls that the exchange believes to be alive."""
    client = redis.Redis.from_url(exchange.instance.redis_url)
    try:
        return int(client.hlen(f"kiestoon:calls:{exchange.instance.node}"))
    except redis.RedisError as error:
        raise BenchError(f"Redis does not answer: {error}") from error
    finally:
        client.close()


def sockets_left(exchange: Exchange) -> int:
    """UDP ports for sound that the media worker has open: two for each leg, whatever it believes itself."""
    return sum(udp_sockets(pid, *exchange.instance.media_rtp) for pid in exchange.pids()["media"])
