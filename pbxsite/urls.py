"""Addresses of the site's pages."""

from django.contrib import admin
from django.urls import path

from pbxsite.views import health, home

urlpatterns = [
    path("", home, name="home"),
    path("healthz", health, name="health"),
    path("admin/", admin.site.urls),
]
