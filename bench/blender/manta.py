"""Mantaflow in the bpy wheels, made to work.

Mantaflow's Python classes (grids, solver, shapes) are C types that inherit from one another. In
the wheels of bpy for CPython 3.11 they are registered without their bases: `LevelsetGrid.__mro__`
is (LevelsetGrid, object), `setConst` of its base `Grid<Real>` is not found, and every bake ends in
an AttributeError. `repair` gives each type the method resolution order that it has in Mantaflow's
headers. The types refuse that from Python, so their `tp_mro` is written directly.
"""

from __future__ import annotations

import ctypes
import sys

# class -> what it inherits from, as `class X : public Y` in Mantaflow's grid.h, levelset.h,
# mesh.h, shapes.h, particle.h, noisefield.h and fluidsolver.h.
PARENTS = {
    "GridBase": "PbClass", "FluidSolver": "PbClass", "Mesh": "PbClass", "NoiseField": "PbClass",
    "Shape": "PbClass", "ParticleBase": "PbClass", "ParticleDataBase": "PbClass",
    "MeshDataBase": "PbClass", "Grid_Real": "GridBase", "Grid_Vec3": "GridBase",
    "Grid_int": "GridBase", "LevelsetGrid": "Grid_Real", "FlagGrid": "Grid_int",
    "MACGrid": "Grid_Vec3",
}  # fmt: skip


class _Type(ctypes.Structure):
    """The head of CPython 3.11's PyTypeObject (Include/cpython/object.h), as far as tp_mro.

    43 pointers or words of their size come before it in a build without debugging fields.
    """

    _fields_ = (
        ("ob_refcnt", ctypes.c_ssize_t),
        ("ob_type", ctypes.c_void_p),
        ("ob_size", ctypes.c_ssize_t),
        ("tp_name", ctypes.c_char_p),
        ("tp_basicsize", ctypes.c_ssize_t),
        ("tp_itemsize", ctypes.c_ssize_t),
        ("to_tp_str", ctypes.c_void_p * 12),
        ("tp_getattro_to_as_buffer", ctypes.c_void_p * 3),
        ("tp_flags", ctypes.c_ulong),
        ("tp_doc_to_richcompare", ctypes.c_void_p * 4),
        ("tp_weaklistoffset", ctypes.c_ssize_t),
        ("tp_iter_to_base", ctypes.c_void_p * 6),
        ("tp_dict_to_descr_set", ctypes.c_void_p * 3),
        ("tp_dictoffset", ctypes.c_ssize_t),
        ("tp_init_to_is_gc", ctypes.c_void_p * 5),
        ("tp_bases", ctypes.c_void_p),
        ("tp_mro", ctypes.c_void_p),
    )


_kept: list[tuple[type, ...]] = []  # the types hold these from now on


def repair() -> None:
    """Give Mantaflow's classes their bases back. Does nothing where they have them.

    Raises RuntimeError where this interpreter is not laid out as expected.
    """
    import manta

    for name, parent in PARENTS.items():
        made = getattr(manta, name)
        if getattr(manta, parent) in made.__mro__:
            continue
        order: list[type] = [made]
        while (up := PARENTS.get(name)) is not None:
            order.append(getattr(manta, up))
            name = up
        _give(made, (*order, object))


def _give(made: type, order: tuple[type, ...]) -> None:
    head = _Type.from_address(id(made))
    if sys.implementation.name != "cpython" or head.tp_mro != id(made.__mro__):
        raise RuntimeError(
            f"Mantaflow's {made.__name__} is not laid out as CPython 3.11 does it; "
            "dust by Blender cannot be baked with this Python."
        )
    _kept.append(order)
    head.tp_mro = id(order)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(made))
