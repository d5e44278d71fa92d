"""People with telephones, a real Redis, and browsers that ask the API."""

from tests.rig.api import _apart, _redis, anna, bert, colleague, edge, redis_url, stranger

__all__ = ["_apart", "_redis", "anna", "bert", "colleague", "edge", "redis_url", "stranger"]
