"""Where generated pictures come from: ours as it is, diffusers, or a ComfyUI server.

`chat` asks a language model for JSON.
"""

from setpiece.engines.guides import Engine, Guides
from setpiece.engines.native import Native, open_engine

__all__ = ["Engine", "Guides", "Native", "open_engine"]
