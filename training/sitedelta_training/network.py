"""The detector: frozen encoder half, trained encoder half, pyramid, structure heads and a change decoder.

Both dates go through one encoder and pyramid; at every scale the change decoder sees [A, B, |A - B|]. `removed` is
the `new` head with the dates swapped, the same weights. Heads work at stride 4 and unfold their channels into finer
pixels (PixelShuffle), because thin convolutions at full resolution are what costs most on the CPU runtime.
"""
from dataclasses import asdict, dataclass

import torch
from torch import nn
from torch.nn import functional as F

from .encoder import FROZEN_BLOCKS, TAPS, activation, load_lite0


@dataclass(frozen=True)
class NetworkOptions:
    """What shapes the network; stored in every checkpoint.

    width: channels of the pyramid and decoder at stride 4. coarse_width: at strides 8, 16 and 32, where layers cost
    little. head_width: of the heads' hidden layer. encoder_kernel: 5 keeps Lite0's 5x5 depthwise layers, 3 replaces
    them by fitted 3x3 ones. fine_layer: "dense" or "separable" 3x3 layers at stride 4 (coarser ones are dense). output_stride: 1 or 2, from which the output is enlarged. half_tap: whether the
    stride-2 features reach the pyramid, folded to stride 4. enlargement: "nearest" or "bilinear", of maps that a 3x3 layer follows.
    frozen_activation, trained_activation: "relu6" or "relu".
    """

    width: int = 48
    coarse_width: int = 96
    head_width: int = 32
    encoder_kernel: int = 3
    fine_layer: str = "dense"
    output_stride: int = 2
    half_tap: bool = True
    enlargement: str = "nearest"
    frozen_activation: str = "relu6"
    trained_activation: str = "relu"

    def as_dict(self):
        return asdict(self)


class FrozenHalf(nn.Module):
    """Stem and blocks 0 to 4: images (N, 3, H, W) RGB 0-255 to features at strides 2, 4, 8 (16, 24, 40 channels)."""

    def __init__(self, stem, blocks):
        super().__init__()
        self.stem, self.blocks = stem, nn.ModuleList(blocks)

    def forward(self, images):
        x, taps = self.stem((images - 127.0) * (1 / 128.0)), []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in TAPS:
                taps.append(x)
        return taps


