//! Writes GeoTIFF files tile by tile, so that memory follows the tile and not the image.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use geotiff_writer::{Compression, GeoTiffBuilder, NumericSample, PhotometricInterpretation, StreamingTileWriter};
use ndarray::{Array3, ArrayView3};
use thiserror::Error;

use crate::raster::Raster;
use crate::raster::crs::Georeference;
use crate::raster::window::{GridSize, Window};

/// Side of the tiles of a written file, in pixels: GDAL's usual 256 costs four times as many index entries, and at 512
/// a tile of eight float bands is still 8 MB.
pub const TILE_SIDE: usize = 512;

/// Deflate level: below the encoder's usual 6, for speed on large scenes; our judgement, sizes were not compared.
const DEFLATE_LEVEL: u32 = 3;

/// Value by which GeoTIFF keys say "defined by the user, not by a code" (OGC 19-008r4, GeoTIFF 1.1, 7.5).
const USER_DEFINED: u16 = 32_767;

/// Key of the text that describes the coordinate reference system (OGC 19-008r4, GTCitationGeoKey).
const CITATION_KEY: u16 = 1026;

/// How samples are stored in a written file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredSample {
    /// 8-bit unsigned integers.
    U8,
    /// 16-bit unsigned integers.
    U16,
    /// 32-bit floating point numbers.
    F32,
}

/// What a GeoTIFF file will hold.
#[derive(Clone, Debug)]
pub struct GeoTiffLayout {
    /// Height and width.
    pub size: GridSize,
    /// Number of bands.
    pub bands: usize,
    /// How samples are stored.
    pub sample: StoredSample,
    /// The value that means nodata; it must be one that `sample` can hold.
    pub nodata: Option<f64>,
    /// Where the image lies on the earth.
    ///
    /// A system without an EPSG code is written as user-defined with its PROJ.4 string as citation: readers then know
    /// the geotransform, but have to be told the system.
    pub georeference: Option<Georeference>,
    /// True when the first three bands are red, green and blue.
    pub color: bool,
}

/// A GeoTIFF file that cannot be written.
#[derive(Debug, Error)]
#[error("cannot write {}: {reason}", path.display())]
pub struct GeoTiffWriteError {
    /// The file.
    pub path: PathBuf,
    /// What the encoder or the operating system says.
    pub reason: String,
}

/// A GeoTIFF file in the making: Deflate-compressed tiles of [`TILE_SIDE`], BigTIFF when it outgrows 4 GB.
///
/// Tiles may come in any order; a tile never written holds the nodata value, or 0 where there is none. The file is
/// whole only after [`finish`](GeoTiffWriter::finish).
pub struct GeoTiffWriter {
    path: PathBuf,
    layout: GeoTiffLayout,
    encoder: Encoder,
}

enum Encoder {
    U8(StreamingTileWriter<u8, BufWriter<File>>),
    U16(StreamingTileWriter<u16, BufWriter<File>>),
    F32(StreamingTileWriter<f32, BufWriter<File>>),
}

impl GeoTiffWriter {
    /// Creates the file, replacing any of that name.
    ///
    /// # Errors
    /// [`GeoTiffWriteError`] when the file cannot be created or the layout cannot be stored.
    pub fn create(path: &Path, layout: GeoTiffLayout) -> Result<Self, GeoTiffWriteError> {
        let failed = |reason: String| GeoTiffWriteError { path: path.to_owned(), reason };
        let builder = builder_of(&layout).map_err(failed)?;
        let made = match layout.sample {
            StoredSample::U8 => builder.tile_writer_file(path).map(Encoder::U8),
            StoredSample::U16 => builder.tile_writer_file(path).map(Encoder::U16),
            StoredSample::F32 => builder.tile_writer_file(path).map(Encoder::F32),
        };
        let encoder = made.map_err(|error| failed(error.to_string()))?;
        Ok(GeoTiffWriter { path: path.to_owned(), layout, encoder })
    }

    /// The windows to write, in reading order.
    pub fn tiles(&self) -> impl Iterator<Item = Window> + Clone + use<> {
        self.layout.size.tiles(TILE_SIDE)
    }

