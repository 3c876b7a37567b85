"""The set of stage street: its geometry, its surfaces and its light."""
