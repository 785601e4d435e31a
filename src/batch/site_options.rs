//! Everything a person can ask of a comparison, as it stands in a configuration file.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use thiserror::Error;

use crate::detect::network::Quality;
use crate::estimate::{EstimateOptions, ProfileFileError, ProfileTable};
use crate::extract::ExtractOptions;
use crate::load::LoadOptions;
use crate::raster::point::LonLat;
use crate::report::{DEFAULT_FIGURE_WIDTH, SMALLEST_FIGURE_WIDTH};

/// Most draws of the Monte Carlo chain: at 8 bytes a draw and some hundred structures still well under a gigabyte.
const MOST_DRAWS: usize = 1_000_000;

/// Widest figure, pixels: above it a PNG holds more than a billion pixels, which common viewers refuse.
const WIDEST_FIGURE: usize = 32_768;

/// What finds the changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DetectorChoice {
    /// The best detector there is: the program's own network, and in one pass the classical detector's evidence beside it.
    #[default]
    Auto,
    /// The classical detector: statistics of color, texture and edges.
    Spectral,
    /// The learned detector: the program's own network, or the one of `model`. Pixels too coarse for it are left to the
    /// classical one.
    Network,
}

impl FromStr for DetectorChoice {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "auto" => Ok(DetectorChoice::Auto),
            "spectral" => Ok(DetectorChoice::Spectral),
            "network" => Ok(DetectorChoice::Network),
            other => Err(format!("there is no detector {other}; use auto, spectral or network")),
        }
    }
}

/// Options of a comparison. Absent keys of a file have these defaults; unknown keys are errors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteOptions {
    /// Name of the site; that of the output folder when absent.
    pub site: Option<String>,
    /// Owner of the imagery, for the figures.
    pub credit: Option<String>,
    /// Ground sampling distance in metres, for files that do not tell it.
    pub gsd_m: Option<f64>,
    /// Bands shown as red, green and blue, counted from 1.
    pub bands: Option<[usize; 3]>,
    /// Day of the before image.
    #[serde(deserialize_with = "quoted_or_native")]
    pub before_date: Option<Date>,
    /// Day of the after image.
    #[serde(deserialize_with = "quoted_or_native")]
    pub after_date: Option<Date>,
    /// Time of the after image, UTC.
    #[serde(deserialize_with = "quoted_or_native")]
    pub after_time: Option<Time>,
    /// Latitude and longitude of the site in degrees, for files that do not tell it.
    pub at: Option<[f64; 2]>,
    /// Sun azimuth of the after image, degrees clockwise from true north.
    pub sun_azimuth_deg: Option<f64>,
    /// Sun elevation of the after image, degrees above the horizon.
    pub sun_elevation_deg: Option<f64>,
    /// Satellite azimuth of the after image seen from the site, degrees clockwise from true north.
    pub view_azimuth_deg: Option<f64>,
    /// Satellite elevation of the after image seen from the site, degrees above the horizon.
    pub view_elevation_deg: Option<f64>,
    /// Area of interest: a polygon file. Relative paths in a file count from that file.
    pub aoi: Option<PathBuf>,
    /// Areas to leave out: a polygon file. Relative paths in a file count from that file.
    pub mask: Option<PathBuf>,
    /// Occupancy profile of all housing; the mix of each kind when absent.
    pub profile: Option<String>,
    /// Occupancy profiles to add or change: a TOML file. Relative paths in a file count from that file.
    pub profiles: Option<PathBuf>,
    /// What finds the changes.
    pub detector: DetectorChoice,
    /// The ONNX file of the network detector; the program's own network when absent. Relative paths in a file count from
    /// that file.
    pub model: Option<PathBuf>,
    /// What is worth more to the network detector: time, or the last few structures.
    pub quality: Quality,
    /// Probability from which a pixel counts as changed, and which a structure must reach somewhere, 0 to 1; the detector's
    /// own two when absent.
    pub threshold: Option<f64>,
    /// Smallest structure in square metres, where the ground sampling distance is known.
    pub min_area_m2: f64,
    /// Find the alignment from the pixels; when false the georeferences, or the pixel grids, are trusted.
    pub register: bool,
    /// Draws of the Monte Carlo chain.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// Longest side of a figure, pixels.
    pub figure_width: usize,
    /// Most pixels accepted in a format that must be decoded whole.
    pub max_pixels: u64,
    /// Replace the outputs of an earlier run.
    pub overwrite: bool,
}

impl Default for SiteOptions {
    fn default() -> Self {
        let (extract, estimate) = (ExtractOptions::default(), EstimateOptions::default());
        SiteOptions {
            site: None,
            credit: None,
            gsd_m: None,
            bands: None,
            before_date: None,
            after_date: None,
            after_time: None,
            at: None,
            sun_azimuth_deg: None,
            sun_elevation_deg: None,
            view_azimuth_deg: None,
            view_elevation_deg: None,
            aoi: None,
            mask: None,
            profile: None,
            profiles: None,
            detector: DetectorChoice::Auto,
            model: None,
            quality: Quality::Fast,
            threshold: None,
            min_area_m2: extract.min_area.0,
            register: true,
            draws: estimate.draws,
            seed: estimate.seed,
            figure_width: DEFAULT_FIGURE_WIDTH,
            max_pixels: LoadOptions::default().max_pixels,
            overwrite: false,
        }
    }
}

