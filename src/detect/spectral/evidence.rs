//! What speaks for a structure in one image, and for its appearance between two.

use ndarray::{Array2, Zip};
use serde::{Deserialize, Serialize};

use crate::detect::spectral::scale::Reach;
use crate::detect::spectral::straight_edges::{Edges, trace_edges};
use crate::detect::window_filters::{WindowMean, gaussian_radius, least_around, smooth, smooth_guided};
use crate::raster::Raster;

/// Standard deviation of the smoothing before gradients are taken, in pixels. At 1.2 instead, straightness alone has
/// 5 points less pixel F1 on the even levir_val tiles (2026-11-22): roof edges at 0.5 m are that thin.
const EDGE_SIGMA: f32 = 0.8;

/// Standard deviation of the smoothing before colours are judged, in pixels.
pub(super) const COLOR_SIGMA: f32 = 1.2;

/// Gradient (brightness per pixel) that counts as noise: one DN of 255. It keeps smooth ground from having any
/// straightness at all.
const NOISE_GRADIENT: f32 = 0.004;

/// Straightness gained, times all other evidence, at which new structures are as likely as not. Chosen on levir_val
/// (even ids), arid and xbd_negatives together, 2026-11-22: half again as much loses a third of the houses' pixels, a
/// third less brings 1.7 times the false alarms on xbd_negatives.
const EVEN_ODDS: f32 = 0.035;

/// Variance of brightness that counts as an edge for the final smoothing: a step of 0.09, as between roof and ground.
const GUIDE_EDGE: f32 = 0.002;

/// How much each kind of evidence may lower the score, 0 (ignored) to 1 (its absence rules a structure out).
///
/// The defaults are the best of a few round figures on all sets together (docs/ACCURACY.md has the figures without
/// each of them); none was fitted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvidenceWeights {
    /// Green vegetation is no roof.
    pub vegetation: f32,
    /// Deep shadow is no roof.
    pub shadow: f32,
    /// A structure casts a shadow close by.
    pub cast_shadow: f32,
    /// A structure is brighter than the darkest thing beside it.
    pub relief: f32,
    /// Roofs are mostly grayer than soil and plants. Red tiles are not, hence a small weight.
    pub gray: f32,
    /// Walls meet at angles; roads, furrows and shorelines run one way.
    pub corners: f32,
    /// Straight edges are near, and strong.
    pub near_edges: f32,
    /// The spectral change itself, by IR-MAD.
    pub spectral: f32,
}

impl Default for EvidenceWeights {
    fn default() -> Self {
        EvidenceWeights {
            vegetation: 0.9,
            shadow: 0.7,
            cast_shadow: 0.4,
            relief: 0.5,
            gray: 0.4,
            corners: 0.5,
            near_edges: 0.6,
            spectral: 0.5,
        }
    }
}

/// Evidence in one image, each (height, width).
pub(super) struct DateEvidence {
    /// Brightness, smoothed.
    gray: Array2<f32>,
    /// Share of all gradients around that go on in straight lines, 0 to 1.
    straightness: Array2<f32>,
    /// Everything that makes a pixel look like a structure, given straight edges: product of tempered shares, 0 to 1.
    plausibility: Array2<f32>,
    /// Share of saturated or cloud-like pixels around, 0 to 1.
    clouded: Array2<f32>,
    /// All bands, smoothed: what IR-MAD looks at.
    pub(super) bands: Vec<Array2<f32>>,
}

/// Pixels that may be used, and window means over them; shared by both dates.
pub(super) struct Ground<'a> {
    usable: &'a Array2<bool>,
    trusted: &'a Array2<bool>,
    reach: Reach,
    around: WindowMean<'a>,
    near: WindowMean<'a>,
    shadow: WindowMean<'a>,
    surround: WindowMean<'a>,
    guide: WindowMean<'a>,
}

/// Pixels whose gradients see no nodata.
pub(super) fn trust(usable: &Array2<bool>) -> Array2<bool> {
    let margin = gaussian_radius(EDGE_SIGMA) + 1;
    if usable.iter().all(|&u| u) {
        return usable.clone();
    }
    least_around(&usable.mapv(|u| f32::from(u8::from(u))), margin).mapv(|least| least > 0.5)
}

impl<'a> Ground<'a> {
    pub(super) fn new(usable: &'a Array2<bool>, trusted: &'a Array2<bool>, reach: Reach) -> Self {
        Ground {
            usable,
            trusted,
            reach,
            around: WindowMean::new(trusted, reach.neighborhood),
            near: WindowMean::new(trusted, reach.near),
            shadow: WindowMean::new(trusted, reach.shadow),
            surround: WindowMean::new(trusted, reach.surround),
            guide: WindowMean::new(usable, reach.guide),
        }
    }
}

/// All bands smoothed for colour, samples clipped to -1 to 2 and 0 at unusable pixels.
pub(super) fn smooth_bands(raster: &Raster, usable: &Array2<bool>) -> Vec<Array2<f32>> {
    let cleaned = |band| clean(raster.band(band).to_owned(), usable);
    (0..raster.bands()).map(|band| smooth(&cleaned(band), COLOR_SIGMA)).collect()
}

fn clean(mut band: Array2<f32>, usable: &Array2<bool>) -> Array2<f32> {
    band.zip_mut_with(usable, |v, &keep| *v = if keep && v.is_finite() { v.clamp(-1.0, 2.0) } else { 0.0 });
    band
}

/// 0 up to `from`, 1 from `to` on, straight between.
fn ramp(value: f32, from: f32, to: f32) -> f32 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

