"""Services that may vouch for a person: Microsoft 365, Google, or any other OpenID Connect provider.

Each comes from the environment or from the administration (`IdentityProviderAdmin`); both become an app of allauth's
OpenID Connect provider, so that there is one way in to test and to guard.
"""

from __future__ import annotations

from typing import Any

from environ import Env

GOOGLE_URL = "https://accounts.google.com"
MICROSOFT_URL = "https://login.microsoftonline.com/{tenant}/v2.0"
# With these any Microsoft account of anybody signs in, and its e-mail address is whatever its owner says it is.
SHARED_TENANTS = frozenset({"", "common", "organizations", "consumers"})


def app_settings(kind: str, *, tenant: str = "", url: str = "") -> dict[str, Any]:
    """What allauth keeps of a provider of this kind: "microsoft", "google" or anything else with its own `url`.

    Google says of each address whether it is verified. Microsoft does not, but in a tenant of one's own only its
    administrators give out addresses. Raises ValueError for a Microsoft tenant that is not one organisation's.
    """
    if kind == "microsoft":
        if tenant.strip().lower() in SHARED_TENANTS:
            raise ValueError("Microsoft needs the id or domain of your own tenant")
        return {"server_url": MICROSOFT_URL.format(tenant=tenant.strip()), "verified_email": True}
    return {"server_url": GOOGLE_URL if kind == "google" else url}


def apps_from(env: Env) -> list[dict[str, Any]]:
    """The providers that the environment names; those without a client id are left out."""
    found = []
    for kind, name in (("microsoft", "Microsoft 365"), ("google", "Google"), ("oidc", "OpenID Connect")):
        prefix = f"KIESTOON_{kind.upper()}"
        client = env.str(f"{prefix}_CLIENT_ID", default="")
        if not client:
            continue
        found.append(
            {
                "provider_id": kind,
                "name": env.str(f"{prefix}_NAME", default=name),
                "client_id": client,
                "secret": env.str(f"{prefix}_SECRET", default=""),
                "settings": app_settings(
                    kind,
                    tenant=env.str(f"{prefix}_TENANT", default=""),
                    url=env.str(f"{prefix}_URL", default=""),
                ),
            }
        )
    return found
