"""Judges a checkpoint or an ONNX file on the real development sets and prints one table row.

    python -m sitedelta_training.evaluate MODEL [--data DIR] [--threshold 0.5] [--views 1] [--final] [--pictures DIR]

levir_val even ids unless --final (odd ids: for the final row of a run only). No registration is done: pairs are
judged as they are. xbd_negatives and naip_desert hold nothing new: every structure of 25 m2 or more is false, and
their rate comes with a 95 % Poisson bound.
"""
import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from . import evaluation_sets as sets
from .predict import load_predictor, predict_scene
from .scoring import Score, count_false_structures, rate_with_bound
from .structures import mark_structures

COLUMNS = (
    ("levir px", "levir_val", "pixel_f1"), ("obj", "levir_val", "object_f1_0.3"), ("obj.5", "levir_val", "object_f1_0.5"), ("count", "levir_val", "count_error"),
    ("arid px", "arid", "pixel_f1"), ("obj", "arid", "object_f1_0.3"), ("sztaki px", "sztaki", "pixel_f1"), ("recall", "sztaki", "pixel_r"),
    ("xbd /km2", "xbd_negatives", "false_per_km2"), ("<=", "xbd_negatives", "false_per_km2_bound"),
    ("desert /km2", "naip_desert", "false_per_km2"), ("<=", "naip_desert", "false_per_km2_bound"),
    ("oam px", "oam30cm", "pixel_f1"), ("obj", "oam30cm", "object_f1_0.3"), ("dubai px", "dubai", "pixel_f1"), ("obj", "dubai", "object_f1_0.3"),
    ("rio px", "rio", "pixel_f1"), ("obj", "rio", "object_f1_0.3"),
)


def evaluate(predict, folder, options):
    """{set: {figure: number}} for the sets asked for."""
    found = {}
    for name in options.sets:
        if name in ("xbd_negatives", "naip_desert"):
            pairs = sets.storm_pairs(folder) if name == "xbd_negatives" else sets.desert_pairs(folder)
            found[name] = count_false_alarms(predict, name, pairs, options)
        elif name in ("oam30cm", "dubai", "rio"):
            found[name] = score_pairs(predict, name, sets.single_dates(folder, name), "structure_after", options)
        else:
            gsd_m = {"levir_val": 0.5, "arid": 0.5, "sztaki": 1.5}[name]
            pairs = sets.levir_pairs(folder, options.final) if name == "levir_val" else sets.change_pairs(folder, name, gsd_m)
            found[name] = score_pairs(predict, name, pairs, "new", options)
    return found


def score_pairs(predict, name, pairs, head, options):
    """Score of one head over a set with truth; structures from 25 m2, and never under 30 px."""
    score = Score()
    for pair in pairs:
        probability = _predict_pair(predict, pair, options)[head]
        score.add(mark_structures(probability, options.threshold, options.peak_threshold), pair.truth, pair.valid)
        if options.pictures:
            save_picture(options.pictures / name / f"{pair.name}.png", pair, probability, options.threshold)
    return score.summarize()


def count_false_alarms(predict, name, pairs, options):
    """New structures where nothing is new, and their rate per km2 of judged ground."""
    count, area_km2 = 0, 0.0
    for pair in pairs:
        probability = _predict_pair(predict, pair, options)["new"]
        valid = np.ones(probability.shape, bool) if pair.valid is None else pair.valid
        count += count_false_structures(mark_structures(probability, options.threshold, options.peak_threshold) & valid, pair.gsd_m)
        area_km2 += valid.sum() * pair.gsd_m**2 / 1e6
        if options.pictures:
            save_picture(options.pictures / name / f"{pair.name}.png", pair, probability, options.threshold)
    rate, bound = rate_with_bound(count, area_km2)
    return {"false": count, "km2": area_km2, "false_per_km2": rate, "false_per_km2_bound": bound}


def _predict_pair(predict, pair, options):
    return predict_scene(predict, pair.before, pair.after, pair.gsd_m, options.network_gsd, options.views)


def save_picture(path, pair, probability, threshold):
    """Before, after with outlines (truth green, found red), and probability, side by side."""
    path.parent.mkdir(parents=True, exist_ok=True)
    outlined = pair.after.copy()
    for mask, color in ((pair.truth, (0, 255, 0)), (probability > threshold, (255, 0, 0))):
        contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(outlined, contours, -1, color, 1)
    shade = np.repeat((probability * 255).astype(np.uint8)[..., None], 3, 2)
    cv2.imwrite(str(path), np.hstack([pair.before, outlined, shade])[..., ::-1])


def table_row(model, options, found):
    """Header and row of RUNS.md for what was measured."""
    columns = [(title, figure, found[name][figure]) for title, name, figure in COLUMNS if name in found]
    cells = [f"{value:.1f}" if "km2" in figure else f"{value:.3f}" for _, figure, value in columns]
    head = ["model", "threshold", "views"] + [title for title, _, _ in columns]
    name = Path(model)
    row = [f"{name.parent.name}/{name.stem}", f"{options.threshold:g}", str(options.views)] + cells
    return "| " + " | ".join(head) + " |", "| " + " | ".join(row) + " |"


def main():
    every = ("levir_val", "arid", "sztaki", "xbd_negatives", "naip_desert", "oam30cm", "dubai", "rio")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="+")
    parser.add_argument("--data", help="folder of the evaluation sets; default SITEDELTA_DATA")
    parser.add_argument("--sets", nargs="+", default=every, choices=every)
    parser.add_argument("--threshold", type=float, default=0.5)
    parser.add_argument("--peak-threshold", type=float, help="second cut: structures as the program finds them")
    parser.add_argument("--views", type=int, default=1, choices=(1, 2, 4, 8), help="symmetries averaged")
    parser.add_argument("--network-gsd", type=float, nargs=2, default=(0.4, 0.6), metavar=("FINEST", "COARSEST"), help="images outside are resampled")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--final", action="store_true", help="levir_val odd ids instead of even ones")
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--json", type=Path, help="all figures")
    options = parser.parse_args()
    folder = sets.data_folder(options.data)
    everything = {}
    for index, model in enumerate(options.model):
        everything[model] = evaluate(load_predictor(model, options.threads), folder, options)
        head, row = table_row(model, options, everything[model])
        print(f"{head}\n|{'---|' * (head.count('|') - 1)}\n{row}" if index == 0 else row, flush=True)
    if options.json:
        options.json.write_text(json.dumps(everything, indent=1))


if __name__ == "__main__":
    main()
