"""Grain of real surfaces, laid over rendered images: single pictures of ground, stone, grass and the like.

Whatever image files a folder holds are taken, if its `provenance.txt` says that they are free (training/README.md). Only how a surface
differs from its own mean counts, so neither colors nor anything large is taken over.
"""
import re
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

SIDE = 512

# Fields that are kept; more are more memory in every process, not more kinds of ground.
MOST = 160

# Standard deviation of the blur whose result is divided out, pixels: patches larger than roofs are not laid over them.
MEAN_PX = 24.0


@lru_cache
def surface_fields(folder):
    """Fields (n, SIDE, SIDE, 3) float16: a surface over its local mean, minus 1, of deviation 1.

    Raises ValueError when the folder holds no pictures or does not say that they are CC0 or in the public domain.
    """
    provenance = Path(folder) / "provenance.txt"
    if not provenance.exists() or not re.match("CC0|public domain", provenance.read_text()):
        raise ValueError(f"{provenance} must begin with 'CC0' or 'public domain' and say where the pictures come from")
    files = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    if not files:
        raise ValueError(f"{folder}: no JPEG or PNG files")
    chosen = np.random.default_rng(21).permutation(len(files))[:MOST]
    fields = [field_of(cv2.cvtColor(cv2.imread(str(files[i])), cv2.COLOR_BGR2RGB)) for i in chosen]
    return np.stack([field for field in fields if field is not None])


def field_of(image):
    """The field of one image (h, w, 3) uint8; None when it shows next to nothing."""
    image = image.astype(np.float32) + 4
    ratio = image / cv2.GaussianBlur(image, (0, 0), MEAN_PX, borderType=cv2.BORDER_REFLECT) - 1
    deviation = ratio.std()
    if deviation < 0.01:
        return None
    # Mirrored, it meets itself without a seam.
    tile = np.concatenate([ratio, ratio[::-1]])
    tile = np.concatenate([tile, tile[:, ::-1]], 1)
    repeats = [-(-SIDE // extent) for extent in tile.shape[:2]]
    return (np.tile(tile, (*repeats, 1))[:SIDE, :SIDE] / deviation).clip(-4, 4).astype(np.float16)


def lay_surface(image, folder, rng):
    """Multiplies an image (side, side, 3) uint8 by 1 + the grain of a surface, at one to two pixels a texel."""
    fields, side = surface_fields(folder), image.shape[0]
    size = int(side / rng.uniform(1, 2))
    row, col = rng.integers(0, SIDE - size + 1, 2)
    field = fields[rng.integers(len(fields)), row : row + size, col : col + size].astype(np.float32)
    field = np.rot90(field, rng.integers(0, 4))
    if size < side:
        field = cv2.resize(np.ascontiguousarray(field), (side, side), interpolation=cv2.INTER_CUBIC)
    return np.clip(image * (1 + rng.uniform(0.02, 0.14) * field), 0, 255).astype(np.uint8)
