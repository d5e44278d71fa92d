"""What a call, a leg and a flow may ask of the media node that they live on.

The exchange is a `Node[Call, Leg]`, the endpoint a `Stack[Leg]`; calls, legs and flows know no more of them. Generic
in call and leg, since both are above this module.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    import pjsua2 as pj

    from pbxsite.instance import Instance
    from telephony import routing
    from telephony.calls.usage import Meter
    from telephony.engine.media import PatchBay, Player
    from telephony.routing.directory import Directory
    from telephony.routing.entries import Route

CallT = TypeVar("CallT")
LegT = TypeVar("LegT")
CallIn = TypeVar("CallIn", contravariant=True)
LegIn = TypeVar("LegIn", contravariant=True)
Result = TypeVar("Result")


class Notes(Protocol[CallIn]):
    """Shows calls to other processes."""

    def note(self, call: CallIn) -> None:
        """`call` is different from what others see."""


class Recorder(Protocol[LegIn]):
    """A recording in progress."""

    paused: bool

    @property
    def running(self) -> bool:
        """Whether the file is still being written, paused or not."""

    def only(self, legs: Iterable[LegIn]) -> None:
        """Hear these legs and no other."""

    def pause(self) -> None:
        """Write nothing until `resume`."""

    def resume(self) -> None:
        """Write again."""

    def end(self) -> None:
        """Finish the file and have it kept."""


class Keeper(Protocol):
    """Has finished recordings kept."""

    running: set[str]  # names of files that are being written, without their ending

    def keep(self, path: Path | None = None) -> None:
        """Keep the recording that has just ended; without `path`, whatever an earlier life left."""


class Recording(Protocol[CallIn, LegIn]):
    """What a feature hands in that records conversations."""

    def keeper(
        self, node: str, loop: asyncio.AbstractEventLoop, in_thread: Callable[..., Awaitable[Any]]
    ) -> Keeper:
        """The one of a media node; `in_thread` runs database or file work on another thread."""

    def begin(self, call: CallIn, legs: Iterable[LegIn], asked_by: str) -> Recorder[LegIn]:
        """Record these legs. Raises CommandError when the disk is full."""

    def is_wanted(self, call: CallIn, legs: Iterable[LegIn]) -> bool:
        """Whether a rule wants a conversation between these legs recorded."""

    async def announce_first(self, call: CallIn, legs: Iterable[LegIn]) -> bool:
        """The same, once everybody has heard it, if that is to be said."""


class Stack(Protocol[LegT]):
    """The endpoint of pjsua2, on the engine's thread."""

    loop: asyncio.AbstractEventLoop
    patch: PatchBay
    ringback: Player
    hold_music: Player
    account: pj.Account

    def adopt(self, leg: LegT) -> None:
        """Keep a reference to a live leg."""

    def leg_over(self, leg: LegT) -> None:
        """Let go of a leg."""

    def find(self, sip_call_id: str) -> LegT | None:
        """The live leg with this Call-ID."""

    def is_from_edge(self, request: pj.SipRxData) -> bool:
        """Whether the edge sent this."""


class Node(Protocol[CallT, LegT]):
    """The exchange of one media node, on the engine's thread."""

    instance: Instance
    name: str
    loop: asyncio.AbstractEventLoop
    directory: Directory
    calls: dict[str, CallT]
    parking: dict[str, CallT]  # slot -> who waits in it
    draining: bool  # takes no new calls
    join_tone: Path
    meter: Meter
    keeper: Keeper

    @property
    def ledger(self) -> Notes[CallT]:
        """Shows calls to other processes."""

    @property
    def endpoint(self) -> Stack[LegT]:
        """pjsua2."""

    @property
    def services(
        self,
    ) -> Mapping[str, Callable[[CallT, LegT, routing.Service], Awaitable[routing.Plan | None]]]:
        """What a `routing.Service` of this name does: the plan for what comes next, None when the call is over."""

    @property
    def verbs(self) -> Mapping[str, Callable[..., Any]]:
        """What features can do with a conversation, beside what any can be asked to do."""

    @property
    def deposit(self) -> Callable[[CallT, LegT, routing.Voicemail], Awaitable[bool]]:
        """Takes a message; False when none can be taken."""

    @property
    def recording(self) -> Recording[CallT, LegT]:
        """Records conversations."""

    def run(self, call: CallT, flow: Awaitable[None]) -> None:
        """Run a call's flow to its end; whatever happens, the call ends and is logged."""

    def request(
        self,
        *,
        caller: str,
        dialled: str,
        trunk: int | None = None,
        by: str = "",
        diverted: tuple[str, ...] = (),
    ) -> routing.Request:
        """What routing is asked about a call that goes somewhere now."""

    def store_later(self) -> None:
        """Store what was recorded and is no message yet; again and again, until the database takes it."""

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something run beside the flows: short, and nobody waits for it."""

    def language_of(self, extension: str) -> str:
        """The language to speak with an extension, or with a caller from outside."""

    async def in_thread(self, function: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """Run database or file work on another thread."""

    async def sound(self, make: Callable[..., Result], *args: Any) -> Result:
        """Have something made that a caller hears."""

    def alert(self, code: str, args: dict[str, str | int]) -> None:
        """Have administrators told of a refusal, in good time."""

    def disk_has_room(self, folder: Path) -> bool:
        """Whether something can still be recorded below `folder`."""

    def dial_extension(
        self, call: CallT, number: str, caller: str, caller_name: str, *, contact: str = ""
    ) -> LegT | None:
        """Ring every device of an extension, or the one registered with `contact`, as one leg; None when no leg is
        left."""

    def dial_outside(self, call: CallT, line: Route, caller: str, *, others: bool = False) -> LegT | None:
        """Call an outside number over one trunk; None when that cannot be tried."""
