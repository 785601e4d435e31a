"""Random views of a packed pair: window, misregistration, zoom, symmetry, date order, grain, filters, resolution, sharpness, photometry, JPEG."""
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from .labels import AFTER_BITS, BEFORE_BITS, NEW, REMOVED, UNJUDGED, swap_dates
from .real_surfaces import lay_surface

cv2.setNumThreads(0)


@dataclass(frozen=True)
class AugmentOptions:
    """How far a training view may stray from the packed pair.

    crop_px: side of the view, a multiple of 32. shift_px: extra misregistration of the before image, at most, per
    axis. surfaces: folder of pictures of real surfaces whose grain is laid over half the dates that get any (real_surfaces),
    none when empty. filter_probability: of a random filter. zoom: largest factor either way (1 = none), with zoom_probability. The other probabilities are per date.
    coarsest: most by which the resolution may fall below that of the grid. photometric_spread: factor on the spreads
    of gamma and contrast.
    """

    crop_px: int = 192
    shift_px: int = 2
    zoom: float = 1.4
    zoom_probability: float = 0.4
    grain_probability: float = 0.5
    surfaces: str = ""
    filter_probability: float = 0.15
    coarsen_probability: float = 0.12
    coarsest: float = 2.2
    sharpen_probability: float = 0.6
    photometric_probability: float = 0.7
    photometric_spread: float = 1.5
    jpeg_probability: float = 0.5


def draw_view(before, after, labels, options, rng):
    """One random view: before, after (crop, crop, 3) and labels (crop, crop), uint8, contiguous."""
    before, after, labels = cut_window(before, after, labels, options, rng)
    before, after, labels = turn(before, after, labels, rng)
    before, after, labels = order_dates(before, after, labels, rng)
    before, after = (develop(image, options, rng) for image in (before, after))
    return before, after, np.ascontiguousarray(labels)


def develop(image, options, rng):
    """One date as another sensor, processing and file would have it, uint8."""
    image = np.ascontiguousarray(image)
    if rng.random() < options.grain_probability:
        real = options.surfaces and rng.random() < 0.5
        image = lay_surface(image, options.surfaces, rng) if real else add_grain(image, rng)
    if rng.random() < options.filter_probability:
        image = filter_randomly(image, rng)
    if rng.random() < options.coarsen_probability:
        image = coarsen(image, rng.uniform(1.2, options.coarsest))
    if rng.random() < options.sharpen_probability:
        image = sharpen(image, rng)
    if rng.random() < options.photometric_probability:
        image = jitter_photometry(image, options, rng)
    if rng.random() < options.jpeg_probability:
        image = compress(image, rng)
    return image


def cut_window(before, after, labels, options, rng):
    """Cuts one window from each date, the before window a little aside, and scales both to crop_px.

    Every label bit moves with the image whose pixels it follows, so the cut stays exactly labelled.
    """
    side = labels.shape[0]
    zoom = 1.0
    if options.zoom > 1 and rng.random() < options.zoom_probability:
        zoom = options.zoom ** rng.uniform(-1, 1)
    size = min(int(round(options.crop_px / zoom)), side)
    row, col = rng.integers(0, side - size + 1, 2)
    shift = rng.integers(-options.shift_px, options.shift_px + 1, 2) if options.shift_px else (0, 0)
    shifted_row, shifted_col = np.clip((row + shift[0], col + shift[1]), 0, side - size)
    at_after = (slice(row, row + size), slice(col, col + size))
    at_before = (slice(shifted_row, shifted_row + size), slice(shifted_col, shifted_col + size))
    merged = (labels[at_before] & (BEFORE_BITS | UNJUDGED)) | (labels[at_after] & (AFTER_BITS | UNJUDGED))
    return scale_to(before[at_before], options.crop_px), scale_to(after[at_after], options.crop_px), scale_to(merged, options.crop_px, labels=True)


def scale_to(image, side, labels=False):
    """Image (h, w[, 3]) scaled to (side, side); labels by nearest neighbour."""
    if image.shape[0] == side:
        return image
    if labels:
        return cv2.resize(image, (side, side), interpolation=cv2.INTER_NEAREST)
    return cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA if image.shape[0] > side else cv2.INTER_LINEAR)


def turn(before, after, labels, rng):
    """One of the eight symmetries of the square, the same for all three."""
    quarter_turns, mirror = rng.integers(0, 4), rng.random() < 0.5
    turned = [np.rot90(array, quarter_turns) for array in (before, after, labels)]
    return [array[:, ::-1] for array in turned] if mirror else turned


def order_dates(before, after, labels, rng):
    """Exchanges the dates, more often when more was removed than built: the change head learns from new pixels."""
    more_removed = np.count_nonzero(labels & REMOVED) > np.count_nonzero(labels & NEW)
    if rng.random() < (0.5 if more_removed else 0.1):
        return after, before, swap_dates(labels)
    return before, after, labels


