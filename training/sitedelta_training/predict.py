"""Runs a checkpoint or an ONNX file on a pair of any size, at the ground sampling distance it was trained for."""
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from .labels import HEADS
from .sharpness import DETAIL_RATIO_MAX, soften

# An earlier experiment's files put four probabilities in this order.
FOUR_HEADS = ("structure_before", "structure_after", "new", "removed")


def load_predictor(path, threads=2):
    """Function: before, after (H, W, 3) uint8, sides multiples of 32, to {head: (H, W) float32}.

    .pt is a checkpoint of train; .onnx any file with two image inputs and one output of six or of four channels. The function's
    `finest_detail` is the detail ratio to which images are softened for it (sharpness), None for any.
    """
    if Path(path).suffix == ".onnx":
        return _load_onnx(path, threads)
    return _load_checkpoint(path, threads)


def _load_onnx(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_inputs()]

    def predict(before, after):
        feed = {name: np.ascontiguousarray(image.transpose(2, 0, 1)[None], np.float32) for name, image in zip(names, (before, after))}
        channels = session.run(None, feed)[0][0]
        return dict(zip(HEADS if len(channels) == 6 else FOUR_HEADS, channels))

    told = session.get_modelmeta().custom_metadata_map.get("detail_ratio_max")
    predict.finest_detail = float(told) if told else None
    return predict


def _load_checkpoint(path, threads):
    import torch

    from .checkpoint import load_detector

    torch.set_num_threads(threads)
    detector, _ = load_detector(path)

    def predict(before, after):
        tensors = [torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)[None])).float() for image in (before, after)]
        with torch.no_grad():
            return dict(zip(HEADS, detector(*tensors)[0].numpy()))

    predict.finest_detail = DETAIL_RATIO_MAX
    return predict


def predict_scene(predict, before, after, gsd_m, network_gsd_m, views=1, tile=512, overlap=64):
    """Probabilities {head: (H, W)} on the pair's own grid.

    The pair is resampled when its GSD lies outside network_gsd_m = (finest, coarsest), softened where its detail is finer than the
    network's, walked in overlapping tiles, and averaged over `views` of the eight symmetries (1, 2, 4 or 8).
    """
    height, width = after.shape[:2]
    target = min(max(gsd_m, network_gsd_m[0]), network_gsd_m[1])
    scaled = [resample(image, gsd_m / target) for image in (before, after)]
    scaled = show(predict, *scaled)
    total = None
    for view in range(views):
        found = _walk_tiles(predict, *(_turn(image, view) for image in scaled), tile, overlap)
        found = {head: _turn_back(channel, view) for head, channel in found.items()}
        total = found if total is None else {head: total[head] + found[head] for head in found}
    return {head: cv2.resize(channel / views, (width, height), interpolation=cv2.INTER_LINEAR) for head, channel in total.items()}


def show(predict, before, after):
    """Both dates as the network is to see them: softened where their detail is finer than it knows."""
    most = predict.finest_detail
    return [soften(image, most) if most else image for image in (before, after)]


def resample(image, scale):
    """Image scaled by `scale` per axis: area average when it shrinks, cubic when it grows."""
    if abs(scale - 1) < 0.01:
        return image
    size = max(int(round(image.shape[1] * scale)), 1), max(int(round(image.shape[0] * scale)), 1)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def _turn(image, view):
    turned = np.rot90(image, (0, 2, 1, 3)[view % 4])
    return np.ascontiguousarray(turned[:, ::-1] if view >= 4 else turned)


def _turn_back(channel, view):
    turned = channel[:, ::-1] if view >= 4 else channel
    return np.ascontiguousarray(np.rot90(turned, -(0, 2, 1, 3)[view % 4]))


def _walk_tiles(predict, before, after, tile, overlap):
    """Weighted mean of overlapping tiles; the weight falls to the tile's rim. Rims outside the image are reflected."""
    height, width = after.shape[:2]
    rows, cols = (_starts(side, tile, overlap) for side in (height, width))
    total, weight = {}, np.zeros((height, width), np.float32)
    for row in rows:
        for col in cols:
            at = slice(row, min(row + tile, height)), slice(col, min(col + tile, width))
            size = at[0].stop - row, at[1].stop - col
            pads = [(0, -side % 32) for side in size]
            mode = "reflect" if all(pad[1] < side for pad, side in zip(pads, size)) else "edge"
            parts = predict(*(np.pad(image[at], (*pads, (0, 0)), mode=mode) for image in (before, after)))
            window = np.minimum.outer(_ramp(size[0], overlap), _ramp(size[1], overlap))
            weight[at] += window
            for head, channel in parts.items():
                total.setdefault(head, np.zeros((height, width), np.float32))[at] += channel[: size[0], : size[1]] * window
    return {head: channel / weight for head, channel in total.items()}


def _starts(side, tile, overlap):
    return [0] if side <= tile else [*range(0, side - tile, tile - overlap), side - tile]


def _ramp(side, overlap):
    at = np.arange(side, dtype=np.float32)
    return np.minimum(np.minimum(at + 1, side - at), overlap)
