//! What the two images show of structures: roofs where the slanted view puts them, in the pixels of each image.
//!
//! The truth counts footprints on the ground ([`truth`](crate::simulate::truth)). A detector sees roofs, and people who
//! outline buildings in images outline roofs; so training data marks these.

use geo::{BooleanOps, ConvexHull, Coord, CoordsIter, LineString, MapCoords, Polygon};
use ndarray::{Array2, Array3};

use crate::raster::area_mask::for_each_span;
use crate::raster::pixel_transform::PixelTransform;
use crate::raster::point::PixelPoint;
use crate::raster::window::GridSize;
use crate::simulate::canopy::find_crowned;
use crate::simulate::description::{DateDescription, PairDescription, When};
use crate::simulate::render::buildings::raised_parts;
use crate::simulate::render::clouds::CloudCover;
use crate::simulate::render::model::SceneModel;
use crate::simulate::render::overlays::draw_overlays;
use crate::simulate::render::{ground_to_image, image_size};

/// A pixel shows a structure that stands on the earlier date (in the earlier image).
pub const STRUCTURE_BEFORE: u8 = 1;
/// A pixel shows a structure that stands on the later date (in the later image).
pub const STRUCTURE_AFTER: u8 = 2;
/// A pixel of the later image shows a new structure.
pub const NEW: u8 = 4;
/// A pixel of the earlier image shows a structure that is gone later.
pub const REMOVED: u8 = 8;
/// A pixel lies on the rim of a structure of the earlier image, or is squeezed between two of them.
pub const BORDER_BEFORE: u8 = 16;
/// A pixel lies on the rim of a structure of the later image, or is squeezed between two of them.
pub const BORDER_AFTER: u8 = 32;
/// A pixel is hidden in one of the images, by a cloud, by what was laid over the image, or because a crown hides the
/// roof: nothing can be said of it.
pub const HIDDEN: u8 = 64;

/// Clouds that hide more of the ground than this leave nothing to see (by eye, on dense ones over white roofs).
const OPAQUE: f32 = 0.6;

/// A structure of which crowns hide more than this share is hidden altogether (a choice: what is left tells no outline).
const MOST_CROWNED: f64 = 0.6;

/// Walls that show less than this are no part of the picture, pixels.
const LEAST_WALL_PX: f64 = 0.5;

/// Half the side of the square in which two structures squeeze the ground between them, pixels.
const SQUEEZE_PX: usize = 2;

/// Marks every pixel with the sum of the bits that hold for it.
///
/// - Output: (height, width) of the after image. Bits of the earlier date are in the pixels of the before image, the
///   others in those of the after image: the two differ by the misregistration of the pair and by the lean of roofs.
///
/// Misleads where the before image has another size (it is cut, or filled with zeros), or a local warp: bits follow
/// its similarity transform alone, which is within `warp_px`.
pub fn mark_shown(description: &PairDescription) -> Array2<u8> {
    mark_model(&SceneModel::of(description))
}

/// As [`mark_shown`], of a scene whose trees are in place.
pub(in crate::simulate) fn mark_model(model: &SceneModel<'_>) -> Array2<u8> {
    let description = model.description;
    let size = image_size(description, When::After);
    let mut marks = Array2::zeros((size.height, size.width));
    for date in [When::Before, When::After] {
        let roofs = roofs_on(description, date, size);
        let (structure, change, border) = match date {
            When::Before => (STRUCTURE_BEFORE, REMOVED, BORDER_BEFORE),
            _ => (STRUCTURE_AFTER, NEW, BORDER_AFTER),
        };
        let lean_px = lean_px_per_m(model.date(date), &ground_to_image(description, date));
        let crowned = find_crowned(model, date, &roofs.heights_m, lean_px);
        let overgrown = roofs.overgrown(&crowned);
        for (at, mark) in marks.indexed_iter_mut() {
            let number = usize::from(roofs.numbers[at]);
            if number != 0 {
                *mark |= structure;
                *mark |= if roofs.changed[number] && !overgrown[number] { change } else { 0 };
                *mark |= if crowned[at] || overgrown[number] { HIDDEN } else { 0 };
            }
            if is_border(&roofs.numbers, at) {
                *mark |= border;
            }
        }
        mark_hidden(&mut marks, description, date);
    }
    marks
}

