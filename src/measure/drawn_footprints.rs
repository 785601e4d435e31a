//! Measures footprints that somebody drew or reviewed; what an analyst said wins over what can be inferred.

use crate::footprint::{Footprint, Inferred};
use crate::measure::ground_size::measure_on_ground;
use crate::measure::kind_by_dimensions::{kinds_by_dimensions, p_housing, storeys_of_kinds};
use crate::measure::sisters::group_sisters;
use crate::measure::storeys_by_height::storeys_by_height;
use crate::measure::{MeasureError, fill_ratio, to_thousandths};
use crate::raster::crs::Georeference;
use crate::raster::ground_frame::GroundFrame;
use crate::raster::units::{Meters, SquareMeters};
use crate::structure::{GroundMeasures, Kind, KindDistribution, MeasuredStructure, StoreyDistribution, Structure};

/// Relative difference up to which an outline is still the one that was measured before: coordinates in the file are
/// rounded to a centimetre, and a frame that is constant over a scene is off by up to 0.5 % at its borders.
const SAME_SIZE: f64 = 0.01;

/// Measures footprints and says what they probably are.
///
/// - Input: footprints in pixels, and the frame that makes metres of them (`None`: nothing is known in metres); `gsd`, the
///   ground sampling distance of the image they were drawn on, which says how sharp an edge can be.
/// - Output: structures in the same order. What an earlier run inferred holds as long as the outline is the same: its
///   measures are exact where the file's coordinates are rounded. An outline that was changed is measured anew.
///
/// A stated kind brings its own prior of housing and storeys; a stated profile means that the structure is housing; a
/// stated probability of housing or number of storeys stands as it is. A dot is what was stated, else `Other`.
///
/// # Errors
/// [`MeasureError::Crs`] when a place cannot be brought to WGS 84.
pub fn measure_footprints(
    footprints: Vec<Footprint>,
    frame: Option<&GroundFrame>,
    georeference: Option<&Georeference>,
    gsd: Option<Meters>,
) -> Result<Vec<MeasuredStructure>, MeasureError> {
    let mut edited = vec![false; footprints.len()];
    let mut grounds = Vec::with_capacity(footprints.len());
    for (own, edited) in footprints.iter().zip(&mut edited) {
        let measured = frame.zip(gsd).and_then(|(frame, gsd)| measure_on_ground(&own.structure, frame, gsd));
        let known = own.inferred.as_ref().zip(measured).map(|(inferred, new)| (is_same(inferred, &new), inferred, new));
        *edited = known.as_ref().is_some_and(|(same, ..)| !same);
        grounds.push(match known {
            Some((true, inferred, new)) => Some(as_inferred(inferred, new)),
            _ => measured,
        });
    }
    let groups = group_footprints(&footprints, &grounds, frame);
    let sisters: Vec<usize> = groups.iter().map(|own| groups.iter().filter(|other| *other == own).count()).collect();
    footprints
        .into_iter()
        .enumerate()
        .map(|(index, own)| {
            let place = georeference.map(|g| g.to_lonlat(own.structure.rectangle.center)).transpose()?;
            let ground = grounds[index];
            let inferred = own.inferred.as_ref().filter(|_| !edited[index]);
            let kinds = kinds(&own, inferred, ground.as_ref(), gsd, sisters[index]);
            Ok(MeasuredStructure {
                storeys: storeys(&own, inferred, &kinds, ground.as_ref()),
                p_housing: housing(&own, inferred, &kinds, ground.as_ref(), sisters[index]),
                place,
                ground,
                height: own.height.or(own.inferred.as_ref().and_then(|inferred| inferred.height)),
                kinds,
                group: groups[index],
                note: note(own.note, edited[index]),
                judged: own.judged,
                structure: own.structure,
            })
        })
        .collect()
}

