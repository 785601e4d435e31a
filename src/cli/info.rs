//! `sitedelta info`: what is read from an image.

use std::path::PathBuf;

use serde::Serialize;
use sitedelta::batch::site::load_options;
use sitedelta::batch::site_options::SiteOptions;
use sitedelta::load::load_scene;
use sitedelta::raster::point::{LonLat, PixelPoint};
use sitedelta::raster::units::Meters;
use sitedelta::scene::{Acquisition, DisplayStretch, SampleType, Scene};

use crate::cli::failure::{Exit, Failure};
use crate::cli::output::{say_json, say_line};

/// A question about one image.
pub struct InfoTask {
    pub image: PathBuf,
    pub options: SiteOptions,
    pub json: bool,
}

/// Prints what is known of an image.
pub fn perform(task: &InfoTask) -> Result<Exit, Failure> {
    let scene = load_scene(&task.image, &load_options(&task.options))?;
    let known = Known::of(&scene)?;
    if task.json {
        say_json(&known)?
    } else {
        say_line(&known.to_lines())?
    }
    Ok(Exit::Done)
}

/// What is known of an image. Bands are counted from 1.
#[derive(Serialize)]
struct Known<'a> {
    name: &'a str,
    format: &'a str,
    width: usize,
    height: usize,
    bands: usize,
    sample_type: SampleType,
    visible_bands: [usize; 3],
    crs: Option<&'a str>,
    geotransform: Option<[f64; 6]>,
    gsd_x_m: Option<Meters>,
    gsd_y_m: Option<Meters>,
    center: Option<LonLat>,
    acquisition: &'a Acquisition,
    nodata: Option<f64>,
    stretch: &'a DisplayStretch,
    sha256: Option<&'a str>,
    warnings: &'a [String],
}

impl<'a> Known<'a> {
    fn of(scene: &'a Scene) -> Result<Self, Failure> {
        let description = scene.description();
        let size = scene.size();
        let gsd = scene.ground_frame().map_err(Failure::input)?.map(|frame| frame.gsd_xy());
        let georeference = description.georeference.as_ref();
        let middle = PixelPoint::from_xy(size.width as f64 / 2.0, size.height as f64 / 2.0);
        let center = georeference.map(|g| g.to_lonlat(middle)).transpose().map_err(Failure::input)?;
        Ok(Known {
            name: &description.name,
            format: &description.format,
            width: size.width,
            height: size.height,
            bands: description.bands,
            sample_type: description.sample_type,
            visible_bands: description.visible.map(|band| band + 1),
            crs: georeference.map(|georeference| georeference.crs.name()),
            geotransform: georeference.map(|georeference| georeference.transform.coefficients()),
            gsd_x_m: gsd.map(|(x, _)| x),
            gsd_y_m: gsd.map(|(_, y)| y),
            center,
            acquisition: &description.acquisition,
            nodata: description.nodata,
            stretch: &description.stretch,
            sha256: description.sha256.as_deref(),
            warnings: &description.warnings,
        })
    }

    fn to_lines(&self) -> String {
        let unknown = || "unknown".to_owned();
        let [red, green, blue] = self.visible_bands;
        let visible = if red == green && green == blue {
            format!("band {red} as gray")
        } else {
            format!("bands {red}, {green}, {blue} as red, green, blue")
        };
        let sample_type = format!("{:?}", self.sample_type).to_lowercase();
        let gsd = self.gsd_x_m.zip(self.gsd_y_m).map(|(x, y)| format!("{:.4} m x {:.4} m (x, y)", x.0, y.0));
        let center = self.center.map(|LonLat { lon, lat }| format!("{lon:.6}, {lat:.6} (longitude, latitude)"));
        let ends = self.stretch.low.iter().zip(&self.stretch.high);
        let stretch: Vec<String> = ends.map(|(low, high)| format!("{low} to {high}")).collect();
        let date = self.acquisition.date.map(|date| date.to_string());
        let time = self.acquisition.time.map(|time| format!(" {time} UTC")).unwrap_or_default();
        let mut lines = vec![
            format!("file          {}", self.name),
            format!("format        {}", self.format),
            format!("size          {} x {} px (width, height)", self.width, self.height),
            format!("bands         {}, {sample_type}; {visible}", self.bands),
            format!("crs           {}", self.crs.map_or_else(|| "none".to_owned(), str::to_owned)),
            format!("gsd           {}", gsd.unwrap_or_else(|| "unknown; pass --gsd METERS to compare".to_owned())),
            format!("center        {}", center.unwrap_or_else(unknown)),
            format!("date          {}", date.map_or_else(unknown, |date| date + &time)),
            format!("nodata        {}", self.nodata.map_or_else(|| "none".to_owned(), |dn| dn.to_string())),
            format!("stretch       {}", stretch.join(", ")),
            format!("sha256        {}", self.sha256.unwrap_or("unknown")),
        ];
        lines.extend(self.warnings.iter().map(|warning| format!("warning       {warning}")));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;
    use sitedelta::raster::Raster;

    #[test]
    fn what_is_not_known_is_said() {
        let scene = Scene::from_raster("drawn", Raster::all_valid(Array3::zeros((3, 4, 6))));
        let known = Known::of(&scene).map_err(|failure| failure.to_string()).unwrap();
        let lines = known.to_lines();
        assert!(lines.contains("size          6 x 4 px"), "{lines}");
        assert!(lines.contains("gsd           unknown") && lines.contains("bands 1, 2, 3 as red"), "{lines}");
        let json = serde_json::to_value(&known).unwrap();
        assert_eq!((&json["width"], &json["gsd_x_m"]), (&serde_json::json!(6), &serde_json::Value::Null));
        let scaled = scene.with_description(|description| description.gsd = Some(Meters(0.5)));
        let known = Known::of(&scaled).map_err(|failure| failure.to_string()).unwrap();
        assert!(known.to_lines().contains("0.5000 m x 0.5000 m"));
    }
}