def norm_layer(inputs, outputs, kernel, groups=1, act=True):
    """Convolution without bias, batch normalisation, and ReLU unless act is False."""
    layers = [nn.Conv2d(inputs, outputs, kernel, 1, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, nn.ReLU()) if act else nn.Sequential(*layers)


def spatial_layer(inputs, outputs, kind):
    """A 3x3 layer: dense, or depthwise followed by 1x1."""
    if kind == "dense":
        return norm_layer(inputs, outputs, 3)
    return nn.Sequential(norm_layer(inputs, inputs, 3, inputs, act=False), norm_layer(inputs, outputs, 1))


def level_widths(options):
    """Channels of the maps at strides 4, 8, 16, 32."""
    return [options.width] + [options.coarse_width] * 3


def narrowing_layer(options):
    """1x1 from the maps at stride 8 to the width of those at stride 4; nothing when they have the same."""
    return nn.Identity() if options.coarse_width == options.width else nn.Conv2d(options.coarse_width, options.width, 1, bias=False)


def enlarge(x, factor=2, mode="bilinear"):
    """Enlargement, pixel corners aligned to the outer border."""
    return F.interpolate(x, scale_factor=float(factor), mode=mode, align_corners=False if mode == "bilinear" else None)


class Pyramid(nn.Module):
    """Top-down feature pyramid: taps of strides (2,) 4, 8, 16, 32 to maps of level_widths channels at strides 4 to 32."""

    def __init__(self, options):
        super().__init__()
        channels, widths = list(TAPS.values()), level_widths(options)
        self.lateral = nn.ModuleList([norm_layer(c, width, 1, act=False) for c, width in zip(channels[1:], widths)])
        self.smooth = nn.ModuleList([spatial_layer(width, width, options.fine_layer if i == 0 else "dense") for i, width in enumerate(widths)])
        self.narrow, self.enlargement = narrowing_layer(options), options.enlargement
        # 2x2 stride 2: the half-resolution features folded into stride 4 without a thin convolution at stride 2.
        self.half_lateral = nn.Conv2d(channels[0], options.width, 2, 2, bias=False) if options.half_tap else None

    def forward(self, taps):
        maps, x = [None] * 4, None
        for i in (3, 2, 1, 0):
            side = self.lateral[i](taps[i + 1])
            if i == 0 and self.half_lateral is not None:
                side = side + self.half_lateral(taps[0])
            x = side if x is None else side + enlarge(self.narrow(x) if i == 0 else x, mode=self.enlargement)
            x = maps[i] = self.smooth[i](F.relu(x))
        return maps


class ChangeDecoder(nn.Module):
    """Maps of two dates and their structure probabilities to logits of what is new in the second."""

    def __init__(self, options, unfold):
        super().__init__()
        widths = level_widths(options)
        self.fuse = nn.ModuleList([norm_layer(3 * width + (2 * unfold if i == 0 else 0), width, 1) for i, width in enumerate(widths)])
        self.mix = nn.ModuleList([spatial_layer(width, width, options.fine_layer if i == 0 else "dense") for i, width in enumerate(widths)])
        self.narrow, self.enlargement = narrowing_layer(options), options.enlargement
        self.head = nn.Sequential(spatial_layer(options.width, options.head_width, options.fine_layer), nn.Conv2d(options.head_width, unfold, 1))

    def forward(self, first, second, first_structure, second_structure):
        y = None
        for i in (3, 2, 1, 0):
            parts = [first[i], second[i], (first[i] - second[i]).abs()]
            if i == 0:
                parts += [torch.sigmoid(first_structure), torch.sigmoid(second_structure)]
            z = self.fuse[i](torch.cat(parts, 1))
            y = self.mix[i](z if y is None else z + enlarge(self.narrow(y) if i == 0 else y, mode=self.enlargement))
        return self.head(y)


class TrainedHalf(nn.Module):
    """Blocks 5 to 14, pyramid and heads: taps of 2N images (before, then after) to logits (N, 6, H/s, W/s)."""

    def __init__(self, blocks, options):
        super().__init__()
        self.fold = 4 // options.output_stride
        unfold = self.fold**2
        self.blocks = nn.ModuleList(blocks)
        self.pyramid = Pyramid(options)
        self.structure = nn.Sequential(spatial_layer(options.width, options.head_width, options.fine_layer), nn.Conv2d(options.head_width, 2 * unfold, 1))
        self.change = ChangeDecoder(options, unfold)

    def encode(self, taps):
        """Adds the taps at strides 16 and 32 to those of the frozen half."""
        x, taps = taps[-1], list(taps)
        for index, block in enumerate(self.blocks, FROZEN_BLOCKS):
            x = block(x)
            if index in TAPS:
                taps.append(x)
        return taps

    def forward(self, taps, with_removed=True):
        """Logits in the order of labels.HEADS; `removed` is a large negative constant when with_removed is False."""
        maps = self.pyramid(self.encode(taps))
        before, after = zip(*(m.chunk(2, 0) for m in maps))
        structure, border = self.structure(maps[0]).chunk(2, 1)
        structure_before, structure_after = structure.chunk(2, 0)
        new = self.change(before, after, structure_before, structure_after)
        removed = self.change(after, before, structure_after, structure_before) if with_removed else torch.full_like(new, -20.0)
        logits = torch.cat([structure_before, structure_after, new, removed, *border.chunk(2, 0)], 1)
        return F.pixel_shuffle(logits, self.fold) if self.fold > 1 else logits


class Detector(nn.Module):
    """The whole network: before, after (1, 3, H, W) float32 RGB 0-255, sides multiples of 32, to probabilities.

    Output (1, 6, H, W), in the order of labels.HEADS, sigmoid applied.
    """

    def __init__(self, frozen, trained, options, logit_scale=None, logit_offset=None):
        super().__init__()
        self.frozen, self.trained, self.options = frozen, trained, options
        scale = torch.ones(6) if logit_scale is None else torch.as_tensor(logit_scale, dtype=torch.float32)
        offset = torch.zeros(6) if logit_offset is None else torch.as_tensor(logit_offset, dtype=torch.float32)
        self.register_buffer("logit_scale", scale.view(1, 6, 1, 1))
        self.register_buffer("logit_offset", offset.view(1, 6, 1, 1))

    def logits(self, before, after):
        """Calibrated logits (N, 6, H, W)."""
        logits = self.trained(self.frozen(torch.cat([before, after], 0)))
        if bool((self.logit_scale != 1).any()) or bool((self.logit_offset != 0).any()):
            logits = logits * self.logit_scale + self.logit_offset
        return enlarge(logits, self.options.output_stride) if self.options.output_stride > 1 else logits

    def forward(self, before, after):
        return torch.sigmoid(self.logits(before, after))


def build_detector(options=NetworkOptions(), pretrained=True, images=None):
    """A detector with ImageNet weights in its encoder and the rest untrained.

    images: (N, 3, H, W) RGB 0-255 on which 5x5 kernels are fitted to 3x3 (encoder_kernel 3); cropped without them.
    """
    from .kernel_fit import shrink_kernels

    activation(options.frozen_activation), activation(options.trained_activation)
    stem, blocks = load_lite0(options.frozen_activation, options.trained_activation, pretrained)
    if options.encoder_kernel == 3:
        shrink_kernels(stem, blocks, images)
    return Detector(FrozenHalf(stem, blocks[:FROZEN_BLOCKS]), TrainedHalf(blocks[FROZEN_BLOCKS:], options), options)
