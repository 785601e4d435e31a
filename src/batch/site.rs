//! One site, from two files to a folder of outputs.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::analysis::{Analysis, AnalysisError, AnalysisOptions, Registering, analyze};
use crate::batch::site_options::{DetectorChoice, OptionsError, SiteOptions};
use crate::change::ChangeThreshold;
use crate::detect::fused::FusedDetector;
use crate::detect::network::{NetworkDetector, Quality};
use crate::detect::spectral::SpectralDetector;
use crate::detect::{ChangeDetector, DetectError};
use crate::estimate::{EstimateOptions, ProfileFileError};
use crate::extract::{ExtractError, ExtractOptions};
use crate::load::region_file::{RegionError, load_region};
use crate::load::{LoadError, LoadOptions, PairError, load_scene, pair_scenes};
use crate::normalize::NormalizeOptions;
use crate::observer::{Observer, Stage};
use crate::pair::ScenePair;
use crate::raster::units::{Meters, SquareMeters};
use crate::region::Region;
use crate::register::RegisterOptions;
use crate::report::{ReportError, ReportOptions, check_output_folder, write_report};
use crate::scene::Scene;

/// What came of one site.
#[derive(Debug)]
pub struct SiteReport {
    /// Name of the site.
    pub site: String,
    /// Everything that was found.
    pub analysis: Analysis,
    /// The files written.
    pub files: Vec<PathBuf>,
}

