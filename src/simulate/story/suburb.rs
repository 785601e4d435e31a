//! Houses on lots: suburbs along streets and around turning circles, row houses, villas.

use crate::simulate::description::{Border, Color, Fence, Material, Place, VehicleClass, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::houses::{draw_house, draw_row_house, draw_shed, draw_suburban, draw_villa};
use crate::simulate::story::plot::Fate;
use crate::simulate::story::settlement::Site;

/// Fences of boards, walls of blocks.
const FENCE_COLORS: [Color; 6] =
    [[124, 104, 84], [98, 84, 70], [150, 134, 112], [176, 166, 150], [206, 200, 188], [84, 78, 70]];

/// What the lots of a suburb have in common.
#[derive(Clone, Copy)]
struct Lots {
    /// Frontage and depth, metres.
    size: [f64; 2],
    /// Width of the streets, metres.
    street_m: f64,
    /// Between house and lot line to either side, metres.
    gap_m: f64,
    /// Between street and house, metres.
    setback_m: f64,
    /// Houses of several roofs.
    complex: bool,
    lawn: Material,
    drive: Material,
    fence: Option<Color>,
    sheds: f64,
    pools: f64,
    /// Share of lots without a house.
    vacant: f64,
}

impl Lots {
    fn draw(dice: &mut Dice) -> Self {
        let complex = dice.chance(0.65);
        let depth = if complex { dice.between(27.0, 38.0) } else { dice.between(20.0, 34.0) };
        Lots {
            size: [if complex { dice.between(13.5, 22.0) } else { dice.between(10.0, 24.0) }, depth],
            street_m: dice.between(6.0, 11.0),
            gap_m: dice.between(0.4, 2.8),
            setback_m: dice.between(3.0, 8.0),
            complex,
            lawn: dice.pick(&[Material::Grass, Material::Grass, Material::DryGrass, Material::Turf, Material::Soil]),
            drive: dice.pick(&[Material::Concrete, Material::Concrete, Material::Gravel, Material::OldAsphalt]),
            fence: dice.chance(0.6).then(|| dice.pick(&FENCE_COLORS)),
            sheds: dice.pick(&[0.0, 0.12, 0.4]),
            pools: dice.pick(&[0.0, 0.05, 0.3]),
            vacant: dice.pick(&[0.02, 0.06, 0.25]),
        }
    }
}

/// A lot: the middle of its front on the street, and the way its street runs.
#[derive(Clone, Copy)]
struct Lot {
    front: Place,
    azimuth_deg: f64,
    /// Frontage and depth, metres.
    size: [f64; 2],
    row: i64,
}

impl Site<'_> {
    /// Houses on lots to both sides of parallel or concentric streets.
    pub(in crate::simulate) fn streets(&mut self, dice: &mut Dice) {
        self.bend(0.55, dice);
        let lots = Lots::draw(dice);
        let spacing = 2.0 * lots.size[1] + lots.street_m;
        let crossing = dice.chance(0.5).then(|| dice.between(-0.4, 0.4) * self.side_m);
        let rows = (self.reach() / spacing).ceil() as i64;
        let jitter = dice.between(-0.5, 0.5) * spacing;
        for row in -rows..=rows {
            let across = row as f64 * spacing + jitter;
            if dice.chance(0.06) || self.stretch(across) < 0.3 {
                continue;
            }
            let end = dice.chance(0.3).then(|| dice.between(-0.3, 0.4) * self.side_m);
            let reach = self.reach();
            self.street([-reach, end.unwrap_or(reach)], across, lots.street_m);
            if let Some(end) = end {
                self.cul_de_sac(end, across, lots, row, dice);
            }
            for (number, side) in [-1.0, 1.0].into_iter().enumerate() {
                let front = across + side * lots.street_m / 2.0;
                for along in self.steps(lots.size[0], front) {
                    let past = end.is_some_and(|end| along > end - 0.7 * lots.size[0]);
                    let crossed = crossing.is_some_and(|at| (along - at).abs() < 0.5 * (lots.size[0] + lots.street_m));
                    if past || crossed || dice.chance(lots.vacant) {
                        continue;
                    }
                    let turn = if side < 0.0 { 180.0 } else { 0.0 };
                    let azimuth_deg = self.azimuth_at(along) + turn;
                    let lot = Lot {
                        front: self.place(along, front),
                        azimuth_deg,
                        size: lots.size,
                        row: 2 * row + number as i64,
                    };
                    self.house_lot(lot, lots, dice);
                }
            }
        }
        if let Some(at) = crossing {
            let reach = self.reach();
            let line = (0..=4).map(|i| self.place(at, reach * (f64::from(i) / 2.0 - 1.0))).collect::<Vec<_>>();
            if line.iter().all(|place| place.iter().all(|v| v.abs() < 10.0 * self.side_m)) {
                self.road(line, lots.street_m);
            }
        }
    }

    /// A turning circle with houses around it.
    fn cul_de_sac(&mut self, end: f64, across: f64, lots: Lots, row: i64, dice: &mut Dice) {
        let radius = dice.between(9.0, 13.0);
        let center = self.place(end + 0.5 * radius, across);
        self.turning_circle(center, radius);
        let ahead = self.azimuth_at(end);
        let number = dice.count(3, 5);
        for i in 0..number {
            let azimuth_deg = ahead + 200.0 * ((i as f64 + 0.5) / number as f64 - 0.5);
            // The lot's street runs at right angles to the way from the circle's middle.
            let spoke = Block::new(center, 1.0, 1.0, azimuth_deg);
            let size = [lots.size[0] * 0.9, lots.size[1]];
            let lot = Lot { front: spoke.place(radius, 0.0), azimuth_deg: azimuth_deg - 90.0, size, row: 2 * row };
            self.house_lot(lot, lots, dice);
        }
    }

    /// A house with drive, lawn and fence.
    fn house_lot(&mut self, lot: Lot, lots: Lots, dice: &mut Dice) {
        let [frontage, depth] = lot.size;
        // Axes of the lot: along the street, and away from it.
        let axes = Block::new(lot.front, 1.0, 1.0, lot.azimuth_deg);
        let room = [frontage - 2.0 * lots.gap_m, (depth - lots.setback_m) * 0.62];
        let setback = lots.setback_m + dice.between(-0.8, 0.8);
        let center = axes.place(dice.between(-0.3, 0.3) * lots.gap_m, setback + room[1] * 0.5);
        if room[0] < 5.0 || !self.is_near(center, 18.0) {
            return;
        }
        let fate = self.fate(center, lot.row, dice);
        let house = if lots.complex {
            draw_suburban(center, lot.azimuth_deg, room, self.style, dice)
        } else {
            let turn = if dice.chance(0.3) { 90.0 } else { 0.0 };
            let room = if turn > 0.0 { [room[1], room[0]] } else { room };
            draw_house(center, lot.azimuth_deg + turn, room, self.style, dice)
        };
        if self.build(house, fate, dice) {
            self.furnish_lot(&axes, lot.size, setback, fate, lots, dice);
        }
    }

    fn furnish_lot(
        &mut self,
        axes: &Block,
        [frontage, depth]: [f64; 2],
        setback: f64,
        fate: Fate,
        lots: Lots,
        dice: &mut Dice,
    ) {
        let when = if fate.replaced { When::Both } else { fate.when };
        let half = frontage / 2.0 - 0.2;
        let rectangle = |s: [f64; 2], t: [f64; 2]| {
            vec![axes.place(s[0], t[0]), axes.place(s[1], t[0]), axes.place(s[1], t[1]), axes.place(s[0], t[1])]
        };
        let lawn = if when == When::After && dice.chance(0.5) { self.opened } else { lots.lawn };
        if dice.chance(0.75) {
            self.pave(when, lawn, rectangle([-half, half], [0.5, depth * 0.97]), Border::Sharp);
        }
        if dice.chance(0.85) {
            let from = dice.pick(&[-half + 0.8, half - 6.0]);
            let wide = dice.between(2.8, 5.6);
            self.pave(when, lots.drive, rectangle([from, from + wide], [-0.3, setback + 1.5]), Border::Sharp);
            if dice.chance(0.4) {
                let spot = axes.place(from + wide / 2.0, setback * 0.5);
                let azimuth_deg = heading(axes) + 90.0;
                self.park(spot, azimuth_deg, VehicleClass::Car, when, dice);
            }
        }
        let yard = setback + (depth - setback) * 0.66;
        if dice.chance(lots.pools) {
            let (s, t) = (dice.between(-0.3, 0.3) * half, yard + 0.5 * (depth - yard));
            let own = if when == When::Both { dice.pick(&[When::Both, When::Both, When::After]) } else { when };
            self.pave(own, Material::Concrete, rectangle([s - 4.5, s + 4.5], [t - 2.8, t + 2.8]), Border::Sharp);
            self.pave(own, Material::Pool, rectangle([s - 3.4, s + 3.4], [t - 1.8, t + 1.8]), Border::Worn);
        } else if dice.chance(lots.sheds) {
            let center = axes.place(dice.pick(&[-0.6, 0.6]) * half, depth - 4.0);
            let shed = draw_shed(center, heading(axes), self.style, dice);
            // Sheds come and go by themselves.
            let shed_fate = if when == When::Both { self.fate(center, 0, dice) } else { fate };
            if self.is_clear_around(&shed, 0.6) {
                self.build(shed, Fate { extended: false, replaced: false, ..shed_fate }, dice);
            }
        }
        if let Some(color) = lots.fence.filter(|_| dice.chance(0.9)) {
            let corners = rectangle([-half, half], [setback + 4.0, depth * 0.985]);
            let line = vec![corners[0], corners[3], corners[2], corners[1]];
            self.scene.fences.push(Fence { when, line, height_m: 1.8, width_m: 0.2, color });
        }
    }

    /// Rows of houses that share their walls; each is a structure of its own.
    pub(in crate::simulate) fn terraces(&mut self, dice: &mut Dice) {
        self.bend(0.35, dice);
        let frontage = dice.between(4.8, 9.5);
        let deep = dice.between(8.0, 13.0);
        let (street_m, garden) = (dice.between(6.0, 11.0), dice.between(8.0, 20.0));
        let setback = dice.between(0.5, 6.0);
        let spacing = street_m + 2.0 * (setback + deep + garden);
        let in_row = dice.weigh(&[(2usize, 0.35), (5, 0.35), (9, 0.3)]);
        let fence = dice.pick(&FENCE_COLORS);
        let lawn = dice.pick(&[Material::Grass, Material::DryGrass, Material::Soil, Material::Turf]);
        let rows = (self.reach() / spacing).ceil() as i64;
        for row in -rows..=rows {
            let across = row as f64 * spacing;
            let reach = self.reach();
            self.street([-reach, reach], across, street_m);
            for side in [-1.0, 1.0] {
                let middle = across + side * (street_m / 2.0 + setback + deep / 2.0);
                for (number, along) in self.steps(frontage, middle).into_iter().enumerate() {
                    if number % (in_row + 1) == in_row {
                        continue;
                    }
                    let center = self.place(along, middle);
                    if !self.is_near(center, 15.0) {
                        continue;
                    }
                    // A row of houses is built at once.
                    let group = (number / (in_row + 1)) as i64 + 100 * row;
                    let row_middle = self.place(along - (number % (in_row + 1)) as f64 * frontage * 0.5, middle);
                    let fate = self.fate(row_middle, group, &mut Dice::at_place(group as u64, [middle, 0.0]));
                    let house = draw_row_house(center, self.azimuth_at(along), [frontage, deep], self.style, dice);
                    if self.build(house, fate, dice) {
                        let rear = middle + side * deep / 2.0;
                        let far = rear + side * garden * 0.95;
                        let half = 0.48 * frontage;
                        let outline = self.outline([along - half, rear], [along + half, far]);
                        let line = vec![outline[0], outline[3]];
                        self.pave(fate.when, lawn, outline, Border::Sharp);
                        self.scene.fences.push(Fence {
                            when: fate.when,
                            line,
                            height_m: 1.7,
                            width_m: 0.2,
                            color: fence,
                        });
                    }
                }
            }
        }
    }

    /// Villas in walled gardens with pools.
    pub(in crate::simulate) fn villas(&mut self, dice: &mut Dice) {
        self.bend(0.3, dice);
        let lot = [dice.between(18.0, 32.0), dice.between(20.0, 34.0)];
        let street_m = dice.between(7.0, 12.0);
        let spacing = 2.0 * lot[1] + street_m;
        let wall = dice.pick(&FENCE_COLORS);
        let garden = dice.pick(&[self.opened, self.opened, Material::Grass, Material::Concrete]);
        let pools = dice.between(0.0, 0.7);
        let rows = (self.reach() / spacing).ceil() as i64;
        for row in -rows..=rows {
            let across = row as f64 * spacing;
            let reach = self.reach();
            self.street([-reach, reach], across, street_m);
            for side in [-1.0, 1.0] {
                let middle = across + side * (street_m + lot[1]) / 2.0;
                for along in self.steps(lot[0], middle) {
                    let center = self.place(along, middle);
                    if !self.is_near(center, 20.0) || dice.chance(0.12) {
                        continue;
                    }
                    let fate = self.fate(center, row, dice);
                    let house_at = self.place(along, middle - side * lot[1] * 0.06);
                    let room = [lot[0] - dice.between(3.0, 8.0), lot[1] * dice.between(0.5, 0.8)];
                    let villa = draw_villa(house_at, self.azimuth_at(along), room, self.style, dice);
                    if !self.build(villa, fate, dice) {
                        continue;
                    }
                    let plot = Block::new(center, lot[0] - 0.3, lot[1] - 0.3, self.azimuth_at(along));
                    let mut line: Vec<Place> = plot.corners().into();
                    self.pave(fate.when, garden, line.clone(), Border::Sharp);
                    line.push(line[0]);
                    // Walls come before houses as often as with them.
                    let walled = if dice.chance(0.4) { When::Both } else { fate.when };
                    self.scene.fences.push(Fence { when: walled, line, height_m: 2.2, width_m: 0.3, color: wall });
                    if dice.chance(pools) {
                        let pool = Block::new(
                            plot.place(0.0, side * 0.43 * lot[1]),
                            dice.between(5.0, 9.0),
                            3.2,
                            heading(&plot),
                        );
                        self.pave(fate.when, Material::Pool, pool.corners().into(), Border::Worn);
                    }
                }
            }
        }
    }
}

/// Azimuth of a block's axis, degrees.
fn heading(block: &Block) -> f64 {
    let ahead = block.place(1.0, 0.0);
    (ahead[0] - block.center[0]).atan2(block.center[1] - ahead[1]).to_degrees()
}
