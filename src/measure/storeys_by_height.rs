//! How many storeys a height speaks for.

use crate::structure::{HeightEstimate, StoreyDistribution};

/// Height of one storey, and of what stands above the last ceiling, metres (docs/CAPACITY.md, "Storeys from height").
const STOREY_M: f64 = 3.2;
const ABOVE_M: f64 = 0.3;
/// Standard deviation of a storey's height from building to building, metres, for each storey (same source).
const STOREY_SD_M: f64 = 0.25;
/// Least probability of one storey more or less than the most probable number: storeys from height alone were right for
/// under 70 % of buildings (IJGIS 2022, doi 10.1080/13658816.2022.2160454); the number is that of docs/CAPACITY.md.
const LEAST_OF_NEIGHBOURS: f64 = 0.05;

/// The distribution of storeys, by Bayes: the prior of the kind times the likelihood of the height, which is normal around
/// 3.2 k + 0.3 m with the deviations of the storeys and of the height added in squares.
///
/// A number of storeys that the kind excludes stays excluded. Where the height is so far off that every likelihood is 0,
/// the prior is returned: the height then says nothing of this kind.
///
/// Misleads for gabled roofs measured at the ridge: the height of the eaves is wanted.
pub(super) fn storeys_by_height(prior: &StoreyDistribution, height: &HeightEstimate) -> StoreyDistribution {
    let mut storeys = *prior;
    for (share, k) in storeys.iter_mut().zip([1.0, 2.0, 3.0, 4.0]) {
        let sd = (STOREY_SD_M * k).hypot(height.standard_deviation.0);
        let away = (height.height.0 - (STOREY_M * k + ABOVE_M)) / sd;
        *share *= (-0.5 * away * away).exp() / sd;
    }
    if !normalize(&mut storeys) {
        return *prior;
    }
    let ranked = storeys.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    let mode = ranked.map_or(0, |(index, _)| index);
    for neighbour in [mode.wrapping_sub(1), mode + 1] {
        if prior.get(neighbour).is_some_and(|share| *share > 0.0) {
            storeys[neighbour] = storeys[neighbour].max(LEAST_OF_NEIGHBOURS);
        }
    }
    normalize(&mut storeys);
    storeys
}

/// Scales to a sum of 1; false when there is nothing to scale.
fn normalize(storeys: &mut StoreyDistribution) -> bool {
    let total: f64 = storeys.iter().sum();
    let sound = total.is_finite() && total > 0.0;
    if sound {
        storeys.iter_mut().for_each(|share| *share /= total);
    }
    sound
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use proptest::prelude::*;

    const BARRACKS: StoreyDistribution = [0.70, 0.25, 0.05, 0.0];

    fn by_height(height: f64, sd: f64) -> StoreyDistribution {
        storeys_by_height(&BARRACKS, &HeightEstimate { height: Meters(height), standard_deviation: Meters(sd) })
    }

    #[test]
    fn a_sharp_height_decides_and_a_blunt_one_leaves_the_prior() {
        assert!(by_height(6.7, 0.5)[1] > 0.85, "{:?}", by_height(6.7, 0.5));
        assert!(by_height(3.5, 0.5)[0] > 0.9 && by_height(3.5, 0.5)[1] >= 0.047);
        let blunt = by_height(3.5, 50.0);
        assert!((blunt[0] - 0.70).abs() < 0.02 && (blunt[1] - 0.25).abs() < 0.02, "{blunt:?}");
        assert_eq!(by_height(400.0, 0.5), BARRACKS, "no number of storeys is 400 m high");
        let tent = storeys_by_height(
            &[1.0, 0.0, 0.0, 0.0],
            &HeightEstimate { height: Meters(7.0), standard_deviation: Meters(0.5) },
        );
        assert_eq!(tent, [1.0, 0.0, 0.0, 0.0]);
    }

    proptest! {
        #[test]
        fn probabilities_stay_probabilities(height in 0.1..60.0f64, sd in 0.0..10.0f64) {
            let storeys = by_height(height, sd);
            prop_assert!((storeys.iter().sum::<f64>() - 1.0).abs() < 1e-9 && storeys.iter().all(|p| *p >= 0.0));
        }
    }
}