/// Why a site has no outputs.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum SiteError {
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error(transparent)]
    Profiles(#[from] ProfileFileError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Pair(#[from] PairError),
    #[error(transparent)]
    Region(#[from] RegionError),
    /// The detector asked for cannot be had.
    #[error(transparent)]
    Detector(DetectError),
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// The output folder may not be written into.
    #[error(transparent)]
    OutputFolder(ReportError),
    /// The outputs could not be written.
    #[error(transparent)]
    Report(ReportError),
}

impl SiteError {
    /// True when an input cannot be read or used, so that another input could help; false when the fault lies with what
    /// was asked for, the output folder, the disk or the program.
    pub fn is_input_fault(&self) -> bool {
        match self {
            SiteError::Load(_) | SiteError::Pair(_) | SiteError::Region(_) | SiteError::Detector(_) => true,
            // The temporary change map and a network's failure are matters of the machine, a profile one of what was asked; all else comes from
            // the images.
            SiteError::Analysis(error) => !matches!(
                error,
                AnalysisError::Detect(DetectError::Store(_) | DetectError::Inference { .. })
                    | AnalysisError::Extract(ExtractError::Store(_))
                    | AnalysisError::Estimate(_)
            ),
            SiteError::Options(_) | SiteError::Profiles(_) | SiteError::OutputFolder(_) | SiteError::Report(_) => false,
        }
    }
}

/// Compares two image files and writes every output into a folder.
///
/// - Input: two image files of one site, and a folder, which is made if it is not there.
/// - Output: the files named in [`write_report`], all or none.
///
/// The folder is looked at before the images are, and written last: a site that fails leaves nothing behind.
///
/// # Errors
/// [`SiteError`]: options out of range, a file that cannot be read or used, images that cannot be compared, a folder
/// that is not empty without `overwrite`, or outputs that cannot be written.
pub fn compare_site(
    before: &Path,
    after: &Path,
    out: &Path,
    options: &SiteOptions,
    observer: &dyn Observer,
) -> Result<SiteReport, SiteError> {
    options.check()?;
    options.profile_table()?;
    check_output_folder(out, options.overwrite).map_err(SiteError::OutputFolder)?;
    let detector = open_detector(options)?;
    let scenes = load_pair(before, after, options, observer)?;
    let analysis_options = analysis_options(options, detector, &scenes.after)?;
    let analysis = analyze(scenes, &analysis_options, observer)?;
    let site = site_name(options, out);
    let options = SiteOptions { site: Some(site.clone()), ..options.clone() };
    let report_options = ReportOptions {
        site: site.clone(),
        credit: options.credit.clone(),
        figure_width: options.figure_width,
        options_toml: options.to_toml(),
        overwrite: options.overwrite,
    };
    let files = write_report(&analysis, out, &report_options, observer).map_err(SiteError::Report)?;
    Ok(SiteReport { site, analysis, files })
}

/// Opens two image files as a pair, with what the options know of them.
///
/// # Errors
/// [`SiteError::Load`] and [`SiteError::Pair`].
pub fn load_pair(
    before: &Path,
    after: &Path,
    options: &SiteOptions,
    observer: &dyn Observer,
) -> Result<ScenePair, SiteError> {
    observer.stage_started(Stage::Load);
    let load = load_options(options);
    let (before, after) = rayon::join(|| load_scene(before, &load), || load_scene(after, &load));
    let before = before?.with_description(|description| {
        let known = &mut description.acquisition;
        known.date = options.before_date.or(known.date);
        known.place = options.place().or(known.place);
    });
    let after = after?.with_description(|description| {
        let known = &mut description.acquisition;
        known.date = options.after_date.or(known.date);
        known.time = options.after_time.or(known.time);
        known.place = options.place().or(known.place);
        known.sun_azimuth_deg = options.sun_azimuth_deg.or(known.sun_azimuth_deg);
        known.sun_elevation_deg = options.sun_elevation_deg.or(known.sun_elevation_deg);
        known.view_azimuth_deg = options.view_azimuth_deg.or(known.view_azimuth_deg);
        known.view_elevation_deg = options.view_elevation_deg.or(known.view_elevation_deg);
    });
    Ok(pair_scenes(before, after)?)
}

/// The part of the options that opening a file needs.
pub fn load_options(options: &SiteOptions) -> LoadOptions {
    LoadOptions { gsd: options.gsd_m.map(Meters), bands: options.bands, max_pixels: options.max_pixels }
}

fn analysis_options(
    options: &SiteOptions,
    detector: Box<dyn ChangeDetector>,
    after: &Scene,
) -> Result<AnalysisOptions, SiteError> {
    let polygons = |path: &Option<PathBuf>| path.as_deref().map(|path| load_region(path, after)).transpose();
    Ok(AnalysisOptions {
        registering: if options.register { Registering::Search(RegisterOptions::default()) } else { Registering::Skip },
        normalize: NormalizeOptions::default(),
        detector,
        region: Region { interest: polygons(&options.aoi)?, masked: polygons(&options.mask)? },
        extract: ExtractOptions { min_area: SquareMeters(options.min_area_m2), ..ExtractOptions::default() },
        estimate: EstimateOptions {
            profile: options.profile.clone(),
            profiles: options.profile_table()?,
            draws: options.draws,
            seed: options.seed,
            ..EstimateOptions::default()
        },
    })
}

/// The detector that the options ask for; the network is opened and tried.
///
/// # Errors
/// [`SiteError::Detector`] when the network's file cannot be used.
pub fn open_detector(options: &SiteOptions) -> Result<Box<dyn ChangeDetector>, SiteError> {
    let threshold = options.threshold.map(|probability| probability as f32);
    let default = SpectralDetector::default();
    let spectral = SpectralDetector { threshold: threshold.unwrap_or(default.threshold), ..default };
    if options.detector == DetectorChoice::Spectral {
        return Ok(Box::new(spectral));
    }
    let fallback = Box::new(spectral.clone());
    let mut network = match options.model.as_deref() {
        Some(path) => NetworkDetector::from_file(path, fallback).map_err(SiteError::Detector)?,
        None => NetworkDetector::bundled(fallback),
    };
    network.set_quality(options.quality);
    network.threshold = threshold.map_or(network.threshold, ChangeThreshold::single);
    // What the evidence counts for was measured with the bundled network in one pass; with four passes it brings nothing.
    if options.detector == DetectorChoice::Auto && options.model.is_none() && options.quality == Quality::Fast {
        return Ok(Box::new(FusedDetector::new(network, spectral)));
    }
    Ok(Box::new(network))
}

/// The site's name: the one given, or that of its output folder.
fn site_name(options: &SiteOptions, out: &Path) -> String {
    let folder = || {
        let whole = std::path::absolute(out).unwrap_or_else(|_| out.to_owned());
        whole.file_name().map_or_else(|| "site".to_owned(), |name| name.to_string_lossy().into_owned())
    };
    options.site.clone().unwrap_or_else(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_without_a_name_is_called_as_its_folder() {
        let named = SiteOptions { site: Some("Senou".into()), ..SiteOptions::default() };
        assert_eq!(site_name(&named, Path::new("out/bamako")), "Senou");
        assert_eq!(site_name(&SiteOptions::default(), Path::new("out/bamako/")), "bamako");
        assert_eq!(site_name(&SiteOptions::default(), Path::new("/")), "site");
    }
}