/// Structures of one image: their numbers from 1 by pixel, 0 elsewhere, how high the roof is, and which of them stand on
/// this date alone.
struct Roofs {
    numbers: Array2<u16>,
    heights_m: Array2<f32>,
    changed: Vec<bool>,
}

impl Roofs {
    /// Which structures are mostly below crowns, by number.
    fn overgrown(&self, crowned: &Array2<bool>) -> Vec<bool> {
        let mut shown = vec![[0usize; 2]; self.changed.len()];
        for (&number, &crowned) in self.numbers.iter().zip(crowned) {
            let [all, hidden] = &mut shown[usize::from(number)];
            *all += 1;
            *hidden += usize::from(crowned);
        }
        shown.iter().map(|&[all, hidden]| hidden as f64 > MOST_CROWNED * all as f64).collect()
    }
}

fn roofs_on(description: &PairDescription, date: When, size: GridSize) -> Roofs {
    let to_image = ground_to_image(description, date);
    let conditions = if date == When::Before { &description.before } else { &description.after };
    let shape = (size.height, size.width);
    let mut roofs = Roofs { numbers: Array2::zeros(shape), heights_m: Array2::zeros(shape), changed: vec![false] };
    let lean_px = lean_px_per_m(conditions, &to_image);
    let standing = description.buildings.iter().filter_map(|building| {
        let standing = building.standing().filter(|when| when.includes(date))?;
        Some((building, standing))
    });
    let mut parts = Vec::new();
    for (number, (building, standing)) in (1..u16::MAX).zip(standing) {
        roofs.changed.push(standing != When::Both);
        let raised = raised_parts(building, description.seed, date).into_iter().map(|(height_m, outline)| {
            let outline = outline.map_coords(|Coord { x, y }| {
                let PixelPoint { x, y } = to_image.apply(PixelPoint::from_xy(x, y));
                Coord { x, y }
            });
            (height_m, outline)
        });
        let shown = parts_in_image(raised.collect(), lean_px);
        parts.extend(shown.into_iter().map(|(height_m, outline)| (height_m, number, outline)));
    }
    // What is higher hides what is lower.
    parts.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (height_m, number, outline) in parts {
        for_each_span(&outline, size.window(), |row, cols| {
            for col in cols {
                roofs.numbers[[row, col]] = number;
                roofs.heights_m[[row, col]] = height_m as f32;
            }
        });
    }
    roofs
}

/// Parts of one building as the slanted view shows them: roofs, and walls of higher parts above lower ones, so that a tower
/// hangs together with its podium.
fn parts_in_image(raised: Vec<(f64, Polygon<f64>)>, lean_px: [f64; 2]) -> Vec<(f64, Polygon<f64>)> {
    let walls = raised.iter().flat_map(|low| raised.iter().map(move |high| (low, high)));
    let shows = |height_m: f64| height_m * lean_px[0].hypot(lean_px[1]) > LEAST_WALL_PX;
    let walls = walls.filter(|(low, high)| shows(high.0 - low.0)).flat_map(|(low, high)| {
        // Where the lower part, moved up the wall, and the higher one, moved down it, are both seen.
        let [below, above] = [low, high].map(|(_, outline)| swept(outline, [low.0, high.0], lean_px));
        below.intersection(&above).into_iter().map(|wall| (low.0, wall))
    });
    let roofs = raised.iter().map(|(height_m, outline)| (*height_m, leaned(outline, *height_m, lean_px)));
    roofs.chain(walls).collect()
}

/// An outline at this height, as the view shows it.
fn leaned(outline: &Polygon<f64>, height_m: f64, lean_px: [f64; 2]) -> Polygon<f64> {
    outline.map_coords(|Coord { x, y }| Coord { x: x + height_m * lean_px[0], y: y + height_m * lean_px[1] })
}

/// What an outline covers as it rises from one height to another.
fn swept(outline: &Polygon<f64>, heights_m: [f64; 2], lean_px: [f64; 2]) -> Polygon<f64> {
    let ends = heights_m.map(|height_m| leaned(outline, height_m, lean_px));
    LineString::new(ends.iter().flat_map(|end| end.exterior_coords_iter()).collect()).convex_hull()
}

