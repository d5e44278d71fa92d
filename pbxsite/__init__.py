"""The site: settings, URLs, processes and health."""

from pbxsite.celery import app as celery_app

__all__ = ["celery_app"]
