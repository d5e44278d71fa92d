"""Addresses of WebSockets."""

from typing import Any

from django.urls import path

from api.live.admin import LiveConsumer
from api.live.client import ClientConsumer

websocket_urlpatterns: list[Any] = [
    path("ws/client/", ClientConsumer.as_asgi()),
    path("ws/admin/", LiveConsumer.as_asgi()),
]
