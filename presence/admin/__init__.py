"""The administration of reachability. Importing the module registers it."""

from presence.admin import reachability

__all__ = ["reachability"]
