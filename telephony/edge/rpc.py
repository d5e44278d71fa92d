"""Kamailio JSON-RPC."""
