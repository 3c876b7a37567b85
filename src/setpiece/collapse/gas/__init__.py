"""A small gas solver for dust: staggered grid, sources, jets and moving detail."""