fn is_same(inferred: &Inferred, measured: &GroundMeasures) -> bool {
    let now = [measured.length.0, measured.width.0, measured.area.0];
    inferred.measures.iter().zip(now).all(|(then, now)| (now / then - 1.0).abs() <= SAME_SIZE)
}

fn as_inferred(inferred: &Inferred, measured: GroundMeasures) -> GroundMeasures {
    let [length, width, area] = inferred.measures;
    let scale = area / measured.area.0;
    GroundMeasures {
        length: Meters(length),
        width: Meters(width),
        area: SquareMeters(area),
        area_p5: SquareMeters(measured.area_p5.0 * scale),
        area_p95: SquareMeters(measured.area_p95.0 * scale),
        ..measured
    }
}

/// Groups of an earlier run stay; all others are formed anew, with numbers above those.
fn group_footprints(
    footprints: &[Footprint],
    grounds: &[Option<GroundMeasures>],
    frame: Option<&GroundFrame>,
) -> Vec<usize> {
    let first_free = footprints.iter().filter_map(|own| own.group).max().map_or(0, |highest| highest + 1);
    let without: Vec<usize> = (0..footprints.len()).filter(|&index| footprints[index].group.is_none()).collect();
    let structures: Vec<Structure> = without.iter().map(|&index| footprints[index].structure.clone()).collect();
    let own_grounds: Vec<Option<GroundMeasures>> = without.iter().map(|&index| grounds[index]).collect();
    let formed = match frame {
        Some(frame) => group_sisters(&structures, &own_grounds, frame),
        None => (0..structures.len()).collect(),
    };
    let mut groups: Vec<usize> = footprints.iter().map(|own| own.group.unwrap_or(0)).collect();
    without.iter().zip(formed).for_each(|(&index, group)| groups[index] = first_free + group);
    groups
}

fn kinds(
    own: &Footprint,
    inferred: Option<&Inferred>,
    ground: Option<&GroundMeasures>,
    gsd: Option<Meters>,
    sisters: usize,
) -> KindDistribution {
    let certain = |known: Kind| KindDistribution::from_weights(|kind| f64::from(u8::from(kind == known)));
    match (own.judged.kind, inferred, ground.zip(gsd)) {
        (Some(stated), ..) => certain(stated),
        (None, Some(inferred), _) => inferred.kinds.clone(),
        (None, None, Some((ground, gsd))) => kinds_by_dimensions(ground, fill_ratio(&own.structure), gsd, sisters),
        (None, None, None) => certain(Kind::Other),
    }
}

fn housing(
    own: &Footprint,
    inferred: Option<&Inferred>,
    kinds: &KindDistribution,
    ground: Option<&GroundMeasures>,
    sisters: usize,
) -> f64 {
    match (own.judged.p_housing, &own.judged.profile, own.judged.kind, inferred) {
        (Some(stated), ..) => stated,
        (None, Some(_), ..) => 1.0,
        (None, None, None, Some(inferred)) => inferred.p_housing,
        (None, None, ..) => to_thousandths(p_housing(kinds, ground, sisters)),
    }
}

fn storeys(
    own: &Footprint,
    inferred: Option<&Inferred>,
    kinds: &KindDistribution,
    ground: Option<&GroundMeasures>,
) -> StoreyDistribution {
    let prior = match (own.judged.kind, own.judged.storeys, inferred) {
        (None, None, Some(inferred)) if own.height.is_none() => return inferred.storeys,
        _ => storeys_of_kinds(kinds, ground),
    };
    match (own.judged.storeys, own.height.or(inferred.and_then(|inferred| inferred.height))) {
        // More than four are kept in the judgement alone.
        (Some(stated), _) => std::array::from_fn(|index| f64::from(u8::from(index + 1 == stated.min(4) as usize))),
        (None, Some(height)) => storeys_by_height(&prior, &height),
        (None, None) => prior,
    }
}

