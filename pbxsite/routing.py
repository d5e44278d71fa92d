"""Addresses of WebSockets."""

from typing import Any

from django.urls import path

from telephony.consumers import LiveConsumer

websocket_urlpatterns: list[Any] = [path("ws/admin/", LiveConsumer.as_asgi())]