/// Pixels to the right and down by which the view moves one metre of height.
fn lean_px_per_m(date: &DateDescription, to_image: &PixelTransform) -> [f64; 2] {
    let (sin, cos) = date.view_azimuth_deg.to_radians().sin_cos();
    let tangent = date.off_nadir_deg.to_radians().tan();
    let [a, b, _, d, e, _] = to_image.coefficients();
    [tangent * (b * cos - a * sin), tangent * (e * cos - d * sin)]
}

/// True on the inner rim of a structure, and on ground that has two different structures close by.
fn is_border(numbers: &Array2<u16>, (row, col): (usize, usize)) -> bool {
    let (height, width) = numbers.dim();
    let own = numbers[[row, col]];
    if own != 0 {
        let beside = [(row.wrapping_sub(1), col), (row + 1, col), (row, col.wrapping_sub(1)), (row, col + 1)];
        return beside.iter().any(|&at| numbers.get(at).is_some_and(|&number| number != own));
    }
    let cols = col.saturating_sub(SQUEEZE_PX)..(col + SQUEEZE_PX + 1).min(width);
    let cells = numbers.as_slice().expect("invariant: fresh arrays are contiguous");
    let mut near = 0;
    for row in row.saturating_sub(SQUEEZE_PX)..(row + SQUEEZE_PX + 1).min(height) {
        for &number in &cells[row * width + cols.start..row * width + cols.end] {
            if number != 0 && near != 0 && near != number {
                return true;
            }
            near = near.max(number);
        }
    }
    false
}

