"""Background tasks: their names do not follow the modules that they are written in."""

from __future__ import annotations

import pytest
from celery import Task
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from pbxsite.celery import app
from tests.rig.packages import packages

OWN = tuple(f"{package}." for package in packages())


def own_tasks() -> list[Task]:
    """The tasks that are written in this project."""
    app.loader.import_default_modules()
    return [task for task in app.tasks.values() if task.__module__.startswith(OWN)]


def test_every_task_has_a_name_of_its_own() -> None:
    assert own_tasks()
    given = [task.name for task in own_tasks() if task.name == f"{task.__module__}.{task.__name__}"]
    assert given == ["pbxsite.tasks.prove_life"]  # whose name is written out, too


def test_everything_on_the_timetable_is_a_task() -> None:
    names = {task.name for task in own_tasks()}
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= names


@pytest.mark.django_db
def test_the_timetable_of_an_older_database_follows_the_settings() -> None:
    hourly = IntervalSchedule.objects.create(every=3600, period=IntervalSchedule.SECONDS)
    PeriodicTask.objects.create(
        name="purge-voicemail", task="voicemail.tasks.purge_messages", interval=hourly
    )
    app.loader.import_default_modules()  # as beat does before it reads the timetable
    DatabaseScheduler(app=app)
    assert PeriodicTask.objects.get(name="purge-voicemail").task == "voicemail.purge_messages"
