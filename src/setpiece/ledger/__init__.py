"""The ledger: what every stage of every take took, and what it cost."""

from setpiece.ledger.costs import Rate, StageCost, read_costs, write_csv
from setpiece.ledger.entry import Entry, PlateFacts, leave_entry, settle, settle_all

__all__ = [
    "Entry",
    "PlateFacts",
    "Rate",
    "StageCost",
    "leave_entry",
    "read_costs",
    "settle",
    "settle_all",
    "write_csv",
]
