"""Load on an edge of its own, on loopback: `python -m tests.rig.edge.load [--register N] [--calls N] [--seconds S]`.

Prints one JSON line a measurement: rates per second, CPU of all Kamailio processes in ms per registration or call. A
"call" is both passes: a phone calls a media node, and a media node calls a phone.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import subprocess
import tempfile
import time
from pathlib import Path

from telephony.edge import config, rpc
from tests.rig.edge.subscribers import Subscriber, write_subscribers
from tests.rig.servers import Servers, free_ports

HERE = Path(__file__).parent
USERS = 2000


def family(pid: int) -> list[int]:
    """A process and its living descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for known in found:
        found += children.get(known, [])
    return found


def cpu_seconds(pid: int) -> float:
    """Time on a processor of a process and its descendants, by the scheduler's clock (ns)."""
    return sum(int(Path(f"/proc/{one}/schedstat").read_text().split()[0]) for one in family(pid)) / 1e9


class Load:
    def __init__(self, servers: Servers, folder: Path) -> None:
        self.servers, self.folder, self.edge = servers, folder, servers.instance
        self.children: list[subprocess.Popen[bytes]] = []

    def sipp(self, name: str, port: int, target: int, *options: str) -> subprocess.Popen[bytes]:
        (control,) = free_ports(1)
        log = (self.folder / f"{name}-{port}.log").open("wb")
        command = ["sipp", f"127.0.0.1:{target}", "-sf", str(HERE / f"{name}.xml"), "-i", "127.0.0.1"]
        command += [
            "-p",
            str(port),
            "-cp",
            str(control),
            "-nostdin",
            "-trace_err",
            "-buff_size",
            "4000000",
            *options,
        ]
        child = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True)
        self.children.append(child)
        return child

    def run(self, name: str, rate: int, jobs: list[subprocess.Popen[bytes]], count: int) -> None:
        pid = self.servers["edge"].process
        assert pid is not None
        before, begin = cpu_seconds(pid.pid), time.monotonic()
        codes = [job.wait() for job in jobs]
        seconds, used = time.monotonic() - begin, cpu_seconds(pid.pid) - before
        result = {"what": name, "wanted": rate, "done": count, "per_second": round(count / seconds, 1)}
        result |= {"cpu_ms_each": round(used * 1000 / count, 3), "exit_codes": codes}
        print(json.dumps(result), flush=True)
        if any(codes):
            for path in self.folder.glob("*_errors.log"):
                print(f"-- {path.name}", path.read_text(errors="replace")[:1500], sep="\n")

    def file(self, name: str, rows: list[tuple[str, ...]]) -> str:
        with (self.folder / name).open("w", newline="") as file:
            file.write("SEQUENTIAL\n")
            csv.writer(file, delimiter=";", lineterminator="\n").writerows(rows)
        return str(self.folder / name)

    def end(self) -> None:
        for child in self.children:
            child.kill()
            child.wait()


def idle(servers: Servers, seconds: float) -> None:
    """What Kamailio costs while nobody calls."""
    process = servers["edge"].process
    assert process is not None
    before = cpu_seconds(process.pid)
    time.sleep(seconds)
    used = cpu_seconds(process.pid) - before
    print(json.dumps({"what": "idle", "cpu_ms_per_second": round(used * 1000 / seconds, 1)}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--register", type=int, default=1500, help="registrations per second")
    parser.add_argument("--calls", type=int, default=300, help="calls per second")
    parser.add_argument("--seconds", type=int, default=10)
    options = parser.parse_args()
    users = [Subscriber(str(number), str(number), f"secret{number}") for number in range(2000, 2000 + USERS)]
    with tempfile.TemporaryDirectory() as name, Servers(Path(name)) as servers:
        folder = Path(name)
        edge = servers.instance
        answering, calling, phone, register, caller = free_ports(5)
        write_subscribers(edge, users)
        config.render(edge, nodes=[f"127.0.0.1:{answering}", f"127.0.0.1:{calling}"])
        servers.start("redis", "edge")
        load = Load(servers, folder)
        try:
            secret = [
                (user.username, f"[authentication username={user.username} password={user.secret}]")
                for user in users
            ]
            load.sipp("answers", answering, edge.core_port, "-aa")
            load.sipp("answers", phone, edge.sip_port, "-aa")
            idle(servers, 4)
            rate, count = options.register, options.register * options.seconds
            common = [
                *("-r", str(rate)),
                *("-m", str(count)),
                *("-l", "9000", "-key", "phone_port", str(phone)),
            ]
            file = load.file("register.csv", [(user, word) for user, word in secret])
            for round_ in ("register", "register again"):
                job = load.sipp("register", register, edge.sip_port, "-inf", file, *common)
                load.run(round_, rate, [job], count)
            rate, count = options.calls, options.calls * options.seconds
            common = [*("-r", str(rate)), *("-m", str(count)), *("-l", "9000")]
            extension = load.file("node.csv", [(user,) for user, _word in secret])
            file = load.file("calls.csv", [(user, word, "3999") for user, word in secret])
            passes = [
                load.sipp("phone_calls", caller, edge.sip_port, "-inf", file, *common),
                load.sipp("node_calls", calling, edge.core_port, "-inf", extension, *common),
            ]
            load.run("call, both passes", rate, passes, count)
            time.sleep(12)  # the last transactions end
            used = rpc.statistics(to=edge)["shmem:used_size"]
            print(json.dumps({"what": "after", "shared_memory_mb": round(used / 2**20, 1)}), flush=True)
        finally:
            load.end()
            print(servers["edge"].log.read_text()[-1500:])


if __name__ == "__main__":
    main()
