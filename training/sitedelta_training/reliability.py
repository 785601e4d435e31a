"""Draws how often the probabilities of an exported model come true, and prints Brier scores.

    python -m sitedelta_training.reliability MODEL.onnx --packed HELD_OUT --out docs/pictures/reliability.svg

Curves: `new` on held-out simulated pairs and on levir_val (even ids), `structure_after` on oam30cm and rio.
The Brier score is the mean squared difference of probability and truth over pixels; beside it stands that of a
forecast which always names the set's share of true pixels. Real pixels are judged on the pair's own grid.
"""
import argparse
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from scipy import special

from . import evaluation_sets as sets
from .calibrate import reliability, sample_pixels, to_logits
from .packed import open_packed
from .predict import load_predictor, predict_scene

# Points of fewer pixels are left out of the diagram.
FEWEST_PIXELS = 500


def real_pixels(predict, pairs, head, network_gsd=(0.4, 0.6)):
    """(logits, truth) of all valid pixels of real pairs."""
    logits, truths = [], []
    for pair in pairs:
        probability = predict_scene(predict, pair.before, pair.after, pair.gsd_m, network_gsd)[head]
        valid = np.ones(probability.shape, bool) if pair.valid is None else pair.valid
        logits.append(to_logits(probability[valid]))
        truths.append(pair.truth[valid])
    return np.concatenate(logits), np.concatenate(truths)


def brier_scores(logits, truth):
    """Brier score, and that of always naming the share of true pixels."""
    probability = special.expit(logits)
    return float(((probability - truth) ** 2).mean()), float(truth.mean() * (1 - truth.mean()))


def draw_diagram(curves, path):
    """Draws {name: [(mean probability, share of truth, pixels)]} as an SVG file, the same bytes for the same curves."""
    figure = Figure((5, 5))
    axes = figure.subplots()
    axes.plot((0, 1), (0, 1), "--", color="gray")
    for name, rows in curves.items():
        axes.plot(*zip(*((mean, share) for mean, share, pixels in rows if pixels >= FEWEST_PIXELS)), "o-", markersize=4, label=name)
    axes.set(xlabel="probability given", ylabel="share that is true", xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.grid(color="#dddddd")
    axes.legend()
    with matplotlib.rc_context({"svg.hashsalt": "sitedelta"}):
        figure.savefig(path, format="svg", metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--packed", type=Path, required=True, help="held out: never one that was trained on")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", help="folder of the evaluation sets; default SITEDELTA_DATA")
    given = parser.parse_args()
    predict, folder = load_predictor(given.model), sets.data_folder(given.data)
    samples = {
        "new, simulated": sample_pixels(predict, open_packed(given.packed), 400)["new"],
        "new, levir_val even": real_pixels(predict, sets.levir_pairs(folder), "new"),
        "structure, oam30cm": real_pixels(predict, sets.single_dates(folder, "oam30cm"), "structure_after"),
        "structure, rio": real_pixels(predict, sets.single_dates(folder, "rio"), "structure_after"),
    }
    print("| head, set | Brier | of the share alone | calibration error |\n|---|---|---|---|")
    curves = {}
    for name, (logits, truth) in samples.items():
        rows, error = reliability(logits, truth)
        brier, share = brier_scores(logits, truth)
        curves[name] = [(mean, true, pixels) for _, _, pixels, mean, true in rows]
        print(f"| {name} | {brier:.4f} | {share:.4f} | {error:.4f} |")
    draw_diagram(curves, given.out)


if __name__ == "__main__":
    main()
