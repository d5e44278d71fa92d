"""Calls to the outside world: whether they may be made, as which number, in whose name and over which trunks.

Pure functions over frozen dataclasses. Everything that leaves the exchange comes through `lines`: what somebody
dials, a forwarding, a transfer, a party that is added to a conversation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from telephony.routing import phone_numbers
from telephony.routing.countries import nearby
from telephony.routing.entries import Route, TrunkEntry
from telephony.routing.phone_numbers import Number

NO_ONE: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rule:
    """Numbers that begin with `prefix` and have so many digits go over these trunks, in this order.

    A prefix with a + is compared with the number's international form, any other one with what was dialled. `strip`
    digits are taken off in front (a + is not counted), then `prepend` is put there. Lengths in digits, 0 is any.
    Without `extensions` and `departments` (ids) it is for everybody.
    """

    name: str
    prefix: str = ""
    shortest: int = 0
    longest: int = 0
    strip: int = 0
    prepend: str = ""
    trunks: tuple[TrunkEntry, ...] = ()
    extensions: frozenset[str] = frozenset()
    departments: frozenset[int] = frozenset()
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """What an extension may do outside, and under which number; None is no limit of its own. Minutes are per day."""

    caller_id: str = ""
    anonymous: bool = False
    allowed: bool = True
    calls: int | None = None
    minutes: int | None = None
    department: int = 0
    department_caller_id: str = ""


NOBODY = Person()


@dataclass(frozen=True, slots=True)
class Outbound:
    """Everything that decides about calls to the outside. `trunks` are all those in use, in their order.

    `shown` are the numbers that called parties may see (international form). `countries`: ISO codes that may be
    called, empty for our own and its neighbours. Limits: None is none; those of
    `person_…` hold for each extension that has no limit of its own. `longest`: minutes that one call may last.
    """

    country: str = "NL"
    trunks: tuple[TrunkEntry, ...] = ()
    rules: tuple[Rule, ...] = ()
    people: Mapping[str, Person] = field(default_factory=lambda: MappingProxyType({}))
    shown: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    premium: bool = False
    satellite: bool = False
    calls: int | None = None
    minutes: int | None = None
    person_calls: int | None = None
    person_minutes: int | None = None
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What goes on outside now and what was used today (seconds), by extension and in all.

    `away`: trunks (ids) that are known not to work right now.
    """

    calls: int = 0
    seconds: int = 0
    calls_of: Mapping[str, int] = field(default_factory=lambda: NO_ONE)
    seconds_of: Mapping[str, int] = field(default_factory=lambda: NO_ONE)
    away: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Caller:
    """The extension for which a call to outside counts: the one that calls, or that forwards its calls.

    `original` is the number of the outside caller whose call is forwarded, "" otherwise.
    """

    extension: str = ""
    original: str = ""


