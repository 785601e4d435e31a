"""Fits each head's probabilities to how often they are right, on a packed set that was not trained on.

    python -m sitedelta_training.calibrate MODEL --packed HELD_OUT --out temperatures.json [--pairs 400]

For each head a scale and an offset of the logit that minimise the cross-entropy (a temperature is 1 / scale), then a
reliability table: mean probability and share of truth per bin, and the expected calibration error. Simulated pairs
are not real ones: the fit removes what the loss's weights put in, and no more. `export --temperatures` builds it in.
"""
import argparse
import json
from pathlib import Path

import numpy as np
from scipy import optimize, special

from .labels import HEAD_BITS, HEADS, UNJUDGED
from .packed import open_packed
from .predict import load_predictor, show

PIXELS_PER_PAIR = 2000
BINS = np.array([0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0])


def sample_pixels(predict, packed, pairs, seed=0):
    """{head: (logits (M,), truth (M,) bool)} at random judged pixels of evenly spread pairs."""
    rng = np.random.default_rng(seed)
    gathered = {head: ([], []) for head in HEADS}
    for index in np.linspace(0, len(packed) - 1, min(pairs, len(packed))).astype(int):
        labels = packed.labels[index]
        judged = np.flatnonzero((labels & UNJUDGED) == 0)
        if not len(judged):
            continue
        at = rng.choice(judged, min(PIXELS_PER_PAIR, len(judged)), replace=False)
        found = predict(*show(predict, packed.before[index], packed.after[index]))
        for head, bit in zip(HEADS, HEAD_BITS):
            if head in found:
                gathered[head][0].append(to_logits(found[head].ravel()[at]))
                gathered[head][1].append((labels.ravel()[at] & bit) > 0)
    return {head: tuple(map(np.concatenate, parts)) for head, parts in gathered.items() if parts[0]}


def to_logits(probability):
    """Logits, float64, of probabilities; 0 and 1 become 1e-6 from either end."""
    probability = probability.astype(np.float64).clip(1e-6, 1 - 1e-6)
    return np.log(probability / (1 - probability))


def fit_scale_offset(logits, truth):
    """(scale, offset) minimising the mean cross-entropy of scale * logit + offset."""
    signs = np.where(truth, -1.0, 1.0)

    def entropy(parameters):
        exponent = signs * (parameters[0] * logits + parameters[1])
        slope = signs / (1 + np.exp(-exponent.clip(-60, 60)))
        return np.logaddexp(0, exponent).mean(), np.array([(slope * logits).mean(), slope.mean()])

    fitted = optimize.minimize(entropy, (1.0, 0.0), jac=True, method="L-BFGS-B", bounds=((0.1, 10), (-5, 5)))
    return tuple(map(float, fitted.x))


def best_threshold(logits, truth):
    """Probability, in steps of 0.01, from which calling a pixel positive gives the best F1 score."""
    probability = special.expit(logits)
    steps = np.arange(0.01, 1, 0.01)
    hits = np.array([(truth & (probability >= step)).sum() for step in steps])
    called = np.array([(probability >= step).sum() for step in steps])
    return round(float(steps[np.argmax(2 * hits / (called + truth.sum()))]), 2)


def reliability(logits, truth):
    """Rows (lower, upper, pixels, mean probability, share of truth) and the expected calibration error."""
    probability = special.expit(logits)
    bins = np.clip(np.digitize(probability, BINS) - 1, 0, len(BINS) - 2)
    rows = [(BINS[b], BINS[b + 1], int((bins == b).sum()), probability[bins == b].mean(), truth[bins == b].mean()) for b in range(len(BINS) - 1) if (bins == b).any()]
    return rows, sum(count * abs(mean - share) for _, _, count, mean, share in rows) / len(truth)


def print_reliability(head, logits, truth, scale, offset):
    """Reliability of one head before and after the fit."""
    _, raw = reliability(logits, truth)
    rows, fitted = reliability(scale * logits + offset, truth)
    print(f"\n{head}: scale {scale:.3f}, offset {offset:+.3f}; calibration error {raw:.4f} -> {fitted:.4f}")
    print("| probability | pixels | mean probability | share of truth |\n|---|---|---|---|")
    for low, high, count, mean, share in rows:
        print(f"| {low:g}-{high:g} | {count} | {mean:.3f} | {share:.3f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--packed", type=Path, required=True, help="held out: never one that was trained on")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=400)
    given = parser.parse_args()
    samples = sample_pixels(load_predictor(given.model), open_packed(given.packed), given.pairs)
    scales, offsets = [1.0] * len(HEADS), [0.0] * len(HEADS)
    for head, (logits, truth) in samples.items():
        at = HEADS.index(head)
        if truth.any():
            scales[at], offsets[at] = fit_scale_offset(logits, truth)
        print_reliability(head, logits, truth, scales[at], offsets[at])
    new = HEADS.index("new")
    threshold = best_threshold(scales[new] * samples["new"][0] + offsets[new], samples["new"][1])
    print(f"\nthreshold of `new` with the best pixel F1 on these pairs: {threshold:.2f}")
    given.out.write_text(json.dumps({"heads": HEADS, "logit_scale": scales, "logit_offset": offsets, "threshold": threshold}, indent=1))


if __name__ == "__main__":
    main()
