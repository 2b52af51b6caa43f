"""Patterns: diary rows in, honest numbers out. Pure."""
