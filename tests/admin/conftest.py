"""People, rows and a stand-in for the edge."""

from tests.rig.web import _apart, admin, boss, clerk, colleague, edge, mailbox

__all__ = ["_apart", "admin", "boss", "clerk", "colleague", "edge", "mailbox"]
