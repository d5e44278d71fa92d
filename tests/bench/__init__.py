"""Measuring this exchange on this machine: `python -m tests.bench [GROUP …]`."""
