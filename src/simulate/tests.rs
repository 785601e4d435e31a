//! Laws of whole pairs: truth against pictures, and bytes against threads.

use geo::Area;
use proptest::prelude::*;

use super::*;
use crate::raster::units::Meters;
use crate::simulate::description::{
    Biome, Building, Camera, Cover, DateDescription, Material, Patch, Place, Species, Tree,
};
use crate::simulate::shown::{HIDDEN, NEW, STRUCTURE_AFTER, mark_shown};
use crate::simulate::story::{RandomOptions, random_pair};
use crate::structure::{Kind, Status};

fn clear_day(sun_azimuth_deg: f64, sun_elevation_deg: f64) -> DateDescription {
    DateDescription {
        date: None,
        sun_azimuth_deg,
        sun_elevation_deg,
        view_azimuth_deg: 0.0,
        off_nadir_deg: 0.0,
        greenness: 0.3,
        moisture: 0.0,
        snow: 0.0,
        variety: Default::default(),
        clouds: None,
        overlays: Vec::new(),
        camera: Camera { skylight: 0.1, ..Camera::default() },
        placement: Default::default(),
    }
}

fn hall(center: Place, when: When) -> Building {
    Building {
        when,
        eaves_m: 10.0,
        rise_m: 0.0,
        cover: Cover::WhiteMembrane,
        wear: 0.0,
        ..Building::rectangle(Kind::Warehouse, center, [24.0, 12.0], 90.0)
    }
}

/// Pale concrete all over, 64 x 64 m at 0.5 m, with these buildings.
fn yard(buildings: Vec<Building>, day: DateDescription) -> PairDescription {
    let everywhere = vec![[-99.0, -99.0], [199.0, -99.0], [199.0, 199.0], [-99.0, 199.0]];
    let mut scene =
        random_pair(1, &RandomOptions { size_px: 128, gsd: (Meters(0.5), Meters(0.5)), biome: Some(Biome::Desert) });
    scene.before = day.clone();
    scene.after = day;
    scene.supersampling = 3;
    PairDescription {
        relief: None,
        wear: None,
        patches: vec![Patch {
            when: When::Both,
            material: Material::Concrete,
            color: None,
            outline: everywhere,
            border: Default::default(),
            opacity: 1.0,
            rows_m: None,
            rows_azimuth_deg: 0.0,
            stalls: false,
        }],
        roads: Vec::new(),
        painted_lines: Vec::new(),
        bodies: Vec::new(),
        buildings,
        fences: Vec::new(),
        vehicles: Vec::new(),
        aircraft: Vec::new(),
        heaps: Vec::new(),
        ridges: Vec::new(),
        trees: Vec::new(),
        scatters: Vec::new(),
        ..scene
    }
}

#[test]
fn a_shadow_is_as_long_as_height_and_sun_say() {
    // Sun in the south: the shadow of the hall's north wall falls up.
    for elevation in [30.0f64, 40.0, 55.0] {
        let pair = render_pair(&yard(vec![hall([32.0, 45.0], When::Both)], clear_day(180.0, elevation))).unwrap();
        let column: Vec<f32> = (0..128).map(|row| pair.after.band(1)[[row, 64]]).collect();
        let (lit, dark) = (column[4], column[..].iter().copied().fold(f32::MAX, f32::min));
        let half = (lit + dark) / 2.0;
        // North wall at y = 45 - 6 m = row 78; walk up from it to where half of the light is back.
        let edge = (0..78).rev().find(|&row| column[row] > half).unwrap();
        let (bright, dim) = (column[edge], column[edge + 1]);
        let crossing = edge as f32 + 0.5 + (bright - half) / (bright - dim);
        let length_px = 78.0 - f64::from(crossing);
        let expected = 10.0 / elevation.to_radians().tan() / 0.5;
        assert!((length_px - expected).abs() < 1.0, "elevation {elevation}: {length_px} for {expected} px");
    }
}

#[test]
fn a_footprint_is_where_the_truth_says() {
    let pair = render_pair(&yard(vec![hall([32.0, 32.0], When::After)], clear_day(180.0, 80.0))).unwrap();
    let (before, after) = (pair.before.band(1), pair.after.band(1));
    let changed = ndarray::Array2::from_shape_fn((128, 128), |at| (before[at] - after[at]).abs() > 10.0);
    let both = changed.iter().zip(&pair.truth.new).filter(|(c, t)| **c && **t).count() as f64;
    let either = changed.iter().zip(&pair.truth.new).filter(|(c, t)| **c || **t).count() as f64;
    // The rest is the short shadow.
    assert!(both / either > 0.8, "IoU {}", both / either);
    assert_eq!(pair.truth.new.iter().filter(|&&inside| inside).count(), 48 * 24);
    assert_eq!(pair.truth.structures[0].status, Some(Status::New));
    assert!(pair.truth.removed.iter().all(|&gone| !gone));
}

