"""The low pass that keeps an image's detail as coarse as that of the scenes a network learnt from.

The program does the same (src/detect/network/sharpness.rs), from windows spread over the scene; here whole images are looked at.
"""
import cv2
import numpy as np

# Fine detail is what a Gaussian of the first deviation takes away, coarse detail what the second one takes away then; pixels.
FINE_SIGMA, COARSE_SIGMA = 0.7, 1.4
# The softest quarter of training views lies below (2026-11-25; their median is 0.93 to 0.99, that of levir_val 1.33). RUNS.md has the trial.
DETAIL_RATIO_MAX = 0.75
STRONGEST, HALVINGS = 1.0, 5


def smooth(image, sigma):
    """Gaussian of deviation sigma, cut off at three deviations; border pixels are repeated outwards."""
    side = 2 * int(np.ceil(3 * sigma)) + 1
    return cv2.GaussianBlur(image, (side, side), sigma, borderType=cv2.BORDER_REPLICATE)


def detail_ratio(gray, sigma=0.0):
    """Amplitude of fine detail as a share of that of coarse detail, of a gray float32 image after a low pass."""
    gray = smooth(gray, sigma) if sigma else gray
    fine, coarse = smooth(gray, FINE_SIGMA), smooth(gray, COARSE_SIGMA)
    share = np.square(gray - fine).sum() / max(np.square(fine - coarse).sum(), 1e-9)
    return float(np.sqrt(share))


def soften(image, most):
    """The image (H, W, 3) uint8 after the weakest low pass that brings its detail ratio to `most`; itself when none is needed."""
    gray = image.mean(2).astype(np.float32)
    if detail_ratio(gray) <= most:
        return image
    weak, strong = 0.0, STRONGEST
    for _ in range(HALVINGS):
        middle = (weak + strong) / 2
        weak, strong = (middle, strong) if detail_ratio(gray, middle) > most else (weak, middle)
    return smooth(image, strong)
