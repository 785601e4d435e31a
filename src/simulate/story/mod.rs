//! Tells random pairs: what a site looks like, how it was photographed twice, and what happened in between.

mod cameras;
mod clearance;
mod land;
mod layouts;
mod outlines;
mod parcel;
mod plot;
mod setting;
mod settlements;
mod skies;
mod structures;
mod things;

use crate::raster::units::Meters;
use crate::simulate::description::{Biome, PairDescription, Patch};
use crate::simulate::dice::Dice;
use crate::simulate::story::clearance::clear_footprints;
use crate::simulate::story::land::landscape::{change_cover, draw_relief, litter_ground};
use crate::simulate::story::land::parcels::lay_parcels;
use crate::simulate::story::land::scenery::shape_land;
use crate::simulate::story::land::vegetation::{grow_vegetation, plant_wood};
use crate::simulate::story::layouts::Layout;
use crate::simulate::story::plot::Plot;
use crate::simulate::story::setting::Setting;
use crate::simulate::story::settlements::site::settle;
use crate::simulate::story::skies::draw_dates;
use crate::simulate::story::things::gardens::plant_gardens;
use crate::simulate::story::things::highways::park_along_curbs;
use crate::simulate::story::things::litter::draw_wear;
use crate::simulate::story::things::paved_yards::use_pavements;
use crate::simulate::story::things::worn_edges::wear_edges;

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

/// How often each plot is told. A third of all pairs and more has no new structure, so that a detector learns to say so.
const PLOTS: [(Plot, f64); 11] = [
    (Plot::Nothing, 0.13),
    (Plot::Single, 0.08),
    (Plot::Infill, 0.14),
    (Plot::Cluster, 0.09),
    (Plot::Rows, 0.06),
    (Plot::Develop, 0.28),
    (Plot::Found, 0.20),
    (Plot::Clear, 0.05),
    (Plot::Renew, 0.05),
    (Plot::Replace, 0.02),
    (Plot::Extend, 0.02),
];

/// Share of suburbs in which nothing new is built, beside those whose plot says so (by judgment: a fifth of levir_val is such).
const SETTLED: f64 = 0.12;

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
    // Sizes of pixels count by ratio.
    let gsd_m = (gsd_min * (gsd_max / gsd_min).powf(dice.unit())).clamp(gsd_min, gsd_max);
    let plot = dice.weigh(&PLOTS);
    let [before, after] = draw_dates(biome, gsd_m, &mut dice);
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
        relief: None,
        wear: None,
        patches: Vec::new(),
        roads: Vec::new(),
        painted_lines: Vec::new(),
        bodies: Vec::new(),
        buildings: Vec::new(),
        fences: Vec::new(),
        vehicles: Vec::new(),
        aircraft: Vec::new(),
        heaps: Vec::new(),
        ridges: Vec::new(),
        trees: Vec::new(),
        scatters: Vec::new(),
    };
    scene.relief = draw_relief(&mut dice);
    let layout = Layout::draw(biome, &mut dice);
    // Suburbs that have long been built change in everything but their houses.
    let plot = if layout == Layout::Streets && dice.chance(SETTLED) { Plot::Nothing } else { plot };
    settle(&mut scene, layout, plot, &mut dice);
    // The land lies below all that people have laid.
    let mut land: Vec<Patch> = change_cover(&scene, &mut dice).into_iter().collect();
    land.extend(lay_parcels(&mut scene, layout, &mut dice));
    land.extend(plant_wood(&mut scene, plot, &mut dice));
    let covers = land.len();
    scene.patches.splice(0..0, land);
    shape_land(&mut scene, covers, &mut dice);
    litter_ground(&mut scene, plot, covers, &mut dice);
    scene.wear = draw_wear(&mut dice);
    wear_edges(&mut Setting::over(&mut scene, covers), &mut dice);
    park_along_curbs(&mut scene, &mut dice);
    use_pavements(&mut Setting::of(&mut scene), &mut dice);
    clear_footprints(&mut scene);
    grow_vegetation(&mut scene, &mut dice);
    plant_gardens(&mut scene, &mut dice);
    scene
}
