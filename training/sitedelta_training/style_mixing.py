"""Gives views the style of others: mean and deviation of each feature channel, mixed with those of another view of the batch.

A network that cannot rely on these statistics leans on shapes, which rendered and real scenes share. MixStyle (Zhou and
others, "Domain generalization with MixStyle", ICLR 2021), here on the frozen half's features, so it costs no gradient.
"""
import torch

# Both parameters of the Beta distribution of a view's own share, as in the paper: mostly one style or the other.
CONCENTRATION = 0.1
# Keeps deviations of channels that are the same everywhere from dividing by nothing.
LEAST_DEVIATION = 1e-3


def mix_styles(taps, probability, seed):
    """Taps [(2N, C, h, w)] of N before and N after images, a share `probability` of the pairs restyled; the same for the same seed.

    Half of these take both dates from one view to another's style, in half each date goes its own way.
    """
    generator = torch.Generator().manual_seed(seed)
    images = len(taps[0])
    pairs = images // 2
    chosen = torch.rand(pairs, generator=generator) < probability
    together = torch.rand(pairs, generator=generator) < 0.5
    partner, own = draw_partners(images, generator)
    # Dates that go together take the partner of the first, at its date, and its share.
    partner[pairs:] = torch.where(together, (partner[:pairs] + pairs) % images, partner[pairs:])
    own[pairs:] = torch.where(together, own[:pairs], own[pairs:])
    own[~chosen.repeat(2)] = 1.0
    return [restyle(tap, partner, own.to(tap.dtype)) for tap in taps]


def draw_partners(images, generator):
    """For each image another one (or itself) and the share of its own style that it keeps, 0 to 1."""
    partner = torch.randperm(images, generator=generator)
    # A Beta variable is a ratio of Gamma variables.
    gammas = torch._standard_gamma(torch.full((images, 2), CONCENTRATION, dtype=torch.float64), generator=generator)
    return partner, gammas[:, 0] / gammas.sum(1).clamp_min(1e-300)


def restyle(tap, partner, own):
    """Tap (M, C, h, w) with each image's channel means and deviations moved towards its partner's."""
    mean = tap.mean((2, 3), keepdim=True)
    deviation = tap.std((2, 3), keepdim=True) + LEAST_DEVIATION
    own = own.view(-1, 1, 1, 1)
    to_mean = own * mean + (1 - own) * mean[partner]
    to_deviation = own * deviation + (1 - own) * deviation[partner]
    return (tap - mean) / deviation * to_deviation + to_mean
