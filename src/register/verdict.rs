//! Whether an alignment can be used, and why not.

use crate::pair::{Alignment, Registration, RegistrationQuality, ScenePair};
use crate::raster::point::PixelPoint;
use crate::register::global_search::{GlobalSearch, Guess};
use crate::register::refinement::{AGREEING_PX, Refinement};

/// What registration knows when it must decide.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    /// Both images have a georeference.
    pub georeferenced: bool,
    /// The guesses from the overviews; none when the images are too small to measure.
    pub search: Option<GlobalSearch>,
    /// The refined alignment; none when the images are too small to measure.
    pub refinement: Option<Refinement>,
}

/// The alignment to use and what is known of it, or what is known where none can be used.
pub(super) type Verdict = Result<(Alignment, Registration), Registration>;

/// Fewest agreeing tie points, and their least share of those with a clear peak, for an alignment to be used at all. By
/// chance 1.2 % agree (a circle of 2 px in a square of 33 px), so the share is ten times that.
const FEWEST_AGREEING: usize = 6;
const LEAST_SHARE: f64 = 0.12;

/// The same for an alignment to be trusted: twice the least number, and enough that most windows that show what they did
/// are among them. Of 40 pairs of different places none came near, 2026-11.
const FEWEST_TRUSTED: usize = 12;
const LEAST_TRUSTED_SHARE: f64 = 0.3;

/// Largest median of held-out distances of a trusted alignment, pixels: 0.75 m at 0.5 m, the width of a wall's shadow.
const TRUSTED_RESIDUAL_PX: f64 = 1.5;

/// Least part of the overlap's width and height that agreeing tie points must span: a watermark or a scale bar, which
/// stays in its corner while the scene moves, does not.
const LEAST_SPAN: f64 = 0.2;

/// Least prominence of a guess that whole images alone carry. On tents_series (2026-11) shifts of the unturned images, which
/// are wrong, reached 4.8 at most, right guesses 20 and more; on levir_val, with a quarter of the pixels, 7 and more where
/// tie points confirmed them but for a few.
const FOUND_PROMINENCE: f32 = 7.0;

/// How much more prominent it must be than the images as they lie: a guard against moving a pair for nothing, set, not tuned.
const BETTER_THAN_UNMOVED: f32 = 1.15;

/// Least likeness of the unmoved images for them to show the same place. Chosen on even levir_val and arid pairs, 2026-11:
/// 2 of 40 pairs of different places reach it, 5 of 80 true pairs of levir_val and none of arid miss it.
const RELATED_LIKENESS: f32 = 8.2;

/// Least side, pixels, of images that ought to share something: below it, finding nothing in common proves nothing. Of 80
/// true pairs of even levir_val (256 px) 5, built over from edge to edge, are as unlike as pairs of different places
/// (2026-11); no true pair of 600 px and more in our sets is.
const TELLING_SIDE_PX: usize = 384;

/// Decides what the evidence is worth.
pub(super) fn judge(scenes: &ScenePair, initial: Alignment, evidence: Evidence) -> Verdict {
    match evidence.refinement.as_ref().filter(|found| is_supported(found)) {
        Some(found) => accept(scenes, initial, found),
        None => match evidence.search.as_ref().and_then(outstanding_guess) {
            Some(guess) => accept_guess(scenes, initial, guess, &evidence),
            None => fall_back(scenes, initial, &evidence),
        },
    }
}

/// The best guess, where the whole images' correlation alone speaks for it and against leaving the images as they lie.
fn outstanding_guess(search: &GlobalSearch) -> Option<&Guess> {
    let best = search.guesses.first()?;
    let stands_out =
        best.prominence >= FOUND_PROMINENCE && best.prominence > BETTER_THAN_UNMOVED * search.unmoved_prominence;
    stands_out.then_some(best)
}

fn accept_guess(scenes: &ScenePair, initial: Alignment, guess: &Guess, evidence: &Evidence) -> Verdict {
    let center = center_of(scenes);
    let registration = Registration {
        residual_px: None,
        residual_p95_px: None,
        shift_px: Some(guess.residual.apply(center).minus(center)),
        rotation_deg: guess.residual.rotation_deg(),
        scale: guess.residual.scale(),
        reason: Some(format!(
            "the images as a whole line up (correlation peak {:.1} times the noise), but too few tie points agree to \
             measure how well; look at the aligned images before relying on the result",
            guess.prominence
        )),
        ..evidence.refinement.as_ref().map_or_else(unmeasured, measured)
    };
    Ok((initial.with_residual(guess.residual), registration))
}

fn center_of(scenes: &ScenePair) -> PixelPoint {
    let size = scenes.after.size();
    PixelPoint::from_xy(size.width as f64 / 2.0, size.height as f64 / 2.0)
}

