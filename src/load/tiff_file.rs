//! TIFF, BigTIFF, GeoTIFF and COG: what the tags say, and whether the file keeps its word.

use std::path::Path;

use geotiff_reader::GeoTiffFile;
use tiff_reader::{Ifd, OpenOptions, ParseBudgets, RasterLayout, TiffError, TiffFile};

use crate::load::acquisition::{acquisition_from_exif_text, acquisition_from_file_date, acquisition_from_vendor_text};
use crate::load::error::LoadError;
use crate::load::geo_keys::place_of_geotiff;
use crate::load::opened_image::{OpenedImage, PlacedImage};
use crate::load::tiff_channels::{find_channels, stored_alpha_is_a_mask};
use crate::load::tiff_pixels::{Access, Level, TiffPixels, share};
use crate::load::whole_image::truncated;
use crate::raster::window::GridSize;
use crate::scene::{Acquisition, SampleType};

/// Most pixels accepted: 130,000 x 130,000, beyond the largest mosaics on sale, which come in tiles.
const MOST_PIXELS: u64 = 1 << 34;
/// Most channels accepted; hyperspectral cubes are not overhead pictures.
const MOST_CHANNELS: usize = 64;
/// Largest decoded block: a 12,000 x 12,000 image of three 8-bit bands in a single strip.
const LARGEST_BLOCK: usize = 512 << 20;
/// Strips from this size on are read by rows where they are not compressed.
const LARGE_STRIP: usize = 4 << 20;
/// Bounds of the cache of decoded blocks of one file.
const CACHE_BYTES: std::ops::RangeInclusive<usize> = (32 << 20)..=(160 << 20);
/// Rows of the image that the cache should hold: a detector's tile with its overlap.
const CACHE_ROWS: usize = 1280;
/// Remedy for a layout that cannot be read.
const CONVERT: &str = "convert it with `gdal_translate -co TILED=YES -co COMPRESS=DEFLATE`";

const TAG_NEW_SUBFILE_TYPE: u16 = 254;
const TAG_IMAGE_DESCRIPTION: u16 = 270;
const TAG_DATE_TIME: u16 = 306;
const TAG_EXIF_IFD: u16 = 34665;
const TAG_DATE_TIME_ORIGINAL: u16 = 36867;
const TAG_OFFSET_TIME_ORIGINAL: u16 = 36881;
const TAG_GDAL_METADATA: u16 = 42112;
const TAG_GDAL_NODATA: u16 = 42113;
const GEOREFERENCE_TAGS: [u16; 4] = [33550, 33922, 34264, 34735];

