"""The nouns every room shares, and where a show lives on disk."""

from setpiece.show.folder import TakeFolder, TakeResult, new_take_folder, slug
from setpiece.show.models import Base, Person, Plate, Shot, Show, Take
from setpiece.show.store import Store, open_store

__all__ = [
    "Base",
    "Person",
    "Plate",
    "Shot",
    "Show",
    "Store",
    "Take",
    "TakeFolder",
    "TakeResult",
    "new_take_folder",
    "open_store",
    "slug",
]
