//! Random numbers of the chain: which streams there are, and how evenly they are spread.
//!
//! Every stream has a seed of its own, made from the user's seed, what is drawn and a number, so the same seed gives the
//! same figures on any number of threads. What many structures share is drawn evenly (quasi-random for the site,
//! stratified for groups): with plain draws the ends of an interval would differ by more than 2 % from seed to seed.

use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use statrs::distribution::{ContinuousCDF, Normal};

/// Roots of the primes, whose multiples fill the unit cube evenly (Richtmyer's sequence[^1]); one for each input that a
/// site shares.
///
/// [^1]: Niederreiter, "Quasi-Monte Carlo methods and pseudo-random numbers", Bulletin of the American Mathematical
/// Society 84(6), 1978, doi 10.1090/S0002-9904-1978-14532-7.
const PRIMES: [f64; 7] = [2.0, 3.0, 5.0, 7.0, 11.0, 13.0, 17.0];

/// What is drawn from a stream.
#[derive(Clone, Copy)]
pub(super) enum Stream {
    Site = 1,
    Group = 2,
    Structure = 3,
    Existence = 4,
}

/// A set of draws of everything: the one that figures are made from, or a second one, independent of it, that tells how
/// much of the variance each input brings.
#[derive(Clone, Copy)]
pub(super) enum Sample {
    Reported = 0,
    Second = 1,
}

impl Sample {
    pub(super) const BOTH: [Sample; 2] = [Sample::Reported, Sample::Second];
}

/// The random stream of one thing.
pub(super) fn stream(seed: u64, sample: Sample, what: Stream, number: u64) -> Xoshiro256PlusPlus {
    // SplitMix64's multipliers (Steele, Lea and Flood, OOPSLA 2014, doi 10.1145/2660193.2660195) keep the seeds of
    // neighbouring numbers apart.
    let mixed = seed
        .wrapping_add((what as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .wrapping_add(number.wrapping_mul(0xBF58_476D_1CE4_E5B9))
        .wrapping_add((sample as u64).wrapping_mul(0x94D0_49BB_1331_11EB));
    Xoshiro256PlusPlus::seed_from_u64(mixed)
}

/// What the whole site shares, a value per draw. Fields named `…_u` are uniform between 0 and 1.
pub(super) struct SiteDraws {
    pub(super) profile_u: Vec<f64>,
    pub(super) density_u: Vec<f64>,
    pub(super) net_u: Vec<f64>,
    pub(super) overhang_u: Vec<f64>,
    pub(super) wall_u: Vec<f64>,
    pub(super) residential_u: Vec<f64>,
    /// Standard normal.
    pub(super) edge_z: Vec<f64>,
}

/// Draws what the whole site shares: Richtmyer's points with a random shift[^1], in random order, so that the draws of
/// two sites or two samples are not tied to each other by their numbers.
///
/// [^1]: Cranley and Patterson, "Randomization of number theoretic methods for multiple integration", SIAM Journal on
/// Numerical Analysis 13(6), 1976, doi 10.1137/0713071.
pub(super) fn draw_site(seed: u64, sample: Sample, draws: usize) -> SiteDraws {
    let mut random = stream(seed, sample, Stream::Site, 0);
    let mut order: Vec<usize> = (0..draws).collect();
    order.shuffle(&mut random);
    let [profile_u, density_u, net_u, overhang_u, wall_u, residential_u, edge_u] = PRIMES.map(|prime| {
        let (step, shift): (f64, f64) = (prime.sqrt().fract(), random.random());
        order.iter().map(|&index| (index as f64).mul_add(step, shift).fract()).collect::<Vec<f64>>()
    });
    let normal = Normal::standard();
    // A uniform of exactly 0 has no normal quantile.
    let edge_z = edge_u.iter().map(|u| normal.inverse_cdf(u.clamp(1e-12, 1.0 - 1e-12))).collect();
    SiteDraws { profile_u, density_u, net_u, overhang_u, wall_u, residential_u, edge_z }
}

/// Uniform numbers, one in each of as many equal strata, in random order[^1].
///
/// [^1]: McKay, Beckman and Conover, "A comparison of three methods for selecting values of input variables in the
/// analysis of output from a computer code", Technometrics 21(2), 1979, doi 10.2307/1268522.
pub(super) fn stratified(random: &mut Xoshiro256PlusPlus, draws: usize) -> Vec<f64> {
    let mut strata: Vec<f64> = (0..draws).map(|index| index as f64).collect();
    strata.shuffle(random);
    strata.iter().map(|stratum| (stratum + random.random::<f64>()) / draws as f64).collect()
}

/// Whether a structure exists, a value per draw.
pub(super) fn draw_existence(seed: u64, sample: Sample, id: u32, p_exists: f64, draws: usize) -> Vec<bool> {
    if p_exists >= 1.0 {
        return vec![true; draws];
    }
    let mut random = stream(seed, sample, Stream::Existence, u64::from(id));
    (0..draws).map(|_| random.random::<f64>() < p_exists).collect()
}

/// The first index at which the running sum of shares passes `u`; `None` when the shares are all zero.
pub(super) fn index_at(shares: &[f64], u: f64) -> Option<usize> {
    let mut below = 0.0;
    for (index, share) in shares.iter().enumerate() {
        below += share;
        if u < below {
            return Some(index);
        }
    }
    shares.iter().rposition(|&share| share > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_draws_are_even_and_not_tied_to_each_other() {
        let (one, two) = (draw_site(1, Sample::Reported, 4000), draw_site(1, Sample::Second, 4000));
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        for values in [&one.profile_u, &one.density_u, &one.net_u, &one.overhang_u, &one.wall_u, &two.density_u] {
            assert!((mean(values) - 0.5).abs() < 2e-3, "{}", mean(values));
        }
        assert!(mean(&one.edge_z).abs() < 5e-3);
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| (x - 0.5) * (y - 0.5)).sum::<f64>() / 4000.0;
        for (a, b) in [(&one.density_u, &one.net_u), (&one.density_u, &two.density_u), (&one.profile_u, &two.net_u)] {
            // One twelfth is the variance of a uniform number.
            assert!(12.0 * product(a, b).abs() < 0.05, "{}", 12.0 * product(a, b));
        }
    }

    #[test]
    fn strata_hold_one_number_each() {
        let mut values = stratified(&mut stream(3, Sample::Reported, Stream::Group, 0), 50);
        values.sort_by(f64::total_cmp);
        assert!(values.iter().enumerate().all(|(index, value)| (value * 50.0) as usize == index));
    }
}
