"""Opens packed folders of simulated pairs, and refuses anything else.

A packed folder holds before.npy and after.npy (N, H, W, 3) uint8 RGB, labels.npy (N, H, W) uint8 (see labels),
pairs.csv (a row per pair) and provenance.txt, whose first line says what made it. Only folders whose provenance
begins with an allowed source are opened: the evaluation sets' licences do not permit training on them, and this is
the one door by which pixels reach the trainer.
"""
import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ALLOWED_SOURCES = ("sitedelta simulate",)
PROVENANCE = "provenance.txt"


class PackedError(ValueError):
    """A folder that is not a packed set, or not one that may be trained on."""


@dataclass(frozen=True)
class PackedPairs:
    """One packed folder, mapped and not read: before, after (N, H, W, 3), labels (N, H, W), all uint8."""

    folder: Path
    provenance: str
    before: np.ndarray
    after: np.ndarray
    labels: np.ndarray

    def __len__(self):
        return len(self.labels)

    def read_table(self):
        """Rows of pairs.csv as dictionaries, one per pair."""
        with open(self.folder / "pairs.csv", newline="") as file:
            return list(csv.DictReader(file))


def open_packed(folder):
    """Maps a packed folder; raises PackedError when files, shapes or the provenance are not as they must be."""
    folder = Path(folder)
    provenance = read_provenance(folder)
    missing = [name for name in ("before.npy", "after.npy", "labels.npy", "pairs.csv") if not (folder / name).exists()]
    if missing:
        raise PackedError(f"{folder}: lacks {', '.join(missing)}")
    before, after, labels = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("before", "after", "labels"))
    if any(array.dtype != np.uint8 for array in (before, after, labels)):
        raise PackedError(f"{folder}: arrays must be uint8")
    if before.shape != after.shape or before.shape[:3] != labels.shape or before.shape[3:] != (3,):
        raise PackedError(f"{folder}: before {before.shape}, after {after.shape}, labels {labels.shape} do not fit together")
    return PackedPairs(folder, provenance, before, after, labels)


def read_provenance(folder):
    """First line of provenance.txt; raises PackedError when there is none or its source is not allowed."""
    path = Path(folder) / PROVENANCE
    if not path.exists():
        raise PackedError(f"{folder}: no {PROVENANCE}; only folders packed by {ALLOWED_SOURCES[0]!r} are trained on")
    line = path.read_text().strip().splitlines()[:1]
    if not line or not line[0].startswith(ALLOWED_SOURCES):
        raise PackedError(f"{path}: {line}; must begin with one of {ALLOWED_SOURCES}")
    return line[0]
