"""The fall by Blender's own means: Bullet bodies, and fixed constraints that break."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from blender.scene import add_fragments, add_ground, empty_scene
from blender.worker import Clock

SUBSTEPS = 10  # a frame
ITERATIONS = 30
SHRINK = 0.97
STRENGTH = 1.2e6  # Pa: tension and shear that a joint between fragments holds
GROUND = 2e6  # Pa: the same for a foot in the ground


def bodies(order: dict[str, Any], clock: Clock) -> dict[str, Any]:
    """Let the exported fragments fall; writes where they are to `order["out"]` (npz).

    Same fragments, masses, bonds and trigger as ours; the standing part is held by the bonds.
    """
    shot = dict(np.load(order["shot"]))
    with clock.stage("build"):
        empty_scene(shot)
        ground = add_ground(shot)
        add_fragments(shot)  # what will be rendered; what collides are their hulls
        things = _hulls(shot)
    with clock.stage("bodies set-up"):
        _world(shot, ground, things)
        ties = _ties(shot, ground, things)
    with clock.stage("bodies"):
        world = bpy.context.scene.rigidbody_world
        with bpy.context.temp_override(point_cache=world.point_cache):
            bpy.ops.ptcache.bake(bake=True)
    with clock.stage("read back"):
        position, rotation = _read(shot, things)
    np.savez(order["out"], position=position, rotation=rotation)
    drop = float(position[0, :, 2].mean() - position[-1, :, 2].mean())
    return {"constraints": ties, "mean_drop_m": drop}


def _hulls(shot: dict[str, Any]) -> list[Any]:
    """The collision hull of each fragment, drawn in a little so that neighbours do not overlap."""
    home = bpy.data.collections.new("hulls")
    bpy.context.scene.collection.children.link(home)
    made, start = [], shot["hull_start"]
    for k, centre in enumerate(shot["centre"]):
        points = shot["hull"][start[k] : start[k + 1]]
        middle = points.mean(0)
        mesh = bpy.data.meshes.new(f"hull {k:05d}")
        mesh.from_pydata((middle + SHRINK * (points - middle)).tolist(), [], [])
        thing = bpy.data.objects.new(mesh.name, mesh)
        thing.location, thing.hide_render = centre, True
        home.objects.link(thing)
        made.append(thing)
    return made


def _world(shot: dict[str, Any], ground: Any, things: list[Any]) -> None:
    scene = bpy.context.scene
    bpy.ops.rigidbody.world_add()
    world = scene.rigidbody_world
    world.collection = bpy.data.collections.new("bodies")
    world.constraints = bpy.data.collections.new("ties")
    world.substeps_per_frame, world.solver_iterations = SUBSTEPS, ITERATIONS
    world.point_cache.frame_start, world.point_cache.frame_end = 1, int(shot["frames"])
    world.collection.objects.link(ground)
    floor = ground.rigid_body
    floor.type, floor.collision_shape = "PASSIVE", "MESH"
    floor.friction, floor.restitution = 0.8, 0.0
    for thing, mass in zip(things, shot["mass"], strict=True):
        world.collection.objects.link(thing)
        body = thing.rigid_body
        body.type, body.collision_shape, body.mass = "ACTIVE", "CONVEX_HULL", float(mass)
        body.friction, body.restitution = 0.6, 0.0
        body.use_margin, body.collision_margin = True, 0.0


def _ties(shot: dict[str, Any], ground: Any, things: list[Any]) -> int:
    """A breakable fixed constraint a bond; those of the trigger are switched off at its frame."""
    scene = bpy.context.scene
    world = scene.rigidbody_world
    home = bpy.data.collections.new("tie objects")
    scene.collection.children.link(home)
    step = 1.0 / (float(shot["fps"]) * SUBSTEPS)
    trigger = 1 + max(1, round(float(shot["trigger"]) * float(shot["fps"])))
    for k in range(len(shot["bond_i"])):
        i, j = int(shot["bond_i"][k]), int(shot["bond_j"][k])
        tie = bpy.data.objects.new(f"tie {k}", None)
        tie.location = shot["bond_position"][k]
        home.objects.link(tie)
        world.constraints.objects.link(tie)
        joint = tie.rigid_body_constraint
        joint.type = "FIXED"
        joint.object1, joint.object2 = things[i], things[j] if j >= 0 else ground
        joint.disable_collisions = False
        joint.use_breaking = True
        area = float(np.prod(shot["bond_width"][k]))
        # Bullet breaks by impulse in a substep: force times its length.
        joint.breaking_threshold = (STRENGTH if j >= 0 else GROUND) * area * step
        if shot["bond_trigger"][k]:
            joint.enabled = True
            joint.keyframe_insert("enabled", frame=1)
            joint.enabled = False
            joint.keyframe_insert("enabled", frame=trigger)
    return len(shot["bond_i"])


def _read(shot: dict[str, Any], things: list[Any]) -> tuple[Any, Any]:
    scene, frames = bpy.context.scene, int(shot["frames"])
    position = np.empty((frames, len(things), 3), np.float32)
    rotation = np.empty((frames, len(things), 4), np.float32)
    for frame in range(frames):
        scene.frame_set(frame + 1)
        graph = bpy.context.evaluated_depsgraph_get()
        for k, thing in enumerate(things):
            place, turn, _ = thing.evaluated_get(graph).matrix_world.decompose()
            position[frame, k] = place
            rotation[frame, k] = (turn.x, turn.y, turn.z, turn.w)
    return position, rotation
