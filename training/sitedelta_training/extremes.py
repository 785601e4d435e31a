"""Draws the images of a single-date set on which a model does best and worst.

    python -m sitedelta_training.extremes MODEL --out docs/pictures/best_and_worst.jpg [--set dubai] [--threshold 0.3]

Left what was given, right the truth in green and what was found in magenta; best image above, worst below, of those
that show structures enough. Only dubai (CC0) may be published.
"""
import argparse

import cv2
import numpy as np

from . import evaluation_sets as sets
from .predict import load_predictor, predict_scene
from .scoring import Score

WIDTH_PX = 700

# Images with less of it covered by structures are left out: their F1 hangs on a few pixels.
LEAST_COVERED = 0.02


def pixel_f1(found, pair):
    """Pixel F1 of one image."""
    score = Score()
    score.add(found, pair.truth, pair.valid)
    return score.summarize()["pixel_f1"]


def draw_row(found, pair):
    """(h, 2 WIDTH_PX, 3) uint8: the image, and the image with outlines."""
    scale = WIDTH_PX / pair.after.shape[1]
    size = WIDTH_PX, round(pair.after.shape[0] * scale)
    image = cv2.resize(pair.after, size, interpolation=cv2.INTER_AREA)
    outlined = image.copy()
    for mask, color in ((pair.truth, (0, 230, 0)), (found, (255, 0, 200))):
        large = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        contours, _ = cv2.findContours(large, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(outlined, contours, -1, color, 2)
    return np.hstack([image, outlined])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--out", required=True)
    parser.add_argument("--data")
    parser.add_argument("--set", default="dubai", choices=("dubai", "oam30cm", "rio"))
    parser.add_argument("--threshold", type=float, default=0.3)
    given = parser.parse_args()
    predict = load_predictor(given.model)
    judged = []
    for pair in sets.single_dates(sets.data_folder(given.data), given.set):
        if pair.truth.mean() < LEAST_COVERED:
            continue
        found = predict_scene(predict, pair.before, pair.after, pair.gsd_m, (pair.gsd_m, pair.gsd_m))["structure_after"] > given.threshold
        judged.append((pixel_f1(found, pair), pair.name, draw_row(found, pair)))
    judged.sort(key=lambda one: one[:2])
    for f1, name, _ in judged:
        print(f"{name}: pixel F1 {f1:.3f}")
    rows = judged[-1][2], judged[0][2]
    cv2.imwrite(given.out, np.vstack(rows)[..., ::-1])


if __name__ == "__main__":
    main()
