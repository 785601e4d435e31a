//! PNG, JPEG and WebP: decoded once, kept in memory in their own sample type.

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::Path;
use std::sync::Arc;

use image::codecs::{jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, Limits};

use crate::load::LoadOptions;
use crate::load::acquisition::acquisition_from_exif;
use crate::load::error::LoadError;
use crate::load::file_type::FileType;
use crate::load::interleaved::{ChannelMeaning, InterleavedPixels, average_window};
use crate::load::opened_image::{OpenedImage, PlacedImage};
use crate::raster::Raster;
use crate::raster::window::{GridSize, Window};
use crate::scene::{Acquisition, PixelSource, ReadError, SampleType};

/// Remedy for an honest image that is too large to be decoded whole.
pub(super) const RAISE_OR_TILE: &str = "raise `--max-pixels` if you trust the file, or convert it with `gdal_translate \
                                        -co TILED=YES` to a GeoTIFF, which is read piece by piece";

/// An image held in memory in its own sample type.
pub(super) struct WholeImage {
    pub bytes: Vec<u8>,
    pub sample_type: SampleType,
    pub size: GridSize,
    pub channels: usize,
    pub meaning: ChannelMeaning,
}

impl PixelSource for WholeImage {
    fn read(&self, window: Window, step: usize) -> Result<Raster, ReadError> {
        let pixels = InterleavedPixels {
            bytes: &self.bytes,
            sample_type: self.sample_type,
            width: self.size.width,
            channels: self.channels,
            mask: None,
        };
        Ok(average_window(&pixels, &self.meaning, window, step))
    }
}

/// Decodes a PNG, JPEG or WebP file.
///
/// - Alpha becomes the nodata mask: a pixel is valid from half opacity on. Palettes become RGB.
/// - The EXIF orientation is applied, unless a world file lies beside the image: that describes the stored grid.
///
/// # Errors
/// [`LoadError`] when the file is truncated, damaged, empty of pixels or over the limit of pixels.
pub(super) fn open_whole_image(
    path: &Path,
    file_type: FileType,
    options: &LoadOptions,
    has_world_file: bool,
) -> Result<OpenedImage, LoadError> {
    match file_type {
        FileType::Jpeg => {
            let bytes = std::fs::read(path).map_err(|e| LoadError::from_io(path, e))?;
            check_jpeg_end(path, &bytes)?;
            let decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(|e| describe(path, e))?;
            decode(path, "JPEG", decoder, options, has_world_file)
        }
        FileType::WebP => {
            check_webp_length(path)?;
            let decoder = WebPDecoder::new(open(path)?).map_err(|e| describe(path, e))?;
            decode(path, "WebP", decoder, options, has_world_file)
        }
        _ => {
            check_png_header(path)?;
            let decoder = PngDecoder::with_limits(open(path)?, limits(options)).map_err(|e| describe(path, e))?;
            decode(path, "PNG", decoder, options, has_world_file)
        }
    }
}

fn open(path: &Path) -> Result<BufReader<File>, LoadError> {
    File::open(path).map(BufReader::new).map_err(|e| LoadError::from_io(path, e))
}

fn limits(options: &LoadOptions) -> Limits {
    let mut limits = Limits::no_limits();
    // Four samples of 16 bits, and as much again for the decoder's own needs.
    limits.max_alloc = Some(options.max_pixels.saturating_mul(16).max(1 << 24));
    limits
}

fn decode(
    path: &Path,
    format: &str,
    mut decoder: impl ImageDecoder,
    options: &LoadOptions,
    has_world_file: bool,
) -> Result<OpenedImage, LoadError> {
    let (width, height) = decoder.dimensions();
    check_pixels(path, u64::from(width), u64::from(height), options.max_pixels)?;
    decoder.set_limits(limits(options)).map_err(|e| describe(path, e))?;
    let exif = decoder.exif_metadata().ok().flatten();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|e| describe(path, e))?;
    let mut warnings = Vec::new();
    if orientation != Orientation::NoTransforms {
        if has_world_file {
            warnings.push("the EXIF orientation was ignored, as a world file describes the stored pixel grid".into());
        } else {
            image.apply_orientation(orientation);
            warnings.push(format!("the picture was turned as its EXIF orientation says ({orientation:?})"));
        }
    }
    let acquisition = exif.map(|bytes| acquisition_from_exif(bytes, &mut warnings)).unwrap_or_default();
    Ok(describe_image(image, format, acquisition, warnings))
}

