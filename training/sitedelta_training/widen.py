"""Gives a trained network more channels without changing what it computes, so that training goes on with more room.

    python -m sitedelta_training.widen IN.pt OUT.pt --coarse-width 128

Old channels keep their weights and do not see the new ones at first (zeros), which begin at random and are seen from
the first step on (after Chen, Goodfellow and Shlens, Net2Net, ICLR 2016).
"""
import argparse
from dataclasses import replace
from pathlib import Path

import torch

from .checkpoint import load_detector, save_checkpoint
from .network import build_detector

# What rounding leaves of probabilities that should be the same.
TOLERANCE = 1e-5


def widen_detector(detector, options):
    """A detector of `options` whose outputs are those of `detector`; raises ValueError where a map would become narrower."""
    old, wide = detector.options, build_detector(options, pretrained=False).eval()
    if options.coarse_width < old.coarse_width:
        raise ValueError(f"the network has coarse_width {old.coarse_width}: it can only be widened")
    wide.frozen.load_state_dict(detector.frozen.state_dict())
    state, known = wide.trained.state_dict(), detector.trained.state_dict()
    for name, target in state.items():
        if name in known:
            copy_channels(target, known[name], old.coarse_width, options.coarse_width)
        else:
            # The layers between the widths.
            torch.nn.init.eye_(target[:, :, 0, 0])
    wide.trained.load_state_dict(state)
    return wide


def copy_channels(target, source, old_width, new_width):
    """Writes `source` into the leading channels of `target`; inputs come in maps of old_width, which new_width take in.

    Rows of old outputs get zeros for new inputs.
    """
    if target.shape == source.shape:
        target.copy_(source)
        return
    outputs = source.shape[0]
    if source.ndim < 2 or source.shape[1] == target.shape[1]:
        target[:outputs] = source
        return
    target[:outputs] = 0
    for at in range(source.shape[1] // old_width):
        target[:outputs, at * new_width : at * new_width + old_width] = source[:, at * old_width : (at + 1) * old_width]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--coarse-width", type=int, required=True)
    given = parser.parse_args()
    detector, about = load_detector(given.checkpoint)
    wide = widen_detector(detector, replace(detector.options, coarse_width=given.coarse_width))
    images = torch.randint(0, 256, (2, 1, 3, 128, 128), generator=torch.Generator().manual_seed(0)).float()
    with torch.no_grad():
        difference = float((wide(*images) - detector(*images)).abs().max())
    if difference > TOLERANCE:
        raise SystemExit(f"{given.out}: probabilities moved by {difference:.1e}; not written")
    save_checkpoint(given.out, wide.options, wide.frozen.state_dict(), wide.trained.state_dict(), about)
    print(f"{given.out}: probabilities moved by {difference:.1e}")


if __name__ == "__main__":
    main()
