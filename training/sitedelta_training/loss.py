"""Weighted sum over the heads of binary cross-entropy and Dice."""
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from .labels import HEADS


@dataclass(frozen=True)
class LossOptions:
    """Weights per head in the order of labels.HEADS, and of rare positives within each head's cross-entropy.

    The structure weights and the positive weight of `new` are those of an earlier experiment; borders are thin and get
    a larger positive weight but a small head weight, so that they do not pull on the shared features.
    """

    head_weights: tuple = (0.5, 0.5, 1.0, 0.0, 0.25, 0.25)
    positive_weights: tuple = (1.0, 1.0, 1.5, 1.5, 2.0, 2.0)
    dice_weight: float = 0.5
    dice_smooth_px: float = 120.0


def score_loss(logits, targets, weights, options=LossOptions()):
    """Total loss and {head: loss}; logits and targets (N, 6, h, w) with targets in 0..1, weights (N, 1, h, w).

    Dice is taken over the whole batch: most views hold no new structure, and a per-view Dice would be noise.
    """
    total, parts = logits.new_zeros(()), {}
    for index, head in enumerate(HEADS):
        share = options.head_weights[index]
        if share == 0:
            continue
        logit, target, weight = logits[:, index], targets[:, index], weights[:, 0]
        positive = torch.tensor(options.positive_weights[index])
        entropy = F.binary_cross_entropy_with_logits(logit, target, weight, pos_weight=positive, reduction="sum") / weight.sum().clamp_min(1)
        probability, target = torch.sigmoid(logit) * weight, target * weight
        smooth = options.dice_smooth_px
        dice = 1 - (2 * (probability * target).sum() + smooth) / (probability.sum() + target.sum() + smooth)
        total = total + share * (entropy + options.dice_weight * dice)
        parts[head] = float(entropy.detach()), float(dice.detach())
    return total, parts


def reduce_targets(targets, weights, stride):
    """Targets and weights averaged to the network's output stride; a cell with any unjudged pixel is unjudged."""
    targets, weights = torch.from_numpy(targets), torch.from_numpy(weights)
    if stride == 1:
        return targets, weights
    return F.avg_pool2d(targets, stride), (F.avg_pool2d(weights, stride) == 1).float()
