"""Judges a model on packed pairs that it was not trained on, by ground sampling distance.

    python -m sitedelta_training.held_out MODEL --packed DIR [--threshold 0.5 [--peak-threshold 0.65]]

Pairs are judged at their own GSD, without registration, on pixels that no cloud or overlay hides. A second table tells structures
apart by the area of their footprint, of the true for recall and of the predicted for precision, and what is reached from an area on.
"""
import argparse
from pathlib import Path

import numpy as np

from .labels import NEW, UNJUDGED
from .packed import open_packed
from .predict import load_predictor, show
from .scoring import Score, f_score, match_objects
from .structures import mark_structures

# Upper ends of the bands of GSD, metres.
BANDS_M = (0.45, 0.55, 0.7, 0.9, 1.5)

# Lower ends of the classes of area, m2, and the least IoU of a structure that is found among them.
AREAS_M2 = (0, 25, 50, 100, 200, 500)
IOU = 0.5


class AreaScore:
    """Which structures match, by their area."""

    def __init__(self):
        self.predicted, self.true = ([], []), ([], [])

    def add(self, predicted, truth, gsd_m, min_area_px=30):
        """Adds one image: boolean masks (H, W)."""
        sides = match_objects(predicted, truth, min_area_px, (IOU,))[IOU]
        for (areas, matched), (area_px, match) in zip((self.predicted, self.true), sides):
            areas.extend(area_px * gsd_m**2)
            matched.extend(match)

    def summarize(self):
        """A row per class: lower end, upper end, precision, recall, F1, number true, and F1 of all from the lower end on."""
        (area_p, match_p), (area_t, match_t) = (map(np.array, side) for side in (self.predicted, self.true))
        for low, high in zip(AREAS_M2, (*AREAS_M2[1:], np.inf)):
            rates = []
            for end in (high, np.inf):
                within_p, within_t = ((low <= area) & (area < end) for area in (area_p, area_t))
                precision, recall = match_p[within_p].mean() if within_p.any() else 0.0, match_t[within_t].mean() if within_t.any() else 0.0
                rates.append((precision, recall, f_score(precision, recall), int(within_t.sum())))
            yield low, high, *rates[0], rates[1][2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--packed", type=Path, required=True, help="held out: never one that was trained on")
    parser.add_argument("--threshold", type=float, default=0.5)
    parser.add_argument("--peak-threshold", type=float, help="second cut: structures as the program finds them")
    given = parser.parse_args()
    predict, packed = load_predictor(given.model), open_packed(given.packed)
    scores, by_area = {}, AreaScore()
    for index, row in enumerate(packed.read_table()):
        labels = packed.labels[index]
        found = predict(*show(predict, packed.before[index], packed.after[index]))["new"]
        found = mark_structures(found, given.threshold, given.peak_threshold)
        judged = (labels & UNJUDGED) == 0
        by_area.add(found & judged, ((labels & NEW) > 0) & judged, float(row["gsd_m"]))
        for band in (next(end for end in BANDS_M if float(row["gsd_m"]) <= end), "all"):
            scores.setdefault(band, Score()).add(found, (labels & NEW) > 0, judged)
    print("| GSD up to, m | pairs | pixel F1 | object F1 at IoU 0.3 | at IoU 0.5 | found / true |\n|---|---|---|---|---|---|")
    for band in (*BANDS_M, "all"):
        if band in scores:
            figures = scores[band].summarize()
            print(f"| {band} | {figures['images']} | {figures['pixel_f1']:.3f} | {figures['object_f1_0.3']:.3f} | {figures['object_f1_0.5']:.3f} | {figures['count_predicted']} / {figures['count_true']} |")
    print("\n| footprint, m2 | precision | recall at IoU 0.5 | F1 | true | F1 from here on |\n|---|---|---|---|---|---|")
    for low, high, precision, recall, f1, true, onwards in by_area.summarize():
        print(f"| {low} to {high} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {true} | {onwards:.3f} |")


if __name__ == "__main__":
    main()
