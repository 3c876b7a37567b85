"""The talent scheduling problem of the literature, solved to proof."""

from setpiece.schedule.talent.instance import Instance, random_instance, read_instance
from setpiece.schedule.talent.solve import Solution, solve

__all__ = ["Instance", "Solution", "random_instance", "read_instance", "solve"]
