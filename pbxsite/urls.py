"""Addresses of the site's pages."""

from django.contrib import admin
from django.urls import include, path

from pbxsite.views import health, home

urlpatterns = [
    path("", home, name="home"),
    path("healthz", health, name="health"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
