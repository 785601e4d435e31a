//! Tells random pairs: what a site looks like, how it was photographed twice, and what happened in between.

use crate::raster::units::Meters;
use crate::simulate::description::{Biome, Camera, DateDescription, PairDescription, Placement, When};
use crate::simulate::dice::Dice;
use crate::simulate::landscape::{grow_vegetation, lay_fields, litter_ground};
use crate::simulate::plot::Plot;
use crate::simulate::settlement::{Layout, settle};

/// What random pairs have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomOptions {
    /// Side of the images, pixels.
    pub size_px: usize,
    /// Smallest and largest ground sampling distance.
    pub gsd: (Meters, Meters),
    /// Landscape; drawn when `None`.
    pub biome: Option<Biome>,
}

/// How often each plot is told. A third of all pairs has no new structure, so that a detector learns to say so.
const PLOTS: [(Plot, f64); 6] = [
    (Plot::Nothing, 0.33),
    (Plot::Infill, 0.22),
    (Plot::Develop, 0.18),
    (Plot::Found, 0.10),
    (Plot::Clear, 0.06),
    (Plot::Renew, 0.11),
];

/// Tells a random pair. The same seed and options give the same description.
///
/// Landscapes, layouts, plots, seasons, suns, views and cameras are drawn independently of each other, so that combinations
/// arise that are rare in the world: variety is wanted, not statistics.
///
/// # Panics
/// When `size_px` is 0 or the range of ground sampling distances is empty or not positive;
/// [`simulate_pairs`](crate::simulate::simulate_pairs) refuses such options.
pub fn random_pair(seed: u64, options: &RandomOptions) -> PairDescription {
    let (gsd_min, gsd_max) = (options.gsd.0.0, options.gsd.1.0);
    assert!(options.size_px > 0 && gsd_min > 0.0 && gsd_min <= gsd_max, "options out of range: {options:?}");
    let mut dice = Dice::from_seed(seed);
    let biome = options.biome.unwrap_or_else(|| dice.pick(&Biome::ALL));
    let gsd_m = dice.between(gsd_min, gsd_max);
    let plot = dice.weigh(&PLOTS);
    let [before, after] = draw_dates(biome, &mut dice);
    let mut scene = PairDescription {
        name: format!("random {seed}"),
        seed,
        width_px: options.size_px,
        height_px: options.size_px,
        gsd_m,
        supersampling: 2,
        biome,
        georeference: None,
        before,
        after,
        patches: Vec::new(),
        roads: Vec::new(),
        painted_lines: Vec::new(),
        bodies: Vec::new(),
        buildings: Vec::new(),
        fences: Vec::new(),
        vehicles: Vec::new(),
        aircraft: Vec::new(),
        heaps: Vec::new(),
        trees: Vec::new(),
        scatters: Vec::new(),
    };
    let layout = Layout::draw(biome, &mut dice);
    lay_fields(&mut scene, layout, &mut dice);
    settle(&mut scene, layout, plot, &mut dice);
    litter_ground(&mut scene, plot, &mut dice);
    grow_vegetation(&mut scene, &mut dice);
    scene
}

/// Draws season, sun, view and camera of both dates.
fn draw_dates(biome: Biome, dice: &mut Dice) -> [DateDescription; 2] {
    let (gain, skylight) = ((0.10 * dice.normal()).exp(), dice.between(0.16, 0.34));
    let mut date = |date: When| {
        let greenness = match biome {
            Biome::Desert => dice.between(0.0, 0.2),
            Biome::Tropical => dice.between(0.5, 1.0),
            _ => dice.between(0.0, 1.0),
        };
        let winter = matches!(biome, Biome::Boreal | Biome::Temperate | Biome::Steppe | Biome::Cropland);
        let snow = if winter && dice.chance(0.05) { dice.between(0.3, 0.95) } else { 0.0 };
        DateDescription {
            date: None,
            // Satellites of this kind pass between 9 and 15 h; both hemispheres.
            sun_azimuth_deg: dice.between(95.0, 265.0) + if dice.chance(0.25) { 180.0 } else { 0.0 } - 180.0,
            sun_elevation_deg: dice.between(24.0, 72.0),
            view_azimuth_deg: dice.between(0.0, 360.0),
            off_nadir_deg: 28.0 * dice.unit().powf(1.3),
            greenness,
            moisture: if dice.chance(0.5) { 0.0 } else { dice.between(0.0, 0.8) },
            snow,
            variety: Default::default(),
            clouds: None,
            overlays: Vec::new(),
            camera: draw_camera(gain, skylight, dice),
            placement: if date == When::Before { draw_placement(dice) } else { Placement::default() },
        }
    };
    [date(When::Before), date(When::After)]
}

/// Draws a camera. Widths of the distributions were chosen by eye on contact sheets, wider than what one provider shows.
fn draw_camera(gain: f64, skylight: f64, dice: &mut Dice) -> Camera {
    let tint = if dice.chance(0.85) { 0.035 } else { 0.10 };
    Camera {
        blur_px: dice.between(0.25, 0.85),
        noise_dn: (2.2 * dice.normal()).abs(),
        haze: if dice.chance(0.6) { dice.between(0.0, 0.10) } else { dice.between(0.05, 0.30) },
        skylight: skylight * dice.between(0.8, 1.25),
        gain: gain * (0.22 * dice.normal()).exp(),
        gamma: (0.16 * dice.normal()).exp(),
        contrast: dice.between(0.85, 1.45),
        saturation: dice.between(0.45, 1.15),
        tint: [0, 1, 2].map(|_| (tint * dice.normal()).exp()),
        sharpening: if dice.chance(0.3) { dice.between(0.2, 1.0) } else { 0.0 },
        jpeg_quality: dice.chance(0.6).then(|| dice.count(40, 95) as u8),
        ..Camera::default()
    }
}

/// Draws the misregistration that is left after co-registration.
fn draw_placement(dice: &mut Dice) -> Placement {
    let reach = dice.weigh(&[(0.0, 0.3), (1.0, 0.35), (2.0, 0.2), (3.0, 0.15)]);
    Placement {
        shift_x_px: dice.between(-reach, reach),
        shift_y_px: dice.between(-reach, reach),
        rotation_deg: 0.12 * dice.normal(),
        scale: 1.0 + 0.0015 * dice.normal(),
        ..Placement::default()
    }
}
