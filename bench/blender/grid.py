"""A density grid as a Blender volume: bpy carries no OpenVDB module, so geometry nodes build it.

The values lie on the vertices of a mesh; a Volume Cube reads, at each of its voxels, the vertex
of that cell.
"""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np


def add_grid(grid: dict[str, Any], material: Any) -> Any:
    """grid: density (X, Y, Z) [1/m], origin (3,) [m], cell [m]. Returns the volume's object."""
    density = np.ascontiguousarray(grid["density"], np.float32)
    cell, origin = float(grid["cell"]), np.asarray(grid["origin"], float)
    mesh = bpy.data.meshes.new("density")
    mesh.vertices.add(density.size)
    mesh.attributes.new("value", "FLOAT", "POINT").data.foreach_set("value", density.ravel())
    store = bpy.data.objects.new("density", mesh)
    bpy.context.scene.collection.objects.link(store)
    store.hide_render = True

    tree = bpy.data.node_groups.new("grid", "GeometryNodeTree")
    tree.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    node, link = tree.nodes.new, tree.links.new

    def vector(operation: str, a: Any, b: Any = None) -> Any:
        made = node("ShaderNodeVectorMath")
        made.operation = operation
        for socket, value in zip(made.inputs, (a, b), strict=False):
            if isinstance(value, tuple):
                socket.default_value = value
            elif value is not None:
                link(value, socket)
        return made

    # Voxels lie on the centres of the cells; index = (i * Y + j) * Z + k, as numpy stores them.
    centre = tuple(float(v) for v in origin + cell / 2)
    at = vector("SUBTRACT", node("GeometryNodeInputPosition").outputs[0], centre).outputs[0]
    at = vector("SCALE", at)
    at.inputs["Scale"].default_value = 1 / cell
    at = vector("ADD", at.outputs[0], (0.5, 0.5, 0.5)).outputs[0]
    at = vector("FLOOR", at).outputs[0]
    _, ny, nz = density.shape
    index = vector("DOT_PRODUCT", at, (float(ny * nz), float(nz), 1.0)).outputs["Value"]
    source = node("GeometryNodeObjectInfo")
    source.inputs["Object"].default_value = store
    value = node("GeometryNodeInputNamedAttribute")
    value.data_type = "FLOAT"
    value.inputs["Name"].default_value = "value"
    sample = node("GeometryNodeSampleIndex")
    sample.data_type, sample.domain, sample.clamp = "FLOAT", "POINT", True
    link(source.outputs["Geometry"], sample.inputs["Geometry"])
    link(value.outputs["Attribute"], sample.inputs["Value"])
    link(index, sample.inputs["Index"])
    cube = node("GeometryNodeVolumeCube")
    for name, n in zip("XYZ", density.shape, strict=True):
        cube.inputs[f"Resolution {name}"].default_value = n
    cube.inputs["Min"].default_value = centre
    cube.inputs["Max"].default_value = tuple(
        float(v) for v in origin + cell * (np.array(density.shape) - 0.5)
    )
    link(sample.outputs["Value"], cube.inputs["Density"])
    paint = node("GeometryNodeSetMaterial")
    paint.inputs["Material"].default_value = material
    link(cube.outputs["Volume"], paint.inputs["Geometry"])
    link(paint.outputs["Geometry"], node("NodeGroupOutput").inputs[0])

    holder = bpy.data.objects.new("dust", bpy.data.volumes.new("dust"))
    holder.data.materials.append(material)
    bpy.context.scene.collection.objects.link(holder)
    holder.modifiers.new("grid", "NODES").node_group = tree
    return holder
