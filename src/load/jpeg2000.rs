//! JPEG 2000: decoded once, kept in memory in 8 or 16 bits; placed by a GeoJP2 box[^1] where there is one.
//!
//! [^1]: Mapping Science, "GeoJP2: GeoTIFF box specification for JPEG 2000 metadata", draft 2.0, 2004: a UUID box that
//! holds a GeoTIFF of one pixel.

use std::path::Path;
use std::sync::Arc;

use geotiff_reader::GeoTiffFile;
use hayro_jpeg2000::{DecodeSettings, DecodedImage, DecoderContext, Image};

use crate::load::LoadOptions;
use crate::load::error::LoadError;
use crate::load::geo_keys::place_of_geotiff;
use crate::load::interleaved::ChannelMeaning;
use crate::load::opened_image::{OpenedImage, PlacedImage};
use crate::load::whole_image::{WholeImage, check_pixels, truncated};
use crate::raster::window::GridSize;
use crate::scene::{Acquisition, SampleType};

const GEO_JP2: [u8; 16] =
    [0xb1, 0x4b, 0xf8, 0xbd, 0x08, 0x3d, 0x4b, 0x43, 0xa5, 0xae, 0x8c, 0xd7, 0xd5, 0xa6, 0xce, 0x03];

/// Most components accepted; vendors deliver up to 8 or 16 bands.
const MOST_COMPONENTS: usize = 64;

/// A box of the JP2 container: four letters and its content.
struct Jp2Box<'a> {
    kind: [u8; 4],
    content: &'a [u8],
}

/// Decodes a JPEG 2000 file, boxed (JP2) or bare (J2K).
///
/// Samples keep their bit depth, in 8 bits up to 8 and in 16 bits up to 16. Only a channel that the file declares as
/// opacity becomes the mask: a fourth band is otherwise taken for near infrared.
///
/// # Errors
/// [`LoadError`] when the file is truncated, damaged, over the limit of pixels or deeper than 16 bits.
pub(super) fn open_jpeg2000(path: &Path, options: &LoadOptions) -> Result<OpenedImage, LoadError> {
    let bytes = std::fs::read(path).map_err(|e| LoadError::from_io(path, e))?;
    let boxes = if bytes.starts_with(&[0xff, 0x4f]) { Vec::new() } else { boxes_of(path, &bytes)? };
    let codestream = match boxes.iter().find(|b| &b.kind == b"jp2c") {
        Some(found) => found.content,
        None if boxes.is_empty() => &bytes[..],
        None => return Err(LoadError::damaged(path, "it has no codestream box")),
    };
    check_codestream(path, codestream, options)?;
    let image = Image::new(&bytes, &DecodeSettings::default()).map_err(|e| LoadError::damaged(path, format!("{e}")))?;
    let size = GridSize { height: image.height() as usize, width: image.width() as usize };
    check_pixels(path, size.width as u64, size.height as u64, options.max_pixels)?;
    let alpha = declares_opacity(&boxes);
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|e| LoadError::damaged(path, format!("{e}")))?;
    let source = keep(path, &decoded, size, alpha)?;
    let bands = source.meaning.bands.len();
    let placed = match boxes.iter().find(|b| &b.kind == b"uuid" && b.content.starts_with(&GEO_JP2)) {
        Some(found) => place_of_box(path, &found.content[GEO_JP2.len()..])?,
        None => PlacedImage::default(),
    };
    Ok(OpenedImage {
        format: "JPEG 2000".to_owned(),
        size,
        sample_type: source.sample_type,
        bands,
        visible: if bands >= 3 { [0, 1, 2] } else { [0; 3] },
        nodata: None,
        acquisition: Acquisition::default(),
        placed,
        warnings: Vec::new(),
        coarsest_factor: 1,
        source: Arc::new(source),
    })
}

/// Rounds the decoder's samples into the file's own depth, pixel by pixel.
fn keep(path: &Path, decoded: &DecodedImage<'_>, size: GridSize, alpha: bool) -> Result<WholeImage, LoadError> {
    let components = decoded.components();
    let depth = components.iter().map(|c| c.bit_depth()).max().unwrap_or(0);
    if depth == 0 || depth > 16 || components.iter().any(|c| c.samples().len() != size.pixels()) {
        let what = format!("JPEG 2000 with {} components of up to {depth} bits, or of unequal size,", components.len());
        return Err(LoadError::unsupported(path, what, "convert it with `gdal_translate -of GTiff`"));
    }
    let channels = components.len();
    let sample_type = if depth <= 8 { SampleType::U8 } else { SampleType::U16 };
    let mut bytes = vec![0; size.pixels() * channels * if depth <= 8 { 1 } else { 2 }];
    for (channel, component) in components.iter().enumerate() {
        // Signed samples reach below zero; there is no overhead imagery among them.
        let top = ((1u32 << component.bit_depth()) - 1) as f32;
        let samples = component.samples().iter().map(|s| s.round().clamp(0.0, top) as u16);
        if depth <= 8 {
            bytes[channel..].iter_mut().step_by(channels).zip(samples).for_each(|(byte, s)| *byte = s as u8);
        } else {
            let places = bytes.chunks_exact_mut(2).skip(channel).step_by(channels);
            places.zip(samples).for_each(|(place, s)| place.copy_from_slice(&s.to_ne_bytes()));
        }
    }
    let alpha = alpha && channels > 1;
    let bands = channels - usize::from(alpha);
    let half_opaque = f64::from(1u32 << components[bands.min(channels - 1)].bit_depth().saturating_sub(1));
    let meaning =
        ChannelMeaning { bands: (0..bands).collect(), alpha: alpha.then_some((bands, half_opaque)), nodata: None };
    Ok(WholeImage { bytes, sample_type, size, channels, meaning })
}