/// Opens a TIFF without decoding its pixels.
///
/// # Errors
/// [`LoadError`] when the file is truncated, damaged, over the limits, or of a variant that cannot be read.
pub(super) fn open_tiff(path: &Path) -> Result<OpenedImage, LoadError> {
    let tiff = open(path, *CACHE_BYTES.start(), 4096)?;
    let base = base_image(path, &tiff)?.clone();
    let size = check_size(path, &base)?;
    let stored = base.raster_layout().map_err(|e| describe(path, e))?;
    check_layout(path, &stored)?;
    check_blocks(path, &tiff, &base, &stored)?;
    let mut warnings = Vec::new();
    let nodata = nodata_of(&base, &mut warnings);
    let cache = cache_bytes(path, &base, &stored)?;
    let tiff = open(path, cache, 1 << 16)?;
    let levels = levels_of(path, &tiff, &base)?;
    let first = &levels[0];
    let (sample_type, format) = (first.sample_type, format_name(&tiff, &base));
    let placed = place_of(path, &tiff, &base)?;
    let gdal_metadata = text_of(&base, TAG_GDAL_METADATA).unwrap_or_default();
    let mut channels = find_channels(&base, first.channels, first.access, sample_type, &gdal_metadata, &mut warnings);
    channels.meaning = channels.meaning.with_nodata(nodata, sample_type);
    let mut pixels = TiffPixels { tiff, name: name_of(path), levels, meaning: channels.meaning };
    if pixels.meaning.alpha.is_some() && !stored_alpha_is_a_mask(&pixels).map_err(|e| read_failed(path, e))? {
        let (channel, _) = pixels.meaning.alpha.take().expect("invariant: just looked at");
        pixels.meaning.bands.push(channel);
        pixels.meaning.bands.sort_unstable();
        warnings.push(format!(
            "band {} is tagged as opacity but does not look like a mask; it is read as a band (near infrared?)",
            channel + 1
        ));
    }
    let acquisition = acquisition_of(&pixels.tiff, &base, &gdal_metadata, &mut warnings);
    Ok(OpenedImage {
        format,
        size,
        sample_type,
        bands: pixels.meaning.bands.len(),
        visible: channels.visible,
        nodata,
        acquisition,
        placed,
        warnings,
        coarsest_factor: pixels.levels.iter().map(|level| level.factor).max().unwrap_or(1),
        source: share(pixels),
    })
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn open(path: &Path, cache_bytes: usize, slots: usize) -> Result<TiffFile, LoadError> {
    let options = OpenOptions {
        block_cache_bytes: cache_bytes,
        block_cache_slots: slots,
        // Overviews, masks and some pages; the block tables of the largest image accepted fit in 64 MB.
        parse_budgets: ParseBudgets {
            max_ifds: 256,
            max_ifd_entries: 4096,
            max_tag_value_bytes: 64 << 20,
            max_metadata_value_bytes: 192 << 20,
        },
        decode_output_bytes: LARGEST_BLOCK,
    };
    TiffFile::open_with_options(path, options).map_err(|e| describe(path, e))
}

/// The first image that is neither an overview nor a mask.
fn base_image<'a>(path: &Path, tiff: &'a TiffFile) -> Result<&'a Ifd, LoadError> {
    let full = tiff.ifds().iter().find(|ifd| subfile_type(ifd) & 0b101 == 0);
    full.or(tiff.ifds().first()).ok_or_else(|| LoadError::damaged(path, "it holds no image"))
}

fn subfile_type(ifd: &Ifd) -> u64 {
    ifd.tag(TAG_NEW_SUBFILE_TYPE).and_then(|tag| tag.value.as_u64()).unwrap_or(0)
}

fn check_size(path: &Path, ifd: &Ifd) -> Result<GridSize, LoadError> {
    let (width, height) = (u64::from(ifd.width()), u64::from(ifd.height()));
    let path = path.to_owned();
    match width * height {
        0 => Err(LoadError::NoPixels { path, width, height }),
        pixels if pixels > MOST_PIXELS => {
            let remedy = "cut it to the site with `gdal_translate -srcwin` or `gdalwarp -te`";
            Err(LoadError::TooManyPixels { path, width, height, limit: MOST_PIXELS, remedy })
        }
        _ => Ok(GridSize { height: height as usize, width: width as usize }),
    }
}

fn check_layout(path: &Path, layout: &RasterLayout) -> Result<(), LoadError> {
    if layout.samples_per_pixel > MOST_CHANNELS {
        let what = format!("an image of {} bands", layout.samples_per_pixel);
        return Err(LoadError::unsupported(path, what, "pick the visible bands with `gdal_translate -b 1 -b 2 -b 3`"));
    }
    stored_type(layout).map(|_| ()).ok_or_else(|| {
        let kind = ["unsigned", "signed", "float"][usize::from(layout.sample_format.clamp(1, 3)) - 1];
        let what = format!("a TIFF of {}-bit {kind} samples", layout.bits_per_sample);
        LoadError::unsupported(path, what, "convert it with `gdal_translate -ot Float32`")
    })
}

fn stored_type(layout: &RasterLayout) -> Option<SampleType> {
    Some(match (layout.sample_format, layout.bits_per_sample) {
        (1, 1..=8) => SampleType::U8,
        (1, 9..=16) => SampleType::U16,
        (1, 32) => SampleType::U32,
        (2, 8) => SampleType::I8,
        (2, 16) => SampleType::I16,
        (2, 32) => SampleType::I32,
        (3, 32) => SampleType::F32,
        (3, 64) => SampleType::F64,
        _ => return None,
    })
}

