"""How far the figures on levir_val (even ids) fall when the after image is disturbed; prints a table.

    python -m sitedelta_training.robustness MODEL [--data DIR] [--threshold 0.5]

Turning and mirroring disturb both dates and the truth alike. The others disturb the after image alone, as if the
dates came from two sources; a shift moves the before image instead, so that the truth stays where it is.
"""
import argparse
from dataclasses import replace

import cv2
import numpy as np

from . import evaluation_sets as sets
from .predict import load_predictor, predict_scene
from .scoring import Score
from .structures import mark_structures


def turned(pair):
    """A quarter turn of everything."""
    return replace(pair, before=np.rot90(pair.before).copy(), after=np.rot90(pair.after).copy(), truth=np.rot90(pair.truth).copy())


def mirrored(pair):
    """Left and right exchanged in everything."""
    return replace(pair, before=pair.before[:, ::-1].copy(), after=pair.after[:, ::-1].copy(), truth=pair.truth[:, ::-1].copy())


def shifted(pixels):
    """The before image moved diagonally; its rim is repeated."""
    def disturb(pair):
        move = np.float32([[1, 0, pixels], [0, 1, pixels]])
        height, width = pair.before.shape[:2]
        return replace(pair, before=cv2.warpAffine(pair.before, move, (width, height), borderMode=cv2.BORDER_REFLECT))

    return disturb


def compressed(quality):
    """The after image through a JPEG file."""
    def disturb(pair):
        _, file = cv2.imencode(".jpg", pair.after[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        return replace(pair, after=cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1].copy())

    return disturb


def toned(gamma=1.0, gains=(1.0, 1.0, 1.0)):
    """The after image with another tone curve and color balance."""
    def disturb(pair):
        light = (pair.after / 255.0) ** gamma * np.array(gains)
        return replace(pair, after=(light * 255).clip(0, 255).astype(np.uint8))

    return disturb


DISTURBANCES = {
    "as they are": lambda pair: pair,
    "turned by 90 degrees": turned,
    "mirrored": mirrored,
    "shifted by 3 px on both axes": shifted(3),
    "JPEG quality 50": compressed(50),
    "gamma 0.7": toned(0.7),
    "gamma 1.4": toned(1.4),
    "warm cast (red +15 %, blue -15 %)": toned(gains=(1.15, 1.0, 0.85)),
    "cold cast (red -15 %, blue +15 %)": toned(gains=(0.85, 1.0, 1.15)),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--data")
    parser.add_argument("--threshold", type=float, default=0.5)
    parser.add_argument("--peak-threshold", type=float, help="second cut: structures as the program finds them")
    parser.add_argument("--network-gsd", type=float, nargs=2, default=(0.4, 0.6))
    given = parser.parse_args()
    predict = load_predictor(given.model)
    pairs = list(sets.levir_pairs(sets.data_folder(given.data)))
    print("| after image | pixel F1 | object F1 |\n|---|---|---|")
    for name, disturb in DISTURBANCES.items():
        score = Score()
        for pair in map(disturb, pairs):
            found = predict_scene(predict, pair.before, pair.after, pair.gsd_m, given.network_gsd)["new"]
            score.add(mark_structures(found, given.threshold, given.peak_threshold), pair.truth)
        figures = score.summarize()
        print(f"| {name} | {figures['pixel_f1']:.3f} | {figures['object_f1_0.3']:.3f} |", flush=True)


if __name__ == "__main__":
    main()
