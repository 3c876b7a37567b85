"""A screenplay as scenes, characters and locations: read, written, compared.

`read_script(path)` opens Fountain, FDX and text PDF; `fountain_text` and `fdx_bytes` write;
`compare` sets two revisions side by side.
"""

from setpiece.script.compare import Comparison, SceneChange, compare
from setpiece.script.fdx_out import fdx_bytes
from setpiece.script.fountain_out import fountain_text
from setpiece.script.model import (
    CastMember,
    Element,
    Proposal,
    Remark,
    Scene,
    Screenplay,
)
from setpiece.script.read import read_script

__all__ = [
    "CastMember",
    "Comparison",
    "Element",
    "Proposal",
    "Remark",
    "Scene",
    "SceneChange",
    "Screenplay",
    "compare",
    "fdx_bytes",
    "fountain_text",
    "read_script",
]
