"""Saves and loads everything a run needs to go on, and the averaged weights everyone else needs."""
import os
from pathlib import Path

import torch

from .network import NetworkOptions, build_detector

VERSION = 1


def save_checkpoint(path, options, frozen, averaged, about, training=None):
    """Writes atomically. averaged: EMA state of the trained half; training: state to resume from, or None."""
    part = Path(f"{path}.part")
    torch.save({"version": VERSION, "options": options.as_dict(), "frozen": frozen, "averaged": averaged, "about": about, "training": training}, part)
    os.replace(part, path)


def read_checkpoint(path):
    """The dictionary save_checkpoint wrote; raises ValueError for another version."""
    content = torch.load(path, map_location="cpu", weights_only=True)
    if content.get("version") != VERSION:
        raise ValueError(f"{path}: checkpoint version {content.get('version')}, this code reads {VERSION}")
    return content


def load_detector(path, calibration=None):
    """The averaged detector in evaluation mode and what is known about it.

    calibration: {"logit_scale": [6], "logit_offset": [6]} from calibrate, or nothing.
    """
    content = read_checkpoint(path)
    calibration = calibration or {}
    detector = build_detector(NetworkOptions(**content["options"]), pretrained=False)
    detector.frozen.load_state_dict(content["frozen"])
    detector.trained.load_state_dict(content["averaged"])
    for name in ("logit_scale", "logit_offset"):
        if name in calibration:
            getattr(detector, name).copy_(torch.tensor(calibration[name]).view(1, 6, 1, 1))
    return detector.eval(), content["about"]
