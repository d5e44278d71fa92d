"""Commands on live calls, as Celery tasks that only the owning media node carries out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery import shared_task

from telephony.calls.errors import CommandError

if TYPE_CHECKING:
    from telephony.engine.exchange import Exchange

# Set by the media worker; in every other process these tasks are only sent.
exchange: Exchange | None = None


class Answer(dict[str, Any]):
    """{"ok": True, "result": …} or {"ok": False, "error": an `ErrorData`}."""


def _here() -> Exchange:
    if exchange is None:
        raise RuntimeError("this process runs no media node")
    return exchange


@shared_task(name="telephony.command", ignore_result=False, expires=15)
def command(verb: str, call_id: str, args: dict[str, Any]) -> Answer:
    """Have a live call do something; `telephony.calls.control` says what there is."""
    node = _here()
    try:
        return Answer(ok=True, result=node.submit(node.command(verb, call_id, **args)))
    except CommandError as error:
        return Answer(ok=False, error=error.data())
    except TimeoutError:
        return Answer(ok=False, error=CommandError("call_timeout").data())


@shared_task(name="telephony.originate", ignore_result=False, expires=15)
def originate(extension: str, number: str, device: int | str | None = None) -> Answer:
    """Ring an extension (one device of it, or its mobile), then call a number for it."""
    node = _here()
    try:
        return Answer(ok=True, result=node.submit(node.originate(extension, number, device)))
    except CommandError as error:
        return Answer(ok=False, error=error.data())
