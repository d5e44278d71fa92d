"""The Celery application: `worker` serves the default queue, each media node its own `media.<node>`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbxsite.settings")

app = Celery("kiestoon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
