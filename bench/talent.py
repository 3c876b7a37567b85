"""The talent scheduling problem: the literature's instances, and random ones, solved to proof.

    python bench/talent.py DIR                  # DIR: instances in the literature's format
    python bench/talent.py DIR --short          # those, and two random ones
    python bench/talent.py DIR --json out.json
    python bench/talent.py DIR --peer 60        # CP-SAT beside us (pip install ortools)

Random instances: scenes an actor plays in uniform on 2 to all, wages on 1 to 100, lengths on 1 to 3
(`setpiece.schedule.talent.random_instance`, seeds as in their names). Qin et al. never published
theirs, so that nothing is claimed on them. CPU-seconds of this process, kernels compiled before;
the cheapest order and its proof. The peer is OR-Tools' CP-SAT with one worker on a model of who
waits through which scene, for as long as is asked.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path
from typing import Any

from setpiece.media.atomic import whole_file
from setpiece.schedule.talent import Instance, random_instance, read_instance, solve
from setpiece.schedule.talent.solve import compile_kernels

# scenes, actors, seeds, CPU seconds at most
SETS = (
    (20, 16, range(1, 6), 10.0), (30, 8, range(1, 6), 10.0), (30, 16, range(1, 11), 10.0),
    (50, 8, range(1, 6), 10.0), (50, 12, range(1, 11), 10.0), (30, 22, range(1, 6), 60.0),
    (40, 16, range(1, 6), 60.0), (50, 16, range(1, 9), 60.0),
)  # fmt: skip
SHORT = ((20, 12, range(1, 2), 10.0), (30, 12, range(1, 2), 10.0))


def peer(instance: Instance, seconds: float) -> dict[str, Any]:
    """CP-SAT: which of two scenes comes first, and from that who waits through which scene."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    actors, scenes = instance.plays.shape
    first: dict[tuple[int, int], Any] = {}
    for j in range(scenes):
        for k in range(j):
            first[j, k] = model.new_bool_var("")
            first[k, j] = first[j, k].negated()
    for j in range(scenes):
        for k in range(scenes):
            for l in range(scenes):
                if len({j, k, l}) == 3:
                    model.add_bool_or([first[k, j], first[l, k], first[j, l]])
    price = []
    for i in range(actors):
        own = [j for j in range(scenes) if instance.plays[i, j]]
        for k in range(scenes):
            if instance.plays[i, k] or len(own) < 2:
                continue
            begun, ahead, waits = (model.new_bool_var("") for _ in range(3))
            for j in own:
                model.add_implication(first[j, k], begun)
                model.add_implication(first[k, j], ahead)
            model.add_bool_or([begun.negated(), ahead.negated(), waits])
            price.append(int(instance.pay[i] * instance.length[k]) * waits)
    model.minimize(sum(price))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    began = time.process_time()
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return {
        "cost": instance.worked + round(solver.objective_value) if found else None,
        "proven": status == cp_model.OPTIMAL, "cpu_s": time.process_time() - began,
    }  # fmt: skip


def main() -> None:
    """Solve, print, and write the rows."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask.add_argument("folder", type=Path, help="instances in the literature's format")
    ask.add_argument("--short", action="store_true", help="and two random ones only")
    ask.add_argument("--json", type=Path, help="write the rows here")
    ask.add_argument(
        "--peer", type=float, default=0.0, help="seconds that CP-SAT is given for each"
    )
    asked = ask.parse_args()
    compile_kernels()
    work = [(p.name, read_instance(p), 60.0) for p in sorted(asked.folder.iterdir()) if p.is_file()]
    for scenes, actors, seeds, limit in SHORT if asked.short else SETS:
        for seed in seeds:
            instance = random_instance(scenes, actors, seed)
            work.append((instance.name, instance, limit))
    rows = []
    for name, instance, limit in work:
        found = solve(instance, limit)
        row: dict[str, Any] = {
            "instance": name, "cost": found.cost, "proven": found.proven,
            "cpu_s": round(found.cpu_s, 4), "nodes": found.nodes, "bound": found.bound,
        }  # fmt: skip
        verdict = "proven" if found.proven else f"at least {found.bound}"
        line = f"{name:18} {found.cost:8d} {verdict:16}"
        line += f" {found.cpu_s:8.3f} CPU-s {found.nodes:10d} nodes"
        if asked.peer:
            row["peer"] = other = peer(instance, asked.peer)
            line += f"   CP-SAT {other['cost']} {'proven' if other['proven'] else 'not proven'}"
            line += f" {other['cpu_s']:.2f} CPU-s"
        rows.append(row)
        print(line, flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB" + (" (the peer's too)" if asked.peer else ""))
    if asked.json:
        with whole_file(asked.json) as part:
            part.write_text(json.dumps({"instances": rows, "peak_mb": round(peak)}, indent=1))


if __name__ == "__main__":
    main()
