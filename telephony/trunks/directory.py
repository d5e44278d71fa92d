"""Reads from the database what `telephony.routing.outbound_rules` decides with, and where our own numbers lead."""

from __future__ import annotations

import re

from django.conf import settings

from telephony.extensions.models import Extension
from telephony.routing import phone_numbers
from telephony.routing.destination import Destination
from telephony.routing.entries import InboundEntry, TrunkEntry
from telephony.routing.outbound_rules import Outbound, Person, Rule
from telephony.trunks.models import InboundNumber, Trunk
from telephony.trunks.rules import CallingLimits, OutboundRule, OutsideRights


def load_trunks() -> tuple[TrunkEntry, ...]:
    """The trunks in use, in their order; one query."""
    return tuple(
        TrunkEntry(
            row.pk,
            row.name,
            row.host,
            row.port,
            row.caller_id,
            row.username,
            row.password,
            row.domain,
            row.number_format,
            row.show_original,
        )
        for row in Trunk.objects.filter(enabled=True)
    )


def load_outbound(trunks: tuple[TrunkEntry, ...] | None = None) -> Outbound:
    """Everything that decides about calls to outside; eight queries, whatever the size."""
    trunks = load_trunks() if trunks is None else trunks
    limits = CallingLimits.objects.first() or CallingLimits()
    people = _people()
    return Outbound(
        country=settings.COUNTRY,
        trunks=trunks,
        rules=_rules({trunk.id: trunk for trunk in trunks}),
        people=people,
        shown=_shown(trunks, people),
        countries=frozenset(code for code in re.split(r"[\s,]+", limits.countries.upper()) if code),
        premium=limits.premium,
        satellite=limits.satellite,
        calls=limits.calls,
        minutes=limits.minutes,
        person_calls=limits.person_calls,
        person_minutes=limits.person_minutes,
        longest=limits.longest,
    )


def _shown(trunks: tuple[TrunkEntry, ...], people: dict[str, Person]) -> frozenset[str]:
    numbers = [trunk.caller_id for trunk in trunks]
    for person in people.values():
        numbers += [person.caller_id, person.department_caller_id]
    return frozenset(
        phone_numbers.international(number, settings.COUNTRY) for number in set(numbers) if number
    )


def _rules(trunks: dict[int, TrunkEntry]) -> tuple[Rule, ...]:
    rows = OutboundRule.objects.filter(enabled=True).prefetch_related("ways", "extensions", "departments")
    rules = []
    for row in rows:
        ways = [way.trunk_id for way in row.ways.all()]
        chosen = tuple(trunks[trunk] for trunk in ways if trunk in trunks)
        if ways and not chosen and row.allowed:
            continue  # every trunk of this rule is out of use: the next rule that fits may have one
        rules.append(
            Rule(
                name=row.name,
                prefix=row.prefix,
                shortest=row.shortest,
                longest=row.longest,
                strip=row.strip,
                prepend=row.prepend,
                trunks=chosen,
                extensions=frozenset(extension.number for extension in row.extensions.all()),
                departments=frozenset(department.pk for department in row.departments.all()),
                allowed=row.allowed,
            )
        )
    if not rules and rows:
        # Rules that cannot be used are not the same as none: without any, everything may be dialled.
        rules.append(Rule(name="-", allowed=False))
    return tuple(rules)


def _people() -> dict[str, Person]:
    """Only people with something different; everybody else is `outbound.NOBODY`."""
    rights = {row.extension_id: row for row in OutsideRights.objects.all()}
    people = {}
    for key, number, department, caller_id in Extension.objects.filter(enabled=True).values_list(
        "pk", "number", "department_id", "department__caller_id"
    ):
        own = rights.get(key)
        if own is None and not department:
            continue
        people[number] = Person(
            caller_id=own.caller_id if own else "",
            anonymous=own.anonymous if own else False,
            allowed=own.allowed if own else True,
            calls=own.calls if own else None,
            minutes=own.minutes if own else None,
            department=department or 0,
            department_caller_id=caller_id or "",
        )
    return people


def load_inbound() -> dict[str, InboundEntry]:
    """Our numbers in their international form (as entered where there is none) and where they lead; one query."""
    found = {}
    for row in InboundNumber.objects.filter(trunk__enabled=True):
        closed = Destination(row.closed_kind, row.closed_target) if row.closed_kind else None
        number = phone_numbers.international(row.number, settings.COUNTRY)
        found[number] = InboundEntry(number, Destination(row.kind, row.target), closed, row.trunk_id)
    return found
