"""Structures in a map of probabilities, as the program finds them (src/extract): two cuts, and saddles between touching ones."""
import numpy as np
from scipy import ndimage

# Drop of log odds between two peaks that makes two structures of them (`SADDLE_LOG_ODDS`).
SADDLE_LOG_ODDS = 2.0
# Smallest structure: that of the program, 10 m2, at 0.5 m.
MIN_AREA_PX = 40


def mark_structures(probability, threshold, peak_threshold=None, min_area_px=MIN_AREA_PX):
    """Mask (H, W) of the structures in probabilities (H, W).

    Without a second cut, all from `threshold` on; with one, components that reach it, of at least min_area_px, cut along the
    watersheds between peaks that stand apart, a line of pixels that belong to none.
    """
    changed = probability > threshold
    if peak_threshold is None:
        return changed
    labelled, count = ndimage.label(changed)
    marked = np.zeros_like(changed)
    for number, part in enumerate(ndimage.find_objects(labelled), 1):
        component = labelled[part] == number
        inside = probability[part]
        if component.sum() >= min_area_px and inside[component].max() >= peak_threshold:
            marked[part] |= component & ~find_watershed(component, inside, peak_threshold, min_area_px)
    return marked


def find_watershed(component, probability, peak_threshold, min_area_px):
    """Mask of the pixels of one component that lie between two of its structures.

    Pixels join in falling order of probability; where basins meet, the lower goes into the other unless both stand alone.
    """
    clipped = np.pad(np.clip(probability, 0.5 / 254, 1 - 0.5 / 254), 1, constant_values=0.5)
    level = np.log(clipped / (1 - clipped)).astype(np.float64)
    least = np.log(peak_threshold / (1 - peak_threshold))
    inside = np.pad(component, 1)
    basin_of = np.full(inside.shape, -1)
    watershed = np.zeros_like(inside)
    peaks, areas, into = [], [], []

    def standing(number):
        while into[number] != number:
            number = into[number]
        return number

    rows, cols = np.nonzero(inside)
    for index in np.argsort(-level[rows, cols], kind="stable"):
        row, col = rows[index], cols[index]
        places = ((row - 1, col), (row, col - 1), (row, col + 1), (row + 1, col))
        around = {standing(basin_of[place]) for place in places if basin_of[place] >= 0}
        if not around:
            basin_of[row, col] = len(peaks)
            into.append(len(peaks))
            peaks.append(level[row, col])
            areas.append(1)
            continue
        highest = max(around, key=lambda number: (peaks[number], number))
        for number in sorted(around - {highest}):
            stands = peaks[number] >= max(least, level[row, col] + SADDLE_LOG_ODDS)
            if stands and min(areas[number], areas[highest]) >= min_area_px:
                watershed[row, col] = True
            else:
                into[number] = highest
                areas[highest] += areas[number]
        if not watershed[row, col]:
            basin_of[row, col] = highest
            areas[highest] += 1
    return watershed[1:-1, 1:-1]
