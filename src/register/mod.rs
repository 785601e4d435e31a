//! Brings the before image onto the after grid: from the georeferences where there are any, and from the pixels.
//!
//! First guesses come from overviews (features of a scale space and whole-image correlation) and are verified on the
//! pixels; the best is refined on tie points at full resolution, as stiffly as they allow. The verdict rests on tie
//! points that were held out of the fit. Pixels are read as overviews and as small windows only.

mod brightness;
mod feature_matching;
mod global_search;
mod gradient_orientation;
mod local_displacement;
mod phase_correlation;
mod refinement;
mod robust_fit;
mod scale_space_features;
mod tie_points;
mod verdict;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::observer::{Observer, Stage};
use crate::pair::{Alignment, CoregisteredPair, Registration, ScenePair};
use crate::raster::units::Meters;
use crate::register::brightness::gray_scenes;
use crate::register::global_search::{SearchRange, search_globally};
use crate::register::refinement::{farthest_move, refine_alignment};
use crate::register::verdict::{Evidence, judge};
use crate::scene::ReadError;

/// How to register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegisterOptions {
    /// Farthest the pixels may move a pair away from what both georeferences say.
    pub georeference_error: Meters,
}

impl Default for RegisterOptions {
    /// 30 m: several times the 5 m (CE90) vendors state for their sensors, as datum shifts without grids and unrectified
    /// relief add to it.
    fn default() -> Self {
        RegisterOptions { georeference_error: Meters(30.0) }
    }
}