/// Width and height of a strip or tile, and the bytes it decodes to.
fn block_of(ifd: &Ifd, layout: &RasterLayout) -> (usize, usize, u128) {
    let (width, height) = match (ifd.tile_width(), ifd.tile_height()) {
        (Some(width), Some(height)) => (width as usize, height as usize),
        _ => (layout.width, layout.height.min(ifd.rows_per_strip() as usize)),
    };
    let samples = if layout.planar_configuration == 1 { layout.samples_per_pixel } else { 1 };
    (width, height, width as u128 * height as u128 * (samples * layout.bytes_per_sample) as u128)
}

/// Checks that blocks have a sane size, that there are enough of them, and that the file reaches as far as they do.
fn check_blocks(path: &Path, tiff: &TiffFile, ifd: &Ifd, layout: &RasterLayout) -> Result<(), LoadError> {
    let (width, height, bytes) = block_of(ifd, layout);
    if width == 0 || height == 0 {
        return Err(LoadError::damaged(path, format!("its blocks are {width} x {height} pixels")));
    }
    let by_rows = matches!(access_of(tiff, ifd, layout), Access::Rows { .. });
    if bytes > LARGEST_BLOCK as u128 && !by_rows {
        let what = format!("a TIFF stored in blocks of {width} x {height} pixels ({} MB)", bytes >> 20);
        return Err(LoadError::unsupported(path, what, CONVERT));
    }
    let (offsets, counts) = match ifd.is_tiled() {
        true => (ifd.tile_offsets(), ifd.tile_byte_counts()),
        false => (ifd.strip_offsets(), ifd.strip_byte_counts()),
    };
    let (offsets, counts) = (offsets.unwrap_or_default(), counts.unwrap_or_default());
    let planes = if layout.planar_configuration == 1 { 1 } else { layout.samples_per_pixel };
    let needed = layout.width.div_ceil(width) * layout.height.div_ceil(height) * planes;
    if offsets.len() != needed || counts.len() != needed {
        let found = offsets.len().min(counts.len());
        return Err(LoadError::damaged(path, format!("{needed} blocks make up the image, but {found} are listed")));
    }
    let length = tiff.source().len();
    let end = offsets.iter().zip(&counts).map(|(offset, count)| offset.saturating_add(*count)).max().unwrap_or(0);
    if end > length {
        return Err(truncated(path, format!("its pixels reach to byte {end}")));
    }
    Ok(())
}

/// Room for the decoded blocks that a detector's walk over tiles meets again.
fn cache_bytes(path: &Path, ifd: &Ifd, layout: &RasterLayout) -> Result<usize, LoadError> {
    let (_, block_height, block) = block_of(ifd, layout);
    let row = layout.width * layout.samples_per_pixel * layout.bytes_per_sample;
    let usual = row.saturating_mul(CACHE_ROWS.max(2 * block_height)).clamp(*CACHE_BYTES.start(), *CACHE_BYTES.end());
    // Few huge blocks: without one in the cache for each plane, every window would decode them all again.
    let planes = if layout.planar_configuration == 1 { 1 } else { layout.samples_per_pixel };
    let resident = block.saturating_mul(planes as u128);
    if resident <= (*CACHE_BYTES.end() / 2) as u128 || matches!(layout_access(ifd, layout), Access::Rows { .. }) {
        return Ok(usual);
    }
    if resident > LARGEST_BLOCK as u128 {
        let what = format!("a TIFF in blocks that decode to {} MB at once", resident >> 20);
        return Err(LoadError::unsupported(path, what, CONVERT));
    }
    Ok(usual.max(resident as usize + (resident as usize >> 2)))
}