/// Options that cannot be read or used.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum OptionsError {
    #[error("cannot read the configuration {}: {source}; check the path", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("configuration {}, line {line}: {reason}", path.display())]
    Malformed { path: PathBuf, line: usize, reason: String },
    #[error("{name} is {found}, but must be {required}")]
    OutOfRange { name: &'static str, found: String, required: String },
}

impl SiteOptions {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// [`OptionsError::Unreadable`] when there is no such file, [`OptionsError::Malformed`] when it is not TOML, holds a
    /// key that is no option, or a value of the wrong type.
    pub fn from_file(path: &Path) -> Result<Self, OptionsError> {
        let unreadable = |source| OptionsError::Unreadable { path: path.to_owned(), source };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let mut options: SiteOptions = toml::from_str(&text).map_err(|error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = 1 + text.bytes().take(start).filter(|&byte| byte == b'\n').count();
            OptionsError::Malformed { path: path.to_owned(), line, reason: error.message().to_owned() }
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for file in
            [&mut options.aoi, &mut options.mask, &mut options.profiles, &mut options.model].into_iter().flatten()
        {
            *file = folder.join(&*file);
        }
        Ok(options)
    }

    /// The text of a configuration file that asks for the same wherever it lies: paths are absolute.
    pub fn to_toml(&self) -> String {
        let mut resolved = self.clone();
        for file in
            [&mut resolved.aoi, &mut resolved.mask, &mut resolved.profiles, &mut resolved.model].into_iter().flatten()
        {
            *file = std::path::absolute(&*file).unwrap_or_else(|_| file.clone());
        }
        toml::to_string(&resolved).expect("invariant: options are plain values, and whole numbers fit 63 bits")
    }

    /// Checks that every number is in its range.
    ///
    /// # Errors
    /// [`OptionsError::OutOfRange`] names the first option that is not.
    pub fn check(&self) -> Result<(), OptionsError> {
        let within = |name: &'static str, value: Option<f64>, low: f64, high: f64| match value {
            Some(v) if !(low..=high).contains(&v) => Err(out_of_range(name, v, format!("{low} to {high}"))),
            _ => Ok(()),
        };
        if let Some(gsd_m) = self.gsd_m.filter(|gsd_m| !(gsd_m.is_finite() && *gsd_m > 0.0)) {
            return Err(out_of_range("gsd_m", gsd_m, "more than 0 metres".to_owned()));
        }
        if let Some(bands) = self.bands.filter(|bands| bands.contains(&0)) {
            return Err(out_of_range("bands", format!("{bands:?}"), "three numbers counted from 1".to_owned()));
        }
        within("latitude of at", self.at.map(|at| at[0]), -90.0, 90.0)?;
        within("longitude of at", self.at.map(|at| at[1]), -180.0, 180.0)?;
        within("sun_azimuth_deg", self.sun_azimuth_deg, 0.0, 360.0)?;
        within("sun_elevation_deg", self.sun_elevation_deg, 0.0, 90.0)?;
        within("view_azimuth_deg", self.view_azimuth_deg, 0.0, 360.0)?;
        within("view_elevation_deg", self.view_elevation_deg, 0.0, 90.0)?;
        within("threshold", self.threshold, 0.0, 1.0)?;
        within("min_area_m2", Some(self.min_area_m2), 0.0, f64::MAX)?;
        within("draws", Some(self.draws as f64), 1.0, MOST_DRAWS as f64)?;
        within("figure_width", Some(self.figure_width as f64), SMALLEST_FIGURE_WIDTH as f64, WIDEST_FIGURE as f64)?;
        for (name, number) in [("seed", self.seed), ("max_pixels", self.max_pixels)] {
            if i64::try_from(number).is_err() {
                return Err(out_of_range(name, number, format!("at most {}", i64::MAX)));
            }
        }
        Ok(())
    }

    /// The occupancy profiles there are: the program's, and those of the file.
    ///
    /// # Errors
    /// [`ProfileFileError`] when the file cannot be read or used.
    pub fn profile_table(&self) -> Result<ProfileTable, ProfileFileError> {
        self.profiles.as_deref().map_or_else(|| Ok(ProfileTable::default()), ProfileTable::from_file)
    }

    /// Where the site lies, as far as the options tell.
    pub fn place(&self) -> Option<LonLat> {
        self.at.map(|[lat, lon]| LonLat { lon, lat })
    }
}

fn out_of_range(name: &'static str, found: impl std::fmt::Display, required: String) -> OptionsError {
    OptionsError::OutOfRange { name, found: found.to_string(), required }
}

