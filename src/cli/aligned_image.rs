//! The before image on the after image's grid, as a file.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::Context;
use ndarray::Axis;
use sitedelta::pair::CoregisteredPair;
use sitedelta::raster::Raster;
use sitedelta::raster::geotiff_write::{GeoTiffLayout, GeoTiffWriter, StoredSample};
use sitedelta::raster::window::{GridSize, Window};
use sitedelta::scene::{SampleType, Scene};

/// Rows written at one time into a PNG, which is written from top to bottom: 256 rows of 20,000 RGBA pixels are 20 MB.
const STRIP_ROWS: usize = 256;

/// Nodata of written float images whose source has none; far from any reflectance or DN (the value GDAL's manuals use).
const FLOAT_NODATA: f64 = -9999.0;

/// Name of the file for a pair: a PNG for 8-bit gray or color without georeference, else a GeoTIFF.
pub fn aligned_name(pair: &CoregisteredPair) -> &'static str {
    let before = pair.before();
    let plain = before.description().sample_type == SampleType::U8 && matches!(before.bands(), 1 | 3);
    if plain && pair.after().description().georeference.is_none() { "aligned.png" } else { "aligned.tif" }
}

/// Writes the before image, warped onto the after grid, in its own DN.
///
/// What the before image does not show is transparent in a PNG and nodata in a GeoTIFF. Where the image has no nodata
/// value of its own, 0 (-9999 for floats) is taken for it, and valid samples of that value are raised to the next one.
pub fn write_aligned(pair: &CoregisteredPair, path: &Path) -> anyhow::Result<()> {
    let written = if path.extension().is_some_and(|ending| ending == "png") {
        write_png(pair, path)
    } else {
        write_geotiff(pair, path)
    };
    written.with_context(|| format!("cannot write {}", path.display()))
}

fn write_png(pair: &CoregisteredPair, path: &Path) -> anyhow::Result<()> {
    let GridSize { height, width } = pair.size();
    let file = BufWriter::new(File::create(path)?);
    let mut encoder = png::Encoder::new(file, u32::try_from(width)?, u32::try_from(height)?);
    let gray = pair.before().bands() == 1;
    encoder.set_color(if gray { png::ColorType::GrayscaleAlpha } else { png::ColorType::Rgba });
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    let mut stream = writer.stream_writer()?;
    for row in (0..height).step_by(STRIP_ROWS) {
        let strip = Window::from_tlhw(row, 0, STRIP_ROWS.min(height - row), width);
        let pixels = pair.alignment().warp(pair.before(), strip, 1)?;
        std::io::Write::write_all(&mut stream, &with_alpha(&pixels))?;
    }
    stream.finish()?;
    Ok(writer.finish()?)
}

/// Samples rounded to bytes, pixel by pixel, each followed by its alpha; invalid pixels are all 0.
fn with_alpha(raster: &Raster) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(raster.size().pixels() * (raster.bands() + 1));
    for (at, &valid) in raster.valid().indexed_iter() {
        let samples = raster.samples();
        let pixel = samples.index_axis(Axis(1), at.0);
        let pixel = pixel.index_axis(Axis(1), at.1);
        bytes.extend(pixel.iter().map(|&dn| if valid { dn.round().clamp(0.0, 255.0) as u8 } else { 0 }));
        bytes.push(if valid { 255 } else { 0 });
    }
    bytes
}

fn write_geotiff(pair: &CoregisteredPair, path: &Path) -> anyhow::Result<()> {
    let before = pair.before();
    let sample = stored_sample(before.description().sample_type);
    let nodata = nodata_of(before, sample);
    let layout = GeoTiffLayout {
        size: pair.size(),
        bands: before.bands(),
        sample,
        nodata: Some(nodata),
        georeference: pair.after().description().georeference.clone(),
        color: before.bands() >= 3 && before.description().visible == [0, 1, 2],
    };
    let mut writer = GeoTiffWriter::create(path, layout)?;
    for tile in writer.tiles() {
        let warped = pair.alignment().warp(before, tile, 1)?;
        let apart = keep_from_nodata(warped, sample, nodata as f32);
        writer.write_raster(tile, &apart)?;
    }
    Ok(writer.finish()?)
}

