//! The options of a comparison, shared by `compare` and `batch`.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::{Date, Time};
use sitedelta::batch::site_options::{DetectorChoice, SiteOptions};
use sitedelta::detect::network::Quality;

use crate::cli::args::values::{named, positive, three_bands, two_degrees};
use crate::cli::failure::Failure;

/// What the user knows of image files.
#[derive(Args)]
#[command(next_help_heading = "Images")]
pub struct ImageFlags {
    /// Ground sampling distance in metres, for images that do not tell it [default: read from the file]
    #[arg(long, value_name = "METERS", value_parser = positive)]
    gsd: Option<f64>,
    /// Bands shown as red, green and blue, counted from 1 [default: read from the file]
    #[arg(long, value_name = "R,G,B", value_parser = three_bands)]
    bands: Option<[usize; 3]>,
    /// Most pixels accepted in PNG, JPEG, WebP and JPEG 2000, which are decoded whole [default: 500000000]
    #[arg(long, value_name = "PIXELS")]
    max_pixels: Option<u64>,
}

/// Every option of a comparison but the site's name.
#[derive(Args)]
pub struct SiteFlags {
    /// Read options from this TOML file; what is typed wins over it. Every run writes its own as options.toml
    #[arg(long, value_name = "FILE.toml")]
    config: Option<PathBuf>,

    #[command(flatten)]
    image: ImageFlags,
    #[command(flatten)]
    acquisition: AcquisitionFlags,
    #[command(flatten)]
    analysis: AnalysisFlags,
    #[command(flatten)]
    output: OutputFlags,
}

#[derive(Args)]
#[command(next_help_heading = "Images")]
struct AcquisitionFlags {
    /// Day of the before image, YYYY-MM-DD [default: read from the file]
    #[arg(long, value_name = "DATE")]
    before_date: Option<Date>,
    /// Day of the after image, YYYY-MM-DD [default: read from the file]
    #[arg(long, value_name = "DATE")]
    after_date: Option<Date>,
    /// Time of the after image, HH:MM[:SS] UTC; kept with the results [default: read from the file]
    #[arg(long, value_name = "TIME")]
    after_time: Option<Time>,
    /// Latitude and longitude of the site, degrees north and east, for images that do not tell it; kept with the results
    #[arg(long, value_name = "LAT,LON", value_parser = two_degrees, allow_hyphen_values = true)]
    at: Option<[f64; 2]>,
    /// Sun azimuth in the after image, degrees clockwise from true north, 0 to 360;
    /// kept with the results
    #[arg(long, value_name = "DEGREES", allow_hyphen_values = true)]
    sun_azimuth: Option<f64>,
    /// Sun elevation in the after image, degrees above the horizon, 0 to 90;
    /// kept with the results
    #[arg(long, value_name = "DEGREES", allow_hyphen_values = true)]
    sun_elevation: Option<f64>,
    /// Azimuth of the satellite of the after image seen from the site, degrees clockwise from true north, 0 to 360;
    /// kept with the results
    #[arg(long, value_name = "DEGREES", allow_hyphen_values = true)]
    view_azimuth: Option<f64>,
    /// Elevation of the satellite of the after image seen from the site, degrees, 0 to 90 (90 is nadir);
    /// kept with the results
    #[arg(long, value_name = "DEGREES", allow_hyphen_values = true)]
    view_elevation: Option<f64>,
}

