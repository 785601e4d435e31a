"""Endless, sharded, reproducible batches of views from packed folders."""
from dataclasses import dataclass

import numpy as np

from .augment import AugmentOptions, draw_view
from .labels import split_targets


@dataclass(frozen=True)
class Batch:
    """images (2N, H, W, 3) uint8, all before then all after; targets (N, 6, H, W); weights (N, 1, H, W)."""

    images: np.ndarray
    targets: np.ndarray
    weights: np.ndarray


def draw_batch(sets, step, batch_size, seed, options=AugmentOptions(), rank=0, world=1):
    """The batch of one training step for one of `world` processes.

    It depends on (seed, step, rank) alone, so a resumed run sees what an unbroken one would have, and no two
    processes see the same pair within an epoch. An epoch is one shuffled pass over all sets together.
    """
    starts = np.cumsum([0] + [len(one) for one in sets])
    rng = np.random.default_rng((seed, step, rank))
    before, after, labels = [], [], []
    for index in pair_indices(int(starts[-1]), step, batch_size, seed, rank, world):
        which = int(np.searchsorted(starts, index, side="right")) - 1
        at = int(index - starts[which])
        one = sets[which]
        view = draw_view(one.before[at], one.after[at], one.labels[at], options, rng)
        for parts, part in zip((before, after, labels), view):
            parts.append(part)
    return Batch(np.stack(before + after), *split_targets(np.stack(labels)))


def pair_indices(total, step, batch_size, seed, rank=0, world=1):
    """Indices into all pairs for one step and process, by position in the concatenation of shuffled epochs."""
    first = (step * world + rank) * batch_size
    positions = np.arange(first, first + batch_size)
    return [int(_epoch_order(total, seed, epoch)[position]) for epoch, position in zip(positions // total, positions % total)]


_orders = {}


def _epoch_order(total, seed, epoch):
    key = (total, seed, int(epoch))
    if key not in _orders:
        if len(_orders) > 2:
            _orders.clear()
        _orders[key] = np.random.default_rng((seed, 77, int(epoch))).permutation(total)
    return _orders[key]