fn stored_sample(sample_type: SampleType) -> StoredSample {
    match sample_type {
        SampleType::U8 => StoredSample::U8,
        SampleType::U16 => StoredSample::U16,
        SampleType::I8 | SampleType::I16 | SampleType::U32 | SampleType::I32 | SampleType::F32 | SampleType::F64 => {
            StoredSample::F32
        }
    }
}

/// Largest sample of an integer format; `None` for floats.
fn largest(sample: StoredSample) -> Option<f32> {
    match sample {
        StoredSample::U8 => Some(255.0),
        StoredSample::U16 => Some(65_535.0),
        StoredSample::F32 => None,
    }
}

/// The image's own nodata value where it can be stored, else one that can.
fn nodata_of(scene: &Scene, sample: StoredSample) -> f64 {
    let own = scene.description().nodata;
    match largest(sample) {
        Some(top) => own.filter(|&dn| dn.fract() == 0.0 && (0.0..=f64::from(top)).contains(&dn)).unwrap_or(0.0),
        None => own.filter(|dn| dn.is_finite()).unwrap_or(FLOAT_NODATA),
    }
}

/// Moves valid samples that would be stored as nodata to the nearest other value.
fn keep_from_nodata(raster: Raster, sample: StoredSample, nodata: f32) -> Raster {
    let Some(top) = largest(sample) else { return raster };
    let (mut samples, valid) = raster.into_parts();
    let beside = if nodata < top { nodata + 1.0 } else { nodata - 1.0 };
    samples.mapv_inplace(|dn| if dn.round().clamp(0.0, top) == nodata { beside } else { dn });
    Raster::from_bands(samples, valid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, Array3};
    use sitedelta::pair::ScenePair;

    fn pair(bands: usize, sample_type: SampleType) -> CoregisteredPair {
        let samples = Array3::from_shape_fn((bands, 300, 40), |(band, row, col)| {
            (if band == 0 { row % 256 } else { col * 3 }) as f32
        });
        let valid = Array2::from_shape_fn((300, 40), |(row, _)| row != 7);
        let scene = Scene::from_raster("drawn", Raster::from_bands(samples, valid));
        let before = scene.with_description(|description| description.sample_type = sample_type);
        CoregisteredPair::assume_aligned(ScenePair { before: before.clone(), after: before })
    }

    #[test]
    fn a_png_keeps_samples_and_shows_nodata_as_transparent() {
        let scratch = tempfile::tempdir().unwrap();
        for bands in [1, 3] {
            let pair = pair(bands, SampleType::U8);
            assert_eq!(aligned_name(&pair), "aligned.png");
            let path = scratch.path().join(aligned_name(&pair));
            write_aligned(&pair, &path).unwrap();
            let image = image::open(&path).unwrap().into_rgba8();
            assert_eq!(image.dimensions(), (40, 300));
            assert_eq!(image.get_pixel(5, 280).0[0], 24);
            assert_eq!(image.get_pixel(5, 280).0[1], if bands == 3 { 15 } else { 24 });
            assert_eq!((image.get_pixel(5, 7).0[3], image.get_pixel(5, 8).0[3]), (0, 255));
        }
    }

    #[test]
    fn a_geotiff_keeps_valid_samples_apart_from_nodata() {
        let scratch = tempfile::tempdir().unwrap();
        let pair = pair(2, SampleType::U16);
        assert_eq!(aligned_name(&pair), "aligned.tif");
        let path = scratch.path().join("aligned.tif");
        write_aligned(&pair, &path).unwrap();
        let file = tiff_reader::TiffFile::open(&path).unwrap();
        let band = file.read_band_window::<u16>(0, 0, 0, 0, 300, 40).unwrap();
        // Row 0 holds valid zeros, row 7 nothing, row 200 its own number.
        assert_eq!([0, 7, 200].map(|row| band[[row, 5]]), [1, 0, 200]);
    }
}
