"""Judges a model on packed pairs that it was not trained on, by ground sampling distance.

    python -m sitedelta_training.held_out MODEL --packed DIR [--threshold 0.5 [--peak-threshold 0.65]]

Pairs are judged at their own GSD, without registration, on pixels that no cloud or overlay hides.
"""
import argparse
from pathlib import Path

from .labels import NEW, UNJUDGED
from .packed import open_packed
from .predict import load_predictor, show
from .scoring import Score
from .structures import mark_structures

# Upper ends of the bands of GSD, metres.
BANDS_M = (0.45, 0.55, 0.7, 0.9, 1.5)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--packed", type=Path, required=True, help="held out: never one that was trained on")
    parser.add_argument("--threshold", type=float, default=0.5)
    parser.add_argument("--peak-threshold", type=float, help="second cut: structures as the program finds them")
    given = parser.parse_args()
    predict, packed = load_predictor(given.model), open_packed(given.packed)
    scores = {}
    for index, row in enumerate(packed.read_table()):
        labels = packed.labels[index]
        found = predict(*show(predict, packed.before[index], packed.after[index]))["new"]
        found = mark_structures(found, given.threshold, given.peak_threshold)
        for band in (next(end for end in BANDS_M if float(row["gsd_m"]) <= end), "all"):
            scores.setdefault(band, Score()).add(found, (labels & NEW) > 0, (labels & UNJUDGED) == 0)
    print("| GSD up to, m | pairs | pixel F1 | object F1 at IoU 0.3 | at IoU 0.5 | found / true |\n|---|---|---|---|---|---|")
    for band in (*BANDS_M, "all"):
        if band in scores:
            figures = scores[band].summarize()
            print(f"| {band} | {figures['images']} | {figures['pixel_f1']:.3f} | {figures['object_f1_0.3']:.3f} | {figures['object_f1_0.5']:.3f} | {figures['count_predicted']} / {figures['count_true']} |")


if __name__ == "__main__":
    main()