GRAIN_PX = 512

# Exponents of the falling amplitude (by eye): 0 would be white noise, 1 is that of natural images (Field 1987, doi 10.1364/JOSAA.4.002379).
GRAIN_SLOPES = (0.3, 0.6, 1.0, 1.4)


@lru_cache
def grain_fields():
    """Noise (n, GRAIN_PX, GRAIN_PX) float32 of mean 0 and deviation 1 whose amplitude falls with frequency."""
    rng = np.random.default_rng(20)
    frequency = np.hypot(np.fft.fftfreq(GRAIN_PX)[:, None], np.fft.rfftfreq(GRAIN_PX)[None]) * GRAIN_PX
    fields = []
    for slope in GRAIN_SLOPES * 2:
        amplitude = np.where(frequency < 3, 0, np.maximum(frequency, 1) ** -slope)
        field = np.fft.irfft2(amplitude * (rng.normal(size=amplitude.shape) + 1j * rng.normal(size=amplitude.shape)))
        fields.append(((field - field.mean()) / field.std()).astype(np.float32))
    return np.stack(fields)


def add_grain(image, rng):
    """Multiplies by 1 + noise: rendered surfaces are smoother than real ones, of roofs and ground alike."""
    fields, side = grain_fields(), image.shape[0]
    row, col = rng.integers(0, GRAIN_PX - side + 1, 2)
    factor = 1 + rng.uniform(0.01, 0.09) * fields[rng.integers(len(fields)), row : row + side, col : col + side]
    return np.clip(image * factor[..., None], 0, 255).astype(np.uint8)


def filter_randomly(image, rng):
    """A random filter of 1 to 5 pixels that mixes bands, blended with the image at any strength: shapes stay, looks do
    not (random convolutions, Xu et al. 2021, arXiv 2007.13003).
    """
    side = int(rng.choice([1, 3, 5]))
    kernel = rng.normal(0, 1 / (side * np.sqrt(3)), (3, 3, side, side)).astype(np.float32)
    bands = image.astype(np.float32) - image.mean()
    filtered = np.stack([sum(cv2.filter2D(bands[..., k], -1, kernel[band, k]) for k in range(3)) for band in range(3)], -1)
    filtered *= bands.std() / max(filtered.std(), 1e-3)
    strength = rng.random()
    return np.clip((1 - strength) * bands + strength * filtered + image.mean(), 0, 255).astype(np.uint8)


def coarsen(image, factor):
    """The image as a sensor of `factor` times its ground sampling distance saw it, laid on the same grid."""
    side = image.shape[0]
    small = scale_to(image, max(1, round(side / factor)))
    return cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC)


def sharpen(image, rng):
    """Unsharp mask, or its opposite: basemaps are sharpened until single pixels stand out."""
    soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 1.3))
    amount = rng.uniform(-0.6, 2.6)
    return cv2.addWeighted(image, 1 + amount, soft, -amount, 0)


def jitter_photometry(image, options, rng):
    """Gain, tint, contrast, gamma and offset of one date, uint8; the spreads are of basemap mosaics, by eye.

    One view in eight is exposed for the dark: bright roofs and bare ground burn out together, as in deserts. One in eight is
    dull: a low sun, a dark stretch, roofs a few gray levels beside their ground. One in two has a cast: white balance is a habit of each
    vendor, and strays most between warm and cold (shares and spreads are choices).
    """
    spread = options.photometric_spread
    tone = np.linspace(0, 1, 256, dtype=np.float32) ** np.exp(rng.normal(0, 0.12 * spread))
    exposure, contrast = np.exp(rng.normal(0, 0.12)), np.exp(rng.normal(0, 0.1 * spread))
    mood = rng.random()
    if mood < 0.125:
        exposure = rng.uniform(1.2, 1.8)
    elif mood < 0.25:
        exposure, contrast = rng.uniform(0.4, 0.8), 1.0
    tint = rng.normal(0, 0.04, 3)
    if rng.random() < 0.5:
        tint += rng.normal(0, 0.1, 3) + rng.normal(0, 0.12) * np.array([1, 0, -1])
    gain = exposure * np.exp(tint)
    offset = rng.normal(0, 8)
    curves = ((tone[:, None] * 255 * gain - 127) * contrast + 127 + offset).clip(0, 255).astype(np.uint8)
    return cv2.LUT(image, curves[:, None, :])


def compress(image, rng):
    """JPEG at a quality of 35 to 95, of an RGB image (the codec wants BGR)."""
    file = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 96))])[1]
    return cv2.cvtColor(cv2.imdecode(file, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
