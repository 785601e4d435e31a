//! Seeded random numbers whose sequence never changes.
//!
//! `rand` does not promise that its standard generator yields the same numbers in its next version; a seed written into
//! a scene file must mean the same picture for good. SplitMix64[^1] is a dozen lines and passes BigCrush.
//!
//! [^1]: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014,
//! doi 10.1145/2660193.2660195.

/// A source of random numbers.
#[derive(Clone, Debug)]
pub(in crate::simulate) struct Dice {
    state: u64,
}

/// Scrambles 64 bits: the output function of SplitMix64.
pub(in crate::simulate) fn scramble(bits: u64) -> u64 {
    let mut z = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number in 0..1 that depends on a seed and two integers alone.
pub(in crate::simulate) fn unit_at(seed: u64, a: i64, b: i64) -> f32 {
    let bits = scramble(seed ^ scramble(a as u64 ^ scramble(b as u64)));
    (bits >> 40) as f32 / (1u64 << 24) as f32
}

impl Dice {
    /// Dice that roll the sequence of this seed.
    pub(in crate::simulate) fn from_seed(seed: u64) -> Self {
        Dice { state: scramble(seed) }
    }

    /// Dice of their own for one part of a scene, so that a change elsewhere does not reach it.
    pub(in crate::simulate) fn for_part(seed: u64, part: &str) -> Self {
        Dice::from_seed(part.bytes().fold(seed, |hash, byte| scramble(hash ^ u64::from(byte))))
    }

    /// Dice that belong to a place on the ground: an object looks the same whatever is added before it in a list.
    pub(in crate::simulate) fn at_place(seed: u64, place: [f64; 2]) -> Self {
        let [x, y] = place.map(|v| (v * 100.0).round() as i64 as u64);
        Dice::from_seed(seed ^ scramble(x) ^ scramble(scramble(y)))
    }

    /// The next 64 bits.
    pub(in crate::simulate) fn bits(&mut self) -> u64 {
        let bits = scramble(self.state);
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        bits
    }

    /// A number in 0..1.
    pub(in crate::simulate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number between two ends.
    pub(in crate::simulate) fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit()
    }

    /// True with this probability.
    pub(in crate::simulate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// An integer in `from..=to`.
    pub(in crate::simulate) fn count(&mut self, from: usize, to: usize) -> usize {
        from + (self.unit() * (to + 1 - from) as f64) as usize
    }

    /// One of the choices, all alike.
    pub(in crate::simulate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[(self.unit() * choices.len() as f64) as usize]
    }

    /// One of the choices, by weight.
    pub(in crate::simulate) fn weigh<T: Copy>(&mut self, choices: &[(T, f64)]) -> T {
        let mut left = self.unit() * choices.iter().map(|(_, weight)| weight).sum::<f64>();
        for (choice, weight) in choices {
            left -= weight;
            if left < 0.0 {
                return *choice;
            }
        }
        choices[choices.len() - 1].0
    }

    /// A number of the normal distribution with mean 0 and standard deviation 1 (Box and Muller).
    pub(in crate::simulate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_that_of_the_paper() {
        // First outputs of SplitMix64 for state 1234567, from the authors' reference code.
        let mut dice = Dice { state: 1_234_567 };
        assert_eq!([dice.bits(), dice.bits()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn moments_are_right() {
        let mut dice = Dice::from_seed(3);
        let draws: Vec<f64> = (0..20_000).map(|_| dice.normal()).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
        assert!((0..2000).all(|_| (2..=5).contains(&dice.count(2, 5))));
    }
}
