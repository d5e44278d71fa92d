"""The door for daphne."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbxsite.settings")

import django

django.setup(set_prefix=False)

from pbxsite.http.handler import Handler  # noqa: E402

django_application = Handler()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from pbxsite.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