fn levels_of(path: &Path, tiff: &TiffFile, base: &Ifd) -> Result<Vec<Level>, LoadError> {
    let level = |ifd: &Ifd, factor: usize| -> Option<Level> {
        let stored = ifd.raster_layout().ok()?;
        let access = access_of(tiff, ifd, &stored);
        let layout = if access == Access::Colors { ifd.decoded_raster_layout().ok()? } else { stored };
        let size = GridSize { height: stored.height, width: stored.width };
        let sample_type = stored_type(&layout)?;
        Some(Level {
            ifd: ifd.clone(),
            mask: mask_of(tiff, ifd),
            factor,
            size,
            channels: layout.samples_per_pixel,
            sample_type,
            access,
        })
    };
    let full = level(base, 1).ok_or_else(|| {
        LoadError::unsupported(path, "its color model", "convert it with `gdal_translate -expand rgb` or `rgb2pct.py`")
    })?;
    let mut levels = vec![full];
    for ifd in overview_ifds(tiff, base) {
        let factor = (f64::from(base.width()) / f64::from(ifd.width().max(1))).round() as usize;
        let fits = |full: u32, reduced: u32| factor > 1 && (full as usize).div_ceil(factor) == reduced as usize;
        if !fits(base.width(), ifd.width()) || !fits(base.height(), ifd.height()) {
            continue;
        }
        let Some(overview) = level(&ifd, factor) else { continue };
        let first = &levels[0];
        let alike = overview.channels == first.channels && overview.sample_type == first.sample_type;
        if alike && overview.mask.is_some() == first.mask.is_some() {
            levels.push(overview);
        }
    }
    levels.sort_by_key(|level| level.factor);
    Ok(levels)
}

/// Overviews in the chain of images or below the full one.
fn overview_ifds(tiff: &TiffFile, base: &Ifd) -> Vec<Ifd> {
    let below = base.sub_ifd_offsets().unwrap_or_default();
    let below = below.into_iter().take(32).filter_map(|offset| tiff.read_ifd_at_offset(offset).ok());
    let all = tiff.ifds().iter().cloned().chain(below);
    all.filter(|ifd| subfile_type(ifd) & 0b101 == 1 && ifd.offset() != base.offset()).collect()
}

/// The one-bit mask of the same size, where the file has one (subfile type 4, or 5 for overviews).
fn mask_of(tiff: &TiffFile, image: &Ifd) -> Option<Ifd> {
    let fits = |ifd: &&Ifd| {
        let layout = ifd.raster_layout();
        let one_byte = layout.is_ok_and(|layout| layout.samples_per_pixel == 1 && layout.bytes_per_sample == 1);
        subfile_type(ifd) & 4 != 0 && (ifd.width(), ifd.height()) == (image.width(), image.height()) && one_byte
    };
    tiff.ifds().iter().find(fits).cloned()
}

fn access_of(tiff: &TiffFile, ifd: &Ifd, layout: &RasterLayout) -> Access {
    match layout_access(ifd, layout) {
        Access::Rows { rows_per_strip, .. } => {
            let big_endian = tiff.byte_order() == tiff_reader::ByteOrder::BigEndian;
            Access::Rows { rows_per_strip, big_endian }
        }
        other => other,
    }
}

fn layout_access(ifd: &Ifd, layout: &RasterLayout) -> Access {
    // Photometric interpretations: 0 inverted gray, 1 gray, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr, 8 CIELab.
    let photometric = ifd.photometric_interpretation().unwrap_or(1);
    let unsigned = layout.sample_format == 1 && layout.bits_per_sample <= 16;
    if unsigned && (matches!(photometric, 0 | 3 | 5 | 6 | 8) || layout.bits_per_sample < 8) {
        return Access::Colors;
    }
    let (_, height, bytes) = block_of(ifd, layout);
    let plain = ifd.compression() == 1 && ifd.fill_order() == 1 && layout.planar_configuration == 1;
    let whole_bytes = layout.bits_per_sample.is_multiple_of(8) && layout.predictor == 1;
    if plain && whole_bytes && !ifd.is_tiled() && bytes > LARGE_STRIP as u128 {
        return Access::Rows { rows_per_strip: height.max(1), big_endian: false };
    }
    Access::Blocks
}

fn format_name(tiff: &TiffFile, base: &Ifd) -> String {
    let placed = GEOREFERENCE_TAGS.iter().any(|&tag| base.tag(tag).is_some());
    match (placed, tiff.is_bigtiff()) {
        (true, false) => "GeoTIFF",
        (true, true) => "GeoTIFF (BigTIFF)",
        (false, false) => "TIFF",
        (false, true) => "BigTIFF",
    }
    .to_owned()
}

