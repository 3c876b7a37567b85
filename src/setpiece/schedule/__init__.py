"""Script -> breakdown, stripboard, call sheets."""
