"""Conferences: calls with more than two parties; meetings will hang on to them."""