fn place_of(path: &Path, tiff: &TiffFile, base: &Ifd) -> Result<PlacedImage, LoadError> {
    if !GEOREFERENCE_TAGS.iter().any(|&tag| base.tag(tag).is_some()) {
        return Ok(PlacedImage::default());
    }
    let options = OpenOptions { block_cache_bytes: 0, ..OpenOptions::default() };
    match GeoTiffFile::open_with_options(path, options) {
        // Tie points alone, or a page other than the one that is read.
        Err(geotiff_reader::Error::NotGeoTiff) => Ok(PlacedImage::default()),
        Ok(file) if tiff.ifd(file.base_ifd_index()).is_ok_and(|ifd| ifd.offset() != base.offset()) => {
            Ok(PlacedImage::default())
        }
        Ok(file) => place_of_geotiff(&file).map_err(|error| LoadError::from_crs(path, &error)),
        Err(error) => Err(LoadError::damaged(path, format!("its georeference cannot be understood ({error})"))),
    }
}

fn text_of(ifd: &Ifd, tag: u16) -> Option<String> {
    ifd.tag(tag).and_then(|tag| tag.value.as_str()).map(str::to_owned)
}

fn nodata_of(ifd: &Ifd, warnings: &mut Vec<String>) -> Option<f64> {
    let text = text_of(ifd, TAG_GDAL_NODATA)?;
    let text = text.trim_matches(['\0', ' ']);
    let nodata = text.replace(',', ".").parse::<f64>().ok();
    if nodata.is_none() && !text.is_empty() {
        warnings.push(format!("the nodata value {text:?} is no number and was ignored"));
    }
    nodata
}

/// The day of acquisition: EXIF, then vendor metadata, then the TIFF's own date.
fn acquisition_of(tiff: &TiffFile, base: &Ifd, gdal_metadata: &str, warnings: &mut Vec<String>) -> Acquisition {
    let exif = base.tag(TAG_EXIF_IFD).and_then(|tag| tag.value.as_u64());
    if let Some(exif) = exif.and_then(|offset| tiff.read_ifd_at_offset(offset).ok()) {
        let offset = text_of(&exif, TAG_OFFSET_TIME_ORIGINAL);
        let taken = text_of(&exif, TAG_DATE_TIME_ORIGINAL).map(|t| acquisition_from_exif_text(&t, offset.as_deref()));
        if let Some(found) = taken.filter(|found| found.date.is_some()) {
            return found;
        }
    }
    let description = text_of(base, TAG_IMAGE_DESCRIPTION).unwrap_or_default();
    let vendor = acquisition_from_vendor_text(gdal_metadata).or_else(|| acquisition_from_vendor_text(&description));
    vendor.unwrap_or_else(|| {
        text_of(base, TAG_DATE_TIME).map(|t| acquisition_from_file_date(&t, warnings)).unwrap_or_default()
    })
}

/// Says what is wrong with a TIFF in the reader's terms.
fn describe(path: &Path, error: TiffError) -> LoadError {
    match error {
        TiffError::Io(source, _) if source.kind() == std::io::ErrorKind::UnexpectedEof => {
            truncated(path, "its tags go on".into())
        }
        TiffError::Io(source, _) => LoadError::from_io(path, source),
        TiffError::Truncated { offset, needed, .. } => {
            truncated(path, format!("its tags reach to byte {}", offset.saturating_add(needed)))
        }
        TiffError::OffsetOutOfBounds { offset, length, .. } => {
            truncated(path, format!("its tags reach to byte {}", offset.saturating_add(length)))
        }
        TiffError::UnsupportedCompression(_)
        | TiffError::UnsupportedPredictor(_)
        | TiffError::UnsupportedPlanarConfiguration(_)
        | TiffError::UnsupportedBitsPerSample(_)
        | TiffError::UnsupportedSampleFormat(_) => LoadError::unsupported(path, error.to_string(), CONVERT),
        other => LoadError::damaged(path, other),
    }
}

fn read_failed(path: &Path, reason: String) -> LoadError {
    LoadError::damaged(path, reason)
}
