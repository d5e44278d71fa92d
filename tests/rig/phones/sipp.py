"""SIPp: scenario files of ours, rows of data injected, and the numbers that come out.

run = Sipp.start(folder, "caller", "127.0.0.1:5070", rows=[("1001", "pw1001", "1002")], rate=100, calls=3000)
result = run.finish(timeout=60)
assert result.failed == 0
"""

from __future__ import annotations

import csv
import itertools
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"
_runs = itertools.count(1)


class SippError(AssertionError):
    """SIPp did not start or did not end; the text carries what it wrote."""


@dataclass(frozen=True)
class SippResult:
    """What SIPp counted."""

    successful: int
    failed: int
    created: int
    retransmitted: int
    unexpected: int
    timed_out: int
    seconds: float
    errors: str

    def __str__(self) -> str:
        return (
            f"{self.successful} of {self.created} calls succeeded, {self.failed} failed "
            f"({self.unexpected} by an unexpected message, {self.timed_out} timed out), "
            f"{self.retransmitted} retransmissions. {self.reasons()}"
        )

    def reasons(self) -> str:
        """What went wrong how often, in short."""
        found = Counter(
            re.findall(r"(?:received '|timeout on message |unexpected )[^\n\r:']{3,60}", self.errors)
        )
        return "; ".join(f"{number} x {reason}" for reason, number in found.most_common(4))


def moment(text: str) -> float:
    """Unix seconds in SIPp's `date <tab> time <tab> seconds`; 0 without them."""
    return float(text.split()[-1]) if text else 0.0


def authentication(username: str, secret: str) -> str:
    """The keyword that a scenario's injected field turns into digest credentials (RFC 3261, section 22)."""
    return f"[authentication username={username} password={secret}]"


class Sipp:
    """One run of SIPp."""

    def __init__(self, process: subprocess.Popen[bytes], base: Path) -> None:
        self.process = process
        self.base = base

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def log(self) -> Path:
        """Where the scenario's `<log>` lines go."""
        return self.base.with_suffix(".log")

    @classmethod
    def start(
        cls,
        folder: Path,
        scenario: str,
        target: str,
        *,
        port: int,
        rows: Iterable[Sequence[object]] = (),
        mode: str = "SEQUENTIAL",
        keys: dict[str, object] | None = None,
        rate: float = 10,
        calls: int = 0,
        limit: int = 5000,
        options: Sequence[object] = (),
        transport: str = "u1",
    ) -> Sipp:
        """Start a scenario of `tests/rig/scenarios`.

        `target` is host:port, `port` the local one, `rows` the fields of the injected file, `rate` calls a
        second, `calls` after which it ends (0: runs until `stop`), `limit` calls at once.
        """
        folder.mkdir(parents=True, exist_ok=True)
        base = folder / f"{scenario}-{next(_runs)}"
        command: list[object] = [
            *("sipp", target, "-sf", SCENARIOS / f"{scenario}.xml", "-i", "127.0.0.1", "-mi", "127.0.0.1"),
            *(
                "-p",
                port,
                "-t",
                transport,
                "-nostdin",
                "-bind_local",
                "-timer_resol",
                1,
                "-max_recv_loops",
                2000,
            ),
            *("-l", limit, "-trace_stat", "-stf", base.with_suffix(".csv"), "-fd", 1),
            *("-trace_err", "-error_file", base.with_suffix(".errors")),
            *("-trace_logs", "-log_file", base.with_suffix(".log")),
            *("-watchdog_minor_maxtriggers", 1000000, "-watchdog_major_maxtriggers", 1000000),
        ]
        data = list(rows)
        if data:
            injected = base.with_suffix(".fields")
            lines = [mode, *(";".join(str(field) for field in row) for row in data)]
            injected.write_text("\n".join(lines) + "\n")
            command += ["-inf", injected]
        for name, value in (keys or {}).items():
            command += ["-key", name, value]
        if calls:
            command += ["-r", rate, "-m", calls]
        with base.with_suffix(".out").open("wb") as out:
            process = subprocess.Popen(
                [str(part) for part in (*command, *options)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=folder,
            )
        return cls(process, base)

    def finish(self, timeout: float) -> SippResult:
        """Wait for the end of the run, then read its numbers. Raises SippError when it takes longer."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.stop()
            raise SippError(f"SIPp did not end within {timeout:g} s: {self.result()}") from None
        return self.result()

    def stop(self) -> SippResult:
        """End it now, running calls or not."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.result()

    def result(self) -> SippResult:
        """The numbers so far (SIPp writes them every second and at its end)."""
        statistics = self.base.with_suffix(".csv")
        last: dict[str, str] = {}
        if statistics.exists():
            with statistics.open(newline="") as file:
                for row in csv.DictReader(file, delimiter=";"):
                    last = row
        if not last and self.process.poll() not in (None, 0):
            output = self.base.with_suffix(".out").read_text(errors="replace")
            raise SippError(f"SIPp ended with {self.process.returncode}: {output[-1500:]}")

        def count(column: str) -> int:
            return int(last.get(f"{column}(C)") or 0)

        errors = self.base.with_suffix(".errors")
        return SippResult(
            successful=count("SuccessfulCall"),
            failed=count("FailedCall"),
            created=int(last.get("TotalCallCreated") or 0),
            retransmitted=count("Retransmissions"),
            unexpected=count("FailedUnexpectedMessage") + count("FailedUnexpectedMsg"),
            timed_out=count("FailedTimeoutOnRecv"),
            seconds=moment(last.get("CurrentTime", "")) - moment(last.get("StartTime", "")),
            errors=errors.read_text(errors="replace") if errors.exists() else "",
        )