fn note(note: String, edited: bool) -> String {
    const EDITED: &str = "outline changed since it was found: measured anew";
    match (edited, note.is_empty()) {
        (false, _) => note,
        (true, true) => EDITED.to_owned(),
        (true, false) if note.contains(EDITED) => note,
        (true, false) => format!("{note}; {EDITED}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::point::PixelPoint;
    use crate::structure::{HeightEstimate, Judgement, OrientedRectangle, Status};
    use geo::{Coord, LineString, Polygon};

    /// A drawn rectangle, in pixels of half a metre.
    fn footprint(id: u32, y: f64, length_px: f64, width_px: f64) -> Footprint {
        let rectangle =
            OrientedRectangle { center: PixelPoint::from_xy(200.0, y), length_px, width_px, angle_deg: 0.0 };
        let ring: LineString<f64> = rectangle.corners().iter().map(|p| Coord { x: p.x, y: p.y }).collect();
        let (outline, area_px) = (Polygon::new(ring, Vec::new()), length_px * width_px);
        Footprint {
            structure: Structure { id, status: Status::New, outline, rectangle, area_px, score: 1.0 },
            judged: Judgement::default(),
            rejected: false,
            height: None,
            inferred: None,
            group: None,
            note: String::new(),
        }
    }

    fn measure(footprints: Vec<Footprint>) -> Vec<MeasuredStructure> {
        let gsd = Meters(0.5);
        let frame = GroundFrame::from_gsd(gsd);
        measure_footprints(footprints, Some(&frame), None, Some(gsd)).expect("invariant: no georeference to fail")
    }

    #[test]
    fn what_was_said_wins_over_the_size() {
        let mut row: Vec<Footprint> = (0..5).map(|i| footprint(i + 1, 60.0 * f64::from(i), 130.0, 24.0)).collect();
        row[1].judged.kind = Some(Kind::Warehouse);
        row[2].judged.profile = Some("container".to_owned());
        row[3].judged.p_housing = Some(0.4);
        row[4].height = Some(HeightEstimate { height: Meters(6.7), standard_deviation: Meters(0.5) });
        let row = measure(row);
        assert!(row.iter().all(|own| own.group == row[0].group), "sisters whatever was said");
        assert_eq!(row[0].kinds.most_probable(), Kind::Barracks);
        assert_eq!((row[1].kinds.most_probable(), row[1].kinds.probability(Kind::Warehouse)), (Kind::Warehouse, 1.0));
        assert!(row[1].p_housing < 0.1 && row[2].p_housing == 1.0 && row[3].p_housing == 0.4);
        assert!(row[0].storeys[0] > 0.6 && row[4].storeys[1] > 0.8, "{:?}", row[4].storeys);
    }

    #[test]
    fn what_was_inferred_holds_until_the_outline_is_redrawn() {
        let inferred = Inferred {
            kinds: KindDistribution::from_weights(|kind| f64::from(u8::from(kind == Kind::House))),
            storeys: [0.1, 0.9, 0.0, 0.0],
            p_housing: 0.77,
            measures: [65.1, 12.01, 781.0],
            height: None,
        };
        let known = Footprint { inferred: Some(inferred.clone()), group: Some(4), ..footprint(1, 0.0, 130.0, 24.0) };
        let redrawn = Footprint { inferred: Some(inferred), ..footprint(2, 900.0, 110.0, 24.0) };
        let both = measure(vec![known, redrawn]);
        let ground = both[0].ground.expect("measured");
        assert_eq!((ground.length.0, ground.width.0, ground.area.0), (65.1, 12.01, 781.0));
        assert_eq!((both[0].p_housing, both[0].storeys[1], both[0].group), (0.77, 0.9, 4));
        assert_eq!(both[1].ground.expect("measured").length.0, 55.0);
        assert_eq!((both[1].kinds.most_probable(), both[1].group), (Kind::Barracks, 5));
        assert!(both[1].note.contains("measured anew"), "{}", both[1].note);
    }
}