    /// Writes one tile.
    ///
    /// - Input: a window out of [`tiles`](GeoTiffWriter::tiles), and its samples, (bands, height, width). Integer
    ///   formats round to the nearest and clip to their range.
    ///
    /// # Errors
    /// [`GeoTiffWriteError`] when the window is not a tile, was written before, or the disk is full.
    pub fn write_tile(&mut self, window: Window, samples: ArrayView3<'_, f32>) -> Result<(), GeoTiffWriteError> {
        let pixels = samples.permuted_axes([1, 2, 0]);
        let (col, row) = (window.col, window.row);
        let written = match &mut self.encoder {
            Encoder::U8(encoder) => encoder.write_tile_3d(col, row, &pixels.mapv(|v| v.round() as u8).view()),
            Encoder::U16(encoder) => encoder.write_tile_3d(col, row, &pixels.mapv(|v| v.round() as u16).view()),
            Encoder::F32(encoder) => encoder.write_tile_3d(col, row, &pixels),
        };
        written.map_err(|error| GeoTiffWriteError { path: self.path.clone(), reason: error.to_string() })
    }

    /// Writes one tile of a raster: its invalid pixels get the nodata value, or 0 where the layout has none.
    ///
    /// # Errors
    /// As [`write_tile`](GeoTiffWriter::write_tile).
    pub fn write_raster(&mut self, window: Window, raster: &Raster) -> Result<(), GeoTiffWriteError> {
        let nodata = self.layout.nodata.unwrap_or(0.0) as f32;
        let valid = raster.valid();
        let samples = raster.samples();
        let filled =
            Array3::from_shape_fn(
                samples.dim(),
                |(band, row, col)| {
                    if valid[[row, col]] { samples[[band, row, col]] } else { nodata }
                },
            );
        self.write_tile(window, filled.view())
    }

    /// Fills the tiles that were never written, and completes the file.
    ///
    /// # Errors
    /// [`GeoTiffWriteError`] when the disk is full.
    pub fn finish(self) -> Result<(), GeoTiffWriteError> {
        let flushed = match self.encoder {
            Encoder::U8(encoder) => flush(encoder),
            Encoder::U16(encoder) => flush(encoder),
            Encoder::F32(encoder) => flush(encoder),
        };
        flushed.map_err(|reason| GeoTiffWriteError { path: self.path, reason })
    }
}

fn flush<T: NumericSample>(encoder: StreamingTileWriter<T, BufWriter<File>>) -> Result<(), String> {
    let file = encoder.finish().map_err(|error| error.to_string())?;
    file.into_inner().map(drop).map_err(|error| error.to_string())
}

fn builder_of(layout: &GeoTiffLayout) -> Result<GeoTiffBuilder, String> {
    let side = |pixels: usize| u32::try_from(pixels).map_err(|_| format!("{pixels} pixels a side are too many"));
    let bands = u32::try_from(layout.bands).map_err(|_| format!("{} bands are too many", layout.bands))?;
    let mut builder = GeoTiffBuilder::new(side(layout.size.width)?, side(layout.size.height)?)
        .bands(bands)
        .tile_size(TILE_SIDE as u32, TILE_SIDE as u32)
        .compression(Compression::Deflate)
        .deflate_level(DEFLATE_LEVEL);
    if layout.color {
        builder = builder.photometric(PhotometricInterpretation::Rgb);
    }
    if let Some(nodata) = layout.nodata {
        builder = builder.nodata(&nodata.to_string());
    }
    Ok(match &layout.georeference {
        Some(georeference) => placed(builder, georeference),
        None => builder,
    })
}

