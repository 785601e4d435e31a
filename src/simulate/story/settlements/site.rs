//! Settlements: what kind there is, and the site they are built on.

use crate::simulate::description::{
    Border, Color, Fence, Markings, Material, PairDescription, Patch, Place, Ridge, Road, Vehicle, VehicleClass, When,
};
use crate::simulate::dice::Dice;
use crate::simulate::render::palette::{biome_layers, material_look};
use crate::simulate::render::surface::Block;
use crate::simulate::story::layouts::Layout;
use crate::simulate::story::plot::{Course, Fate, Plot};
use crate::simulate::story::setting::{cut_by_roads, plain_road};
use crate::simulate::story::settlements::edges::Edge;
use crate::simulate::story::structures::styles::RoofStyle;

/// What streets of a settlement look like.
#[derive(Clone, Copy)]
struct Paving {
    material: Material,
    shoulder_m: f64,
    corner_m: f64,
    fray_m: f64,
    markings: Markings,
}

/// A site under construction: its axes, and what already stands.
pub(in crate::simulate) struct Site<'a> {
    /// What is built into.
    pub scene: &'a mut PairDescription,
    pub(super) axes: Block,
    /// Turn of the along axis per metre, radians: streets are arcs.
    pub(super) curvature: f64,
    /// Kinks of the along axis: metres along, and the slope from there on.
    pub(super) kinks: Vec<(f64, f64)>,
    /// Whether streets are curves through their points, or kinked.
    rounded: bool,
    /// Side of the image on the ground, metres.
    pub side_m: f64,
    pub(super) azimuth_deg: f64,
    /// What happens between the dates.
    pub course: Course,
    /// Color of the land that is opened up for building.
    pub opened: Material,
    /// What roofs have in common.
    pub style: RoofStyle,
    paving: Paving,
    /// When the streets came.
    pub streets: When,
    /// Share of structures that are under construction on one of the dates.
    pub(super) works: f64,
    /// Where the settlement ends within the image.
    pub edge: Option<Edge>,
    pub(super) taken: Vec<Block>,
    /// Ground that lots take, houses or not.
    pub lots: Vec<Block>,
    /// Banks between rows of lots, raised when all houses stand.
    pub(super) banks: Vec<Ridge>,
}

/// Share of settlements that end within the image, and of those that end at another one.
const ENDING: [f64; 2] = [0.32, 0.3];

/// Builds a settlement into the scene.
pub(in crate::simulate) fn settle(scene: &mut PairDescription, layout: Layout, plot: Plot, dice: &mut Dice) {
    let mut site = Site::survey(scene, plot, dice);
    if !matches!(layout, Layout::Hamlet | Layout::Farms) && dice.chance(ENDING[0]) {
        site.edge = Some(Edge::draw(site.side_m, dice));
    }
    site.lay_out(layout, dice);
    if let Some(edge) = site.edge.filter(|_| dice.chance(ENDING[1]))
        && let Some(neighbor) = layout.neighbor(dice)
    {
        site.turn_to(edge.reversed(dice.between(2.0, 14.0)), dice);
        site.lay_out(neighbor, dice);
    }
    site.raise_banks();
    if !matches!(layout, Layout::Streets | Layout::Sprawl | Layout::Village) {
        site.strew_between(dice);
    }
    site.see_to_it(dice);
}

impl<'a> Site<'a> {
    fn lay_out(&mut self, layout: Layout, dice: &mut Dice) {
        match layout {
            Layout::Streets => self.streets(dice),
            Layout::Terraces => self.terraces(dice),
            Layout::Villas => self.villas(dice),
            Layout::Blocks => self.blocks(dice),
            Layout::Downtown => self.downtown(dice),
            Layout::Courts => self.courts(dice),
            Layout::Desert => self.desert(dice),
            Layout::Masonry => self.masonry(dice),
            Layout::Walled => self.walled_plots(dice),
            Layout::Homesteads => self.homesteads(dice),
            Layout::OldTown => self.old_town(dice),
            Layout::Informal => self.informal(dice),
            Layout::Village => self.village(dice),
            Layout::Compound => self.compound(dice),
            Layout::Camp => self.camp(dice),
            Layout::Yards => self.yards(dice),
            Layout::Campus => self.campus(dice),
            Layout::Agriculture => self.agriculture(dice),
            Layout::Farms => self.farms(dice),
            Layout::Hamlet => self.hamlet(dice),
            Layout::Sprawl => self.sprawl(dice),
            Layout::Empty => {}
        }
    }

