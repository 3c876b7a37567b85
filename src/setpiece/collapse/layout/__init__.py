"""Layout: where the camera stood, and what building stands in the plate."""