fn placed(builder: GeoTiffBuilder, georeference: &Georeference) -> GeoTiffBuilder {
    let [origin_x, pixel_width, skew_x, origin_y, skew_y, pixel_height] = georeference.transform.coefficients();
    let transform = geotiff_writer::GeoTransform { origin_x, pixel_width, skew_x, origin_y, skew_y, pixel_height };
    let builder = builder.transform(transform).raster_type(geotiff_writer::RasterType::PixelIsArea);
    let geographic = georeference.crs.is_geographic();
    match georeference.crs.epsg().and_then(|code| u16::try_from(code).ok()) {
        Some(code) if geographic => builder.geographic_epsg(code),
        Some(code) => builder.projected_epsg(code),
        None => {
            let citation = geotiff_writer::GeoKeyValue::Ascii(georeference.crs.name().to_owned());
            let builder =
                if geographic { builder.geographic_epsg(USER_DEFINED) } else { builder.projected_epsg(USER_DEFINED) };
            builder.geokey(CITATION_KEY, citation)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::crs::Crs;
    use crate::raster::geotransform::GeoTransform;
    use geotiff_reader::GeoTiffFile;

    fn layout(sample: StoredSample, coefficients: [f64; 6]) -> GeoTiffLayout {
        let transform = GeoTransform::from_gdal(coefficients).expect("invariant: not flat");
        let crs = Crs::from_epsg(32629).expect("invariant: known code");
        GeoTiffLayout {
            size: GridSize { height: 700, width: 530 },
            bands: 2,
            sample,
            nodata: Some(7.0),
            georeference: Some(Georeference { transform, crs }),
            color: false,
        }
    }

    fn drawn(window: Window) -> Array3<f32> {
        let value = |band: usize, row: usize, col: usize| (band * 100 + (row * 3 + col) % 50) as f32;
        Array3::from_shape_fn((2, window.height, window.width), |(band, row, col)| {
            value(band, window.row + row, window.col + col)
        })
    }

    #[test]
    fn every_tile_comes_back_with_its_place_on_the_earth() {
        let folder = tempfile::tempdir().expect("invariant: a temporary folder can be made");
        let turned = [5e5, 0.4, 0.3, 1.4e6, 0.3, -0.4];
        for (sample, coefficients) in [
            (StoredSample::U8, [5e5, 0.5, 0.0, 1.4e6, 0.0, -0.5]),
            (StoredSample::U16, turned),
            (StoredSample::F32, turned),
        ] {
            let path = folder.path().join(format!("{sample:?}.tif"));
            let mut writer = GeoTiffWriter::create(&path, layout(sample, coefficients)).expect("invariant: writable");
            for window in writer.tiles() {
                writer.write_tile(window, drawn(window).view()).expect("invariant: writable");
            }
            writer.finish().expect("invariant: writable");
            let file = GeoTiffFile::open(&path).expect("a GeoTIFF");
            let back = match sample {
                StoredSample::U8 => file.read_raster::<u8>().expect("readable").mapv(f32::from),
                StoredSample::U16 => file.read_raster::<u16>().expect("readable").mapv(f32::from),
                StoredSample::F32 => file.read_raster::<f32>().expect("readable"),
            };
            let expected = drawn(Window::from_tlhw(0, 0, 700, 530));
            for &(row, col) in &[(0, 0), (511, 511), (512, 512), (699, 529)] {
                assert_eq!(back[[row, col, 1]], expected[[1, row, col]], "{sample:?} at {row}, {col}");
            }
            let transform = file.transform().expect("placed");
            assert_eq!([transform.origin_x, transform.pixel_width, transform.skew_x], coefficients[..3]);
            assert_eq!(file.epsg(), Some(32629));
            assert_eq!(file.nodata(), Some("7"));
        }
    }

    #[test]
    fn what_is_not_written_or_not_valid_is_nodata() {
        let folder = tempfile::tempdir().expect("invariant: a temporary folder can be made");
        let path = folder.path().join("holes.tif");
        let layout = layout(StoredSample::F32, [0.0, 1.0, 0.0, 0.0, 0.0, -1.0]);
        let mut writer = GeoTiffWriter::create(&path, layout).expect("invariant: writable");
        let window = writer.tiles().next().expect("invariant: not empty");
        let mut valid = ndarray::Array2::from_elem((window.height, window.width), true);
        valid[[3, 4]] = false;
        writer.write_raster(window, &Raster::from_bands(drawn(window), valid)).expect("invariant: writable");
        writer.finish().expect("invariant: writable");
        let back = GeoTiffFile::open(&path).expect("a GeoTIFF").read_raster::<f32>().expect("readable");
        assert_eq!([back[[3, 4, 0]], back[[3, 4, 1]], back[[600, 520, 0]]], [7.0; 3]);
        assert_ne!(back[[3, 5, 1]], 7.0);
    }
}