    /// Goes on with another settlement within this edge: with axes and a style of its own.
    fn turn_to(&mut self, edge: Edge, dice: &mut Dice) {
        self.edge = Some(edge);
        self.azimuth_deg += dice.pick(&[0.0, 90.0, 25.0, 50.0]) + dice.between(-8.0, 8.0);
        self.axes = Block::new(self.axes.center, 1.0, 1.0, self.azimuth_deg);
        (self.curvature, self.kinks) = (0.0, Vec::new());
        self.style = self.fresh_style(dice);
    }

    /// A style of roofs that has nothing to do with the settlement's.
    pub(super) fn fresh_style(&self, dice: &mut Dice) -> RoofStyle {
        RoofStyle::draw(material_look(self.opened, &self.scene.after.variety).dry, dice)
    }

    /// Brings something new where a plot asks for it and its places met nothing.
    fn see_to_it(&mut self, dice: &mut Dice) {
        let buildings = &mut self.scene.buildings;
        let wanted = self.course.may_add() && !matches!(self.course.plot, Plot::Extend | Plot::Replace);
        if !wanted || buildings.iter().any(|building| building.standing() == Some(When::After)) {
            return;
        }
        let side_m = self.side_m;
        let mut shown: Vec<usize> = (0..buildings.len())
            .filter(|&number| {
                let building = &buildings[number];
                building.when == When::Both && building.center.iter().all(|v| (0.0..side_m).contains(v))
            })
            .collect();
        for _ in 0..dice.count(1, 3).min(shown.len()) {
            let number = shown.swap_remove(dice.count(0, shown.len() - 1));
            buildings[number].when = When::After;
        }
    }

    pub(super) fn survey(scene: &'a mut PairDescription, plot: Plot, dice: &mut Dice) -> Self {
        let side_m = scene.width_px as f64 * scene.gsd_m;
        let azimuth_deg = if dice.chance(0.3) { 90.0 * dice.count(0, 1) as f64 } else { dice.between(0.0, 180.0) };
        let center = [0, 1].map(|_| side_m * dice.between(0.3, 0.7));
        let opened =
            dice.pick(&[Material::Soil, Material::Laterite, Material::Gravel, Material::Sand, Material::PaleSand]);
        let course = Course::draw(plot, side_m, dice);
        let natural: Color = material_look(biome_layers(scene.biome)[0].material, &scene.after.variety).dry;
        let ground = if dice.chance(0.5) { natural } else { material_look(opened, &scene.after.variety).dry };
        let paved = dice.chance(0.75);
        let paving = Paving {
            material: if paved {
                dice.pick(&[Material::Asphalt, Material::OldAsphalt, Material::OldAsphalt, Material::Concrete])
            } else {
                dice.pick(&[Material::Laterite, Material::Soil, Material::Gravel, Material::Sand])
            },
            shoulder_m: if paved && dice.chance(0.5) { dice.between(0.6, 2.0) } else { 0.0 },
            corner_m: if paved && dice.chance(0.75) { dice.between(2.0, 9.0) } else { 0.0 },
            // Tracks that are graded have straight edges, too.
            fray_m: if paved { 0.2 } else { dice.between(0.2, 0.9) },
            markings: if paved && dice.chance(0.25) { Markings::Street } else { Markings::None },
        };
        // What is being built on a large scale is not ready all at once.
        let under_way = matches!(plot, Plot::Develop | Plot::Found | Plot::Rows | Plot::Cluster);
        Site {
            axes: Block::new(center, 1.0, 1.0, azimuth_deg),
            curvature: 0.0,
            kinks: Vec::new(),
            rounded: dice.chance(0.6),
            side_m,
            azimuth_deg,
            opened,
            style: RoofStyle::draw(ground, dice),
            paving,
            streets: if plot == Plot::Found && dice.chance(0.25) { When::After } else { When::Both },
            works: if under_way {
                dice.weigh(&[(0.0, 0.4), (0.06, 0.38), (0.25, 0.22)])
            } else {
                dice.weigh(&[(0.0, 0.6), (0.05, 0.27), (0.25, 0.13)])
            },
            edge: None,
            taken: Vec::new(),
            lots: Vec::new(),
            banks: Vec::new(),
            course,
            scene,
        }
    }

    /// What becomes of a structure at a place.
    pub(in crate::simulate) fn fate(&self, place: Place, row: i64, dice: &mut Dice) -> Fate {
        self.course.fate(place, row, dice)
    }

    /// Lays ground of one material.
    pub(in crate::simulate) fn pave(&mut self, when: When, material: Material, outline: Vec<Place>, border: Border) {
        self.scene.patches.push(Patch {
            when,
            material,
            color: None,
            outline,
            border,
            opacity: 1.0,
            rows_m: None,
            rows_azimuth_deg: self.azimuth_deg,
            stalls: false,
        });
    }

