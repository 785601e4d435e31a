"""Makes a checkpoint that training can start from of an exported ONNX file.

    python -m sitedelta_training.restore models/detector.onnx OUT.pt --packed DIR

So whoever has the repository can go on from what ships. The file holds convolutions with batch normalisation folded in. They
become plain again: the normalisation after each takes the mean and deviation of its channels over views of DIR, and weight and bias that undo
them, so probabilities stay what they were and training starts from layers whose batches look as they expect. Weights are those of the
file, fp16 (about 3 digits); its calibration is left behind, `calibrate` fits it anew.
"""
import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from .augment import AugmentOptions
from .checkpoint import save_checkpoint
from .dataset import draw_batch
from .encoder import InvertedResidual, Stem
from .network import NetworkOptions, build_detector
from .packed import open_packed

# Batches of 12 pairs that channels are measured over; 20 move a channel's deviation by under 1 %.
BATCHES, BATCH = 20, 12


def restore_detector(path, options=NetworkOptions()):
    """The detector of an exported file, its normalisation layers identities, and what the file says of itself.

    Raises ValueError when the file's convolutions are not those of `options`.
    """
    model = onnx.load(str(path))
    detector = build_detector(options, pretrained=False).eval()
    stored = stored_convolutions(model.graph)
    called = called_convolutions(detector)
    shapes = [weight.shape for weight, _ in stored], [tuple(conv.weight.shape) for conv in called]
    if shapes[0] != shapes[1]:
        at = next((i for i, (a, b) in enumerate(zip(*shapes)) if a != b), min(map(len, shapes)))
        raise ValueError(f"{path}: {len(stored)} convolutions, {len(called)} expected; they differ from the {at + 1}th on")
    norms = norm_after(detector)
    for (weight, bias), conv in zip(stored, called):
        conv.weight.data = torch.from_numpy(weight.copy())
        norm = norms.get(conv)
        if norm is not None:
            norm.running_mean.zero_(), norm.running_var.fill_(1 - norm.eps), norm.weight.data.fill_(1)
            norm.bias.data = torch.from_numpy(bias.copy())
        elif conv.bias is not None:
            conv.bias.data = torch.from_numpy(bias.copy())
    return detector, {entry.key: entry.value for entry in model.metadata_props}


def stored_convolutions(graph):
    """[(weight, bias or None)] float32 of the graph's Conv nodes in order, each weight once."""
    values = {tensor.name: numpy_helper.to_array(tensor).astype(np.float32) for tensor in graph.initializer}
    # Stored halves are widened by Cast, and layers used twice share theirs by Identity.
    source = {node.output[0]: node.input[0] for node in graph.node if node.op_type in {"Cast", "Identity"}}

    def value(name):
        return values[name] if name in values else value(source[name])

    found = {}
    for node in graph.node:
        if node.op_type == "Conv":
            weight, *bias = map(value, node.input[1:])
            found.setdefault(weight.tobytes(), (weight, bias[0] if bias else None))
    return list(found.values())


def called_convolutions(detector):
    """Convolutions in the order in which they are first run, which is that of an exported graph."""
    layer_of = {id(layer.weight): layer for layer in detector.modules() if isinstance(layer, nn.Conv2d)}
    order = []

    class Watch(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            if function is torch.nn.functional.conv2d or function is torch.conv2d:
                layer = layer_of[id(args[1])]
                if layer not in order:
                    order.append(layer)
            return function(*args, **(kwargs or {}))

    with torch.no_grad(), Watch():
        detector(torch.zeros(1, 3, 64, 64), torch.zeros(1, 3, 64, 64))
    return order


def norm_after(detector):
    """{convolution: the normalisation that follows it in its sequence}."""
    pairs = {}
    for sequence in detector.modules():
        if isinstance(sequence, nn.Sequential):
            pairs.update((a, b) for a, b in zip(sequence, list(sequence)[1:]) if isinstance(a, nn.Conv2d) and isinstance(b, nn.BatchNorm2d))
    return pairs


def measure_norms(detector, sets):
    """Gives every normalisation the statistics of its channels over training views; outputs in evaluation mode stay the same."""
    norms = norm_after(detector)
    sums = {conv: [0.0, 0.0, 0] for conv in norms}

    def add(conv, _inputs, output):
        values, total = output.double(), sums[conv]
        total[0] = total[0] + values.sum((0, 2, 3))
        total[1] = total[1] + values.square().sum((0, 2, 3))
        total[2] += values.numel() // values.shape[1]

    hooks = [conv.register_forward_hook(add) for conv in norms]
    with torch.no_grad():
        for at in range(BATCHES):
            images = torch.from_numpy(draw_batch(sets, at, BATCH, 0, AugmentOptions(), 0, 1).images).permute(0, 3, 1, 2).float()
            detector.trained(detector.frozen(images))
    for hook in hooks:
        hook.remove()
    for conv, norm in norms.items():
        total, squares, count = sums[conv]
        mean = total / count
        spread = (squares / count - mean.square()).clamp_min(0) + norm.eps
        bias = norm.bias.data.double() + mean
        norm.running_mean.copy_(mean), norm.running_var.copy_(spread - norm.eps)
        norm.weight.data.copy_(spread.sqrt()), norm.bias.data.copy_(bias)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--packed", nargs="+", type=Path, required=True, help="packed folders whose views the statistics are taken over")
    given = parser.parse_args()
    detector, about = restore_detector(given.model)
    sets = [open_packed(folder) for folder in given.packed]
    probe = [torch.tensor(images[:2]).permute(0, 3, 1, 2).float() for images in (sets[0].before, sets[0].after)]
    with torch.no_grad():
        expected = detector(*probe)
        measure_norms(detector, sets)
        difference = float((detector(*probe) - expected).abs().max())
    if difference > 1e-3:
        raise SystemExit(f"{given.out}: probabilities moved by {difference:.4f}; not written")
    save_checkpoint(given.out, detector.options, detector.frozen.state_dict(), detector.trained.state_dict(), {"restored": given.model.name, "trained_steps": about.get("trained_steps", "")})
    print(f"{given.out}: probabilities moved by {difference:.1e}")


if __name__ == "__main__":
    main()
