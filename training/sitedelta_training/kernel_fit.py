"""Replaces Lite0's 5x5 depthwise kernels by the 3x3 ones that come closest on given images.

Depthwise layers cost by the tap on the CPU runtime, so 3x3 takes about a third of 5x5. For each channel the 3x3
kernel minimises the mean squared difference of the layer's output: with R the second moments of the 5x5 input patch,
w3 = R[in, in]^-1 R[in, all] w5. Fine-tuning recovers most of the rest in the trained half; the frozen half keeps it.
"""
import torch
from torch.nn import functional as F

from .encoder import pad_same

# Row-major places of the centre 3x3 within a 5x5 patch.
INNER = [row * 5 + col for row in (1, 2, 3) for col in (1, 2, 3)]


@torch.no_grad()
def shrink_kernels(stem, blocks, images=None):
    """Shrinks every 5x5 block in place; returns {block index: relative RMS error of its depthwise output}.

    images: (N, 3, H, W) RGB 0-255. Without them the kernels are only cropped and nothing is returned.
    """
    errors = {}
    x = None if images is None else stem((images - 127.0) * (1 / 128.0))
    for index, block in enumerate(blocks):
        if block.depthwise.kernel_size[0] == 5:
            old = block.depthwise
            block.crop_kernel()
            if x is not None:
                errors[index] = fit_kernel(block.widen(x), old, block.depthwise)
        x = None if x is None else block(x)
    return errors


def fit_kernel(x, old, new):
    """Solves for new's 3x3 weights per channel on input x (N, C, H, W); returns the relative RMS error."""
    moments = patch_moments(pad_same(x, old), old.stride[0])
    weights = old.weight.flatten(1).double()
    inner = moments[:, INNER][:, :, INNER]
    ridge = 1e-4 * inner.diagonal(dim1=1, dim2=2).mean(1)[:, None, None] * torch.eye(9, dtype=torch.float64) + 1e-9 * torch.eye(9, dtype=torch.float64)
    wanted = (moments[:, INNER] @ weights[:, :, None])[:, :, 0]
    # Shrinks towards the plain crop, so channels that are all zero keep it.
    solved = weights[:, INNER] + torch.linalg.solve(inner + ridge, wanted - (inner @ weights[:, INNER, None])[:, :, 0])
    new.weight.data = solved.float().view(-1, 1, 3, 3)
    difference = weights.clone()
    difference[:, INNER] -= solved
    power = lambda w: (w[:, None] @ moments @ w[:, :, None]).sum()
    return float((power(difference) / power(weights)).sqrt())


def patch_moments(padded, stride):
    """Uncentred second moments (C, 25, 25) of each channel's 5x5 patches, float64."""
    count, channels = padded.shape[:2]
    total = torch.zeros(channels, 25, 25, dtype=torch.float64)
    for one in padded:
        patches = F.unfold(one[:, None], 5, stride=stride)
        total += (patches @ patches.transpose(1, 2)).double() / patches.shape[2]
    return total / count
