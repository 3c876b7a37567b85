"""The exported shot as a Blender scene: fragments, camera, sun, sky and ground."""

from __future__ import annotations

import math
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

Arrays = dict[str, Any]


def empty_scene(shot: Arrays) -> Any:
    """A scene with nothing in it; frame 1 is the first."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, int(shot["frames"])
    fps = float(shot["fps"])
    scene.render.fps, scene.render.fps_base = round(fps), round(fps) / fps
    return scene


def matt(name: str, colour: Any) -> Any:
    """A plain Lambert material."""
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    tree = made.node_tree
    tree.nodes.clear()
    out = tree.nodes.new("ShaderNodeOutputMaterial")
    diffuse = tree.nodes.new("ShaderNodeBsdfDiffuse")
    diffuse.inputs["Color"].default_value = (*(float(c) for c in colour), 1.0)
    tree.links.new(diffuse.outputs["BSDF"], out.inputs["Surface"])
    return made


def rough(name: str, colour: Any) -> Any:
    """What broken faces are made of in a finished shot: noise in colour and bump, as ours have."""
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    tree = made.node_tree
    surface = tree.nodes["Principled BSDF"]
    surface.inputs["Roughness"].default_value = 0.9
    place, noise = tree.nodes.new("ShaderNodeTexCoord"), tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = 2.0, 5.0
    tree.links.new(place.outputs["Object"], noise.inputs["Vector"])
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    for stop, tone in zip(ramp.color_ramp.elements, (0.75, 1.25), strict=True):
        stop.color = (*(min(tone * float(c), 1.0) for c in colour), 1.0)
    bump = tree.nodes.new("ShaderNodeBump")
    bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = 0.4, 0.05
    tree.links.new(noise.outputs[0], ramp.inputs["Fac"])
    tree.links.new(noise.outputs[0], bump.inputs["Height"])
    tree.links.new(ramp.outputs["Color"], surface.inputs["Base Color"])
    tree.links.new(bump.outputs["Normal"], surface.inputs["Normal"])
    return made


def add_fragments(shot: Arrays, plain: bool = False) -> list[Any]:
    """An object a fragment, its origin at the centre of mass, standing where it stood at rest.

    plain: every face matt; otherwise those that are not the plate's picture (from 2) are rough.
    """
    materials = [
        (matt if plain or i < 2 else rough)(f"face {i}", c) for i, c in enumerate(shot["albedo"])
    ]
    home = bpy.data.collections.new("fragments")
    bpy.context.scene.collection.children.link(home)
    faces, body = shot["mesh_faces"], shot["mesh_body"]
    order = np.argsort(body, kind="stable")
    first = np.searchsorted(body[order], np.arange(len(shot["centre"]) + 1))
    made = []
    for k, centre in enumerate(shot["centre"]):
        own = order[first[k] : first[k + 1]]
        used, index = np.unique(faces[own], return_inverse=True)
        mesh = bpy.data.meshes.new(f"fragment {k:05d}")
        points = shot["mesh_vertices"][used] - centre
        mesh.from_pydata(points.tolist(), [], index.reshape(-1, 3).tolist())
        for m in materials:
            mesh.materials.append(m)
        mesh.polygons.foreach_set("material_index", shot["mesh_material"][own].astype(np.int32))
        mesh.update()
        thing = bpy.data.objects.new(mesh.name, mesh)
        thing.location = centre
        thing.rotation_mode = "QUATERNION"
        home.objects.link(thing)
        made.append(thing)
    return made


def pose_fragments(things: list[Any], poses: dict[int, tuple[Any, Any]]) -> None:
    """Key location and rotation (quaternions x, y, z, w) at a few Blender frames."""
    for frame, (position, rotation) in poses.items():
        for k, thing in enumerate(things):
            thing.location = position[k]
            x, y, z, w = (float(v) for v in rotation[k])
            thing.rotation_quaternion = (w, x, y, z)
            if len(poses) > 1:
                thing.keyframe_insert("location", frame=frame)
                thing.keyframe_insert("rotation_quaternion", frame=frame)


def add_ground(shot: Arrays) -> Any:
    """A matt plane at z = 0, nearly out to the horizon. Returns the object."""
    far = float(shot["far"])
    mesh = bpy.data.meshes.new("ground")
    corners = [(-far, -far, 0), (far, -far, 0), (far, far, 0), (-far, far, 0)]
    mesh.from_pydata(corners, [], [(0, 1, 2, 3)])
    mesh.materials.append(matt("ground", shot["ground_albedo"]))
    thing = bpy.data.objects.new("ground", mesh)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def add_camera(shot: Arrays) -> None:
    """The shot's camera; rows of `camera_rotation` are its right, down and forward axes."""
    width, height = (int(v) for v in shot["size"])
    lens = bpy.data.cameras.new("camera")
    lens.sensor_fit, lens.sensor_width = "HORIZONTAL", 36.0
    lens.lens = float(shot["camera_focal"]) * 36.0 / width
    cx, cy = (float(v) for v in shot["camera_centre"])
    lens.shift_x = (width / 2 - cx) / width
    lens.shift_y = (cy - height / 2) / width
    lens.clip_start, lens.clip_end = 0.05, 1e5
    right, down, forward = shot["camera_rotation"]
    m = np.eye(4)
    m[:3, 0], m[:3, 1], m[:3, 2], m[:3, 3] = right, -down, -forward, shot["camera_position"]
    thing = bpy.data.objects.new("camera", lens)
    thing.matrix_world = Matrix(m.tolist())
    scene = bpy.context.scene
    scene.collection.objects.link(thing)
    scene.camera = thing
    scene.render.resolution_x, scene.render.resolution_y = width, height
    scene.render.resolution_percentage = 100


