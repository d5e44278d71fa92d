"""Addresses of the API."""

from django.urls import path

from api.root import api

urlpatterns = [path("", api.urls)]