/// Reads a date or time, whether it stands in quotes or as TOML's own type.
fn quoted_or_native<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
    T::Err: std::fmt::Display,
{
    let text = match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => text,
        toml::Value::Datetime(native) => native.to_string(),
        other => return Err(D::Error::custom(format!("expected a date or time, found {other}"))),
    };
    text.parse().map(Some).map_err(|error| D::Error::custom(format!("{text:?}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<SiteOptions, OptionsError> {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("options.toml");
        std::fs::write(&path, text).unwrap();
        SiteOptions::from_file(&path)
    }

    #[test]
    fn an_empty_file_asks_for_the_defaults() {
        let options = read("").unwrap();
        assert_eq!(options, SiteOptions::default());
        options.check().unwrap();
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let message = read("seed = 7\ngsd = 0.5\n").unwrap_err().to_string();
        assert!(message.contains("line 2") && message.contains("`gsd`") && message.contains("gsd_m"), "{message}");
        let message = read("seed = \"seven\"\n").unwrap_err().to_string();
        assert!(message.contains("line 1"), "{message}");
    }

    #[test]
    fn dates_may_be_quoted_or_not() {
        let quoted = read("after_date = \"2024-12-03\"\nafter_time = \"10:52:00\"").unwrap();
        let native = read("after_date = 2024-12-03\nafter_time = 10:52:00").unwrap();
        assert_eq!(quoted, native);
        assert_eq!(quoted.after_date, Some(jiff::civil::date(2024, 12, 3)));
        assert!(read("after_date = \"3 December\"").is_err());
        assert!(read("after_date = 3").is_err());
    }

    #[test]
    fn paths_count_from_the_file() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("options.toml");
        std::fs::write(&path, "aoi = \"base.geojson\"\nmask = \"/elsewhere/mask.kml\"").unwrap();
        let options = SiteOptions::from_file(&path).unwrap();
        assert_eq!(options.aoi, Some(scratch.path().join("base.geojson")));
        assert_eq!(options.mask, Some(PathBuf::from("/elsewhere/mask.kml")));
    }

    #[test]
    fn a_number_out_of_range_is_named() {
        let refused = |options: SiteOptions| options.check().unwrap_err().to_string();
        let message = refused(SiteOptions { gsd_m: Some(-0.5), ..SiteOptions::default() });
        assert_eq!(message, "gsd_m is -0.5, but must be more than 0 metres");
        let message = refused(SiteOptions { threshold: Some(1.5), ..SiteOptions::default() });
        assert_eq!(message, "threshold is 1.5, but must be 0 to 1");
        assert!(refused(SiteOptions { threshold: Some(f64::NAN), ..SiteOptions::default() }).contains("threshold"));
        assert!(refused(SiteOptions { bands: Some([3, 2, 0]), ..SiteOptions::default() }).contains("bands"));
        assert!(refused(SiteOptions { at: Some([95.0, 0.0]), ..SiteOptions::default() }).contains("latitude"));
        assert!(refused(SiteOptions { draws: 0, ..SiteOptions::default() }).contains("draws"));
        assert!(refused(SiteOptions { seed: u64::MAX, ..SiteOptions::default() }).contains("seed"));
    }

    #[test]
    fn a_network_may_be_named_whatever_the_detector() {
        for text in ["detector = \"network\"", "model = \"/n.onnx\"", "model = \"/n.onnx\"\nquality = \"high\""] {
            let options = read(text).unwrap();
            assert!(options.check().is_ok() && options.detector != DetectorChoice::Spectral, "{text}");
        }
        // Who names the spectral detector in spite of a file's model wants a comparison.
        let spectral = read("detector = \"spectral\"\nmodel = \"/n.onnx\"").unwrap();
        assert!(spectral.check().is_ok() && spectral.detector == DetectorChoice::Spectral);
        assert!("telepathy".parse::<DetectorChoice>().unwrap_err().contains("use auto, spectral or network"));
    }

    proptest! {
        #[test]
        fn options_survive_their_file(
            gsd_m in proptest::option::of(0.01..30.0f64),
            at in proptest::option::of((-90.0..90.0f64, -180.0..180.0f64)),
            site in proptest::option::of("\\PC{0,12}"),
            threshold in proptest::option::of(0.0..1.0f64),
            day in proptest::option::of(1i8..=28),
            seed in 0..i64::MAX as u64,
            (register, overwrite) in (any::<bool>(), any::<bool>()),
        ) {
            let options = SiteOptions {
                gsd_m,
                at: at.map(|(lat, lon)| [lat, lon]),
                site,
                threshold,
                before_date: day.map(|day| jiff::civil::date(2023, 2, day)),
                after_time: day.map(|day| jiff::civil::time(10, day, 0, 0)),
                aoi: Some(PathBuf::from("/regions/base.geojson")),
                detector: DetectorChoice::Spectral,
                seed,
                register,
                overwrite,
                ..SiteOptions::default()
            };
            prop_assert_eq!(read(&options.to_toml()).unwrap(), options);
        }
    }
}
