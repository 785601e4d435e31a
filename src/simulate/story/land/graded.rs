//! Graded land: what machines leave on bare ground before anything is built there, or where nothing ever is.

use crate::simulate::description::{Border, Color, Heap, Material, Place, Ridge, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::outlines::blob;
use crate::simulate::story::setting::{Setting, band, clip_to_block, cut_by_roads, is_on_road};
use crate::simulate::story::structures::styles::stray_color;

/// Pale earths, crushed stone and lime, chosen by eye.
pub(in crate::simulate) const EARTHS: [Color; 6] =
    [[238, 234, 224], [226, 216, 198], [214, 198, 168], [200, 176, 146], [206, 204, 198], [188, 158, 128]];

/// Half the gauge of trucks and loaders, metres (2 m wheel to wheel).
const HALF_GAUGE_M: f64 = 1.0;

/// How often a spot of the land is looked for within the image.
const TRIES: usize = 6;

/// A rectangle of bare land: its axes and azimuth, its color, and when it lies bare.
#[derive(Clone, Copy)]
pub(in crate::simulate) struct BareLand {
    pub block: Block,
    pub azimuth_deg: f64,
    pub earth: Color,
    pub when: When,
}

/// Bare land on which nothing is built on either date: it is worked on, or lies waiting.
pub(in crate::simulate) fn grade_land(setting: &mut Setting<'_>, dice: &mut Dice) {
    let side = setting.side_m.min(260.0);
    let mut size = [dice.between(0.3, 0.9) * side, dice.between(0.25, 0.6) * side];
    let mut found = setting.claim(size, dice);
    while found.is_none() && size[1] > 14.0 {
        size = size.map(|extent| 0.6 * extent);
        found = setting.claim(size, dice);
    }
    let Some((block, azimuth_deg)) = found else { return };
    let when = dice.weigh(&[(When::Both, 0.55), (When::After, 0.3), (When::Before, 0.15)]);
    let earth = dice.pick(&EARTHS);
    let border =
        dice.weigh(&[(Border::Sharp, 0.25), (Border::Worn, 0.45), (Border::Organic, 0.15), (Border::Faded, 0.15)]);
    let opacity = dice.between(0.7, 1.0);
    // Soil that dries, or is covered with another load, has another tone on the other date.
    let dates = if when == When::Both && dice.chance(0.6) { vec![When::Before, When::After] } else { vec![when] };
    for date in dates {
        let patch = setting.lay(date, Material::Clay, block.corners().into(), border);
        (patch.color, patch.opacity) = (Some(stray_color(earth, 0.06, dice)), opacity);
    }
    work_land(setting, BareLand { block, azimuth_deg, earth, when }, dice);
}

/// Leaves tracks, scrapes, faint pads, heaps, windrows, berms, trenches and wet spots on bare land, other ones on each date.
pub(in crate::simulate) fn work_land(setting: &mut Setting<'_>, land: BareLand, dice: &mut Dice) {
    let busy = dice.weigh(&[(0.3, 0.35), (1.0, 0.45), (1.8, 0.2)]);
    let works: [(Work, f64, usize); 9] = [
        (wet_ground, 0.45, 3),
        (mark_pads, 0.35, 2),
        (scrape, 0.6, 6),
        (drive, 0.85, 7),
        (tip_load, 0.5, 3),
        (push_windrows, 0.4, 2),
        (throw_up_berm, 0.4, 2),
        (fill_up, 0.5, 3),
        (dig_trench, 0.35, 2),
    ];
    for (work, share, most) in works {
        if dice.chance(share * busy) {
            for _ in 0..dice.count(1, most) {
                work(setting, &land, dice);
            }
        }
    }
}

/// Leaves one mark.
type Work = fn(&mut Setting<'_>, &BareLand, &mut Dice);

impl BareLand {
    /// Dates on which a mark is seen: few outlast the time between the images.
    fn fate(&self, dice: &mut Dice) -> When {
        match self.when {
            When::Both => dice.weigh(&[(When::Both, 0.35), (When::Before, 0.3), (When::After, 0.35)]),
            when => when,
        }
    }

    /// The earth, darker or brighter.
    fn shade(&self, factor: f64) -> Color {
        self.earth.map(|v| (f64::from(v) * factor).min(252.0) as u8)
    }

    /// A spot on the land within the image.
    fn spot(&self, side_m: f64, dice: &mut Dice) -> Option<Place> {
        (0..TRIES)
            .map(|_| {
                let [along, across] = self.block.half.map(|half| half * dice.between(-0.92, 0.92));
                self.block.place(along, across)
            })
            .find(|place| place.iter().all(|v| (0.0..side_m).contains(v)))
    }

    /// True when a straight band meets no building, no other work and no road.
    fn is_open(&self, setting: &Setting<'_>, ends: &[Place], reach_m: f64) -> bool {
        let mut others = setting.taken.iter().filter(|block| block.center != self.block.center);
        others.all(|block| clip_to_block(block, reach_m, ends[0], ends[1]).is_none())
            && !is_on_road(&band(ends, 2.0 * reach_m), &setting.scene.roads)
    }

    /// An azimuth along the land, across it, or anyhow.
    fn heading(&self, dice: &mut Dice) -> f64 {
        self.azimuth_deg + dice.weigh(&[(0.0, 0.5), (90.0, 0.3), (37.0, 0.2)]) + 5.0 * dice.normal()
    }
}

/// Mud and puddles, or thin weeds.
fn wet_ground(setting: &mut Setting<'_>, land: &BareLand, dice: &mut Dice) {
    let Some(center) = land.spot(setting.side_m, dice) else { return };
    let (radius, when) = (dice.between(2.0, 14.0), land.fate(dice));
    let weeds = dice.chance(0.3);
    let material = if weeds { dice.pick(&[Material::DryGrass, Material::Scrub]) } else { Material::Clay };
    let (color, opacity) = (land.shade(dice.between(0.6, 0.85)), dice.between(0.25, 0.7));
    let border = dice.pick(&[Border::Worn, Border::Organic]);
    let patch = setting.lay(when, material, blob(center, radius, 0.4, dice), border);
    (patch.color, patch.opacity) = ((!weeds).then_some(color), opacity);
}

/// Rectangles in a row, filled up and rolled, hardly to be seen.
fn mark_pads(setting: &mut Setting<'_>, land: &BareLand, dice: &mut Dice) {
    let Some(first) = land.spot(setting.side_m, dice) else { return };
    let (azimuth, when) = (land.azimuth_deg + dice.pick(&[0.0, 90.0]), land.fate(dice));
    let size = [dice.between(8.0, 18.0), dice.between(9.0, 24.0)];
    let step = size[0] + dice.between(1.5, 8.0);
    let (shade, opacity) = (land.shade(dice.pick(&[0.88, 0.94, 1.06, 1.12])), dice.between(0.2, 0.7));
    let border = dice.pick(&[Border::Worn, Border::Worn, Border::Sharp]);
    let axes = Block::new(first, 1.0, 1.0, azimuth);
    for number in 0..dice.count(1, 5) {
        let pad = Block::new(axes.place(number as f64 * step, 0.0), size[0], size[1], azimuth);
        if dice.chance(0.85) && setting.is_free(pad.center, pad.radius()) {
            let patch = setting.lay(when, Material::Clay, pad.corners().into(), border);
            (patch.color, patch.opacity) = (Some(shade), opacity);
        }
    }
}

/// Bands where a blade has passed.
fn scrape(setting: &mut Setting<'_>, land: &BareLand, dice: &mut Dice) {
    let Some(center) = land.spot(setting.side_m, dice) else { return };
    let [long, short] = land.block.half;
    let (azimuth, when) = (land.azimuth_deg + dice.pick(&[0.0, 90.0]) + 3.0 * dice.normal(), land.fate(dice));
    let length = dice.between(0.3, 1.2) * long.min(short).max(8.0);
    let blade = dice.between(2.4, 4.2);
    let axes = Block::new(center, 1.0, 1.0, azimuth);
    for pass in 0..dice.count(1, 4) {
        let across = (pass as f64) * blade;
        let (from, to) = (-0.5 * length * dice.between(0.7, 1.0), 0.5 * length * dice.between(0.7, 1.0));
        let band = Block::new(axes.place(0.5 * (from + to), across), to - from, blade, azimuth);
        if is_on_road(&band, &setting.scene.roads) {
            continue;
        }
        let (color, opacity) = (land.shade(dice.pick(&[0.84, 0.92, 1.08, 1.14])), dice.between(0.15, 0.6));
        let line = vec![axes.place(from, across), axes.place(to, across)];
        setting.paint(when, line, blade * dice.between(0.8, 1.0), color, opacity);
    }
}

/// Two ruts of a vehicle that went its way.
fn drive(setting: &mut Setting<'_>, land: &BareLand, dice: &mut Dice) {
    let Some(center) = land.spot(setting.side_m, dice) else { return };
    let [long, short] = land.block.half;
    let (reach, when) = (dice.between(0.4, 1.1) * long.max(short), land.fate(dice));
    let axes = Block::new(center, 1.0, 1.0, land.heading(dice));
    let (swing, turn) = (dice.between(0.0, 0.15) * reach, dice.between(-0.25, 0.25));
    let phase = dice.between(0.0, std::f64::consts::TAU);
    let (width, opacity) = (dice.between(0.35, 0.8), dice.between(0.15, 0.5));
    let color = land.shade(dice.pick(&[0.62, 0.75, 0.82, 1.14]));
    for side in [-HALF_GAUGE_M, HALF_GAUGE_M] {
        let line: Vec<Place> = (0..=9)
            .map(|i| {
                let t = f64::from(i) / 4.5 - 1.0;
                let across = swing * (2.2 * t + phase).sin() + turn * reach * t * t;
                axes.place(t * reach, across + side)
            })
            .collect();
        for part in cut_by_roads(&line, &setting.scene.roads) {
            setting.paint(when, part, width, color, opacity);
        }
    }
}

/// Loads tipped beside each other: earth, sand, gravel, rubble.
fn tip_load(setting: &mut Setting<'_>, land: &BareLand, dice: &mut Dice) {
    let Some(center) = land.spot(setting.side_m, dice) else { return };
    let when = land.fate(dice);
    let material = dice.pick(&[Material::Soil, Material::Sand, Material::Gravel, Material::PaleSand, Material::Clay]);
    let axes = Block::new(center, 1.0, 1.0, land.heading(dice));
    let (usual, columns) = (dice.between(0.9, 3.2), dice.count(1, 3));
    for number in 0..dice.count(1, 10) {
        let radius_m = usual * dice.between(0.7, 1.3);
        let along = (number / columns) as f64 * 1.7 * usual + 0.3 * usual * dice.normal();
        let across = (number % columns) as f64 * 1.7 * usual + 0.3 * usual * dice.normal();
        let center = axes.place(along, across);
        if setting.is_free(center, radius_m + 1.0) {
            let height_m = radius_m * dice.between(0.3, 0.55);
            setting.scene.heaps.push(Heap { when, material, center, radius_m, height_m });
        }
    }
}

/// Long low rows of earth that a blade left beside its way.
fn push_windrows(setting: &mut Setting<'_>, land: &BareLand, dice: &mut Dice) {
    let Some(center) = land.spot(setting.side_m, dice) else { return };
    let (when, azimuth) = (land.fate(dice), land.heading(dice));
    let axes = Block::new(center, 1.0, 1.0, azimuth);
    let (length, pitch) = (dice.between(10.0, 45.0), dice.between(3.5, 9.0));
    let height_m = dice.between(0.3, 0.9);
    for number in 0..dice.count(1, 4) {
        let across = number as f64 * pitch;
        let ends = [dice.between(-0.6, -0.4), dice.between(0.4, 0.6)].map(|share| share * length);
        let line = bowed(&axes, ends, across, 0.03 * length * dice.normal());
        raise(setting, land, when, line, [dice.between(0.2, 0.6), 1.8 * height_m, height_m], dice);
    }
}

/// A bank of topsoil along one to three sides.
fn throw_up_berm(setting: &mut Setting<'_>, land: &BareLand, dice: &mut Dice) {
    let corners = land.block.corners();
    let (when, sides, first) = (land.fate(dice), dice.count(1, 3), dice.count(0, 3));
    let height_m = dice.between(0.5, 1.6);
    let line: Vec<Place> = (0..=sides).map(|i| corners[(first + i) % 4]).collect();
    raise(setting, land, when, line, [dice.between(0.3, 1.2), 1.7 * height_m, height_m], dice);
}

/// Ground filled up to a level of its own: a flat top between slopes, as pads, dams and road beds begin.
fn fill_up(setting: &mut Setting<'_>, land: &BareLand, dice: &mut Dice) {
    let Some(center) = land.spot(setting.side_m, dice) else { return };
    let (when, azimuth) = (land.fate(dice), land.azimuth_deg + dice.pick(&[0.0, 90.0]) + 4.0 * dice.normal());
    let height_m = dice.between(0.5, 2.5);
    let (crest_m, slope_m) = (dice.between(3.0, 22.0), height_m * dice.between(1.5, 4.0));
    let reach = 0.5 * dice.between(1.0, 3.5) * crest_m;
    let line = bowed(&Block::new(center, 1.0, 1.0, azimuth), [-reach, reach], 0.0, 0.2 * crest_m * dice.normal());
    raise(setting, land, when, line, [crest_m, slope_m, height_m], dice);
}

/// An open trench with its spoil beside it.
fn dig_trench(setting: &mut Setting<'_>, land: &BareLand, dice: &mut Dice) {
    let Some(center) = land.spot(setting.side_m, dice) else { return };
    let (when, azimuth) = (land.fate(dice), land.azimuth_deg + dice.pick(&[0.0, 90.0]));
    let axes = Block::new(center, 1.0, 1.0, azimuth);
    let (length, width) = (dice.between(12.0, 60.0), dice.between(0.6, 1.8));
    let line = bowed(&axes, [-0.5 * length, 0.5 * length], 0.0, 0.0);
    let color = land.shade(dice.between(0.4, 0.65));
    if line.windows(2).all(|ends| land.is_open(setting, ends, width + 3.0)) {
        setting.paint(when, line, width, color, dice.between(0.5, 0.9));
        let spoil = bowed(&axes, [-0.48 * length, 0.48 * length], width + 1.2, 0.0);
        raise(setting, land, when, spoil, [0.3, 1.1, dice.between(0.4, 0.8)], dice);
    }
}

/// Points from one end to the other, bowed to one side in the middle.
fn bowed(axes: &Block, [from, to]: [f64; 2], across: f64, bow: f64) -> Vec<Place> {
    (0..=4)
        .map(|i| {
            let t = f64::from(i) / 4.0;
            axes.place(from + t * (to - from), across + 4.0 * bow * t * (1.0 - t))
        })
        .collect()
}

/// Raises earth along a line that nothing stands on; `size` is crest, slope and height, metres. It keeps the color of
/// its ground, more or less.
fn raise(setting: &mut Setting<'_>, land: &BareLand, when: When, line: Vec<Place>, size: [f64; 3], dice: &mut Dice) {
    let [crest_m, slope_m, height_m] = size;
    let reach = crest_m / 2.0 + slope_m + 0.5;
    if !line.windows(2).all(|ends| land.is_open(setting, ends, reach)) {
        return;
    }
    let material = dice.pick(&[Material::Soil, Material::Clay, Material::PaleSand, Material::Gravel]);
    let opacity = dice.between(0.0, 0.35);
    setting.scene.ridges.push(Ridge { when, material, line, crest_m, slope_m, height_m, opacity });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::render::buildings::blocks_of;
    use crate::simulate::story::{RandomOptions, random_pair};

    #[test]
    fn no_earth_is_raised_through_houses() {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.4), Meters(0.7)), biome: None };
        let mut raised = 0;
        for seed in 0..150 {
            let scene = random_pair(seed, &options);
            raised += scene.ridges.len();
            let blocks: Vec<Block> = scene.buildings.iter().flat_map(blocks_of).collect();
            for ends in scene.ridges.iter().flat_map(|ridge| ridge.line.windows(2)) {
                let inside = blocks.iter().any(|block| clip_to_block(block, 0.0, ends[0], ends[1]).is_some());
                assert!(!inside, "{}: {ends:?}", scene.name);
            }
        }
        assert!(raised > 0);
    }
}
