"""Writes a checkpoint as one ONNX file for the CPU runtime.

    python -m sitedelta_training.export CHECKPOINT OUT.onnx [--temperatures FILE.json]

Opset 17. Inputs `before`, `after` (1, 3, height, width) float32 RGB 0-255, sides multiples of 32; output
`probability` (1, 6, height, width) in the order of labels.HEADS. Weights are stored as fp16 and widened by Cast;
paddings sit inside the convolutions. The file is checked against PyTorch before it is given its name.
"""
import argparse
import json
import os
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper

from .sharpness import DETAIL_RATIO_MAX

INPUTS, OUTPUT = ("before", "after"), "probability"
# fp16 weights round at 2^-11; through some 60 layers this moved probabilities by up to about 0.01.
FP16_TOLERANCE = 0.03


def export_detector(detector, path, half_weights=True, metadata=None):
    """Writes `detector` to `path`; returns the largest difference of a probability from PyTorch's."""
    path, part = Path(path), Path(f"{path}.part")
    detector.eval()
    example = torch.zeros(1, 3, 64, 96)
    axes = {name: {2: "height", 3: "width"} for name in (*INPUTS, OUTPUT)}
    torch.onnx.export(detector, (example, example), str(part), input_names=list(INPUTS), output_names=[OUTPUT], dynamic_axes=axes, opset_version=17, dynamo=False)
    model = onnx.load(str(part))
    if half_weights:
        store_half(model.graph)
    for key, value in (metadata or {}).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, str(value)
    onnx.checker.check_model(model)
    onnx.save(model, str(part))
    difference = compare_outputs(detector, part)
    if difference > (FP16_TOLERANCE if half_weights else 1e-3):
        raise RuntimeError(f"{part}: differs from PyTorch by {difference:.4f}")
    os.replace(part, path)
    return difference


def store_half(graph):
    """Stores float32 weights as fp16, each followed by a Cast that widens it again."""
    casts = []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < 16:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    for at, cast in enumerate(casts):
        graph.node.insert(at, cast)


def compare_outputs(detector, path, side=(160, 224)):
    """Largest absolute difference of probabilities between the file in ONNX Runtime and PyTorch, on noise."""
    rng = np.random.default_rng(0)
    before, after = (rng.integers(0, 256, (1, 3, *side)).astype(np.float32) for _ in INPUTS)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = session.run([OUTPUT], {"before": before, "after": after})[0]
    with torch.no_grad():
        expected = detector(torch.from_numpy(before), torch.from_numpy(after)).numpy()
    return float(np.abs(found - expected).max())


def main():
    from .checkpoint import load_detector

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--temperatures", type=Path, help="written by sitedelta_training.calibrate")
    parser.add_argument("--threshold", type=float, help="probability from which a pixel is changed; that of --temperatures when absent")
    parser.add_argument("--enlarged-to", type=float, help="coarser images are enlarged to this GSD, m, before the network sees them")
    parser.add_argument("--peak-threshold", type=float, help="probability that a structure reaches somewhere; no further demand when absent")
    parser.add_argument("--averaged-peak-threshold", type=float, help="the same for the mean over four views; that of one view when absent")
    parser.add_argument("--new-share", type=float, help="share of the training pairs' pixels that is new; the program moves probabilities to that of each scene")
    parser.add_argument("--full-weights", action="store_true", help="store float32 weights")
    given = parser.parse_args()
    calibration = json.loads(given.temperatures.read_text()) if given.temperatures else {}
    detector, about = load_detector(given.checkpoint, calibration)
    threshold = given.threshold if given.threshold is not None else calibration.get("threshold")
    if threshold is not None:
        about = {**about, "threshold": threshold}
    if given.enlarged_to is not None:
        about = {**about, "gsd_enlarged_to_m": given.enlarged_to}
    about = {**about, "detail_ratio_max": DETAIL_RATIO_MAX}
    if given.new_share is not None:
        about = {**about, "new_share": given.new_share}
    if given.peak_threshold is not None:
        about = {**about, "peak_threshold": given.peak_threshold}
    if given.averaged_peak_threshold is not None:
        about = {**about, "peak_threshold_averaged": given.averaged_peak_threshold}
    # What the file says of itself; paths of the machine it was trained on are nobody's business.
    about = {key: value for key, value in about.items() if key != "start"}
    difference = export_detector(detector, given.out, not given.full_weights, about)
    print(f"{given.out}: {given.out.stat().st_size / 1e6:.1f} MB, largest difference from PyTorch {difference:.5f}")


if __name__ == "__main__":
    main()