#[derive(Args)]
#[command(next_help_heading = "Analysis")]
struct AnalysisFlags {
    /// Look only inside these polygons: GeoJSON or KML in WGS 84, or GeoJSON in pixels of the after image
    #[arg(long, value_name = "FILE")]
    aoi: Option<PathBuf>,
    /// Never look inside these polygons: GeoJSON or KML in WGS 84, or GeoJSON in pixels of the after image
    #[arg(long, value_name = "FILE")]
    mask: Option<PathBuf>,
    /// Occupancy profile of all housing [default: the mix of each kind of building]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Add or change occupancy profiles as this file says; see `sitedelta profiles --help`
    #[arg(long, value_name = "FILE.toml")]
    profiles: Option<PathBuf>,
    /// What finds the changes: auto, network or spectral [default: auto, the program's network,
    /// in one pass with spectral's evidence beside it]
    #[arg(long, value_name = "DETECTOR")]
    detector: Option<DetectorChoice>,
    /// ONNX file of the network detector (docs/MODELS.md says what it must be) [default: the program's own network]
    #[arg(long, value_name = "FILE.onnx")]
    model: Option<PathBuf>,
    /// What the network detector spends: fast, or high, the mean over four mirrored copies, two of them reduced, in twice the time
    /// [default: fast]
    #[arg(long, value_name = "QUALITY", value_parser = named::<Quality>)]
    quality: Option<Quality>,
    /// Probability from which a pixel counts as changed, 0 to 1; the one that a structure must reach somewhere is then the
    /// same [default: the detector's own two]
    #[arg(long, value_name = "PROBABILITY", allow_hyphen_values = true)]
    threshold: Option<f64>,
    /// Smallest structure in square metres; 30 pixels where the size of a pixel is unknown [default: 10]
    #[arg(long, value_name = "M2", allow_hyphen_values = true)]
    min_area_m2: Option<f64>,
    /// Trust the georeferences, or the pixel grids, instead of lining the images up
    #[arg(long)]
    no_register: bool,
    /// Draws of the Monte Carlo chain behind every interval [default: 10000]
    #[arg(long, value_name = "N")]
    draws: Option<usize>,
    /// Seed of the draws; equal seeds give equal results [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

#[derive(Args)]
#[command(next_help_heading = "Output")]
struct OutputFlags {
    /// Owner of the imagery, printed on the figures
    #[arg(long, value_name = "TEXT")]
    credit: Option<String>,
    /// Longest side of a figure, pixels [default: 4096]
    #[arg(long, value_name = "PIXELS")]
    figure_width: Option<usize>,
    /// Replace the outputs of an earlier run; without it, a folder that is not empty is refused
    #[arg(long)]
    overwrite: bool,
}

impl ImageFlags {
    /// Puts what was typed over the given options.
    ///
    /// # Errors
    /// An option out of range.
    pub fn over(self, mut options: SiteOptions) -> Result<SiteOptions, Failure> {
        self.put_over(&mut options);
        options.check().map_err(Failure::usage)?;
        Ok(options)
    }

