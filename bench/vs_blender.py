"""How many times cheaper than Blender: the same shot both ways, and whose picture is nearer truth.

    python bench/vs_blender.py --short       # 640x360; within 15 minutes on two idle cores
    python bench/vs_blender.py               # 1280x720; half an hour on two idle cores
    python bench/vs_blender.py --blender-python PYTHON   # where bpy is installed apart
    python bench/vs_blender.py --json out.json           # where rows are kept

Cost: the demo's building, fragments, frames, picture size and sun. Ours is a whole shot, from
photograph to delivered files. Blender's is given our fragments for nothing and then does rigid
bodies (Bullet, breakable fixed constraints), dust (Mantaflow, fed by its moving fragments) and
render (Cycles on the CPU, OpenImageDenoise). Its smoke and render are given our motion, so that
both show one collapse, and it does neither plate nor comp. Its render is measured on a few frames
spread over the shot and extrapolated. CPU-seconds are compared: they do not depend on who else uses
the machine.

Quality: one simulated state (our pieces and our dust grid), plain matt faces, the same camera, sun,
even sky and ground, rendered by us and by Cycles at 16 and 64 samples + denoise, each against
Cycles at 1024 samples without (with dust 256, at half the width), as FLIP and PSNR. No motion blur;
pixels are boxes for both.

Needs `pip install 'setpiece[demo,bench]'` (bpy is GPL: used here alone, never by setpiece). Rows
are kept as they finish: after Ctrl-C the same command goes on; `--fresh` measures all again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blender import report
from rows import Rows, with_cost

from setpiece import __version__

HERE = Path(__file__).parent
INSTALL = "pip install 'setpiece[bench]'   (in a checkout: pip install -e '.[bench]')"
TRUTH = {False: 1024, True: 256}  # samples, without and with dust
DUSTY = 0.5  # of the width: a frame full of dust at 1024 samples takes Cycles hours


@dataclass(frozen=True)
class Form:
    """How large the comparison is.

    cycles: samples -> frames rendered for the extrapolation. quality_width: of the truth [px].
    clear, dusty: shares of the shot at which the state is compared without and with dust.
    """

    fragments: int
    frames: int
    size: tuple[int, int]
    resolution: int
    cycles: dict[int, int]
    quality_width: int
    clear: tuple[float, ...]
    dusty: tuple[float, ...]


SHORT = Form(400, 60, (640, 360), 128, {16: 3, 64: 2}, 320, (0.8,), (0.8,))
FULL = Form(600, 96, (1280, 720), 128, {16: 4, 64: 2}, 400, (0.65, 0.9), (0.9,))


class Bench:
    """Measures row after row; see the module's words."""

    def __init__(self, form: Form, rows: Rows, blender: str, threads: int) -> None:
        self.form, self.rows, self.blender, self.threads = form, rows, blender, threads
        rows.work.mkdir(parents=True, exist_ok=True)
        self.to = rows.work / "scene"
        self.size = form.size  # the picture's, once known: it is fitted into the form's

    def cost(self) -> tuple[dict[str, Any], dict[str, Any], dict[int, dict[int, Any]]]:
        """(our stages, Blender's before the render, samples -> frame -> Cycles)."""
        f, to = self.form, self.to
        job = {
            "fragments": f.fragments, "frames": f.frames, "size": f.size,
            "out": str(self.rows.work / "ours"), "threads": self.threads, "to": str(to),
            "grids": self.states(f.dusty),
        }  # fmt: skip
        if "ours" not in self.rows.rows:
            self._setpiece("warm", job)  # kernels are compiled once a machine, not once a shot
        ours = self.rows.row("ours", lambda: self._setpiece("make_shot", job))
        # Not counted on either side: Blender is given this for nothing.
        given = self._row("scene for Blender", "export", job, to / "motion.npz")
        self.size = (int(given["size"][0]), int(given["size"][1]))
        shot = {"shot": str(to / "shot.npz"), "threads": self.threads}
        # What Bullet makes of the fall is timed, not shown: smoke and Cycles get our motion.
        fall, motion = str(to / "fall.npz"), str(to / "motion.npz")
        bodies = self._task("Blender: bodies", "bodies", {**shot, "out": fall}, Path(fall))
        blend = str(to / "smoke.blend")
        smoke = self._task(
            f"Blender: smoke, resolution {f.resolution}", "smoke",
            {**shot, "motion": motion, "resolution": f.resolution, "folder": str(to / "smoke"),
             "blend": blend}, Path(blend),
        )  # fmt: skip
        simulated = {**bodies["stages"], **smoke["stages"]}
        rendered: dict[int, dict[int, Any]] = {}
        for samples, count in f.cycles.items():
            rendered[samples] = {}
            for frame in report.spread(f.frames, count):
                row = self._task(
                    f"Cycles {samples} spp, frame {1001 + frame}", "frame",
                    {**shot, "motion": motion, "blend": blend, "index": frame,
                     "size": self.size, "samples": samples, "denoise": True, "plain": False,
                     "motion_blur": True, "box_filter": False, "volume_bounces": 1,
                     "out": str(to / f"cycles_{samples}_{frame}.npy")},
                )  # fmt: skip
                rendered[samples][frame] = row["stages"]["render"]
        return ours["stages"], simulated, rendered

    def states(self, shares: tuple[float, ...]) -> list[int]:
        """Frames at those shares of the shot."""
        return [min(int(s * self.form.frames), self.form.frames - 1) for s in shares]

    def quality(self) -> list[dict[str, Any]]:
        """Each state's scores against the truth."""
        wanted = [(f, False) for f in self.states(self.form.clear)]
        wanted += [(f, True) for f in self.states(self.form.dusty)]
        return [self._state(frame, dust) for frame, dust in wanted]

    def _state(self, frame: int, dust: bool) -> dict[str, Any]:
        to = self.to
        truest = TRUTH[dust]
        scale = self.form.quality_width * (DUSTY if dust else 1) / self.size[0]
        size = (round(scale * self.size[0]), round(scale * self.size[1]))
        name = f"frame {1001 + frame}, {'dust' if dust else 'no dust'}"
        stem = f"{'dust' if dust else 'clear'}_{frame}"
        pictures = {k: to / f"{stem}_{k}.npy" for k in ("ours", "16", "64", str(truest))}
        own = {
            "to": str(to), "index": frame, "size": size, "dust": dust, "samples": 4,
            "out": str(pictures["ours"]),
        }  # fmt: skip
        took = {"ours": self._row(f"{name}: ours", "plain_frame", own, pictures["ours"])}
        order = {
            "shot": str(to / "shot.npz"), "motion": str(to / "motion.npz"), "index": frame,
            "size": size, "plain": True, "motion_blur": False, "box_filter": True,
            "volume_bounces": 64, "threads": self.threads,
        }  # fmt: skip
        if dust:
            order["grid"] = str(to / f"grid.{frame:04d}.npz")
        for samples in (16, 64, truest):
            out = pictures[str(samples)]
            took[str(samples)] = self._task(
                f"{name}: Cycles {samples} spp", "frame",
                {**order, "samples": samples, "denoise": samples != truest, "out": str(out)}, out,
            )  # fmt: skip
        truth = pictures.pop(str(truest))
        scores = self._task(
            f"{name}: scores", "compare",
            {"truth": str(truth), "tests": {k: str(p) for k, p in pictures.items()}},
        )["scores"]  # fmt: skip
        cpu = {k: row["stages"]["render"]["cpu_seconds"] for k, row in took.items()}
        return {"frame": frame, "dust": dust, "scores": scores, "cpu_seconds": cpu}

    def _row(self, name: str, what: str, job: dict[str, Any], made: Path) -> dict[str, Any]:
        if not made.is_file():
            self.rows.rows.pop(name, None)
        return self.rows.row(name, lambda: self._setpiece(what, job))

    def _task(
        self, name: str, task: str, order: dict[str, Any], made: Path | None = None
    ) -> dict[str, Any]:
        """A row measured inside Blender; again where the file it `made` is gone."""
        if made is not None and not made.is_file():
            self.rows.rows.pop(name, None)
        return self.rows.row(name, lambda: in_blender(self.blender, task, order))

    def _setpiece(self, what: str, job: dict[str, Any]) -> dict[str, Any]:
        return with_cost(lambda: _process([sys.executable, __file__, "--child", what], job))


