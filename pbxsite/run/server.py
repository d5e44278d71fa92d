"""`python -m pbxsite.run.server`: start, watch and stop an exchange on this machine; script/server calls it."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from supervisor.xmlrpc import SupervisorTransport

from pbxsite.instance import Instance, InstanceError
from pbxsite.instance import load as load_instance
from pbxsite.run import launch, ports, processes

#: Seconds within which every process must be well after a start.
START = 90.0
#: Seconds between two looks at the processes.
LOOK = 0.3
#: Lines of a process's log that are shown when it does not start.
LOG_LINES = 8


class ServerError(Exception):
    """The exchange can't be started; the text is one sentence for the person at the terminal."""


def main() -> int:
    """Returns the exit status: 0 all is well, 1 it is not."""
    parser = argparse.ArgumentParser(prog="script/server", description="Start the exchange on this machine.")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--check", action="store_true", help="start, wait until all is well, stop")
    action.add_argument(
        "--daemon", action="store_true", help="start, wait until all is well, leave it running"
    )
    action.add_argument("--stop", action="store_true", help="stop what --daemon or another terminal started")
    action.add_argument("--status", action="store_true", help="say how each process is")
    wanted = parser.parse_args()
    try:
        instance = load_instance()
        if wanted.stop:
            return stop(instance)
        if wanted.status:
            return status(instance)
        return start(instance, stay=not wanted.check, detach=wanted.daemon)
    except (ServerError, InstanceError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def start(instance: Instance, *, stay: bool, detach: bool) -> int:
    """Start everything, wait until it is well, print the table; then stay until a signal, detach or stop."""
    if supervisor_state(instance) is not None:
        print("== this exchange already runs", flush=True)
        wait_until_well(instance)
        print_table()
        return 0
    if ended := launch.end_leftovers(str(instance.var)):
        print(f"== ended {ended} processes that an earlier run had left", flush=True)
    try:
        ports.check(instance)
    except ports.TakenError as error:
        raise ServerError(str(error)) from error
    configure(instance)
    print("== starting", flush=True)
    began = time.monotonic()
    with counted_signals() as interrupted:
        supervisor = spawn(instance, detach=detach)
        try:
            forget_signs_of_life(instance)
            wait_until_well(instance, supervisor, interrupted)
            print_table()
            print(f"== all is well after {time.monotonic() - began:.1f} s", flush=True)
            if detach:
                return 0
            if stay:
                print("== Ctrl-C stops it", flush=True)
                while not interrupted and supervisor.poll() is None:
                    with suppress(subprocess.TimeoutExpired):
                        supervisor.wait(0.5)
                if not interrupted:
                    raise ServerError(
                        f"the supervisor ended by itself, see {instance.log / 'supervisord.log'}"
                    )
        except Interrupted:
            pass
        except BaseException:
            end(instance, supervisor, interrupted)
            raise
        end(instance, supervisor, interrupted)
    return 0


def configure(instance: Instance) -> None:
    """Write the configuration of every process. Raises ServerError."""
    finished = subprocess.run(
        [sys.executable, "manage.py", "edge_config"], cwd=instance.root, capture_output=True, text=True
    )
    if finished.returncode:
        raise ServerError("the edge's configuration can't be written: " + last_line(finished.stderr))
    try:
        processes.write_configuration(instance)
    except (OSError, RuntimeError) as error:
        raise ServerError(f"the configuration can't be written: {error}") from error


def spawn(instance: Instance, *, detach: bool) -> subprocess.Popen[bytes]:
    """Start the supervisor in a session of its own, so that Ctrl-C reaches this process alone."""
    socket = processes.supervisor_socket(instance)
    socket.unlink(missing_ok=True)
    if os.geteuid() == 0:
        # The thread that mixes the sound asks for real-time priority: without it a busy machine thins out every call.
        # In a container root may not be allowed to give it.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_RTPRIO, (99, 99))
    with (instance.log / "supervisord.out").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(instance.etc / "supervisord.conf")],
            cwd=instance.root,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=None if detach else launch.die_with_parent,
        )


def forget_signs_of_life(instance: Instance) -> None:
    """Redis kept those of an earlier run on disk, and they would speak for processes that don't work now."""
    if not instance.own_redis:
        return
    patience = Retry(ConstantBackoff(LOOK), retries=int(10 / LOOK))
    with (
        suppress(redis.RedisError),
        redis.Redis.from_url(instance.redis_url, retry=patience, retry_on_error=[redis.RedisError]) as client,
    ):
        for key in client.scan_iter("kiestoon:heartbeat:*"):
            client.delete(key)


