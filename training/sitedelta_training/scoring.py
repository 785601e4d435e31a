"""Pixel, object and count figures, with the definitions of `sitedelta evaluate`.

Pixel figures are of the change class, pooled over all pixels of a set. Objects are 4-connected components of at least
min_area_px; one is found when a component of the other side has IoU >= 0.3 (or 0.5) with it.
"""
from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage, stats

IOUS = (0.3, 0.5)


def f_score(precision, recall):
    """Harmonic mean, 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def find_components(mask, min_area_px):
    """Labelled mask (H, W), ids of components large enough, and area by id."""
    labelled, count = ndimage.label(mask)
    area = np.bincount(labelled.ravel(), minlength=count + 1)
    return labelled, [i for i in range(1, count + 1) if area[i] >= min_area_px], area


def match_objects(predicted, truth, min_area_px, ious=IOUS):
    """For each IoU: (areas of the predicted in px, which of them match), (areas of the true, which are found), as arrays."""
    labelled_p, kept_p, area_p = find_components(predicted, min_area_px)
    labelled_t, kept_t, area_t = find_components(truth, min_area_px)
    both = (labelled_p > 0) & (labelled_t > 0)
    pairs, shared = np.unique(np.stack([labelled_p[both], labelled_t[both]]), axis=1, return_counts=True)
    allowed_p, allowed_t = set(kept_p), set(kept_t)
    result = {}
    for iou in ious:
        found_p, found_t = set(), set()
        for (p, t), overlap in zip(pairs.T, shared):
            if p in allowed_p and t in allowed_t and overlap / (area_p[p] + area_t[t] - overlap) >= iou:
                found_p.add(p)
                found_t.add(t)
        result[iou] = tuple(
            (area[kept].astype(float), np.isin(kept, list(found)))
            for kept, area, found in ((kept_p, area_p, found_p), (kept_t, area_t, found_t))
        )
    return result


def match_components(predicted, truth, min_area_px, ious=IOUS):
    """For each IoU: (predicted found, predicted, true found, true) counts."""
    matches = match_objects(predicted, truth, min_area_px, ious)
    return {iou: (p.sum(), len(p), t.sum(), len(t)) for iou, ((_, p), (_, t)) in matches.items()}


@dataclass
class Score:
    """Sums over the images of a set; summarize() turns them into figures."""

    min_area_px: int = 30
    true_positive: int = 0
    false_positive: int = 0
    false_negative: int = 0
    matches: dict = field(default_factory=lambda: {iou: np.zeros(4) for iou in IOUS})
    counts: list = field(default_factory=list)

    def add(self, predicted, truth, valid=None):
        """Adds one image: boolean masks (H, W); pixels outside `valid` are in neither."""
        if valid is not None:
            predicted, truth = predicted & valid, truth & valid
        self.true_positive += int((predicted & truth).sum())
        self.false_positive += int((predicted & ~truth).sum())
        self.false_negative += int((~predicted & truth).sum())
        found = match_components(predicted, truth, self.min_area_px)
        for iou in IOUS:
            self.matches[iou] += found[iou]
        self.counts.append((found[IOUS[0]][1], found[IOUS[0]][3]))

    def summarize(self):
        """Figures by name, all as numbers."""
        precision = self.true_positive / max(self.true_positive + self.false_positive, 1)
        recall = self.true_positive / max(self.true_positive + self.false_negative, 1)
        counts = np.array(self.counts)
        figures = {"images": len(counts), "pixel_p": precision, "pixel_r": recall, "pixel_f1": f_score(precision, recall)}
        for iou, (found_p, all_p, found_t, all_t) in self.matches.items():
            figures[f"object_p_{iou}"], figures[f"object_r_{iou}"] = found_p / max(all_p, 1), found_t / max(all_t, 1)
            figures[f"object_f1_{iou}"] = f_score(figures[f"object_p_{iou}"], figures[f"object_r_{iou}"])
        figures["count_predicted"], figures["count_true"] = int(counts[:, 0].sum()), int(counts[:, 1].sum())
        figures["count_error"] = float(np.abs(counts[:, 0] - counts[:, 1]).mean() / max(counts[:, 1].mean(), 1e-9))
        return figures


def count_false_structures(mask, gsd_m, min_area_m2=25.0):
    """Number of 4-connected components of at least min_area_m2 in a mask where nothing is new."""
    return len(find_components(mask, min_area_m2 / gsd_m**2)[1])


def rate_with_bound(count, area_km2):
    """Count per km2 and the exact one-sided 95 % upper Poisson bound."""
    return count / area_km2, stats.chi2.ppf(0.95, 2 * (count + 1)) / 2 / area_km2
