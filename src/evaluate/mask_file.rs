//! Mask files and the names under which they are found.

use std::path::{Path, PathBuf};

use image::DynamicImage;
use ndarray::Array2;

use crate::evaluate::{EvaluateError, ID_PLACEHOLDER};

/// Gray value above which a pixel of a mask is set.
const SET_ABOVE: u8 = 127;

/// A mask file and the id in its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskFile {
    /// What tells it from the other masks of the set.
    pub id: String,
    /// The file.
    pub path: PathBuf,
}

/// Lists the labels of a folder, `ID.png`, sorted by name.
///
/// # Errors
/// [`EvaluateError::NoLabels`] when there is none, [`EvaluateError::Unreadable`] when the folder cannot be listed.
pub fn list_labels(folder: &Path) -> Result<Vec<MaskFile>, EvaluateError> {
    let labels = list_matching(folder, ".png", "", "")?;
    if labels.is_empty() { Err(EvaluateError::NoLabels { folder: folder.to_owned() }) } else { Ok(labels) }
}

/// Lists the predictions of a folder, sorted by name, from their name alone: every entry of the folder that fits
/// `pattern` up to its first slash is a prediction.
///
/// # Errors
/// [`EvaluateError::NoPlaceholder`] when the first part of the pattern does not hold `{id}`,
/// [`EvaluateError::NoPredictions`] when nothing fits, [`EvaluateError::MissingPrediction`] when a subfolder fits but
/// lacks its mask, [`EvaluateError::Unreadable`] when the folder cannot be listed.
pub fn list_predictions(folder: &Path, pattern: &str) -> Result<Vec<MaskFile>, EvaluateError> {
    let (first, rest) = pattern.split_once('/').map_or((pattern, ""), |(first, rest)| (first, rest));
    let (prefix, ending) =
        first.split_once(ID_PLACEHOLDER).ok_or_else(|| EvaluateError::NoPlaceholder { pattern: pattern.to_owned() })?;
    let found = list_matching(folder, ending, prefix, rest)?;
    if found.is_empty() {
        return Err(EvaluateError::NoPredictions { folder: folder.to_owned(), pattern: pattern.to_owned() });
    }
    match found.iter().find(|prediction| !prediction.path.exists()) {
        Some(missing) => Err(EvaluateError::MissingPrediction { path: missing.path.clone() }),
        None => Ok(found),
    }
}

/// Lists entries named prefix, id, ending; with a `rest`, subfolders only, each with the rest of the path below it.
fn list_matching(folder: &Path, ending: &str, prefix: &str, rest: &str) -> Result<Vec<MaskFile>, EvaluateError> {
    let unreadable =
        |error: std::io::Error| EvaluateError::Unreadable { path: folder.to_owned(), reason: error.to_string() };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let Some(id) = name.strip_prefix(prefix).and_then(|name| name.strip_suffix(ending)) else { continue };
        if id.is_empty() || path.is_dir() == rest.is_empty() {
            continue;
        }
        let id = id.to_owned();
        let path = if rest.is_empty() { path } else { path.join(rest.replace(ID_PLACEHOLDER, &id)) };
        found.push(MaskFile { id, path });
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// Reads a mask, (height, width): set where the image is brighter than 127.
///
/// Colours count by their luma; an alpha channel is ignored; 16-bit samples are clipped at 255, so that a 16-bit mask
/// of 0 and 65535 (or 255) reads the same as an 8-bit one.
///
/// # Errors
/// [`EvaluateError::Unreadable`] when the file cannot be read or decoded.
pub fn read_mask(path: &Path) -> Result<Array2<bool>, EvaluateError> {
    let unreadable = |reason: String| EvaluateError::Unreadable { path: path.to_owned(), reason };
    let image = image::ImageReader::open(path)
        .and_then(image::ImageReader::with_guessed_format)
        .map_err(|error| unreadable(error.to_string()))?
        .decode()
        .map_err(|error| unreadable(error.to_string()))?;
    let shape = (image.height() as usize, image.width() as usize);
    let set = gray(image).into_iter().map(|value| value > SET_ABOVE).collect();
    Ok(Array2::from_shape_vec(shape, set).expect("invariant: one gray value a pixel"))
}

fn gray(image: DynamicImage) -> Vec<u8> {
    match image {
        DynamicImage::ImageLuma8(gray) => gray.into_raw(),
        DynamicImage::ImageLumaA8(gray) => gray.pixels().map(|pixel| pixel.0[0]).collect(),
        DynamicImage::ImageLuma16(gray) => gray.into_raw().into_iter().map(clip).collect(),
        DynamicImage::ImageLumaA16(gray) => gray.pixels().map(|pixel| clip(pixel.0[0])).collect(),
        color => color.into_rgb8().pixels().map(|pixel| luma(pixel.0)).collect(),
    }
}

fn clip(sample: u16) -> u8 {
    sample.min(255) as u8
}

/// Luma of ITU-R BT.601-7, section 2.5.1, in whole 65536ths, rounded.
fn luma([red, green, blue]: [u8; 3]) -> u8 {
    ((u32::from(red) * 19_595 + u32::from(green) * 38_470 + u32::from(blue) * 7_471 + 0x8000) >> 16) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gray_color_and_deep_masks_read_alike() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("mask.png");
        let expected = ndarray::arr2(&[[false, true, true]]);
        image::GrayImage::from_raw(3, 1, vec![127, 128, 255]).unwrap().save(&path).unwrap();
        assert_eq!(read_mask(&path).unwrap(), expected);
        let deep: image::ImageBuffer<image::Luma<u16>, _> =
            image::ImageBuffer::from_raw(3, 1, vec![0u16, 255, 65_535]).unwrap();
        deep.save(&path).unwrap();
        assert_eq!(read_mask(&path).unwrap(), expected);
        // Pure green has luma 150, pure red 76, pure blue 29.
        let color = image::RgbImage::from_raw(3, 1, vec![255, 0, 0, 0, 255, 0, 255, 255, 255]).unwrap();
        color.save(&path).unwrap();
        assert_eq!(read_mask(&path).unwrap(), expected);
    }

    #[test]
    fn predictions_are_listed_by_their_pattern() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path();
        for id in ["b", "a"] {
            std::fs::create_dir(folder.join(id)).unwrap();
            std::fs::write(folder.join(id).join("new.png"), b"").unwrap();
        }
        std::fs::write(folder.join("summary.csv"), b"").unwrap();
        let ids = |pattern: &str| -> Vec<String> {
            list_predictions(folder, pattern).unwrap().into_iter().map(|prediction| prediction.id).collect()
        };
        assert_eq!(ids("{id}/new.png"), ["a", "b"]);
        assert_eq!(ids("{id}.csv"), ["summary"]);
        assert!(matches!(list_predictions(folder, "{id}.png"), Err(EvaluateError::NoPredictions { .. })));
        assert!(matches!(list_predictions(folder, "x/{id}.png"), Err(EvaluateError::NoPlaceholder { .. })));
        std::fs::create_dir(folder.join("c")).unwrap();
        assert!(matches!(list_predictions(folder, "{id}/new.png"), Err(EvaluateError::MissingPrediction { .. })));
    }
}
