"""Makes or shows the demo company."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.demo import Company, DemoError, make_company
from telephony.bench import BenchError, do_create_bench_extensions, do_switch_on_everything


class Command(BaseCommand):
    help = (
        "Make the demo company, or show it when it is there: an administrator, five users with extensions "
        "100 to 104, a ring group and a trunk. Their secrets are kept in var/secrets/demo.json."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="print JSON, and nothing else, on standard output"
        )
        parser.add_argument(
            "--bench",
            type=int,
            metavar="N",
            help=(
                "also make N extensions from 2000, and 1001 to 1003, for load tests only: their secrets (pw2000) and "
                "PINs (2000, with a fast hash) can be guessed; refused unless KIESTOON_BIND is a loopback address"
            ),
        )

        parser.add_argument(
            "--rules",
            action="store_true",
            help="with --bench: give these extensions statuses, forwardings, exceptions and working hours, too",
        )

    def handle(self, **options: Any) -> None:
        try:
            company = make_company()
            added = None if options["bench"] is None else do_create_bench_extensions(options["bench"])
            if added is not None and options["rules"]:
                do_switch_on_everything()
        except (DemoError, BenchError) as error:
            raise CommandError(str(error)) from error
        if company.renewed:
            self.stderr.write(
                "Made anew, because it could not be shown again: " + ", ".join(company.renewed) + "."
            )
        if added is not None:
            self.stderr.write(f"{added} extensions for load tests added.")
        self.stdout.write(json.dumps(company.shown, indent=1) if options["json"] else describe(company))


def describe(company: Company) -> str:
    """The company as a table of at most 120 columns."""
    shown = company.shown
    admin, sip, trunk = shown["admin"], shown["sip"], shown["trunk"]
    lines = [
        f"Web             {shown['web']}",
        f"Administration  {shown['web']}admin/",
        f"                {admin['email']}  {admin['password']}",
        f"SIP             {sip['host']}:{sip['port']} (UDP, TCP)  {sip['host']}:{sip['tls_port']} (TLS)  "
        + sip["ws_url"],
        "",
        f"{'Ext':4} {'Name':16} {'E-mail (web)':24} {'Password':18} {'PIN':5} {'SIP user':9} Secret",
    ]
    for user in shown["users"]:
        first, *others = user["devices"]
        lines.append(
            f"{user['extension']:4} {user['name']:16} {user['email']:24} {user['password']:18} {user['pin']:5} "
            f"{first['username']:9} {first['secret']}"
        )
        lines += [f"{'':72}{device['username']:9} {device['secret']}" for device in others]
    lines.append("")
    for group in shown["groups"]:
        voicemail = f", then voicemail of {group['voicemail_of']}" if group["voicemail_of"] else ""
        lines.append(
            f"Ring group {group['number']} {group['name']}: {', '.join(group['members'])}{voicemail}"
        )
    for department in shown["departments"]:
        otherwise = " ".join(filter(None, department["otherwise"].values()))
        lines.append(
            f"Department {department['number']} {department['name']}: {', '.join(department['members'])}"
            f", outside its office hours {otherwise}"
        )
    for desk in shown["receptionists"]:
        keys = ", ".join(f"{key} {target}" for key, target in desk["keys"].items())
        lines.append(f"Receptionist {desk['number']} {desk['name']}: {keys}")
    for number in trunk["numbers"]:
        lines.append(
            f"Trunk {trunk['name']} {trunk['host']}:{trunk['port']}: "
            f"{number['number']} rings {number['destination']}"
        )
    lines.append(f"Voicemail       {shown['voicemail_number']}, then extension, #, PIN, #")
    return "\n".join(lines)
