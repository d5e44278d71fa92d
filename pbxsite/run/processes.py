"""The processes of an exchange on one machine, and the supervisor's configuration that keeps them running."""

from __future__ import annotations

import hashlib
import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from pbxsite.instance import Instance
from pbxsite.run.launch import MARK
from telephony.edge.commands import kamailio, rtpengine

#: Bytes of a log file before a new one begins, and how many old ones stay.
LOG_BYTES = "10MB"
LOG_FILES = 5
#: Seconds that a media node gets after SIGTERM: a minute for its calls to end by themselves, the rest for it to end.
MEDIA_STOP = 75
#: A path for a Unix socket holds at most 107 bytes (sockaddr_un), and the supervisor binds a longer name first.
LONGEST_SOCKET = 90


@dataclass(frozen=True)
class Process:
    """One process that always runs. `stop` is how many seconds it gets between SIGTERM and SIGKILL."""

    name: str
    command: tuple[str, ...]
    stop: int = 10
    #: Seconds after which a start counts as a success. A process that ends sooner is started again after
    #: 1, 2, 3 … seconds; with 0 always within a second: for programs that cost nothing to start.
    settle: int = 1


def processes(instance: Instance) -> list[Process]:
    """In the order in which they start; they stop in the opposite order, so that calls can drain."""
    python = sys.executable
    celery = (python, "-m", "celery", "-A", "pbxsite")
    worker = ("worker", "--without-gossip", "--without-mingle", "--loglevel", "INFO")
    own_redis = [Process("redis", ("redis-server", str(instance.etc / "redis.conf")), settle=0)]
    return [
        *(own_redis if instance.own_redis else []),
        Process("relay", tuple(rtpengine(instance)), settle=0),
        Process("edge", tuple(kamailio(instance)), settle=0),
        Process(
            "web",
            (
                *(python, "-m", "pbxsite.run.serve", "--no-server-name"),
                *("-b", instance.bind, "-p", str(instance.http_port), "pbxsite.run.web:application"),
            ),
        ),
        Process(
            "media",
            (
                # Every 20 ms the bridge walks through all that it knows of each call. In large pages the processor
                # finds it sooner: a tenth less CPU time for a call.
                *("env", "GLIBC_TUNABLES=glibc.malloc.hugetlb=1"),
                *(python, "-m", "celery", "-A", "telephony.engine.worker"),
                *worker,
                *("--queues", instance.media_queue, "--hostname", f"{instance.media_queue}@%h"),
                *("--pool", "threads", "--concurrency", "4"),
            ),
            stop=MEDIA_STOP,
        ),
        Process(
            "worker",
            (
                *celery,
                *worker,
                *("--queues", "celery", "--hostname", f"worker.{instance.node}@%h", "--concurrency", "2"),
            ),
            stop=20,
        ),
        Process("beat", (*celery, "beat", "--loglevel", "INFO", "--pidfile", "")),
        Process("agent", (python, "manage.py", "edge_agent")),
    ]


def supervisor_socket(instance: Instance) -> Path:
    """Where the supervisor listens: below `var`, or in /tmp when that path is too long for a Unix socket."""
    path = instance.run / "supervisor.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return path
    digest = hashlib.sha256(os.fsencode(instance.var)).hexdigest()[:16]
    return Path(f"/tmp/kiestoon-{os.geteuid()}-{digest}.sock")  # noqa: S108


def supervisor_config(instance: Instance) -> str:
    """The text of supervisord.conf."""
    socket = supervisor_socket(instance)
    head = f"""\
; Written by script/server at every start: changes here are lost.
[supervisord]
nodaemon=true
silent=true
umask=027
directory={_escape(instance.root)}
logfile={_escape(instance.log / "supervisord.log")}
logfile_maxbytes={LOG_BYTES}
logfile_backups={LOG_FILES}
pidfile={_escape(instance.run / "supervisord.pid")}
childlogdir={_escape(instance.log)}
; What the shell allows is what there is: script/server raises it.
minfds=256

[unix_http_server]
file={_escape(socket)}
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://{_escape(socket)}
"""
    return head + "".join(
        _program(instance, process, priority) for priority, process in enumerate(processes(instance), start=1)
    )


def _program(instance: Instance, process: Process, priority: int) -> str:
    launch = ("/usr/bin/python3", "-I", str(instance.root / "pbxsite" / "run" / "launch.py"), process.name)
    command = shlex.join((*launch, *process.command))
    environment = {MARK: f"{process.name}:{instance.var}", "PYTHONUNBUFFERED": "1"}
    variables = ",".join(f'{name}="{value}"' for name, value in environment.items())
    return f"""
[program:{process.name}]
command={_escape(command)}
environment={_escape(variables)}
priority={priority}
autorestart=true
startsecs={process.settle}
startretries=1000000
stopwaitsecs={process.stop}
; SIGTERM goes to the main process alone, which tells its children; SIGKILL to all of them.
killasgroup=true
redirect_stderr=true
stdout_logfile={_escape(instance.log / process.name)}.log
stdout_logfile_maxbytes={LOG_BYTES}
stdout_logfile_backups={LOG_FILES}
"""


def _escape(text: object) -> str:
    """The supervisor expands `%(name)s` in its values."""
    return str(text).replace("%", "%%")


def redis_config(instance: Instance) -> str:
    """The text of redis.conf: loopback only, every write on disk within a second, nothing thrown away."""
    folder = instance.var / "redis"
    return f"""\
# Written by script/server at every start: changes here are lost.
bind 127.0.0.1
port {instance.redis_port}
protected-mode yes
daemonize no
dir "{folder}"
logfile ""
save ""
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
# Redis would write its title over its environment, and with it the mark by which a start knows its leftovers.
set-proc-title no
"""


def write_configuration(instance: Instance) -> Path:
    """Write redis.conf and supervisord.conf; returns the path of the latter. Raises OSError."""
    instance.make_folders()
    (instance.var / "redis").mkdir(exist_ok=True)
    (instance.etc / "redis.conf").write_text(redis_config(instance))
    path = instance.etc / "supervisord.conf"
    path.write_text(supervisor_config(instance))
    return path
