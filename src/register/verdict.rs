//! Whether an alignment can be used, and why not.

use crate::pair::{Alignment, Registration, RegistrationQuality, ScenePair};
use crate::raster::point::PixelPoint;
use crate::register::global_search::GlobalSearch;
use crate::register::refinement::Refinement;

/// What registration knows when it must decide.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    pub georeferenced: bool,
    pub search: Option<GlobalSearch>,
    pub refinement: Option<Refinement>,
}

/// The decision.
pub(super) enum Verdict {
    Accepted(Alignment, Registration),
    Refused(Registration),
}

/// Decides what the evidence is worth.
pub(super) fn judge(scenes: &ScenePair, initial: Alignment, evidence: Evidence) -> Verdict {
    let Evidence { refinement, search, .. } = evidence;
    let r = refinement.unwrap();
    let s = search.unwrap();
    let size = scenes.after.size();
    let c = PixelPoint::from_xy(size.width as f64 / 2.0, size.height as f64 / 2.0);
    let mut place = r.residual.apply(c);
    if let Some(local) = &r.local {
        place = place.moved(local.at(c));
    }
    let reg = Registration {
        quality: RegistrationQuality::Trusted,
        residual_px: r.residual_px,
        residual_p95_px: r.residual_p95_px,
        shift_px: Some(place.minus(c)),
        rotation_deg: r.residual.rotation_deg(),
        scale: r.residual.scale(),
        tie_points: r.agreeing,
        tie_points_tried: r.tried,
        reason: Some(format!(
            "DBG clear {} local {} unm {:.1} guesses {:.1?}",
            r.clear,
            r.local.is_some(),
            s.unmoved_prominence,
            s.guesses.iter().map(|g| g.prominence).collect::<Vec<_>>()
        )),
    };
    let alignment = initial.with_residual(r.residual).with_local(r.local);
    Verdict::Accepted(alignment, reg)
}
