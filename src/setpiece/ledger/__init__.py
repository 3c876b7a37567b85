"""The ledger: what every stage of every take took, and what it cost."""

from setpiece.ledger.costs import Rate, StageCost, read_costs, record_costs, write_csv

__all__ = ["Rate", "StageCost", "read_costs", "record_costs", "write_csv"]