def in_blender(python: str, task: str, order: dict[str, Any]) -> dict[str, Any]:
    """One task of `blender.worker`, in a process of the Python that has bpy."""
    return with_cost(lambda: _process([python, "-m", "blender.worker", task], order))


def _process(words: list[str], order: dict[str, Any]) -> dict[str, Any]:
    """Run `words ORDER ANSWER`; the answer."""
    paths = [str(HERE), os.environ.get("PYTHONPATH", "")]
    with tempfile.TemporaryDirectory() as folder:
        ask, answer, log = (Path(folder) / n for n in ("order.json", "answer.json", "log.txt"))
        ask.write_text(json.dumps(order))
        with log.open("wb") as file:
            ended = subprocess.run(
                [*words, str(ask), str(answer)], stdout=file, stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in paths if p)},
                check=False,
            )  # fmt: skip
        if ended.returncode or not answer.is_file():
            last = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise RuntimeError(f"{' '.join(words)} stopped ({ended.returncode}):\n{last}")
        measured: dict[str, Any] = json.loads(answer.read_text())
    return measured


def check_blender(python: str) -> dict[str, str]:
    """Versions of Blender and FLIP there; exits saying what to install where one is absent."""
    if shutil.which(python) is None:
        sys.exit(f"--blender-python {python}: there is no such program.")
    ended = subprocess.run(
        [python, "-c", "import bpy, flip_evaluator, numpy"], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if ended.returncode:
        why = (ended.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        sys.exit(
            f"{python} cannot load Blender's module or FLIP ({why}).\nInstall them: {INSTALL}\n"
            "bpy has wheels for Python 3.11 only; with another Python make a venv of 3.11, install "
            "there  bpy==5.0.1 flip-evaluator==1.7  and give --blender-python VENV/bin/python."
        )
    found = in_blender(python, "versions", {})
    return {"blender": found["blender"], "flip": found["flip"]}


def _child(words: list[str]) -> None:
    from blender import ours

    what, order, answer = words
    work = {k: getattr(ours, k) for k in ("warm", "make_shot", "export", "plain_frame")}
    measured = work[what](json.loads(Path(order).read_text()))
    Path(answer).write_text(json.dumps(measured, default=float))


def main() -> None:
    """Command line."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--short", action="store_true", help="the small form")
    ask.add_argument("--json", type=Path, help="rows; default vs_blender[-short].json beside this")
    ask.add_argument(
        "--blender-python", default=sys.executable, help="a Python with bpy and flip-evaluator"
    )
    ask.add_argument("--threads", type=int, default=min(os.cpu_count() or 1, 2))
    ask.add_argument("--fresh", action="store_true", help="measure everything again")
    ask.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    asked = ask.parse_args()
    if asked.child:
        _child(asked.child)
        return
    from setpiece.collapse.shot import STAGE_VERSION

    form = SHORT if asked.short else FULL
    versions = check_blender(asked.blender_python)
    made_by = {
        "setpiece": __version__, "stage_versions": STAGE_VERSION, **versions,
        "cores": os.cpu_count(), "machine": platform.machine(), "threads": asked.threads,
        "form": vars(form),
    }  # fmt: skip
    name = "vs_blender-short.json" if asked.short else "vs_blender.json"
    rows = Rows(asked.json or HERE / name, made_by, asked.fresh)
    print(
        f"Blender {versions['blender']}, {asked.threads} threads; rows in {rows.path}", flush=True
    )
    bench = Bench(form, rows, asked.blender_python, asked.threads)
    ours, simulated, rendered = bench.cost()
    print("\n" + report.cost_table(ours, simulated, rendered, form.frames) + "\n", flush=True)
    quality = bench.quality()
    found = report.summary(ours, simulated, rendered, form.frames, quality)
    rows.write(**found)
    print("\n" + report.quality_table(quality) + "\n\n" + report.verdict(found))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped. Finished rows are kept: the same command goes on.")
    except RuntimeError as error:
        sys.exit(f"{error}\nFinished rows are kept: the same command goes on there.")
