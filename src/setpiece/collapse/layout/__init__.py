"""Layout: where the camera stood, and what building stands in the plate."""

from setpiece.collapse.layout.draw import draw_layout
from setpiece.collapse.layout.files import load_layout, save_layout
from setpiece.collapse.layout.make import make_layout
from setpiece.collapse.layout.matte import building_matte
from setpiece.collapse.layout.model import CameraModel, Layout, Opening, Prism, Roof
from setpiece.collapse.layout.sky import sky_mask
from setpiece.collapse.layout.strokes import parse_points
from setpiece.collapse.layout.vanishing import compile_kernels

__all__ = [
    "CameraModel", "Layout", "Opening", "Prism", "Roof", "building_matte", "compile_kernels",
    "draw_layout", "load_layout", "make_layout", "parse_points", "save_layout", "sky_mask",
]  # fmt: skip
