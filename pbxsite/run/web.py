"""What daphne runs: the site, with connections to the database that last longer than one request."""

from django.db import connections

from pbxsite.asgi import application

KEEP = 600  # seconds

for name in connections:
    connections.settings[name] |= {"CONN_MAX_AGE": KEEP, "CONN_HEALTH_CHECKS": True}

__all__ = ["application"]