fn mark_hidden(marks: &mut Array2<u8>, description: &PairDescription, date: When) {
    let conditions = if date == When::Before { &description.before } else { &description.after };
    if let Some(clouds) = &conditions.clouds {
        let cover = CloudCover::lay(clouds);
        let to_ground = ground_to_image(description, date).inverse().expect("invariant: a similarity has an inverse");
        for ((row, col), mark) in marks.indexed_iter_mut() {
            let PixelPoint { x, y } = to_ground.apply(PixelPoint::center_of(row, col));
            if cover.opacity_at(x as f32, y as f32) > OPAQUE {
                *mark |= HIDDEN;
            }
        }
    }
    if !conditions.overlays.is_empty() {
        // Where an overlay hides the image, a dark one and a light one come out much alike.
        let (height, width) = marks.dim();
        let drawn_on = |value: u8| {
            let mut image = Array3::from_elem((height, width, 3), value);
            draw_overlays(&mut image, &conditions.overlays);
            image
        };
        let [dark, light] = [64, 192].map(drawn_on);
        for ((row, col), mark) in marks.indexed_iter_mut() {
            if light[[row, col, 0]].saturating_sub(dark[[row, col, 0]]) < 64 {
                *mark |= HIDDEN;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::description::{Building, Stage, Wing};
    use crate::simulate::story::{RandomOptions, random_pair};
    use crate::simulate::truth::derive_truth;

    fn scene(seed: u64) -> PairDescription {
        let options = RandomOptions { size_px: 96, gsd: (Meters(0.5), Meters(0.5)), biome: None };
        let mut scene = random_pair(seed, &options);
        // Structures below crowns are not marked as new.
        scene.trees.clear();
        scene.scatters.clear();
        for date in [&mut scene.before, &mut scene.after] {
            (date.off_nadir_deg, date.placement) = (0.0, Default::default());
        }
        scene
    }

    #[test]
    fn straight_down_roofs_are_footprints() {
        for seed in 0..30 {
            let scene = scene(seed);
            let (marks, truth) = (mark_shown(&scene), derive_truth(&scene));
            for (bit, mask) in [
                (STRUCTURE_BEFORE, &truth.buildings_before),
                (STRUCTURE_AFTER, &truth.buildings_after),
                (NEW, &truth.new),
                (REMOVED, &truth.removed),
            ] {
                let wrong = marks.iter().zip(mask).filter(|(mark, inside)| (**mark & bit != 0) != **inside).count();
                assert_eq!(wrong, 0, "seed {seed} bit {bit}");
            }
        }
    }

    #[test]
    fn roofs_lean_away_from_the_satellite() {
        let mut scene = scene(1);
        scene.buildings.clear();
        let mut tower = Building::rectangle(crate::structure::Kind::Other, [24.0, 24.0], [8.0, 8.0], 0.0);
        tower.eaves_m = 10.0;
        scene.buildings.push(tower);
        // Seen from the west at 45 degrees, the roof is 10 m further east.
        (scene.after.off_nadir_deg, scene.after.view_azimuth_deg) = (45.0, 270.0);
        let marks = mark_shown(&scene);
        let columns = [STRUCTURE_BEFORE, STRUCTURE_AFTER].map(|bit| columns_of(&marks, bit));
        assert_eq!(columns, [(40, 55), (60, 75)]);
    }

    /// First and last column with a bit.
    fn columns_of(marks: &Array2<u8>, bit: u8) -> (usize, usize) {
        let shown = marks.indexed_iter().filter(|(_, mark)| *mark & bit != 0).map(|((_, col), _)| col);
        shown.fold((usize::MAX, 0), |(low, high), col| (low.min(col), high.max(col)))
    }

    /// One building of 12 x 12 m that is 4 m high, seen from the west at 45 degrees.
    fn podium() -> PairDescription {
        let mut scene = scene(1);
        let mut podium = Building::rectangle(crate::structure::Kind::Other, [12.0, 24.0], [12.0, 12.0], 0.0);
        (podium.eaves_m, podium.rise_m) = (4.0, 0.0);
        scene.buildings = vec![podium];
        scene.trees.clear();
        scene.scatters.clear();
        (scene.after.off_nadir_deg, scene.after.view_azimuth_deg) = (45.0, 270.0);
        scene
    }

    #[test]
    fn blocks_lean_by_their_own_height() {
        let mut scene = podium();
        scene.buildings[0].wings = vec![Wing { eaves_m: Some(20.0), ..Wing::rectangle([0.0; 2], [4.0, 4.0], false) }];
        let marks = mark_shown(&scene);
        // The podium from 6 + 4 m; the tower's roof from 10 + 20 m to 34 m, hanging together with it.
        assert_eq!(columns_of(&marks, STRUCTURE_AFTER), (20, 67));
        let rows = |col: usize| (0..96).filter(|&row| marks[[row, col]] & STRUCTURE_AFTER != 0).count();
        assert_eq!([30, 50, 64].map(rows), [24, 8, 8]);
    }

    #[test]
    fn a_lower_wing_hangs_together_with_the_wall_behind_it() {
        let mut scene = podium();
        scene.buildings[0].eaves_m = 12.0;
        // West of the main block and 6 m wide, 4 m high.
        let wing = Wing { eaves_m: Some(4.0), ..Wing::rectangle([0.0, -9.0], [12.0, 6.0], false) };
        scene.buildings[0].wings = vec![wing];
        let marks = mark_shown(&scene);
        let row: Vec<bool> = (0..96).map(|col| marks[[48, col]] & STRUCTURE_AFTER != 0).collect();
        // Wing from 0 + 4 m, main block to 18 + 12 m.
        assert_eq!((0..96).filter(|&col| row[col]).collect::<Vec<_>>(), (8..60).collect::<Vec<_>>());
    }

    #[test]
    fn raw_walls_lean_by_what_stands() {
        let mut scene = podium();
        (scene.buildings[0].eaves_m, scene.buildings[0].stage_after) = (30.0, Stage::Walls);
        let (first, last) = columns_of(&mark_shown(&scene), STRUCTURE_AFTER);
        // 7 m at most.
        assert!(first <= 12 + 14 && last <= 35 + 14, "{first} to {last}");
    }

    #[test]
    fn rims_and_squeezed_ground_are_borders() {
        let mut numbers = Array2::<u16>::zeros((9, 12));
        numbers.slice_mut(ndarray::s![2..7, 1..5]).fill(1);
        numbers.slice_mut(ndarray::s![2..7, 7..11]).fill(2);
        let row: String = (0..12).map(|col| if is_border(&numbers, (4, col)) { '#' } else { '.' }).collect();
        assert_eq!(row, ".#..####..#.");
    }
}
