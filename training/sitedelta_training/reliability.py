"""Draws how often the probabilities of an exported model come true, and prints Brier scores.

    python -m sitedelta_training.reliability MODEL.onnx --packed HELD_OUT --out docs/pictures/reliability.svg

Curves: `new` on held-out simulated pairs and on levir_val (even ids), `structure_after` on the open single-date sets.
The Brier score is the mean squared difference of probability and truth over pixels; beside it stands that of a
forecast which always names the set's share of true pixels. Real pixels are judged on the pair's own grid.
"""
import argparse
from pathlib import Path

import numpy as np

from . import evaluation_sets as sets
from .calibrate import reliability, sample_pixels
from .packed import open_packed
from .predict import load_predictor, predict_scene

SIDE, MARGIN = 360, 46
COLORS = ("#222222", "#c43c2e", "#2f6db3", "#3c8d4f", "#b07b1f")


def real_pixels(predict, pairs, head, network_gsd=(0.4, 0.6)):
    """(logits, truth) of all valid pixels of real pairs."""
    logits, truths = [], []
    for pair in pairs:
        probability = predict_scene(predict, pair.before, pair.after, pair.gsd_m, network_gsd)[head].astype(np.float64).clip(1e-6, 1 - 1e-6)
        valid = np.ones(probability.shape, bool) if pair.valid is None else pair.valid
        logits.append(np.log(probability / (1 - probability))[valid])
        truths.append(pair.truth[valid])
    return np.concatenate(logits), np.concatenate(truths)


def brier_scores(logits, truth):
    """Brier score, and that of always naming the share of true pixels."""
    probability = 1 / (1 + np.exp(-logits))
    return float(((probability - truth) ** 2).mean()), float(truth.mean() * (1 - truth.mean()))


def draw_diagram(curves):
    """SVG text of {name: [(mean probability, share of truth, pixels)]}; points of fewer than 500 pixels are left out."""
    place = lambda p, s: (MARGIN + p * SIDE, MARGIN / 2 + (1 - s) * SIDE)
    line = lambda points: " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts = [f'<rect width="{SIDE + 2 * MARGIN}" height="{SIDE + 2 * MARGIN}" fill="white"/>']
    for tick in np.arange(0, 1.01, 0.2):
        (x, bottom), (left, y) = place(tick, 0), place(0, tick)
        parts.append(f'<polyline points="{line([place(tick, 0), place(tick, 1)])}" stroke="#dddddd"/><polyline points="{line([place(0, tick), place(1, tick)])}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x:.0f}" y="{bottom + 15:.0f}" text-anchor="middle">{tick:.1f}</text><text x="{left - 6:.0f}" y="{y + 4:.0f}" text-anchor="end">{tick:.1f}</text>')
    parts.append(f'<polyline points="{line([place(0, 0), place(1, 1)])}" stroke="#999999" stroke-dasharray="4 4"/>')
    for number, (name, rows) in enumerate(curves.items()):
        points, color = [place(mean, share) for mean, share, pixels in rows if pixels >= 500], COLORS[number % len(COLORS)]
        parts.append(f'<polyline points="{line(points)}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in points]
        parts.append(f'<text x="{MARGIN + 10}" y="{MARGIN / 2 + 18 + 16 * number:.0f}" fill="{color}">{name}</text>')
    parts.append(f'<text x="{MARGIN + SIDE / 2}" y="{SIDE + 1.3 * MARGIN:.0f}" text-anchor="middle">probability given</text>')
    parts.append(f'<text transform="translate(12 {MARGIN / 2 + SIDE / 2}) rotate(-90)" text-anchor="middle">share that is true</text>')
    size = SIDE + 2 * MARGIN
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" font-family="sans-serif" font-size="12">\n' + "\n".join(parts) + "\n</svg>\n"


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
    given.out.write_text(draw_diagram(curves))


if __name__ == "__main__":
    main()
