"""Averages the weights of checkpoints of one run into one.

    python -m sitedelta_training.average OUT.pt CHECKPOINT.pt [CHECKPOINT.pt ...]

A mean over checkpoints of a training that keeps its rate up lies in a flatter place than any of them and does better on
images unlike the rendered ones (stochastic weight averaging, Izmailov et al. 2018, arXiv 1803.05407; figures in RUNS.md).
All must have the same shape and the same frozen half.
"""
import argparse
from pathlib import Path

import torch

from .checkpoint import read_checkpoint, save_checkpoint
from .network import NetworkOptions


def average_weights(contents):
    """{name: tensor}: the mean of the averaged weights; counters are those of the last."""
    mean = dict(contents[-1]["averaged"])
    for name, value in mean.items():
        if value.is_floating_point():
            mean[name] = torch.stack([content["averaged"][name].double() for content in contents]).mean(0).to(value.dtype)
    return mean


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    given = parser.parse_args()
    contents = [read_checkpoint(path) for path in given.checkpoints]
    last = contents[-1]
    for path, content in zip(given.checkpoints, contents):
        same = content["options"] == last["options"] and all(torch.equal(value, last["frozen"][name]) for name, value in content["frozen"].items())
        if not same:
            raise SystemExit(f"{path}: another shape or another frozen half than {given.checkpoints[-1]}; average checkpoints of one run, or of runs from one start")
    about = {**last["about"], "averaged": [path.name for path in given.checkpoints]}
    save_checkpoint(given.out, NetworkOptions(**last["options"]), last["frozen"], average_weights(contents), about)
    print(f"{given.out}: mean of {len(contents)}")


if __name__ == "__main__":
    main()
