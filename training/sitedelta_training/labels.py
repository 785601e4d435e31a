"""The label byte of a packed pair and the order of the network's heads."""
import numpy as np

STRUCTURE_BEFORE, STRUCTURE_AFTER, NEW, REMOVED, BORDER_BEFORE, BORDER_AFTER, UNJUDGED = 1, 2, 4, 8, 16, 32, 64

# Order of the network's output channels; the interface of the exported file, so never reordered.
HEADS = ("structure_before", "structure_after", "new", "removed", "border_before", "border_after")
HEAD_BITS = (STRUCTURE_BEFORE, STRUCTURE_AFTER, NEW, REMOVED, BORDER_BEFORE, BORDER_AFTER)

# Bits that follow the before image's own pixels; the rest of the judged bits follow the after image's.
BEFORE_BITS = STRUCTURE_BEFORE | REMOVED | BORDER_BEFORE
AFTER_BITS = STRUCTURE_AFTER | NEW | BORDER_AFTER

_SWAPPED = np.array(
    [
        (byte & UNJUDGED) | ((byte & (STRUCTURE_BEFORE | NEW | BORDER_BEFORE)) << 1) | ((byte & (STRUCTURE_AFTER | REMOVED | BORDER_AFTER)) >> 1)
        for byte in range(256)
    ],
    np.uint8,
)


def swap_dates(labels):
    """Labels (…) uint8 of the pair with its dates exchanged: before bits become after bits, new becomes removed."""
    return _SWAPPED[labels]


def split_targets(labels):
    """Targets (N, 6, H, W) float32 in 0/1 in the order of HEADS, and weights (N, 1, H, W), 0 where unjudged."""
    targets = np.stack([(labels & bit) > 0 for bit in HEAD_BITS], 1).astype(np.float32)
    weights = ((labels & UNJUDGED) == 0).astype(np.float32)[:, None]
    return targets, weights