def wait_until_well(
    instance: Instance,
    supervisor: subprocess.Popen[bytes] | None = None,
    interrupted: list[int] | None = None,
) -> None:
    """Print each process as it gets well; return when all are. Raises ServerError or Interrupted."""
    began = time.monotonic()
    waiting: dict[str, str] = {}
    seen: set[str] = set()
    while time.monotonic() - began < START:
        if interrupted:
            raise Interrupted
        if supervisor is not None and supervisor.poll() is not None:
            reason = last_line((instance.log / "supervisord.out").read_text(errors="replace"))
            raise ServerError(f"the supervisor ended: {reason}")
        answer = ask_health(instance)
        for name, health in answer.items():
            if health["ok"] and name not in seen:
                seen.add(name)
                print(f"   {name:<9} {health['detail']} ({time.monotonic() - began:.1f} s)", flush=True)
        waiting = {name: health["detail"] for name, health in answer.items() if not health["ok"]}
        if answer and not waiting:
            return
        time.sleep(LOOK)
    for name in waiting or {"web": ""}:
        show_log(instance, name)
    described = ", ".join(f"{name} ({detail})" for name, detail in waiting.items()) or "web (no answer)"
    raise ServerError(f"not well after {START:.0f} s: {described}; logs are in {instance.log}")


def end(instance: Instance, supervisor: subprocess.Popen[bytes], interrupted: list[int]) -> None:
    """Stop everything: in order, and after a second signal at once."""
    print("== stopping (calls get a minute to end; again to stop at once)", flush=True)
    signals = len(interrupted)
    supervisor.terminate()
    while supervisor.poll() is None and len(interrupted) == signals:
        with suppress(subprocess.TimeoutExpired):
            supervisor.wait(LOOK)
    supervisor.kill()
    supervisor.wait()
    launch.end_leftovers(str(instance.var))
    processes.supervisor_socket(instance).unlink(missing_ok=True)


def stop(instance: Instance) -> int:
    """Stop a running exchange, also one that another user started."""
    pid = supervisor_state(instance)
    if pid is None:
        ended = launch.end_leftovers(str(instance.var))
        print(f"== ended {ended} processes that an earlier run had left" if ended else "== it does not run")
        return 0
    print("== stopping (calls get a minute to end)", flush=True)
    with suppress(OSError, Fault):
        proxy(instance).supervisor.shutdown()
    deadline = time.monotonic() + processes.MEDIA_STOP + 30
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            break
        time.sleep(LOOK)
    launch.end_leftovers(str(instance.var))
    print("== stopped")
    return 0


def status(instance: Instance) -> int:
    """Print how each process is; 0 when all are well."""
    if supervisor_state(instance) is None:
        print("== it does not run")
        return 1
    health = ask_health(instance)
    infos: Any = proxy(instance).supervisor.getAllProcessInfo()
    for info in sorted(infos, key=lambda info: info["group"]):
        detail = health.get(info["name"], {}).get("detail", "")
        print(f"   {info['name']:<9} {info['statename']:<9} {info['description']:<32} {detail}")
    return 0 if health and all(answer["ok"] for answer in health.values()) else 1


def print_table() -> None:
    """Make the demonstration company on the first start; print addresses, extensions and passwords."""
    finished = subprocess.run([sys.executable, "manage.py", "demo"], stdout=subprocess.PIPE, text=True)
    if finished.returncode:
        raise ServerError("the table of addresses can't be made (manage.py demo)")
    print(finished.stdout, end="", flush=True)


def supervisor_state(instance: Instance) -> int | None:
    """The process id of this instance's supervisor, None when it does not run."""
    try:
        pid: Any = proxy(instance).supervisor.getPID()
    except (OSError, Fault, http.client.HTTPException):
        return None
    return int(pid)


def proxy(instance: Instance) -> Any:
    """The supervisor's XML-RPC interface."""
    path = processes.supervisor_socket(instance)
    return ServerProxy("http://127.0.0.1", transport=SupervisorTransport(None, None, f"unix://{path}"))


def ask_health(instance: Instance) -> dict[str, dict[str, Any]]:
    """What /healthz says about each process; nothing when the web process does not answer yet."""
    connection = http.client.HTTPConnection(instance.advertised, instance.http_port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        answer: dict[str, dict[str, Any]] = json.loads(connection.getresponse().read())["processes"]
        return answer
    except (OSError, ValueError, KeyError, http.client.HTTPException):
        return {}
    finally:
        connection.close()


def show_log(instance: Instance, name: str) -> None:
    """The end of a process's log, on standard error."""
    with suppress(OSError):
        lines = (instance.log / f"{name}.log").read_text(errors="replace").splitlines()
        print(f"-- {name}:", *lines[-LOG_LINES:], sep="\n   ", file=sys.stderr)


def last_line(text: str) -> str:
    """The last line that says something; Python puts the error itself there."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


class Interrupted(Exception):
    """SIGINT, SIGTERM or SIGHUP came while starting."""


@contextmanager
def counted_signals() -> Iterator[list[int]]:
    """While open, signals that would end this process are only noted, in the list it gives."""
    received: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        received.append(number)

    before = {
        number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
