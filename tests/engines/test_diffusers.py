"""The diffusers engine with the real library: pipelines of random weights, built here and small.

What they paint is noise; what is tested is that our depth and lines get into them, and a picture
comes back.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from setpiece.engines.diffusers import Diffusers
from setpiece.engines.guides import Guides
from setpiece.errors import InputError

WHY = "needs torch, diffusers and transformers: pip install 'setpiece[diffusers]'"
torch: Any = pytest.importorskip("torch", reason=WHY)
diffusers: Any = pytest.importorskip("diffusers", reason=WHY)
transformers: Any = pytest.importorskip("transformers", reason=WHY)


def tokenizer(folder: Path) -> Any:
    """One token a letter."""
    letters = [chr(c) for c in range(33, 127)]
    words = [*letters, *(c + "</w>" for c in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({w: i for i, w in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return transformers.CLIPTokenizer(
        str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77
    )


def pipeline(folder: Path, nets: int) -> Path:
    """A ControlNet pipeline saved in a folder below `folder`."""
    torch.manual_seed(0)
    words = tokenizer(folder)
    text = transformers.CLIPTextModel(
        transformers.CLIPTextConfig(
            vocab_size=len(words), hidden_size=32, intermediate_size=32, num_attention_heads=4,
            num_hidden_layers=1, max_position_embeddings=77,
            bos_token_id=len(words) - 2, eos_token_id=len(words) - 1, pad_token_id=len(words) - 1,
        )
    )  # fmt: skip
    unet = diffusers.UNet2DConditionModel(
        block_out_channels=(32, 64), layers_per_block=1, sample_size=32, in_channels=4,
        out_channels=4, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), cross_attention_dim=32,
    )  # fmt: skip
    vae = diffusers.AutoencoderKL(
        block_out_channels=[32] * 4, down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4, latent_channels=4,
    )  # fmt: skip
    controls = []
    for _ in range(nets):
        net = diffusers.ControlNetModel.from_unet(unet)
        for weight in net.controlnet_mid_block.parameters():
            torch.nn.init.normal_(weight, std=0.5)  # a fresh one has no say: its outputs are zero
        for weight in net.controlnet_cond_embedding.parameters():
            torch.nn.init.normal_(weight, std=0.5)
        controls.append(net)
    out = folder / f"nets{nets}"
    diffusers.StableDiffusionControlNetPipeline(
        vae=vae, text_encoder=text, tokenizer=words, unet=unet, safety_checker=None,
        controlnet=controls if nets > 1 else controls[0], scheduler=diffusers.DDIMScheduler(),
        feature_extractor=None, requires_safety_checker=False,
    ).save_pretrained(str(out))  # fmt: skip
    return out


def guides() -> Guides:
    h, w = 135, 240
    y, x = np.mgrid[:h, :w]
    depth = np.where(y > 30, 3 + x / w, np.inf).astype(np.float32)
    line = ((x - 120) ** 2 + (y - 70) ** 2 < 900).astype(np.float32)
    return Guides(np.ones((h, w, 3), np.float32), depth, np.zeros((h, w, 3), np.float32), line,
                  "ANA at the window, medium shot", 7)  # fmt: skip


@pytest.mark.parametrize("nets", [1, 2])
def test_guides_go_in_and_a_picture_comes_back(tmp_path: Path, nets: int) -> None:
    engine, given = Diffusers(str(pipeline(tmp_path, nets)), steps=2), guides()
    made = engine.draw(given)
    assert made.shape == (135, 240, 3)
    assert made.dtype == np.float32
    assert 0 <= made.min() < made.max() <= 1
    assert np.array_equal(made, engine.draw(given))
    assert not np.array_equal(made, engine.draw(replace(given, seed=8)))
    far = np.full_like(given.depth, np.inf)
    assert not np.array_equal(made, engine.draw(replace(given, depth=far)))
    blank = engine.draw(replace(given, line=np.zeros_like(given.line)))
    assert np.array_equal(made, blank) == (nets == 1)  # one net sees depth alone


def test_a_pipeline_without_a_control_net_is_refused(tmp_path: Path) -> None:
    folder = pipeline(tmp_path, 1)
    index = json.loads((folder / "model_index.json").read_text())
    index["_class_name"] = "StableDiffusionPipeline"
    del index["controlnet"]
    (folder / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(InputError, match="no pipeline that takes depth"):
        Diffusers(str(folder))