fn describe_image(image: DynamicImage, format: &str, acquisition: Acquisition, warnings: Vec<String>) -> OpenedImage {
    let color = image.color();
    let size = GridSize { height: image.height() as usize, width: image.width() as usize };
    let (channels, wide) = (usize::from(color.channel_count()), color.bytes_per_pixel() > color.channel_count());
    let sample_type = if wide { SampleType::U16 } else { SampleType::U8 };
    let bands = channels - usize::from(color.has_alpha());
    let half_opaque = if wide { 32768.0 } else { 128.0 };
    let meaning = ChannelMeaning {
        bands: (0..bands).collect(),
        alpha: color.has_alpha().then_some((bands, half_opaque)),
        nodata: None,
    };
    debug_assert!(!matches!(color, ColorType::Rgb32F | ColorType::Rgba32F), "no enabled format is float");
    let source = Arc::new(WholeImage { bytes: image.into_bytes(), sample_type, size, channels, meaning });
    OpenedImage {
        format: format.to_owned(),
        size,
        sample_type,
        bands,
        visible: if bands >= 3 { [0, 1, 2] } else { [0; 3] },
        nodata: None,
        acquisition,
        placed: PlacedImage::default(),
        warnings,
        coarsest_factor: 1,
        source,
    }
}

/// Refuses images without pixels, or with more than the limit, before anything is decoded.
pub(super) fn check_pixels(path: &Path, width: u64, height: u64, limit: u64) -> Result<(), LoadError> {
    let path = path.to_owned();
    match width.checked_mul(height) {
        Some(0) => Err(LoadError::NoPixels { path, width, height }),
        Some(pixels) if pixels <= limit => Ok(()),
        _ => Err(LoadError::TooManyPixels { path, width, height, limit, remedy: RAISE_OR_TILE }),
    }
}

fn describe(path: &Path, error: ImageError) -> LoadError {
    let text = error.to_string();
    let ends_early = match &error {
        ImageError::IoError(e) => e.kind() == std::io::ErrorKind::UnexpectedEof,
        _ => text.to_lowercase().contains("unexpected end") || text.to_lowercase().contains("eof"),
    };
    match error {
        _ if ends_early => truncated(path, "its image data go on".into()),
        ImageError::IoError(source) if source.kind() != std::io::ErrorKind::Other => LoadError::from_io(path, source),
        ImageError::Unsupported(_) => LoadError::unsupported(path, text, "convert it to an 8 or 16-bit PNG"),
        _ => LoadError::damaged(path, text),
    }
}

pub(super) fn truncated(path: &Path, reason: String) -> LoadError {
    let found_bytes = path.metadata().map(|m| m.len()).unwrap_or(0);
    LoadError::Truncated { path: path.to_owned(), found_bytes, reason }
}

/// Names a PNG without rows or columns, which the decoder would only call invalid.
fn check_png_header(path: &Path) -> Result<(), LoadError> {
    use std::io::Read;
    let mut head = [0; 24];
    open(path)?.read_exact(&mut head).map_err(|_| truncated(path, "a PNG header has 33".into()))?;
    let number = |at: usize| u64::from(u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]));
    let (width, height) = (number(16), number(20));
    if width == 0 || height == 0 {
        return Err(LoadError::NoPixels { path: path.to_owned(), width, height });
    }
    Ok(())
}

/// Finds the end-of-image marker, without which decoders silently fill the rest of the picture with gray.
fn check_jpeg_end(path: &Path, bytes: &[u8]) -> Result<(), LoadError> {
    let mut at = 2;
    // Segments up to the start of scan (ITU-T T.81, annex B); thumbnails hide inside them with markers of their own.
    while let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) {
        if marker == 0xda {
            break;
        }
        let has_length = !matches!(marker, 0x01 | 0xd0..=0xd8 | 0xff);
        at += if has_length {
            2 + usize::from(u16::from_be_bytes([high, low]))
        } else if marker == 0xff {
            1
        } else {
            2
        };
    }
    let scan = bytes.get(at..).unwrap_or_default();
    match scan.windows(2).any(|pair| pair == [0xff, 0xd9]) {
        true => Ok(()),
        false => Err(truncated(path, "the end-of-image marker is missing".into())),
    }
}

/// Compares a WebP file's length with the one its RIFF header states.
fn check_webp_length(path: &Path) -> Result<(), LoadError> {
    use std::io::Read;
    let mut head = [0; 12];
    open(path)?.read_exact(&mut head).map_err(|_| truncated(path, "a WebP header has 12".into()))?;
    let stated = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]])) + 8;
    let found = path.metadata().map_err(|e| LoadError::from_io(path, e))?.len();
    if found < stated {
        return Err(truncated(path, format!("its header states {stated}")));
    }
    Ok(())
}