    fn put_over(self, options: &mut SiteOptions) {
        put(&mut options.gsd_m, self.gsd.map(Some));
        put(&mut options.bands, self.bands.map(Some));
        put(&mut options.max_pixels, self.max_pixels);
    }
}

impl SiteFlags {
    /// Puts what was typed over the configuration file, and that over the defaults.
    ///
    /// # Errors
    /// A configuration file that cannot be used, or an option out of range.
    pub fn resolve(self) -> Result<SiteOptions, Failure> {
        let file = self.config.as_deref().map(SiteOptions::from_file).transpose().map_err(Failure::usage)?;
        let mut options = file.unwrap_or_default();
        self.image.put_over(&mut options);
        self.acquisition.put_over(&mut options);
        self.analysis.put_over(&mut options);
        put(&mut options.credit, self.output.credit.map(Some));
        put(&mut options.figure_width, self.output.figure_width);
        options.overwrite |= self.output.overwrite;
        options.check().map_err(Failure::usage)?;
        Ok(options)
    }
}

impl AcquisitionFlags {
    fn put_over(self, options: &mut SiteOptions) {
        put(&mut options.before_date, self.before_date.map(Some));
        put(&mut options.after_date, self.after_date.map(Some));
        put(&mut options.after_time, self.after_time.map(Some));
        put(&mut options.at, self.at.map(Some));
        put(&mut options.sun_azimuth_deg, self.sun_azimuth.map(Some));
        put(&mut options.sun_elevation_deg, self.sun_elevation.map(Some));
        put(&mut options.view_azimuth_deg, self.view_azimuth.map(Some));
        put(&mut options.view_elevation_deg, self.view_elevation.map(Some));
    }
}

impl AnalysisFlags {
    fn put_over(self, options: &mut SiteOptions) {
        put(&mut options.aoi, self.aoi.map(Some));
        put(&mut options.mask, self.mask.map(Some));
        put(&mut options.profile, self.profile.map(Some));
        put(&mut options.profiles, self.profiles.map(Some));
        put(&mut options.detector, self.detector);
        put(&mut options.model, self.model.map(Some));
        put(&mut options.quality, self.quality);
        put(&mut options.threshold, self.threshold.map(Some));
        put(&mut options.min_area_m2, self.min_area_m2);
        options.register &= !self.no_register;
        put(&mut options.draws, self.draws);
        put(&mut options.seed, self.seed);
    }
}

fn put<T>(option: &mut T, typed: Option<T>) {
    if let Some(value) = typed {
        *option = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Typed {
        #[command(flatten)]
        flags: SiteFlags,
    }

    fn resolve(typed: &[&str]) -> Result<SiteOptions, String> {
        let typed = Typed::try_parse_from([&["sitedelta"], typed].concat()).map_err(|error| error.to_string())?;
        typed.flags.resolve().map_err(|failure| failure.to_string())
    }

    #[test]
    fn nothing_typed_asks_for_the_defaults() {
        assert_eq!(resolve(&[]).unwrap(), SiteOptions::default());
    }

    #[test]
    fn every_flag_reaches_its_option() {
        let typed = "--gsd 0.5 --bands 5,3,2 --max-pixels 9 --before-date 2023-05-01 --after-date 2024-12-03 \
            --after-time 10:52 --at 12.53,-7.95 --sun-azimuth 140 --sun-elevation 48 --view-azimuth 20 \
            --view-elevation 75 --aoi a.kml --mask m.kml --profile camp --profiles p.toml --detector network --model n.onnx \
            --quality high --threshold 0.6 \
            --min-area-m2 25 --no-register --draws 99 --seed 7 --credit Owner --figure-width 1000 --overwrite";
        let options = resolve(&typed.split_whitespace().collect::<Vec<_>>()).unwrap();
        let expected = SiteOptions {
            site: None,
            credit: Some("Owner".into()),
            gsd_m: Some(0.5),
            bands: Some([5, 3, 2]),
            before_date: Some(jiff::civil::date(2023, 5, 1)),
            after_date: Some(jiff::civil::date(2024, 12, 3)),
            after_time: Some(jiff::civil::time(10, 52, 0, 0)),
            at: Some([12.53, -7.95]),
            sun_azimuth_deg: Some(140.0),
            sun_elevation_deg: Some(48.0),
            view_azimuth_deg: Some(20.0),
            view_elevation_deg: Some(75.0),
            aoi: Some("a.kml".into()),
            mask: Some("m.kml".into()),
            profile: Some("camp".into()),
            profiles: Some("p.toml".into()),
            detector: DetectorChoice::Network,
            model: Some("n.onnx".into()),
            quality: Quality::High,
            threshold: Some(0.6),
            min_area_m2: 25.0,
            register: false,
            draws: 99,
            seed: 7,
            figure_width: 1000,
            max_pixels: 9,
            overwrite: true,
        };
        assert_eq!(options, expected);
    }

    #[test]
    fn what_is_typed_wins_over_the_file() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("site.toml");
        std::fs::write(&path, "gsd_m = 1.0\nseed = 9\nregister = false\ndetector = \"spectral\"\n").unwrap();
        let file = path.to_str().unwrap();
        let options = resolve(&["--config", file, "--gsd", "0.5"]).unwrap();
        assert_eq!((options.gsd_m, options.seed, options.register), (Some(0.5), 9, false));
        std::fs::write(&path, "no_register = true\n").unwrap();
        let message = resolve(&["--config", file]).unwrap_err();
        assert!(message.contains("no_register") && message.contains("line 1"), "{message}");
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for typed in [
            ["--gsd", "0"],
            ["--quality", "best"],
            ["--detector", "telepathy"],
            ["--gsd", "half"],
            ["--bands", "1,2"],
            ["--bands", "3,2,0"],
            ["--at", "12.5"],
            ["--at", "95,0"],
            ["--after-date", "03.12.2024"],
            ["--threshold", "1.5"],
            ["--threshold", "NaN"],
            ["--min-area-m2", "-1"],
            ["--draws", "0"],
            ["--figure-width", "10"],
            ["--sun-elevation", "-3"],
        ] {
            assert!(resolve(&typed).is_err(), "{typed:?}");
        }
    }
}