    /// A street through these places, as far as the settlement goes.
    pub(in crate::simulate) fn road(&mut self, line: Vec<Place>, width_m: f64) {
        let Paving { material, shoulder_m, corner_m, fray_m, markings } = self.paving;
        let within = |place: &Place| self.edge.is_none_or(|edge| edge.beyond(*place) < 12.0);
        let lines: Vec<Vec<Place>> =
            line.split(|place| !within(place)).filter(|part| part.len() > 1).map(<[Place]>::to_vec).collect();
        for line in lines {
            self.scene.roads.push(Road {
                curved: self.rounded || self.curvature != 0.0,
                shoulder_m,
                corner_m,
                fray_m,
                markings,
                ..plain_road(self.streets, material, line, width_m)
            });
        }
    }

    /// A street along the axis from one place to another.
    pub(in crate::simulate) fn street(&mut self, [from, to]: [f64; 2], across: f64, width_m: f64) {
        if self.stretch(across) < 0.2 || to <= from {
            return;
        }
        let pieces = if self.kinks.is_empty() && self.curvature == 0.0 && self.edge.is_none() { 2 } else { 12 };
        let mut stops: Vec<f64> = (0..=pieces).map(|i| from + (to - from) * f64::from(i) / f64::from(pieces)).collect();
        stops.extend(self.kinks.iter().map(|kink| kink.0).filter(|at| (from..to).contains(at)));
        stops.sort_by(f64::total_cmp);
        let line = stops.into_iter().map(|along| self.place(along, across)).collect();
        self.road(line, width_m);
    }

    /// A wall or fence; streets pass through it.
    pub(in crate::simulate) fn wall(&mut self, when: When, line: &[Place], height_m: f64, width_m: f64, color: Color) {
        for line in cut_by_roads(line, &self.scene.roads) {
            self.scene.fences.push(Fence { when, line, height_m, width_m, color });
        }
    }

    /// A round place at the end of a street.
    pub(in crate::simulate) fn turning_circle(&mut self, center: Place, radius: f64) {
        let outline = (0..20).map(|i| {
            let (sin, cos) = (std::f64::consts::TAU * f64::from(i) / 20.0).sin_cos();
            [center[0] + radius * cos, center[1] + radius * sin]
        });
        let (when, material) = (self.streets, self.paving.material);
        self.pave(when, material, outline.collect(), Border::Sharp);
    }

    /// A vehicle that stands somewhere.
    pub(in crate::simulate) fn park(
        &mut self,
        center: Place,
        azimuth_deg: f64,
        class: VehicleClass,
        place_when: When,
        dice: &mut Dice,
    ) {
        let own = dice.pick(&[When::Both, When::Before, When::After]);
        let when = if place_when == When::Both { own } else { place_when };
        let azimuth_deg = azimuth_deg + 3.0 * dice.normal();
        self.scene.vehicles.push(Vehicle { when, class, center, azimuth_deg, color: None });
    }

    /// True when a place is in the image or this close to it, and inside the settlement.
    pub(in crate::simulate) fn is_near(&self, place: Place, margin: f64) -> bool {
        let reach = -margin..self.side_m + margin;
        place.iter().all(|v| reach.contains(v)) && self.edge.is_none_or(|edge| edge.admits(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::render::buildings::footprint_of;
    use crate::simulate::story::{RandomOptions, random_pair};
    use geo::{Area, BooleanOps, BoundingRect, Intersects};

    #[test]
    fn no_two_structures_share_ground_on_one_date() {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.4), Meters(0.7)), biome: None };
        for seed in 0..80 {
            let scene = random_pair(seed, &options);
            let standing: Vec<_> =
                scene.buildings.iter().filter_map(|b| Some((footprint_of(b), b.standing()?))).collect();
            for (number, (first, when)) in standing.iter().enumerate() {
                for (second, other) in &standing[number + 1..] {
                    let meet = when.includes(When::Before) && other.includes(When::Before)
                        || when.includes(When::After) && other.includes(When::After);
                    let near = first.bounding_rect().zip(second.bounding_rect()).is_some_and(|(a, b)| a.intersects(&b));
                    if meet && near {
                        let shared = first.intersection(second).unsigned_area();
                        // Neighbors that touch may overlap by the width of a touch.
                        assert!(shared < 3.0, "seed {seed}: {shared} m2 shared");
                    }
                }
            }
        }
    }
}
