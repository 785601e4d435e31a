//! Footprints that somebody drew, or reviewed after the program had found them.

use crate::raster::crs::Georeference;
use crate::raster::units::Meters;
use crate::structure::{HeightEstimate, Judgement, KindDistribution, StoreyDistribution, Structure};

/// Footprints of one site, as a file holds them.
///
/// Geometry is in pixels, as of all structures. A file in longitude and latitude has no image: its pixels are squares of
/// one metre on a plane that touches the earth in the middle of the site, x east and y south, and `georeference` leads back.
#[derive(Clone, Debug)]
pub struct FootprintLayer {
    /// The file's name.
    pub name: String,
    /// Name of the site, where all footprints agree on it.
    pub site: Option<String>,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// In the order of the file.
    pub footprints: Vec<Footprint>,
    /// From the plane to the earth; `None` for a file in pixels of an image.
    pub georeference: Option<Georeference>,
    /// Ground sampling distance of the image, as the file tells it.
    pub gsd: Option<Meters>,
    /// What the reader of results must know about the file.
    pub warnings: Vec<String>,
}

/// One footprint, and what stands beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Footprint {
    /// Id, status, outline and score. A mere dot has an empty outline and no size; its place is the rectangle's centre.
    pub structure: Structure,
    /// What the analyst said of it.
    pub judged: Judgement,
    /// An analyst rejected it: it is no structure.
    pub rejected: bool,
    /// Height that an analyst measured.
    pub height: Option<HeightEstimate>,
    /// What an earlier run of the program inferred; `None` for a footprint drawn by hand.
    pub inferred: Option<Inferred>,
    /// Group of alike structures of the earlier run.
    pub group: Option<usize>,
    /// A remark.
    pub note: String,
}

impl Footprint {
    /// True for a dot, which says that there is something but not how large it is.
    pub fn is_dot(&self) -> bool {
        self.structure.outline.exterior().0.is_empty()
    }
}

/// What the program inferred of a structure, as it stands in `structures.geojson`.
#[derive(Clone, Debug, PartialEq)]
pub struct Inferred {
    /// What it probably is.
    pub kinds: KindDistribution,
    /// How many storeys it probably has.
    pub storeys: StoreyDistribution,
    /// Probability that people are housed in it.
    pub p_housing: f64,
    /// Length, width, metres, and area, square metres.
    pub measures: [f64; 3],
    /// Height, where it was measured.
    pub height: Option<HeightEstimate>,
}
