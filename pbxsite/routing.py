"""Addresses of WebSockets."""

from typing import Any

from django.urls import path

from api.consumers import ClientConsumer
from telephony.consumers import LiveConsumer

websocket_urlpatterns: list[Any] = [
    path("ws/client/", ClientConsumer.as_asgi()),
    path("ws/admin/", LiveConsumer.as_asgi()),
]