def add_light(shot: Arrays) -> None:
    """Sun and even sky with which a white matt face shows the radiance that `Light` says."""
    lamp = bpy.data.lights.new("sun", "SUN")
    lamp.energy = math.pi
    lamp.color = [float(c) for c in shot["sun"]]
    lamp.angle = 2 * math.radians(float(shot["softness"]))
    thing = bpy.data.objects.new("sun", lamp)
    to = shot["sun_direction"] / np.linalg.norm(shot["sun_direction"])
    side = np.cross([0.0, 1.0, 0.0] if abs(to[1]) < 0.9 else [1.0, 0.0, 0.0], to)
    side /= np.linalg.norm(side)
    m = np.eye(4)  # a sun lamp shines along its -Z
    m[:3, 0], m[:3, 1], m[:3, 2] = side, np.cross(to, side), to
    thing.matrix_world = Matrix(m.tolist())
    bpy.context.scene.collection.objects.link(thing)
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    world.use_nodes = True
    background = world.node_tree.nodes["Background"]
    background.inputs["Color"].default_value = (*(float(c) for c in shot["sky"]), 1.0)
    background.inputs["Strength"].default_value = 1.0


def dust_material(shot: Arrays, density: float, *, as_ours: bool) -> Any:
    """A volume whose extinction [1/m] is the grid "density" times `density`.

    as_ours: its grains scatter in the lobes of Henyey and Greenstein that `dust_lobes` has, (n, 2):
    mean cosine, share. Otherwise in one lobe of the same mean cosine, which costs Cycles less.
    """
    lobes = np.asarray(shot["dust_lobes"])
    if not as_ours:
        lobes = np.array([(float(lobes[:, 0] @ lobes[:, 1]), 1.0)])
    made = bpy.data.materials.new("dust")
    made.use_nodes = True
    tree = made.node_tree
    tree.nodes.clear()
    sum_of = None
    for cosine, share in lobes:
        volume = tree.nodes.new("ShaderNodeVolumePrincipled")
        volume.inputs["Color"].default_value = (*(float(c) for c in shot["dust_albedo"]), 1.0)
        volume.inputs["Absorption Color"].default_value = (0.0, 0.0, 0.0, 1.0)
        volume.inputs["Density"].default_value = density * float(share)
        volume.inputs["Density Attribute"].default_value = "density"
        volume.inputs["Anisotropy"].default_value = float(cosine)
        lobe = volume.outputs["Volume"]
        if sum_of is not None:
            both = tree.nodes.new("ShaderNodeAddShader")
            tree.links.new(sum_of, both.inputs[0])
            tree.links.new(lobe, both.inputs[1])
            lobe = both.outputs["Shader"]
        sum_of = lobe
    out = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(sum_of, out.inputs["Volume"])
    return made
