//! Scene files: a pair's description as TOML, read, checked and written.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::simulate::description::PairDescription;

/// Largest side of a rendered image, pixels: 3 x 3 samples of a 16,384 pixel row still fit a tile's memory.
const MAX_SIDE_PX: usize = 16_384;

/// A scene file that cannot be rendered.
#[derive(Debug, Error)]
pub enum SceneError {
    /// The file cannot be read.
    #[error("cannot read scene file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is not TOML, or says something a scene file does not know.
    #[error("scene file {} is not understood: {source}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A number is out of its range.
    #[error("{what} is {found}; it must be {expected}")]
    OutOfRange {
        /// The number's name in the scene file.
        what: String,
        /// Its value.
        found: f64,
        /// The range.
        expected: &'static str,
    },
    /// The after image does not lie on its own grid.
    #[error("[after.placement] is given; leave it out, as the after image is the grid that truth is counted on")]
    AfterPlacement,
}

/// Reads and checks a scene file.
///
/// # Errors
/// [`SceneError::Read`] and [`SceneError::Parse`] for the file, [`SceneError::OutOfRange`] and
/// [`SceneError::AfterPlacement`] as [`check_description`] says.
pub fn read_scene_file(path: &Path) -> Result<PairDescription, SceneError> {
    let text = std::fs::read_to_string(path).map_err(|source| SceneError::Read { path: path.to_owned(), source })?;
    let description: PairDescription = toml::from_str(&text)
        .map_err(|source| SceneError::Parse { path: path.to_owned(), source: Box::new(source) })?;
    check_description(&description)?;
    Ok(description)
}

/// Writes a description as a scene file's text.
pub fn scene_file_text(description: &PairDescription) -> String {
    toml::to_string(description).expect("invariant: a description holds only what TOML can say")
}

/// Checks that a description can be rendered.
///
/// # Errors
/// [`SceneError::OutOfRange`] when a size, angle or share is not finite or out of the range its field documents,
/// [`SceneError::AfterPlacement`] when the after image has a placement.
pub fn check_description(scene: &PairDescription) -> Result<(), SceneError> {
    if !scene.after.placement.is_identity() {
        return Err(SceneError::AfterPlacement);
    }
    let sides = [
        scene.width_px,
        scene.height_px,
        scene.before.placement.width_px.unwrap_or(16),
        scene.before.placement.height_px.unwrap_or(16),
    ];
    for side in sides {
        within("a side of the image, pixels", side as f64, 16.0, MAX_SIDE_PX as f64, "16 to 16384")?;
    }
    within("gsd_m", scene.gsd_m, 0.05, 20.0, "0.05 to 20")?;
    within("supersampling", scene.supersampling as f64, 1.0, 8.0, "1 to 8")?;
    within("before.placement.warp_px", scene.before.placement.warp_px, 0.0, 20.0, "0 to 20")?;
    within("before.placement.scale", scene.before.placement.scale, 0.2, 5.0, "0.2 to 5")?;
    for (name, date) in [("before", &scene.before), ("after", &scene.after)] {
        let named = |field: &str| format!("{name}.{field}");
        within(&named("sun_azimuth_deg"), date.sun_azimuth_deg, -360.0, 360.0, "-360 to 360")?;
        within(&named("sun_elevation_deg"), date.sun_elevation_deg, 5.0, 90.0, "5 to 90")?;
        within(&named("off_nadir_deg"), date.off_nadir_deg, 0.0, 45.0, "0 to 45")?;
        within(&named("greenness"), date.greenness, 0.0, 1.0, "0 to 1")?;
        within(&named("moisture"), date.moisture, 0.0, 1.0, "0 to 1")?;
        within(&named("snow"), date.snow, 0.0, 1.0, "0 to 1")?;
        within(&named("camera.blur_px"), date.camera.blur_px, 0.0, 1.6, "0 to 1.6")?;
        within(&named("camera.noise_dn"), date.camera.noise_dn, 0.0, 60.0, "0 to 60")?;
        within(&named("camera.haze"), date.camera.haze, 0.0, 0.9, "0 to 0.9")?;
        within(&named("camera.skylight"), date.camera.skylight, 0.0, 0.9, "0 to 0.9")?;
        within(&named("camera.native_scale"), date.camera.native_scale, 0.2, 2.0, "0.2 to 2")?;
        within(&named("variety.texel"), date.variety.texel, 0.05, 50.0, "0.05 to 50")?;
        within(&named("variety.drifts"), date.variety.drifts, 0.0, 1.0, "0 to 1")?;
        within(&named("variety.thickets"), date.variety.thickets, 0.0, 1.0, "0 to 1")?;
        within(&named("variety.twigs"), date.variety.twigs, 0.0, 1.0, "0 to 1")?;
        if let Some(clouds) = &date.clouds {
            within(&named("clouds.size_m"), clouds.size_m, 1.0, 100_000.0, "1 to 100000")?;
            within(&named("clouds.opacity"), clouds.opacity, 0.0, 1.0, "0 to 1")?;
            within(&named("clouds.shade"), clouds.shade, 0.0, 1.0, "0 to 1")?;
        }
        within(&named("camera.gamma"), date.camera.gamma, 0.2, 5.0, "0.2 to 5")?;
    }
    if let Some(relief) = &scene.relief {
        within("relief.height_m", relief.height_m, 0.0, 1000.0, "0 to 1000")?;
        within("relief.size_m", relief.size_m, 1.0, 100_000.0, "1 to 100000")?;
    }
    if let Some(wear) = &scene.wear {
        within("wear.reach_m", wear.reach_m, 0.5, 20.0, "0.5 to 20")?;
        within("wear.trodden", wear.trodden, 0.0, 1.0, "0 to 1")?;
        within("wear.things", wear.things, 0.0, 1.0, "0 to 1")?;
    }
    for scatter in &scene.scatters {
        within("stand_off of a scatter", scatter.stand_off, 0.2, 1.0, "0.2 to 1")?;
    }
    for building in &scene.buildings {
        for extent in [building.length_m, building.width_m] {
            within("length_m or width_m of a building", extent, 0.5, 1000.0, "0.5 to 1000")?;
        }
        for [along, across] in &building.plan {
            let [length, width] = [building.length_m, building.width_m].map(|extent| extent / 2.0 + 0.01);
            within("a corner of a plan, along", *along, -length, length, "within half of length_m")?;
            within("a corner of a plan, across", *across, -width, width, "within half of width_m")?;
        }
        within("eaves_m of a building", building.eaves_m, 0.3, 200.0, "0.3 to 200")?;
        within("roughness of a building", building.roughness, 0.0, 10.0, "0 to 10")?;
        within("rise_m of a building", building.rise_m, 0.0, 100.0, "0 to 100")?;
    }
    Ok(())
}

fn within(what: &str, found: f64, low: f64, high: f64, expected: &'static str) -> Result<(), SceneError> {
    // A NaN is in no range.
    if (low..=high).contains(&found) {
        return Ok(());
    }
    Err(SceneError::OutOfRange { what: what.to_owned(), found, expected })
}