fn is_supported(found: &Refinement) -> bool {
    found.agreeing >= FEWEST_AGREEING && found.share() >= LEAST_SHARE && found.span >= LEAST_SPAN
}

fn accept(scenes: &ScenePair, initial: Alignment, found: &Refinement) -> Verdict {
    let center = center_of(scenes);
    let local = found.local.as_ref().map_or_else(Default::default, |grid| grid.at(center));
    let reason = doubt(found);
    let registration = Registration {
        quality: if reason.is_none() { RegistrationQuality::Trusted } else { RegistrationQuality::Doubtful },
        shift_px: Some(found.residual.apply(center).moved(local).minus(center)),
        rotation_deg: found.residual.rotation_deg(),
        scale: found.residual.scale(),
        reason,
        ..measured(found)
    };
    let alignment = initial.with_residual(found.residual).with_local(found.local.clone());
    Ok((alignment, registration))
}

/// Why a supported alignment is not trusted.
fn doubt(found: &Refinement) -> Option<String> {
    let (agreeing, clear) = (found.agreeing, found.clear);
    let residual = found.residual_px.unwrap_or(f64::INFINITY);
    let remedy = "look at the aligned images before relying on the result";
    if agreeing < FEWEST_TRUSTED || found.share() < LEAST_TRUSTED_SHARE {
        return Some(format!(
            "only {agreeing} of {clear} tie points agree within {AGREEING_PX:.0} px (trusted from {FEWEST_TRUSTED} and \
             {:.0} %); {remedy}",
            100.0 * LEAST_TRUSTED_SHARE
        ));
    }
    (residual > TRUSTED_RESIDUAL_PX).then(|| {
        format!(
            "the alignment misses held-out tie points by {residual:.1} px in the median (trusted to \
             {TRUSTED_RESIDUAL_PX} px), as different view angles do to tall buildings; {remedy}"
        )
    })
}

/// Leaves the images where they lie, if there is reason to.
fn fall_back(scenes: &ScenePair, initial: Alignment, evidence: &Evidence) -> Verdict {
    let mut registration = evidence.refinement.as_ref().map_or_else(unmeasured, measured);
    let found = match &evidence.refinement {
        Some(found) if found.clear == 0 => {
            format!("none of {} tie points was found again in the other image", found.tried)
        }
        Some(found) => format!(
            "only {} of {} tie points agree on an alignment (needed: {FEWEST_AGREEING} and {:.0} %, spread over the image)",
            found.agreeing,
            found.clear,
            100.0 * LEAST_SHARE
        ),
        None => "the images are too small to measure an alignment (24 px a side are needed)".to_owned(),
    };
    // A residual about an alignment that is not used would mislead.
    (registration.residual_px, registration.residual_p95_px) = (None, None);
    let likeness = evidence.search.as_ref().map_or(0.0, |search| search.unmoved_likeness);
    if evidence.georeferenced {
        registration.reason = Some(format!("{found}; the georeferences were taken as they are: check them by eye"));
        return Ok((initial, registration));
    }
    let size = scenes.after.size();
    let same_size = scenes.before.size() == size;
    if same_size && likeness >= RELATED_LIKENESS {
        registration.reason = Some(format!(
            "{found}; the images lie on each other well enough (likeness {likeness:.1}) to be compared as \
             they are: check them by eye"
        ));
        return Ok((initial, registration));
    }
    // Flat images have a likeness of zero.
    if same_size && likeness > 0.0 && size.height.min(size.width) < TELLING_SIDE_PX {
        registration.reason = Some(format!(
            "{found}, and images of {} x {} px are too small to tell a rebuilt site from another place (likeness \
             {likeness:.1}, {RELATED_LIKENESS} wanted); they were compared as they lie: check by eye that both show one \
             place, or pass larger ones",
            size.width, size.height
        ));
        return Ok((initial, registration));
    }
    registration.quality = RegistrationQuality::Refused;
    registration.reason = Some(format!(
        "{found}, and as they lie the images do not resemble each other (likeness {likeness:.1}, \
         {RELATED_LIKENESS} needed); crop both to the same area, pass georeferenced images, or compare with --no-register \
         if they already line up"
    ));
    Err(registration)
}

fn measured(found: &Refinement) -> Registration {
    Registration {
        residual_px: found.residual_px,
        residual_p95_px: found.residual_p95_px,
        tie_points: found.agreeing,
        tie_points_tried: found.tried,
        ..unmeasured()
    }
}

fn unmeasured() -> Registration {
    Registration {
        quality: RegistrationQuality::Doubtful,
        residual_px: None,
        residual_p95_px: None,
        shift_px: None,
        rotation_deg: 0.0,
        scale: 1.0,
        tie_points: 0,
        tie_points_tried: 0,
        reason: None,
    }
}
