"""The real sets a detector is judged on. They are read here and nowhere else, and never trained on.

The folder is given as an argument or in SITEDELTA_DATA; README.md lists the sets and their layout. GSD is that of the
files. Sets: levir_val (0.5 m), arid (0.5 m), sztaki (1.5 m), xbd_negatives (0.5 m, nothing new), naip_desert (1 m,
nothing at all, paired with re-lit copies of itself), and single-date building masks: oam30cm (0.3 m, judged at
0.45 m), dubai (1.2 m), rio (0.5 m).
"""
import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np


@dataclass(frozen=True)
class Pair:
    """before, after (H, W, 3) uint8 RGB; truth (H, W) bool or None; valid (H, W) bool or None."""

    name: str
    before: np.ndarray
    after: np.ndarray
    gsd_m: float
    truth: np.ndarray = None
    valid: np.ndarray = None


def data_folder(given=None):
    """The evaluation folder from an argument or SITEDELTA_DATA."""
    folder = Path(given or os.environ.get("SITEDELTA_DATA", ""))
    if not (folder / "levir_val").is_dir():
        raise SystemExit(f"{folder}: no evaluation sets there; give --data or set SITEDELTA_DATA")
    return folder


def read_rgb(path):
    """(H, W, 3) uint8."""
    return cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def read_mask(path):
    """(H, W) bool, or None where there is no file."""
    return cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) > 127 if Path(path).exists() else None


def change_pairs(folder, name, gsd_m, keep=lambda stem: True):
    """Pairs of NAME/{A,B,label}."""
    for path in sorted((folder / name / "A").glob("*.png")):
        if keep(path.stem):
            yield Pair(path.stem, read_rgb(path), read_rgb(folder / name / "B" / path.name), gsd_m, read_mask(folder / name / "label" / path.name))


def levir_pairs(folder, final=False):
    """levir_val: even ids to develop on; odd ids are opened only for the final row of a run."""
    return change_pairs(folder, "levir_val", 0.5, lambda stem: int(stem.rsplit("_", 1)[1]) % 2 == (1 if final else 0))


def storm_pairs(folder):
    """xbd_negatives: nothing new; not judged where either image is black (nodata)."""
    for pair in change_pairs(folder, "xbd_negatives", 0.5):
        seen = pair.before.any(2) & pair.after.any(2)
        yield Pair(pair.name, pair.before, pair.after, pair.gsd_m, np.zeros_like(seen), seen)


def desert_pairs(folder):
    """naip_desert tiles after a mild and a strong change of light and season: nothing is new in any of them."""
    for index, path in enumerate(sorted((folder / "open/naip_desert/image").glob("*.png"))):
        image, rng = read_rgb(path), np.random.default_rng(index)
        for strength in (1.0, 2.0):
            after = relight(image, rng, strength)
            yield Pair(f"{path.stem}_{strength:.0f}", image, after, 1.0, np.zeros(image.shape[:2], bool))


def relight(image, rng, strength):
    """The same ground on another day: tint, contrast, greened or dried vegetation, blur, noise, a shift of a pixel."""
    x = image.astype(np.float32)
    x = np.roll(x, tuple(rng.integers(-1, 2, 2)), (0, 1))
    greenness = np.clip((x[..., 1] - (x[..., 0] + x[..., 2]) / 2) / 20 + 0.3, 0, 1)[..., None]
    x += strength * greenness * rng.normal(0, 8, 3).astype(np.float32)
    contrast = np.exp(strength * rng.normal(0, 0.12))
    tint = np.exp(strength * rng.normal(0, 0.05, 3))
    x = ((x - x.mean()) * contrast + x.mean() + strength * rng.normal(0, 8)) * tint
    x = cv2.GaussianBlur(x.astype(np.float32), (0, 0), 0.3 + 0.3 * strength * rng.random())
    return np.clip(x + rng.normal(0, 2 * strength, x.shape), 0, 255).astype(np.uint8)


def single_dates(folder, name):
    """Images with building masks, given as both dates: oam30cm, dubai or rio."""
    base, gsd_m = {"oam30cm": ("open/oam30cm", 0.3), "dubai": ("open/dubai", 1.2), "rio": ("eval_rio", 0.5)}[name]
    for path in sorted((folder / base / "image").glob("*.png")):
        image, truth, valid = read_rgb(path), read_mask(folder / base / "mask" / path.name), read_mask(folder / base / "valid" / path.name)
        if name == "oam30cm":
            image, truth, valid = coarsen(image, truth, valid, 0.3 / 0.45)
        yield Pair(path.stem, image, image, 0.45 if name == "oam30cm" else gsd_m, truth, valid)


def coarsen(image, truth, valid, scale):
    """Image by area average, masks by majority."""
    size = int(round(image.shape[1] * scale)), int(round(image.shape[0] * scale))
    shrink = lambda mask: None if mask is None else cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) >= 0.5
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), shrink(truth), shrink(valid)
