"""The ledger: what happened to every take, in a chain that shows when it was tampered with."""

from setpiece.ledger.chain import Entered, append, events
from setpiece.ledger.costs import Rate, StageCost, read_costs, write_csv
from setpiece.ledger.entry import Entry, PlateFacts, leave_entry, settle, settle_all
from setpiece.ledger.takes import open_chain
from setpiece.ledger.verify import Verdict, verify_chain

__all__ = [
    "Entered",
    "Entry",
    "PlateFacts",
    "Rate",
    "StageCost",
    "Verdict",
    "append",
    "events",
    "leave_entry",
    "open_chain",
    "read_costs",
    "settle",
    "settle_all",
    "verify_chain",
    "write_csv",
]
