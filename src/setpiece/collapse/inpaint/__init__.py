"""Filling holes in a picture from its own texture."""
