//! The other sentence: from footprints that somebody drew or reviewed to the people they could house.

use thiserror::Error;

use crate::capacity::CapacityEstimate;
use crate::estimate::{EstimateError, EstimateOptions, estimate_capacity, is_counted};
use crate::footprint::{Footprint, FootprintLayer};
use crate::measure::{MeasureError, measure_footprints};
use crate::raster::crs::{CrsError, Georeference};
use crate::raster::ground_frame::GroundFrame;
use crate::raster::units::Meters;
use crate::raster::window::GridSize;
use crate::structure::{Kind, MeasuredStructure, Status};

/// Ground sampling distance taken for outlines in longitude and latitude when nobody tells it: the coarse end of what is
/// drawn on (0.3 to 1 m), so that the interval comes out rather too wide. Our judgement.
const ASSUMED_GSD: Meters = Meters(1.0);

/// Relative difference of two ground sampling distances that is worth a warning; as for image files.
const GSD_TOLERANCE: f64 = 0.05;

/// How to appraise footprints.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppraisalOptions {
    /// Ground sampling distance of the image that the outlines were drawn on; it wins over the file's.
    pub gsd: Option<Meters>,
    /// Kind of every footprint of which nothing is known.
    pub kind: Option<Kind>,
    /// How to estimate.
    pub estimate: EstimateOptions,
}

/// Everything an appraisal found.
#[derive(Clone, Debug)]
pub struct Appraisal {
    /// Name of the file.
    pub name: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// From the structures' pixels to the earth; `None` for a file in pixels of an image.
    pub georeference: Option<Georeference>,
    /// Ground sampling distance that the edges' uncertainty follows from.
    pub gsd: Option<Meters>,
    /// Structures that were not rejected.
    pub structures: Vec<MeasuredStructure>,
    /// Ids of the structures that an analyst rejected.
    pub rejected: Vec<u32>,
    /// People the structures could house.
    pub capacity: CapacityEstimate,
    /// What the reader must know, a sentence each.
    pub warnings: Vec<String>,
}

/// Why footprints could not be appraised.
#[derive(Debug, Error)]
pub enum AppraisalError {
    /// A point of which nobody knows what it is.
    #[error(
        "structure {id} is a point: it has no floor area and can only be counted, as a tent or a container; give it the \
         property kind, pass --kind tent for all, or draw its outline"
    )]
    UnknownDot {
        /// The structure's id.
        id: u32,
    },
    /// A point under a profile that knows only areas.
    #[error(
        "structure {id} is a point, but profile '{profile}' does not say how many people one structure holds; choose \
         another, give it people_per_structure in a profile file, or draw the outline"
    )]
    UncountableDot {
        /// The structure's id.
        id: u32,
        /// The profile's name.
        profile: String,
    },
    /// Footprints could not be measured.
    #[error(transparent)]
    Measure(#[from] MeasureError),
    /// The capacity could not be estimated as asked.
    #[error(transparent)]
    Estimate(#[from] EstimateError),
    /// The frame of the site cannot be worked out.
    #[error(transparent)]
    Crs(#[from] CrsError),
}

/// Estimates the capacity of footprints.
///
/// - Input: footprints of one site, drawn by hand or found by an earlier run and reviewed.
/// - Output: the structures that were not rejected, measured, and the people they could house. What an earlier run wrote
///   and nobody changed gives the same capacity, under the same options and seed.
///
/// Without a ground sampling distance, outlines in pixels have no metres and no capacity; for outlines in longitude and
/// latitude 1 m is assumed, with a warning.
///
/// # Errors
/// [`AppraisalError`]: points that cannot be counted, options that [`estimate_capacity`] refuses, places that cannot be
/// brought to WGS 84.
pub fn appraise_footprints(layer: FootprintLayer, options: &AppraisalOptions) -> Result<Appraisal, AppraisalError> {
    let (gsd, mut warnings) = gsd_of(&layer, options.gsd);
    warnings.splice(0..0, layer.warnings);
    let frame = frame_of(layer.georeference.as_ref(), gsd)?;
    let (rejected, kept): (Vec<Footprint>, Vec<Footprint>) = layer.footprints.into_iter().partition(|own| own.rejected);
    let kept: Vec<Footprint> = kept.into_iter().map(|own| with_kind(own, options.kind)).collect();
    let structures = measure_footprints(kept, frame.as_ref(), layer.georeference.as_ref(), gsd)?;
    check_dots(&structures, &options.estimate)?;
    let capacity = estimate_capacity(&structures, gsd, &options.estimate)?;
    warnings.extend(capacity.withheld.as_ref().map(|reason| format!("capacity withheld: {reason}")));
    Ok(Appraisal {
        name: layer.name,
        sha256: layer.sha256,
        georeference: layer.georeference,
        gsd,
        structures,
        rejected: rejected.iter().map(|own| own.structure.id).collect(),
        capacity,
        warnings,
    })
}

/// The distance to reckon with, and what the reader must know of it.
fn gsd_of(layer: &FootprintLayer, typed: Option<Meters>) -> (Option<Meters>, Vec<String>) {
    let has_outlines = layer.footprints.iter().any(|own| !own.is_dot());
    match (typed, layer.gsd) {
        (Some(typed), Some(told)) if (typed.0 / told.0 - 1.0).abs() > GSD_TOLERANCE => {
            let warning = format!("{}: the file says {told} a pixel; {typed} is used, as asked", layer.name);
            (Some(typed), vec![warning])
        }
        (Some(gsd), _) | (None, Some(gsd)) => (Some(gsd), Vec::new()),
        (None, None) if layer.georeference.is_some() && has_outlines => {
            let warning = format!(
                "{}: nobody says how fine the image was that the outlines were drawn on; their edges are taken to be as \
                 uncertain as at {ASSUMED_GSD} a pixel; pass --gsd METERS",
                layer.name
            );
            (Some(ASSUMED_GSD), vec![warning])
        }
        (None, None) => (None, Vec::new()),
    }
}

fn frame_of(georeference: Option<&Georeference>, gsd: Option<Meters>) -> Result<Option<GroundFrame>, CrsError> {
    match georeference {
        // The middle of the site is the origin of its plane.
        Some(own) => GroundFrame::from_georeference(own, GridSize { height: 0, width: 0 }).map(Some),
        None => Ok(gsd.map(GroundFrame::from_gsd)),
    }
}

fn with_kind(mut footprint: Footprint, kind: Option<Kind>) -> Footprint {
    if footprint.inferred.is_none() {
        footprint.judged.kind = footprint.judged.kind.or(kind);
    }
    footprint
}

/// Points can only be counted: their kind must be known, and their use must say how many people one of them holds.
fn check_dots(structures: &[MeasuredStructure], options: &EstimateOptions) -> Result<(), AppraisalError> {
    let is_dot = |own: &&MeasuredStructure| {
        own.structure.outline.exterior().0.is_empty() && own.structure.status != Status::Removed
    };
    for own in structures.iter().filter(is_dot) {
        let id = own.structure.id;
        if !is_counted(own, 0.0, options) {
            return Err(AppraisalError::UnknownDot { id });
        }
        let profile = own.judged.profile.as_ref().or(options.profile.as_ref());
        let found = profile.and_then(|name| options.profiles.find(name));
        if let Some(profile) = found.filter(|profile| profile.people_per_structure.is_none()) {
            return Err(AppraisalError::UncountableDot { id, profile: profile.name.to_string() });
        }
    }
    Ok(())
}
