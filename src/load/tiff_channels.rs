//! Which channels of a TIFF are bands, which is opacity, and which are shown as red, green and blue.

use tiff_reader::{ExtraSample, Ifd};

use crate::load::interleaved::{ChannelMeaning, InterleavedPixels, average_window};
use crate::load::tiff_pixels::{Access, TiffPixels};
use crate::raster::window::Window;
use crate::scene::SampleType;

/// Share of half-transparent pixels from which a channel tagged as opacity is taken for a band. Feathered edges of
/// mosaics stay far below; near infrared, which GDAL tags as opacity by default in four-band 8-bit files, far above.
const HALF_TRANSPARENT_SHARE: f64 = 0.1;
/// Samples along each axis, and their side, on which that is judged.
const LOOKS: usize = 4;
const LOOK_SIDE: usize = 128;

/// What the channels of a TIFF mean.
pub(super) struct TiffChannels {
    pub meaning: ChannelMeaning,
    /// Bands shown as red, green and blue, 0-based among the bands.
    pub visible: [usize; 3],
}

/// Sorts the channels of a TIFF, from its tags and GDAL's metadata.
///
/// Red, green and blue are, in this order: what the metadata name; the first three where the file says RGB; bands 5,
/// 3, 2 of eight (WorldView-2 and 3: coastal, blue, green, yellow, red, red edge, two near infrared); the first three.
pub(super) fn find_channels(
    ifd: &Ifd,
    channels: usize,
    access: Access,
    sample_type: SampleType,
    gdal_metadata: &str,
    warnings: &mut Vec<String>,
) -> TiffChannels {
    let extras = ifd.extra_samples().unwrap_or_default();
    let first_extra = channels.saturating_sub(extras.len());
    let is_alpha = |extra: &ExtraSample| matches!(extra, ExtraSample::AssociatedAlpha | ExtraSample::UnassociatedAlpha);
    let tagged = extras.iter().position(is_alpha).map(|at| first_extra + at).filter(|_| channels > 1);
    let alpha = tagged.map(|channel| (channel, half_opaque(sample_type)));
    let bands: Vec<usize> = (0..channels).filter(|&channel| Some(channel) != tagged).collect();
    let is_rgb = access == Access::Colors || ifd.photometric_interpretation() == Some(2);
    let visible = match (named_visible(gdal_metadata, bands.len()), bands.len()) {
        (_, 1 | 2) => [0; 3],
        (Some(named), _) => named,
        (None, 8) if !is_rgb => {
            warnings.push(
                "bands 5, 3 and 2 of 8 are taken for red, green and blue, as in WorldView images; `--bands` overrules"
                    .to_owned(),
            );
            [4, 2, 1]
        }
        (None, count) => {
            if count > 4 && !is_rgb {
                warnings.push(format!(
                    "bands 1, 2 and 3 of {count} are taken for red, green and blue, as the file does not say; \
                     `--bands` overrules"
                ));
            }
            [0, 1, 2]
        }
    };
    TiffChannels { meaning: ChannelMeaning { bands, alpha, nodata: None }, visible }
}

/// The DN from which a pixel counts as opaque; floats run from 0 to 1.
fn half_opaque(sample_type: SampleType) -> f64 {
    match sample_type {
        SampleType::U8 => 128.0,
        SampleType::I8 => 64.0,
        SampleType::U16 => 32_768.0,
        SampleType::I16 => 16_384.0,
        SampleType::U32 => 2f64.powi(31),
        SampleType::I32 => 2f64.powi(30),
        SampleType::F32 | SampleType::F64 => 0.5,
    }
}

/// Bands that GDAL's metadata call red, green and blue, by color interpretation or by description.
fn named_visible(gdal_metadata: &str, bands: usize) -> Option<[usize; 3]> {
    let items: Vec<(usize, String)> = gdal_metadata.split("<Item ").skip(1).filter_map(band_word).collect();
    let find = |wanted: &str| items.iter().find(|(band, word)| word == wanted && *band < bands).map(|(band, _)| *band);
    Some([find("red")?, find("green")?, find("blue")?])
}

/// `sample="2" role="colorinterp">Blue<` as (2, "blue").
fn band_word(item: &str) -> Option<(usize, String)> {
    let (attributes, rest) = item.split_once('>')?;
    let text = rest.split('<').next()?.trim().to_lowercase();
    let lower = attributes.to_lowercase();
    if !lower.contains("colorinterp") && !lower.contains("description") {
        return None;
    }
    let sample = lower.split("sample=\"").nth(1)?.split('"').next()?.parse().ok()?;
    Some((sample, text))
}

/// Looks at samples of a channel tagged as opacity: a mask is opaque or transparent, seldom between.
pub(super) fn stored_alpha_is_a_mask(pixels: &TiffPixels) -> Result<bool, String> {
    let Some((channel, opaque_from)) = pixels.meaning.alpha else { return Ok(true) };
    let (level, full) = (&pixels.levels[0], 2.0 * opaque_from);
    let only_alpha = ChannelMeaning { bands: vec![channel], alpha: None, nodata: None };
    let (mut between, mut total) = (0usize, 0usize);
    for at in 0..LOOKS * LOOKS {
        let start = |n: usize, i: usize| (n * (2 * i + 1) / (2 * LOOKS)).saturating_sub(LOOK_SIDE / 2);
        let (row, col) = (start(level.size.height, at / LOOKS), start(level.size.width, at % LOOKS));
        let height = LOOK_SIDE.min(level.size.height - row);
        let window = Window::from_tlhw(row, col, height, LOOK_SIDE.min(level.size.width - col));
        let bytes = pixels.read_bytes(level, window)?;
        let block = InterleavedPixels {
            bytes: &bytes,
            sample_type: level.sample_type,
            width: window.width,
            channels: level.channels,
            mask: None,
        };
        let opacity = average_window(&block, &only_alpha, window.size().window(), 1);
        // One DN below full for integers (255 of 256), so compare with a margin of one percent.
        between += opacity.band(0).iter().filter(|&&v| v > 0.01 * full as f32 && v < 0.99 * full as f32).count();
        total += window.size().pixels();
    }
    Ok((between as f64) < HALF_TRANSPARENT_SHARE * total as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gdal_metadata_name_the_visible_bands() {
        let text = r#"<GDALMetadata><Item name="COLORINTERP" sample="0" role="colorinterp">Blue</Item>
            <Item name="DESCRIPTION" sample="1" role="description">green</Item>
            <Item name="COLORINTERP" sample="2" role="colorinterp">Red</Item></GDALMetadata>"#;
        assert_eq!(named_visible(text, 4), Some([2, 1, 0]));
        assert_eq!(named_visible(text, 2), None);
        assert_eq!(named_visible("<Item name=", 4), None);
    }
}