/// Splits the container into its boxes (ISO/IEC 15444-1, annex I.4).
fn boxes_of<'a>(path: &Path, bytes: &'a [u8]) -> Result<Vec<Jp2Box<'a>>, LoadError> {
    let mut boxes = Vec::new();
    let mut rest = bytes;
    while let Some((head, _)) = rest.split_at_checked(8) {
        let kind = [head[4], head[5], head[6], head[7]];
        let (start, length) = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
            0 => (8, rest.len() as u64),
            1 => {
                let long = rest.get(8..16).ok_or_else(|| truncated(path, "a box header goes on".into()))?;
                (16, u64::from_be_bytes(std::array::from_fn(|i| long[i])))
            }
            short => (8, u64::from(short)),
        };
        if length < start as u64 {
            return Err(LoadError::damaged(path, format!("a box of {length} bytes is shorter than its own header")));
        }
        let Some(content) = usize::try_from(length).ok().and_then(|end| rest.get(start..end)) else {
            let name = String::from_utf8_lossy(&kind).into_owned();
            return Err(truncated(path, format!("its box `{}` has {length}", name.escape_default())));
        };
        boxes.push(Jp2Box { kind, content });
        rest = &rest[start + content.len()..];
    }
    Ok(boxes)
}

/// Checks size, components and end of a codestream before anything is allocated (annex A.5.1, the SIZ marker).
fn check_codestream(path: &Path, codestream: &[u8], options: &LoadOptions) -> Result<(), LoadError> {
    let siz = codestream.get(..42).ok_or_else(|| truncated(path, "the codestream's header has 42".into()))?;
    if !siz.starts_with(&[0xff, 0x4f, 0xff, 0x51]) {
        return Err(LoadError::damaged(path, "the codestream does not begin with its size"));
    }
    let number = |at: usize| u64::from(u32::from_be_bytes([siz[at], siz[at + 1], siz[at + 2], siz[at + 3]]));
    let (width, height) = (number(8).saturating_sub(number(16)), number(12).saturating_sub(number(20)));
    check_pixels(path, width, height, options.max_pixels)?;
    let (tile_width, tile_height) = (number(24), number(28));
    // 65,535 tiles are the format's own limit; a tile index is 16 bits wide.
    if tile_width == 0 || tile_height == 0 || width.div_ceil(tile_width) * height.div_ceil(tile_height) > 65_535 {
        return Err(LoadError::damaged(path, format!("tiles of {tile_width} x {tile_height} cannot cover it")));
    }
    let components = usize::from(u16::from_be_bytes([siz[40], siz[41]]));
    if components == 0 || components > MOST_COMPONENTS {
        return Err(LoadError::damaged(path, format!("it claims {components} components")));
    }
    // Without the end-of-codestream marker decoders leave the rest blank and say nothing.
    let tail = &codestream[codestream.len().saturating_sub(64)..];
    if !tail.windows(2).any(|pair| pair == [0xff, 0xd9]) {
        return Err(truncated(path, "the end-of-codestream marker is missing".into()));
    }
    Ok(())
}

/// True when the channel definition box calls the last channel opacity (annex I.5.3.6).
fn declares_opacity(boxes: &[Jp2Box<'_>]) -> bool {
    let Some(header) = boxes.iter().find(|b| &b.kind == b"jp2h") else { return false };
    let Some(at) = header.content.windows(4).position(|kind| kind == b"cdef") else { return false };
    let entries = header.content.get(at + 6..).unwrap_or_default();
    let count = header.content.get(at + 4..at + 6).map_or(0, |n| usize::from(u16::from_be_bytes([n[0], n[1]])));
    entries.chunks_exact(6).take(count).next_back().is_some_and(|entry| matches!(entry[2..4], [0, 1 | 2]))
}

fn place_of_box(path: &Path, geotiff: &[u8]) -> Result<PlacedImage, LoadError> {
    let Ok(file) = GeoTiffFile::from_bytes(geotiff.to_vec()) else { return Ok(PlacedImage::default()) };
    place_of_geotiff(&file).map_err(|error| LoadError::from_crs(path, &error))
}
