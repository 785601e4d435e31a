"""How the figures on real images fall as pixels grow coarser; prints a table.

    python -m sitedelta_training.by_gsd MODEL [--data DIR] [--threshold 0.3] [--gsd 0.5 0.75 1 1.5 2 3]

Images are reduced to each ground sampling distance by area average, judged there, and the probabilities laid back on
the truth's own grid, so that every row is held to the same truth. `enlarged` reduces likewise, then enlarges to 0.6 m
before the network sees it, as a user might hope would help. Sets: levir_val even ids, oam30cm, rio.
"""
import argparse

import cv2

from . import evaluation_sets as sets
from .predict import load_predictor, predict_scene, resample
from .scoring import Score
from .structures import mark_structures

# Coarsest pixels the network meets unenlarged in `enlarged`.
ENLARGED_TO_M = 0.6


def judge_at(predict, pair, head, gsd_m, enlarged):
    """Probability of one head on the pair's own grid when both images are seen at gsd_m."""
    small = [resample(image, pair.gsd_m / gsd_m) for image in (pair.before, pair.after)]
    shown_m = min(gsd_m, ENLARGED_TO_M) if enlarged else gsd_m
    found = predict_scene(predict, *small, gsd_m, (shown_m, shown_m))[head]
    height, width = pair.truth.shape
    return cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--data")
    parser.add_argument("--threshold", type=float, default=0.3)
    parser.add_argument("--peak-threshold", type=float, help="second cut: structures as the program finds them")
    parser.add_argument("--gsd", type=float, nargs="+", default=(0.5, 0.75, 1.0, 1.5, 2.0, 3.0))
    given = parser.parse_args()
    predict, folder = load_predictor(given.model), sets.data_folder(given.data)
    judged = (
        ("levir_val even", "new", list(sets.levir_pairs(folder))),
        ("oam30cm", "structure_after", list(sets.single_dates(folder, "oam30cm"))),
        ("rio", "structure_after", list(sets.single_dates(folder, "rio"))),
    )
    print("| gsd, m |", " | ".join(f"{name} | enlarged" for name, _, _ in judged), "|\n" + "|---" * (1 + 2 * len(judged)) + "|")
    for gsd_m in given.gsd:
        cells = []
        for _, head, pairs in judged:
            for enlarged in (False, True):
                score = Score()
                for pair in pairs:
                    found = judge_at(predict, pair, head, gsd_m, enlarged)
                    score.add(mark_structures(found, given.threshold, given.peak_threshold), pair.truth, pair.valid)
                figures = score.summarize()
                cells.append(f"{figures['pixel_f1']:.3f} / {figures['object_f1_0.3']:.3f}")
        print(f"| {gsd_m:g} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
