"""Calls, live and past."""
