"""Sums, ratios and tables of `vs_blender.py`: from measured rows to what is claimed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
GOAL_RATIO = 50.0


def spread(frames: int, count: int) -> list[int]:
    """Frames (from 0) in the middle of `count` equal parts of the shot: their mean cost times
    `frames` stands for the whole."""
    if count < 1 or frames < count:
        raise ValueError(f"cannot take {count} frames out of {frames}")
    return [int((k + 0.5) * frames / count) for k in range(count)]


def extrapolated(rendered: Mapping[int, Row], frames: int) -> dict[str, float]:
    """Cost of rendering all `frames` from those that were: mean times frames.

    rendered: frame -> {"seconds", "cpu_seconds", "peak_mb"}. Memory is the largest.
    """
    if not rendered:
        raise ValueError("no frame was rendered: nothing to extrapolate from")
    rows = list(rendered.values())
    return {
        "seconds": sum(r["seconds"] for r in rows) / len(rows) * frames,
        "cpu_seconds": sum(r["cpu_seconds"] for r in rows) / len(rows) * frames,
        "peak_mb": max(r["peak_mb"] for r in rows),
    }


def total(stages: Mapping[str, Row]) -> dict[str, float]:
    """Sum of stages; memory is the largest of them."""
    return {
        "seconds": sum(s["seconds"] for s in stages.values()),
        "cpu_seconds": sum(s["cpu_seconds"] for s in stages.values()),
        "peak_mb": max(s["peak_mb"] for s in stages.values()),
    }


def summary(
    ours: Mapping[str, Row],
    simulated: Mapping[str, Row],
    rendered: Mapping[int, Mapping[int, Row]],
    frames: int,
    quality: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """What `--json` carries.

    ours: our stages, all of them. simulated: Blender's stages before the render. rendered:
    samples -> frame -> cost of that frame. quality: {"frame", "dust", "scores"} a state, scores as
    `judge.compare` gives them, under "ours", "16" and "64".
    """
    own = total(ours)
    out: dict[str, Any] = {"ours": own, "blender": {}, "extrapolated_from": {}}
    for samples, rows in rendered.items():
        whole = total({**simulated, "render": extrapolated(rows, frames)})
        out["blender"][str(samples)] = whole
        out["extrapolated_from"][str(samples)] = sorted(f + 1001 for f in rows)
        out[f"cpu_ratio_{samples}spp"] = whole["cpu_seconds"] / own["cpu_seconds"]
        out[f"wall_ratio_{samples}spp"] = whole["seconds"] / own["seconds"]
    goals: dict[str, Any] = {}
    if "cpu_ratio_16spp" in out:
        goals["cpu_ratio_16spp"] = {
            "ok": out["cpu_ratio_16spp"] >= GOAL_RATIO, "value": out["cpu_ratio_16spp"],
            "limit": GOAL_RATIO,
        }  # fmt: skip
    clear = [q["scores"] for q in quality if not q["dust"]]
    if clear:
        ours_flip = sum(s["ours"]["flip"] for s in clear) / len(clear)
        theirs = sum(s["16"]["flip"] for s in clear) / len(clear)
        goals["flip_without_dust"] = {
            "ok": ours_flip <= theirs,
            "value": ours_flip,
            "limit": theirs,
        }
    out["quality"] = list(quality)
    out["goals"] = goals
    return out


def cost_table(
    ours: Mapping[str, Row],
    simulated: Mapping[str, Row],
    rendered: Mapping[int, Mapping[int, Row]],
    frames: int,
) -> str:
    """Markdown: CPU-s / wall s / peak MB, stage by stage, ours and then Blender's."""
    lines = ["| stage | CPU-s | s | peak MB |", "|---|---|---|---|"]
    lines += [_line(f"ours: {name}", s) for name, s in ours.items()]
    lines.append(_line("**ours: whole shot**", total(ours)))
    lines += [_line(f"Blender: {name}", s) for name, s in simulated.items()]
    for samples, rows in rendered.items():
        for frame, row in sorted(rows.items()):
            lines.append(_line(f"Cycles {samples} spp, frame {1001 + frame}", row))
        every = extrapolated(rows, frames)
        named = ", ".join(str(1001 + f) for f in sorted(rows))
        lines.append(
            _line(f"Cycles {samples} spp, {frames} frames, extrapolated from {named}", every)
        )
    for samples, rows in rendered.items():
        whole = total({**simulated, "render": extrapolated(rows, frames)})
        lines.append(_line(f"**Blender: whole shot, {samples} spp (extrapolated)**", whole))
    return "\n".join(lines)


def quality_table(quality: Sequence[Mapping[str, Any]]) -> str:
    """Markdown: FLIP and PSNR of each picture against Cycles at many samples, not denoised."""
    lines = ["| state | picture | FLIP | PSNR dB | CPU-s |", "|---|---|---|---|---|"]
    words = {"ours": "ours", "16": "Cycles 16 spp + denoise", "64": "Cycles 64 spp + denoise"}
    for q in quality:
        state = f"frame {1001 + q['frame']}, {'dust' if q['dust'] else 'no dust'}"
        for name, score in q["scores"].items():
            cpu = q["cpu_seconds"][name]
            lines.append(
                f"| {state} | {words[name]} | {score['flip']:.4f} | {score['psnr']:.1f} "
                f"| {cpu:.1f} |"
            )
    return "\n".join(lines)


def verdict(found: Mapping[str, Any]) -> str:
    """The goals, met or not, in words."""
    lines = []
    for samples in ("16", "64"):
        if samples in found["blender"]:
            lines.append(
                f"Whole shot: {found[f'cpu_ratio_{samples}spp']:.1f} times fewer CPU-seconds than "
                f"Blender at {samples} samples (its render extrapolated)."
            )
    goal = found["goals"].get("cpu_ratio_16spp")
    if goal:
        lines.append(f"Goal of {goal['limit']:.0f} times: {'met' if goal['ok'] else 'MISSED'}.")
    goal = found["goals"].get("flip_without_dust")
    if goal:
        lines.append(
            f"FLIP without dust: ours {goal['value']:.4f}, Cycles at 16 samples + denoise "
            f"{goal['limit']:.4f}: goal {'met' if goal['ok'] else 'MISSED'}."
        )
    return "\n".join(lines)


def _line(name: str, row: Row) -> str:
    return f"| {name} | {row['cpu_seconds']:.1f} | {row['seconds']:.1f} | {row['peak_mb']:.0f} |"