/// Why a pair could not be registered.
#[derive(Debug, Error)]
pub enum RegisterError {
    /// No alignment worth using was found.
    #[error("registration was refused: {}", registration.reason.as_deref().unwrap_or("no reason given"))]
    Refused {
        /// What was found.
        registration: Registration,
    },
    /// Pixels could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Shortest image side, pixels, on which anything can be measured: one reduced tie-point window.
const SHORTEST_SIDE: usize = 24;

/// Guesses that lead every corner to within so many after pixels are one.
const SAME_GUESS_PX: f64 = 8.0;

/// A second guess is refined too when its correlation peak reaches this share of the first's. On tents_series (2026-11)
/// guesses stood 20 to 59 times above the noise, shifts of the unturned images 4.8 at most.
const RIVAL_SHARE: f32 = 0.6;

/// Finds the alignment of a pair.
///
/// - Output: the pair on the after image's grid, with the alignment's quality measured on held-out tie points.
/// - Nodata and solid black count for nothing.
///
/// Where the pixels do not tell enough, georeferenced images stay where their georeferences put them, and images of one
/// size stay as they lie if they resemble each other or are too small to tell; all are then doubtful, and the
/// registration's reason says why.
///
/// Misleads where tall buildings fill the scene and the view angles differ: roofs, not the ground, are then lined up.
/// Images turned by more than about 15 degrees, or 0.7 to 1.4 times larger, are often found but not promised.
///
/// # Errors
/// [`RegisterError::Refused`] when the images without georeference show no sign of the same place;
/// [`RegisterError::Read`] when pixels cannot be read.
pub fn register_pair(
    scenes: ScenePair,
    options: &RegisterOptions,
    observer: &dyn Observer,
) -> Result<CoregisteredPair, RegisterError> {
    let initial = Alignment::from_georeferences(&scenes.before, &scenes.after);
    let range = search_range(&scenes, options);
    let evidence = gather_evidence(&scenes, &initial, range, observer)?;
    let (alignment, registration) =
        judge(&scenes, initial, evidence).map_err(|registration| RegisterError::Refused { registration })?;
    Ok(CoregisteredPair::from_registration(scenes, alignment, registration))
}

fn search_range(scenes: &ScenePair, options: &RegisterOptions) -> SearchRange {
    let georeferenced = |scene: &crate::scene::Scene| scene.description().georeference.is_some();
    if !georeferenced(&scenes.before) || !georeferenced(&scenes.after) {
        return SearchRange::Anywhere;
    }
    match scenes.after.ground_frame() {
        Ok(Some(frame)) => SearchRange::Near(options.georeference_error.0 / frame.gsd().0),
        _ => SearchRange::Anywhere,
    }
}

fn gather_evidence(
    scenes: &ScenePair,
    initial: &Alignment,
    range: SearchRange,
    observer: &dyn Observer,
) -> Result<Evidence, ReadError> {
    let georeferenced = matches!(range, SearchRange::Near(_));
    let (after, before) = (scenes.after.size(), scenes.before.size());
    if after.height.min(after.width).min(before.height).min(before.width) < SHORTEST_SIDE {
        return Ok(Evidence { georeferenced, search: None, refinement: None });
    }
    let held = gray_scenes(scenes)?;
    let scenes = held.as_ref().unwrap_or(scenes);
    let search = search_globally(scenes, initial, range)?;
    observer.progressed(Stage::Register, 1, 2);
    let guess = search.guesses[0];
    let mut best = refine_alignment(scenes, initial, &guess.residual)?;
    let rival =
        search.guesses.iter().find(|other| farthest_move(&other.residual, &guess.residual, after) > SAME_GUESS_PX);
    if let Some(rival) = rival.filter(|rival| rival.prominence > RIVAL_SHARE * guess.prominence) {
        let other = refine_alignment(scenes, initial, &rival.residual)?;
        if other.agreeing > best.agreeing {
            best = other;
        }
    }
    observer.progressed(Stage::Register, 2, 2);
    Ok(Evidence { georeferenced, search: Some(search), refinement: Some(best) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, Array3, s};

    use crate::observer::Silent;
    use crate::pair::RegistrationQuality;
    use crate::raster::Raster;
    use crate::raster::crs::{Crs, Georeference};
    use crate::raster::geotransform::GeoTransform;
    use crate::raster::pixel_transform::PixelTransform;
    use crate::raster::point::{PixelPoint, PixelShift};
    use crate::scene::Scene;

    /// A number 0..1 that a lattice point always has.
    fn lattice(col: i64, row: i64, seed: u64) -> f64 {
        let mut bits = (col as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
            ^ (row as u64).wrapping_mul(0xC2B2_AE3D_27D4_EB4F)
            ^ seed.wrapping_mul(0x1656_67B1_9E37_79F9);
        bits = (bits ^ (bits >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((bits ^ (bits >> 29)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Smooth ground of blobs of two sizes, known at every place, so that any shift is drawn exactly.
    fn ground(point: PixelPoint, seed: u64) -> f64 {
        let octave = |size: f64, seed: u64| {
            let (u, v) = (point.x / size, point.y / size);
            let (col, row) = (u.floor(), v.floor());
            let ease = |t: f64| t * t * t * (t * (6.0 * t - 15.0) + 10.0);
            let (fx, fy) = (ease(u - col), ease(v - row));
            let at = |dc: i64, dr: i64| lattice(col as i64 + dc, row as i64 + dr, seed);
            let top = at(0, 0) * (1.0 - fx) + at(1, 0) * fx;
            let bottom = at(0, 1) * (1.0 - fx) + at(1, 1) * fx;
            top * (1.0 - fy) + bottom * fy
        };
        0.6 * octave(7.0, seed) + 0.4 * octave(19.0, seed + 1)
    }

    /// An image that shows at each of its places the ground at `map` of it.
    fn drawn(side: usize, seed: u64, map: &PixelTransform, tone: impl Fn(f64) -> f64) -> Array3<f32> {
        Array3::from_shape_fn((1, side, side), |(_, row, col)| {
            (20.0 + 200.0 * tone(ground(map.apply(PixelPoint::center_of(row, col)), seed))) as f32
        })
    }

    fn scene(samples: Array3<f32>) -> Scene {
        Scene::from_raster("drawn", Raster::all_valid(samples))
    }

    fn register(before: Scene, after: Scene) -> Result<CoregisteredPair, RegisterError> {
        register_pair(ScenePair { before, after }, &RegisterOptions::default(), &Silent)
    }

    /// Registers an image against the same ground seen through `map` (after to before) and returns the largest error
    /// over the middle of the image.
    fn error_of(side: usize, map: &PixelTransform, tone: impl Fn(f64) -> f64) -> (f64, CoregisteredPair) {
        let back = map.inverse().expect("invariant: a similarity has an inverse");
        let after = scene(drawn(side, 5, &PixelTransform::identity(), |v| v));
        let before = scene(drawn(side, 5, &back, tone));
        let pair = register(before, after).expect("invariant: the same ground");
        let quarter = side as f64 / 4.0;
        let places = [(1.0, 1.0), (3.0, 1.0), (2.0, 2.0), (1.0, 3.0), (3.0, 3.0)];
        let error = places
            .iter()
            .map(|(x, y)| PixelPoint::from_xy(x * quarter, y * quarter))
            .map(|p| pair.alignment().to_before(p).expect("invariant: no projection").minus(map.apply(p)).length())
            .fold(0.0, f64::max);
        (error, pair)
    }

    #[test]
    fn a_quarter_pixel_is_recovered() {
        let map = PixelTransform::translation(PixelShift::from_xy(0.25, -0.5));
        let (error, pair) = error_of(256, &map, |v| v);
        assert!(error < 0.05, "{error}");
        assert_eq!(pair.registration().quality, RegistrationQuality::Trusted);
    }

    #[test]
    fn rotation_scale_and_shift_are_recovered() {
        let turned = PixelTransform::similarity(1.2, -8.0, PixelPoint::from_xy(160.0, 160.0))
            .then(&PixelTransform::translation(PixelShift::from_xy(23.0, -17.5)));
        let (error, pair) = error_of(320, &turned, |v| v.powf(1.6));
        assert!(error < 0.2, "{error}");
        assert!(
            (pair.registration().rotation_deg + 8.0).abs() < 0.1 && (pair.registration().scale - 1.2).abs() < 0.003
        );
    }

    #[test]
    fn an_inverted_season_is_recovered() {
        let map = PixelTransform::translation(PixelShift::from_xy(-6.25, 4.0));
        let (error, _) = error_of(256, &map, |v| 1.0 - v);
        assert!(error < 0.1, "{error}");
    }

    #[test]
    fn identical_images_stay_where_they_are() {
        let (error, pair) = error_of(192, &PixelTransform::identity(), |v| v);
        assert_eq!(error, 0.0);
        assert_eq!(pair.registration().quality, RegistrationQuality::Trusted);
        assert_eq!(*pair.alignment().residual(), PixelTransform::identity());
    }

    #[test]
    fn a_nodata_wedge_does_not_matter() {
        let map = PixelTransform::translation(PixelShift::from_xy(5.5, -3.25));
        let back = map.inverse().expect("invariant: a shift has an inverse");
        let wedge = |side: usize, slope: usize| Array2::from_shape_fn((side, side), |(r, c)| r + c > slope);
        let after = Raster::from_bands(drawn(256, 5, &PixelTransform::identity(), |v| v), wedge(256, 150));
        let mut samples = drawn(256, 5, &back, |v| v);
        // A wedge of solid black that no mask declares, elsewhere than the other image's.
        samples.slice_mut(s![.., .., 190..]).fill(0.0);
        let pair = register(scene(samples), Scene::from_raster("wedge", after)).expect("invariant: the same ground");
        let place = PixelPoint::from_xy(120.0, 128.0);
        let found = pair.alignment().to_before(place).expect("invariant: no projection");
        assert!(found.minus(map.apply(place)).length() < 0.1, "{found:?}");
    }

    #[test]
    fn there_and_back_is_nowhere() {
        let map = PixelTransform::similarity(0.9, 5.0, PixelPoint::from_xy(128.0, 128.0));
        let back = map.inverse().expect("invariant: a similarity has an inverse");
        let (first, second) = (drawn(256, 5, &PixelTransform::identity(), |v| v), drawn(256, 5, &back, |v| v));
        let there = register(scene(second.clone()), scene(first.clone())).expect("invariant: the same ground");
        let again = register(scene(first), scene(second)).expect("invariant: the same ground");
        let place = PixelPoint::from_xy(100.0, 150.0);
        let over = there.alignment().to_before(place).expect("invariant: no projection");
        let home = again.alignment().to_before(over).expect("invariant: no projection");
        assert!(home.minus(place).length() < 0.1, "{home:?}");
    }

    #[test]
    fn unrelated_noise_is_refused_unless_too_small_to_tell() {
        let noise = |side: usize, seed: u64| {
            scene(Array3::from_shape_fn((1, side, side), |(_, r, c)| 255.0 * lattice(c as i64, r as i64, seed) as f32))
        };
        let small = register(noise(256, 1), noise(256, 2)).expect("invariant: too small to tell");
        assert_eq!(small.registration().quality, RegistrationQuality::Doubtful);
        assert_eq!(small.alignment().residual(), &PixelTransform::identity());
        let error = register(noise(448, 1), noise(448, 2)).expect_err("invariant: nothing in common");
        let RegisterError::Refused { registration } = &error else { panic!("{error}") };
        assert_eq!(registration.quality, RegistrationQuality::Refused);
        let message = error.to_string();
        assert!(message.contains("tie points") && message.contains("--no-register"), "{message}");
    }

    #[test]
    fn flat_and_tiny_images_are_refused_and_not_a_panic() {
        let flat = |height: usize, width: usize| scene(Array3::from_elem((3, height, width), 80.0));
        for (before, after) in [(flat(128, 128), flat(128, 128)), (flat(9, 9), flat(9, 9)), (flat(1, 1), flat(300, 40))]
        {
            assert!(matches!(register(before, after), Err(RegisterError::Refused { .. })));
        }
    }

    fn georeferenced(scene: Scene, x: f64, gsd: f64) -> Scene {
        let transform = GeoTransform::from_gdal([x, gsd, 0.0, 1.4e6, 0.0, -gsd]).expect("invariant: not flat");
        let crs = Crs::from_epsg(32629).expect("invariant: a known zone");
        scene.with_description(|d| d.georeference = Some(Georeference { transform, crs }))
    }

    #[test]
    fn a_georeference_some_metres_off_is_mended() {
        // The before image has pixels of 1 m against 0.5 m, and claims to lie 4 m east of where it does.
        let after = georeferenced(scene(drawn(320, 5, &PixelTransform::identity(), |v| v)), 6e5, 0.5);
        let double = PixelTransform::similarity(2.0, 0.0, PixelPoint::from_xy(0.0, 0.0));
        let before = georeferenced(scene(drawn(160, 5, &double, |v| v)), 6e5 + 4.0, 1.0);
        let pair = register(before, after).expect("invariant: the same ground");
        let found = pair.alignment().to_before(PixelPoint::from_xy(200.0, 100.0)).expect("invariant: in the zone");
        assert!(found.minus(PixelPoint::from_xy(100.0, 50.0)).length() < 0.15, "{found:?}");
    }

    #[test]
    fn georeferences_without_texture_are_kept() {
        let flat = |x: f64| georeferenced(scene(Array3::from_elem((1, 128, 128), 80.0)), x, 0.5);
        let pair = register(flat(6e5), flat(6e5 + 3.0)).expect("invariant: georeferenced images are never refused");
        assert_eq!(pair.registration().quality, RegistrationQuality::Doubtful);
        let place = pair.alignment().to_before(PixelPoint::from_xy(10.0, 10.0)).expect("invariant: in the zone");
        assert!((place.x - 16.0).abs() < 1e-6, "{place:?}");
    }

    #[test]
    fn a_watermark_does_not_hold_the_scene() {
        let map = PixelTransform::translation(PixelShift::from_xy(31.0, 22.0));
        let back = map.inverse().expect("invariant: a shift has an inverse");
        let [mut first, mut second] = [PixelTransform::identity(), back].map(|m| drawn(320, 5, &m, |v| v));
        for image in [&mut first, &mut second] {
            for letter in 0..8 {
                image.slice_mut(s![.., 296..308, 10 + 9 * letter..15 + 9 * letter]).fill(250.0);
            }
        }
        let pair = register(scene(second), scene(first)).expect("invariant: the same ground");
        let place = PixelPoint::from_xy(160.0, 160.0);
        let found = pair.alignment().to_before(place).expect("invariant: no projection");
        assert!(found.minus(map.apply(place)).length() < 0.1, "{found:?}");
    }
}