@dataclass(frozen=True, slots=True)
class Routes:
    """The ways to call `number` (international, or as dialled without such a form), best first; never empty."""

    number: str
    lines: tuple[Route, ...]
    emergency: bool = False
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a number is not called: `code` (a story has the words), the spoken `prompt`, the SIP `status`."""

    code: str
    prompt: str
    status: int
    args: Mapping[str, str | int] = field(default_factory=dict)


def lines(outbound: Outbound, number: str, caller: Caller, usage: Usage) -> Routes | Refusal:
    """How to call this number, or why not. `number` as somebody dialled or stored it."""
    dialled = phone_numbers.clean(number)
    if emergency := phone_numbers.emergency(dialled, outbound.country):
        return _emergency(outbound, emergency, caller, usage)
    if not phone_numbers.is_dialable(dialled):
        return Refusal("not_a_number", "unknown_number", 404, {"number": number[:40]})
    person = outbound.people.get(caller.extension, NOBODY)
    if not person.allowed:
        return Refusal("outside_not_allowed", "not_allowed", 403, {"extension": caller.extension})
    chosen = _choose(outbound, dialled, caller.extension, person)
    if isinstance(chosen, Refusal):
        return chosen
    rule, wanted = chosen
    if not wanted.region and not wanted.e164:
        return Refusal("not_a_number", "unknown_number", 404, {"number": number[:40]})
    if emergency := phone_numbers.emergency(wanted.dialled, outbound.country):
        return _emergency(outbound, emergency, caller, usage)
    refusal = _forbidden(outbound, wanted) or _exceeded(outbound, caller.extension, person, usage)
    if refusal:
        return refusal
    trunks = in_order(rule.trunks if rule and rule.trunks else outbound.trunks, usage.away)
    if not trunks:
        return Refusal("no_trunk", "no_line", 503, {"number": wanted.readable})
    found = tuple(_line(trunk, wanted, outbound.country, caller, person) for trunk in trunks)
    for line in found if wanted.e164 else ():
        # However it came about: what counts in the end is the number that the provider calls.
        again = phone_numbers.read_back(line.number, line.trunk.number_format, outbound.country)
        if refusal := _forbidden(outbound, again):
            return refusal
    return Routes(wanted.readable, found, rule=rule.name if rule else "")


def exceeded(outbound: Outbound, line: Route, usage: Usage) -> Refusal | None:
    """The limit that one more call over this line would exceed now: others may have begun since the plan was made."""
    if line.emergency:
        return None
    return _exceeded(outbound, line.payer, outbound.people.get(line.payer, NOBODY), usage)


def in_order(trunks: tuple[TrunkEntry, ...], away: frozenset[int]) -> tuple[TrunkEntry, ...]:
    """The same trunks, those that are away last: they are tried when nothing else is left."""
    return tuple(sorted(trunks, key=lambda trunk: trunk.id in away))


def is_emergency(number: str, country: str) -> bool:
    """Whether this is how somebody here calls for help."""
    return bool(phone_numbers.emergency(phone_numbers.clean(number), country))


def _emergency(outbound: Outbound, number: str, caller: Caller, usage: Usage) -> Routes | Refusal:
    """No rule, right or limit stands in the way, and the caller is shown: help must find them."""
    if not outbound.trunks:
        return Refusal("no_trunk", "no_line", 503, {"number": number})
    person = outbound.people.get(caller.extension, NOBODY)
    found = tuple(
        Route(
            trunk,
            number,
            _caller_id(trunk, outbound.country, person),
            payer=caller.extension,
            emergency=True,
        )
        for trunk in in_order(outbound.trunks, usage.away)
    )
    return Routes(number, found, emergency=True)


def _choose(
    outbound: Outbound, dialled: str, extension: str, person: Person
) -> tuple[Rule | None, Number] | Refusal:
    """The first rule that fits, and the number that it makes. Without any rule everything may be dialled."""
    plain = phone_numbers.read(dialled, outbound.country)
    if not outbound.rules:
        return None, plain
    for rule in outbound.rules:
        form = plain.e164 if rule.prefix.startswith("+") else dialled
        if not form or not _fits(rule, form, extension, person):
            continue
        if not rule.allowed:
            return Refusal("rule_forbids", "not_allowed", 403, {"number": plain.readable, "rule": rule.name})
        if not rule.strip and not rule.prepend:
            return rule, plain
        changed = rule.prepend + form.removeprefix("+")[rule.strip :]
        if rule.prefix.startswith("+") and not rule.strip and not rule.prepend.startswith("+"):
            changed = rule.prepend + form
        if not phone_numbers.is_dialable(changed):
            return Refusal("not_a_number", "unknown_number", 404, {"number": changed[:40]})
        return rule, phone_numbers.read(changed, outbound.country)
    return Refusal("no_rule", "not_allowed", 403, {"number": plain.readable})


def _fits(rule: Rule, form: str, extension: str, person: Person) -> bool:
    digits = len(form.removeprefix("+"))
    if not form.startswith(rule.prefix) or digits < rule.shortest or 0 < rule.longest < digits:
        return False
    if not rule.extensions and not rule.departments:
        return True
    return extension in rule.extensions or (person.department in rule.departments and person.department > 0)


def _forbidden(outbound: Outbound, number: Number) -> Refusal | None:
    """Countries, expensive numbers and satellites: whatever the rules say."""
    args: Mapping[str, str | int] = {"number": number.readable, "country": number.region or "?"}
    if number.satellite:
        return None if outbound.satellite else Refusal("satellite_blocked", "number_blocked", 403, args)
    if number.premium and not outbound.premium:
        return Refusal("premium_blocked", "number_blocked", 403, args)
    if number.worldwide or number.region in (outbound.countries or nearby(outbound.country)):
        return None
    return Refusal("country_blocked", "country_blocked", 403, args)


def _exceeded(outbound: Outbound, extension: str, person: Person, usage: Usage) -> Refusal | None:
    """The limits. The exchange's own come first: they tell of more. Those of a person need one."""
    calls = outbound.person_calls if person.calls is None else person.calls
    minutes = outbound.person_minutes if person.minutes is None else person.minutes
    checks = (
        ("calls_limit", usage.calls, outbound.calls),
        ("minutes_limit", usage.seconds // 60, outbound.minutes),
        ("calls_limit_of", usage.calls_of.get(extension, 0), calls),
        ("minutes_limit_of", usage.seconds_of.get(extension, 0) // 60, minutes),
    )
    for code, used, limit in checks if extension else checks[:2]:
        if limit is not None and used >= limit:
            args: dict[str, str | int] = {"limit": limit}
            if code.endswith("_of"):
                args["extension"] = extension
            return Refusal(code, "limit_reached", 403, args)
    return None


def _line(trunk: TrunkEntry, number: Number, country: str, caller: Caller, person: Person) -> Route:
    sent = phone_numbers.written(number, trunk.number_format, country)
    shown, anonymous = _caller_id(trunk, country, person), person.anonymous and not caller.original
    if caller.original and trunk.show_original:
        shown = shown_number(caller.original, trunk, country)
    return Route(trunk, sent, shown, anonymous, caller.extension)


def _caller_id(trunk: TrunkEntry, country: str, person: Person) -> str:
    """The user's own number, else the department's, else the trunk's."""
    number = person.caller_id or person.department_caller_id or trunk.caller_id
    return shown_number(number, trunk, country) if number else ""


def shown_number(number: str, trunk: TrunkEntry, country: str) -> str:
    """A caller's number as this provider wants to have it: as it is where the provider takes numbers as dialled."""
    return phone_numbers.written(
        phone_numbers.read(phone_numbers.clean(number), country), trunk.number_format, country
    )