fn tree(species: Species, center: Place, radius_m: f64, height_m: f64) -> Tree {
    Tree { when: When::After, species, center, radius_m, height_m }
}

/// Shares of the later image's structures that are new, and hidden.
fn new_and_hidden(scene: &PairDescription) -> [f64; 2] {
    let marks = mark_shown(scene);
    let roofs: Vec<u8> = marks.iter().copied().filter(|mark| mark & STRUCTURE_AFTER != 0).collect();
    [NEW, HIDDEN].map(|bit| roofs.iter().filter(|&mark| mark & bit != 0).count() as f64 / roofs.len() as f64)
}

#[test]
fn crowns_hide_in_the_labels_what_they_hide_in_the_picture() {
    // Trees stand on the later date alone: where the roof changes, a crown hides it.
    let mut agreement = Vec::new();
    for (off_nadir_deg, view_azimuth_deg) in [(0.0, 0.0), (20.0, 200.0), (25.0, 70.0)] {
        let day = DateDescription { off_nadir_deg, view_azimuth_deg, ..clear_day(180.0, 87.0) };
        let mut scene = yard(vec![hall([32.0, 32.0], When::Both)], day);
        let places = [[20.0, 39.0], [30.0, 40.5], [45.0, 30.0], [42.0, 24.5], [28.0, 24.0], [19.0, 30.0]];
        scene.trees = places.map(|center| tree(Species::Conifer, center, 3.5, 15.0)).into();
        scene.trees.push(tree(Species::Acacia, [36.0, 38.5], 4.0, 13.0));
        let marks = mark_shown(&scene);
        let pair = render_pair(&scene).unwrap();
        let (before, after) = (pair.before.band(1), pair.after.band(1));
        let roof: Vec<_> = marks.indexed_iter().filter(|(_, mark)| *mark & STRUCTURE_AFTER != 0).collect();
        let changed = |at: (usize, usize)| (before[at] - after[at]).abs() > 25.0;
        let count = |wanted: fn(bool, bool) -> bool| {
            roof.iter().filter(|(at, mark)| wanted(**mark & HIDDEN != 0, changed(*at))).count() as f64
        };
        let (both, either) = (count(|hidden, changed| hidden && changed), count(|hidden, changed| hidden || changed));
        let hidden = count(|hidden, _| hidden);
        agreement.push((both, either, hidden));
    }
    // What is shaded or blurred beside a crown changes too and is not hidden.
    let agree =
        |(both, either, hidden): &(f64, f64, f64)| *either > 100.0 && both / either > 0.65 && both / hidden > 0.8;
    assert!(agreement.iter().all(agree), "{agreement:?}");
}

#[test]
fn a_structure_below_crowns_is_not_new() {
    let mut scene = yard(vec![hall([32.0, 32.0], When::After)], clear_day(180.0, 60.0));
    assert_eq!(new_and_hidden(&scene), [1.0, 0.0]);
    // Half of the hall, all of it.
    scene.trees = vec![tree(Species::Conifer, [25.0, 32.0], 8.0, 40.0)];
    let [new, hidden] = new_and_hidden(&scene);
    assert!(new == 1.0 && (0.2..0.6).contains(&hidden), "{hidden}");
    scene.trees.push(tree(Species::Conifer, [39.0, 32.0], 8.0, 40.0));
    assert_eq!(new_and_hidden(&scene), [0.0, 1.0]);
    // Without leaves they are seen through.
    scene.after.greenness = 0.0;
    scene.trees.iter_mut().for_each(|tree| tree.species = Species::Broadleaf);
    assert_eq!(new_and_hidden(&scene), [1.0, 0.0]);
}

#[test]
fn a_building_removed_and_added_has_the_same_truth() {
    let day = clear_day(150.0, 45.0);
    let was = derive_truth(&yard(vec![hall([30.0, 30.0], When::Before)], day.clone()));
    let is = derive_truth(&yard(vec![hall([30.0, 30.0], When::After)], day));
    assert_eq!(was.removed, is.new);
    assert_eq!(was.structures[0].footprint_px, is.structures[0].footprint_px);
}