/// A share that can lower a product by `weight` at most.
fn temper(weight: f32, share: f32) -> f32 {
    1.0 - weight * (1.0 - share)
}

impl DateEvidence {
    /// Gathers the evidence of one date.
    ///
    /// - Input: samples about 0 to 1, positions of red, green and blue, and the brightness from which pixels are
    ///   saturated.
    pub(super) fn gather(
        raster: &Raster,
        visible: [usize; 3],
        saturated_from: f32,
        ground: &Ground<'_>,
        weights: &EvidenceWeights,
    ) -> Self {
        let brightness = clean(raster.mean_of_bands(&visible), ground.usable);
        let gray = smooth(&brightness, EDGE_SIGMA);
        let around = &ground.around;
        let edges = trace_edges(&gray, ground.trusted, ground.reach.line);
        let straight = around.of(&edges.straight);
        let straightness =
            Zip::from(&straight).and(&around.of(&edges.strength)).map_collect(|&s, &all| s / (all + NOISE_GRADIENT));
        let bands = smooth_bands(raster, ground.usable);
        let mut plausibility = weigh_colors(&bands, visible, weights);
        plausibility *= &weigh_edges(&edges, &straight, ground, weights);
        plausibility *= &weigh_shadows(&gray, ground, weights);
        let clouded = around.of(&brightness.mapv(|v| f32::from(u8::from(v >= saturated_from))));
        DateEvidence { gray, straightness, plausibility, clouded, bands }
    }
}

fn weigh_colors(bands: &[Array2<f32>], [red, green, blue]: [usize; 3], weights: &EvidenceWeights) -> Array2<f32> {
    Zip::from(&bands[red]).and(&bands[green]).and(&bands[blue]).map_collect(|&r, &g, &b| {
        let (r, g, b) = (r.max(0.0), g.max(0.0), b.max(0.0));
        // Excess green, as a share of brightness: plants from about 0.04, lawns 0.1. Woebbecke et al., "Color indices
        // for weed identification under various soil, residue, and lighting conditions", Transactions of the ASAE
        // 38(1), 1995, doi 10.13031/2013.27838. The summand keeps noise in the dark from having a colour.
        let green = ramp((2.0 * g - r - b) / (r + g + b + 0.05), 0.0, 0.08);
        let most = r.max(g).max(b);
        let saturation = ramp((most - r.min(g).min(b)) / (most + 0.05), 0.15, 0.4);
        temper(weights.vegetation, 1.0 - green) * temper(weights.gray, 1.0 - saturation)
    })
}

fn weigh_edges(edges: &Edges, straight: &Array2<f32>, ground: &Ground<'_>, weights: &EvidenceWeights) -> Array2<f32> {
    let (cosine, sine) = (ground.around.of(&edges.double_cosine), ground.around.of(&edges.double_sine));
    let near = ground.near.of(&edges.straight);
    Zip::from(straight).and(&cosine).and(&sine).and(&near).map_collect(|&all, &c, &s, &near| {
        // Two families of lines at right angles cancel; one family does not.
        let corners = ramp(1.0 - (c * c + s * s).sqrt() / (all + 1e-4), 0.15, 0.55);
        temper(weights.corners, corners) * temper(weights.near_edges, ramp(near, 0.01, 0.04))
    })
}

fn weigh_shadows(gray: &Array2<f32>, ground: &Ground<'_>, weights: &EvidenceWeights) -> Array2<f32> {
    let surround = ground.surround.of(gray);
    // Full shade gets sky light alone: less than about half of its surroundings' brightness in the visible.
    let shade = Zip::from(gray).and(&surround).map_collect(|&g, &mean| 1.0 - ramp(g / (mean + 0.02), 0.4, 0.6));
    let cast = ground.shadow.of(&shade);
    let darkest = least_around(gray, ground.reach.shadow);
    Zip::from(&shade).and(&cast).and(gray).and(&darkest).map_collect(|&shade, &cast, &gray, &darkest| {
        temper(weights.shadow, 1.0 - shade)
            * temper(weights.cast_shadow, ramp(cast, 0.02, 0.15))
            * temper(weights.relief, ramp(gray - darkest, 0.05, 0.3))
    })
}

/// Probability, 0 to 1, that `present` shows a structure which `absent` lacks; (height, width).
///
/// `change` is the squared spectral change per band, 1 on average where nothing changed.
pub(super) fn appearance(
    present: &DateEvidence,
    absent: &DateEvidence,
    change: Option<&Array2<f32>>,
    ground: &Ground<'_>,
    weights: &EvidenceWeights,
) -> Array2<f32> {
    let mut score = Zip::from(&present.straightness)
        .and(&absent.straightness)
        .and(&present.plausibility)
        .and(&absent.clouded)
        .map_collect(|&now, &then, &plausible, &clouded| {
            // What a cloud or glare hides cannot be said to be missing.
            ((now - then) * plausible * (1.0 - ramp(clouded, 0.1, 0.5)) / EVEN_ODDS).clamp(-4.0, 4.0)
        });
    if let Some(change) = change {
        score.zip_mut_with(change, |score, &change| *score *= temper(weights.spectral, ramp(change, 0.7, 2.7)));
    }
    let mut probability = smooth_guided(&score, &present.gray, &ground.guide, GUIDE_EDGE);
    probability.mapv_inplace(|score| {
        let squared = score.max(0.0).powi(2);
        squared / (1.0 + squared)
    });
    probability
}
