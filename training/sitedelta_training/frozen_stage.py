"""Runs the frozen half of the encoder through ONNX Runtime: no gradients are needed, and it is far faster there."""
import os
import tempfile

import numpy as np
import onnxruntime
import torch
from torch import nn


class _FromBytes(nn.Module):
    """The frozen half as it is fed in training: uint8 (N, H, W, 3)."""

    def __init__(self, frozen):
        super().__init__()
        self.frozen = frozen

    def forward(self, images):
        return tuple(self.frozen(images.permute(0, 3, 1, 2).float()))


class FrozenStage:
    """Callable: images (N, H, W, 3) uint8 to channels-last feature tensors at strides 2, 4, 8."""

    def __init__(self, frozen, threads=1):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        handle, path = tempfile.mkstemp(suffix=".onnx")
        os.close(handle)
        try:
            example = torch.zeros(2, 64, 64, 3, dtype=torch.uint8)
            names = ["stride2", "stride4", "stride8"]
            axes = {"images": {0: "n", 1: "h", 2: "w"}, **{name: {0: "n", 2: f"{name}_h", 3: f"{name}_w"} for name in names}}
            torch.onnx.export(_FromBytes(frozen).eval(), (example,), path, input_names=["images"], output_names=names, dynamic_axes=axes, opset_version=17, dynamo=False)
            self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        finally:
            os.unlink(path)

    def __call__(self, images):
        taps = self.session.run(None, {"images": np.ascontiguousarray(images)})
        return [torch.from_numpy(tap).contiguous(memory_format=torch.channels_last) for tap in taps]