#[test]
fn threads_do_not_change_a_byte() {
    let options = SimulateOptions { pairs: 3, size_px: 96, seed: 9, ..SimulateOptions::default() };
    let render = |threads: usize| {
        let folder = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let made = pool.install(|| simulate_pairs(&options, folder.path(), &crate::observer::Silent)).unwrap();
        let mut files = Vec::new();
        for made in &made.folders {
            let mut names: Vec<_> = std::fs::read_dir(made).unwrap().map(|entry| entry.unwrap().path()).collect();
            names.sort();
            files.extend(names.iter().map(|path| (path.file_name().unwrap().to_owned(), std::fs::read(path).unwrap())));
        }
        files
    };
    let one = render(1);
    assert_eq!(one.len(), 3 * 9);
    assert!(one == render(2), "files differ between 1 and 2 threads");
}

#[test]
fn a_folder_with_files_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    let options = SimulateOptions { pairs: 1, size_px: 32, ..SimulateOptions::default() };
    let refused = simulate_pairs(&options, folder.path(), &crate::observer::Silent);
    assert!(matches!(refused, Err(SimulateError::NotEmpty { .. })));
    let overwrite = SimulateOptions { overwrite: true, ..options };
    simulate_pairs(&overwrite, folder.path(), &crate::observer::Silent).unwrap();
    assert_eq!(std::fs::read_to_string(folder.path().join("mine.txt")).unwrap(), "mine");
}

#[test]
fn options_out_of_range_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let options = SimulateOptions { gsd_min: Meters(0.8), gsd_max: Meters(0.4), ..SimulateOptions::default() };
    let refused = simulate_pairs(&options, &folder.path().join("out"), &crate::observer::Silent).unwrap_err();
    assert!(refused.to_string().contains("gsd is 0.8-0.4"), "{refused}");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn tiles_meet_without_seams() {
    // 600 px is more than one tile; the same ground as the corner of a smaller image of the same scene.
    let options = RandomOptions { size_px: 600, gsd: (Meters(0.5), Meters(0.5)), biome: Some(Biome::Steppe) };
    for seed in [2, 4, 11] {
        assert_seamless(random_pair(seed, &options));
    }
}

fn assert_seamless(mut large: PairDescription) {
    large.after.camera = Camera::default();
    // Captions and corners depend on the size of the image.
    large.after.overlays.clear();
    let mut small = large.clone();
    (small.width_px, small.height_px) = (560, 560);
    // Scatters fill the image: they are left out, as their places depend on its size.
    large.scatters.clear();
    small.scatters.clear();
    let (large, small) = (render_pair(&large).unwrap(), render_pair(&small).unwrap());
    let corner = large.after.samples().slice(ndarray::s![.., ..550, ..550]).to_owned();
    let difference = corner
        .iter()
        .zip(small.after.samples().slice(ndarray::s![.., ..550, ..550]).iter())
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    assert!(difference <= 1.0, "{difference} DN");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn laws_of_random_pairs(seed in 0..1_000_000u64) {
        let options = RandomOptions { size_px: 96, gsd: (Meters(0.4), Meters(0.7)), biome: None };
        let scene = random_pair(seed, &options);
        prop_assert_eq!(&scene, &random_pair(seed, &options));
        // What is written can be read again and is the same scene.
        let again: PairDescription = toml::from_str(&scene_file::scene_file_text(&scene)).unwrap();
        let truth = derive_truth(&scene);
        prop_assert_eq!(&truth.new, &derive_truth(&again).new);
        // New and removed structures stand on one date only, unless another one stands in their place.
        let masks = truth.buildings_before.iter().zip(&truth.buildings_after).zip(&truth.new).zip(&truth.removed);
        for (((before, after), new), removed) in masks {
            prop_assert!((!new || *after) && (!removed || *before));
        }
        for structure in truth.structures.iter().filter(|s| s.inside_share > 0.999) {
            let mut mask = ndarray::Array2::from_elem((96, 96), false);
            crate::raster::area_mask::fill_polygon(
                &structure.footprint_px,
                crate::raster::window::Window::from_tlhw(0, 0, 96, 96),
                &mut mask,
            );
            let covered = mask.iter().filter(|&&inside| inside).count() as f64;
            let area = structure.footprint_px.unsigned_area();
            let rim = structure.length_m.hypot(structure.width_m) / scene.gsd_m * 2.0;
            prop_assert!((covered - area).abs() < 0.5 * rim + 2.0, "{covered} px for {area}");
        }
        let pair = render_pair(&scene).unwrap();
        prop_assert!(pair.after.samples().iter().all(|v| (0.0..=255.0).contains(v) && v.fract() == 0.0));
    }
}
