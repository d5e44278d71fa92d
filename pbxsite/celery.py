"""The Celery application: `worker` serves the default queue, each media node its own `media.<node>`."""

import os
from importlib import import_module

from celery import Celery
from celery.signals import import_modules

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbxsite.settings")

app = Celery("kiestoon")
app.config_from_object("django.conf:settings", namespace="CELERY")


@import_modules.connect
def take_in_features(**_kwargs: object) -> None:
    """Before a worker or beat begins, with Django set up: the features' tasks and when they run by themselves."""
    import_module("pbxsite.tasks")
    # By name: this module is imported with the settings, before any of ours can be.
    for feature in import_module("telephony.features").every():
        for module in feature.tasks:
            import_module(module)
        app.conf.beat_schedule.update(feature.beat)
