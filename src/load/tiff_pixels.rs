//! Pixels of a TIFF, read by window, from the overview that serves best.

use std::sync::Arc;

use ndarray::{Array2, Array3, s};
use rayon::prelude::*;
use tiff_reader::{Ifd, TiffFile};

use crate::load::interleaved::{ChannelMeaning, InterleavedPixels, average_window, sample_bytes};
use crate::raster::Raster;
use crate::raster::window::{GridSize, Window};
use crate::scene::{PixelSource, ReadError, SampleType};

/// Samples decoded at once by one thread; 4 million are 16 MB as `f32`.
const CHUNK_SAMPLES: usize = 4 << 20;
/// Side of a chunk in tiled files, a multiple of the usual tile sides 256 and 512.
const CHUNK_SIDE: usize = 1024;

/// A TIFF image with its overviews.
pub(super) struct TiffPixels {
    pub tiff: TiffFile,
    pub name: String,
    /// Full resolution first, then ever coarser overviews.
    pub levels: Vec<Level>,
    pub meaning: ChannelMeaning,
}

/// The image at one resolution.
pub(super) struct Level {
    pub ifd: Ifd,
    /// The mask stored beside this image, 0 where nodata.
    pub mask: Option<Ifd>,
    /// Full-resolution pixels for each pixel of this level, along an edge.
    pub factor: usize,
    pub size: GridSize,
    pub channels: usize,
    pub sample_type: SampleType,
    pub access: Access,
}

/// How the samples of a level are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Decoded by blocks, as stored.
    Blocks,
    /// Decoded by blocks, then turned into RGB or gray: palettes, YCbCr, CMYK, inverted gray, fewer than 8 bits.
    Colors,
    /// Uncompressed rows in strips too large to be read whole: rows are fetched one by one.
    Rows { rows_per_strip: usize, big_endian: bool },
}

impl PixelSource for TiffPixels {
    fn read(&self, window: Window, step: usize) -> Result<Raster, ReadError> {
        let failed = |reason: String| ReadError { name: self.name.clone(), window, reason };
        let level = self.level_for(window, step);
        let step = step / level.factor;
        let part = Window::from_tlhw(
            window.row / level.factor,
            window.col / level.factor,
            window.height.div_ceil(level.factor),
            window.width.div_ceil(level.factor),
        );
        let chunks = level.chunks(part, step);
        if let [only] = chunks[..] {
            return self.read_chunk(level, only, step).map_err(failed);
        }
        let size = part.size().reduced(step);
        let mut samples = Array3::zeros((self.meaning.bands.len(), size.height, size.width));
        let mut valid = Array2::from_elem((size.height, size.width), false);
        // A group at a time, so that memory follows the number of threads and not the window.
        for group in chunks.chunks(rayon::current_num_threads().max(1)) {
            let pieces: Vec<Raster> = group
                .par_iter()
                .map(|&chunk| self.read_chunk(level, chunk, step))
                .collect::<Result<_, String>>()
                .map_err(failed)?;
            for (chunk, piece) in group.iter().zip(pieces) {
                let (row, col) = ((chunk.row - part.row) / step, (chunk.col - part.col) / step);
                let GridSize { height, width } = piece.size();
                samples.slice_mut(s![.., row..row + height, col..col + width]).assign(&piece.samples());
                valid.slice_mut(s![row..row + height, col..col + width]).assign(&piece.valid());
            }
        }
        Ok(Raster::from_bands(samples, valid))
    }
}

impl TiffPixels {
    /// The coarsest level whose pixels tile the blocks of the request exactly.
    fn level_for(&self, window: Window, step: usize) -> &Level {
        let serves = |level: &&Level| {
            let f = level.factor;
            let bottom = window.row / f + window.height.div_ceil(f) <= level.size.height;
            let right = window.col / f + window.width.div_ceil(f) <= level.size.width;
            step.is_multiple_of(f) && window.row.is_multiple_of(f) && window.col.is_multiple_of(f) && bottom && right
        };
        self.levels.iter().filter(serves).max_by_key(|level| level.factor).unwrap_or(&self.levels[0])
    }

    /// Samples of a window as stored, or as colors where they are codes; see [`Access`].
    pub fn read_bytes(&self, level: &Level, window: Window) -> Result<Vec<u8>, String> {
        match level.access {
            Access::Rows { rows_per_strip, big_endian } => self.read_rows(level, window, rows_per_strip, big_endian),
            Access::Blocks => self.read_stored(&level.ifd, window),
            Access::Colors => {
                let Window { row, col, height, width } = window;
                let colors = self.tiff.read_decoded_window_bytes_from_ifd(&level.ifd, row, col, height, width);
                colors.map_err(|e| e.to_string())
            }
        }
    }

    fn read_chunk(&self, level: &Level, window: Window, step: usize) -> Result<Raster, String> {
        let bytes = self.read_bytes(level, window)?;
        let mask = self.mask_of(level, window)?;
        let pixels = InterleavedPixels {
            bytes: &bytes,
            sample_type: level.sample_type,
            width: window.width,
            channels: level.channels,
            mask: mask.as_deref(),
        };
        let whole = window.size().window();
        if level.access == Access::Colors {
            // The nodata value is a code, not a color, and already in the mask.
            let colors = ChannelMeaning { nodata: None, ..self.meaning.clone() };
            return Ok(average_window(&pixels, &colors, whole, step));
        }
        Ok(average_window(&pixels, &self.meaning, whole, step))
    }

    fn read_stored(&self, ifd: &Ifd, window: Window) -> Result<Vec<u8>, String> {
        self.tiff
            .read_window_bytes_from_ifd(ifd, window.row, window.col, window.height, window.width)
            .map_err(|e| e.to_string())
    }

    /// One byte for each pixel, 0 where nodata: from the stored mask, or from the palette index that means nodata.
    fn mask_of(&self, level: &Level, window: Window) -> Result<Option<Vec<u8>>, String> {
        if let Some(ifd) = &level.mask {
            return self.read_stored(ifd, window).map(Some);
        }
        let (Access::Colors, Some(nodata)) = (level.access, self.meaning.nodata) else { return Ok(None) };
        let layout = level.ifd.raster_layout().map_err(|e| e.to_string())?;
        let stored = self.read_stored(&level.ifd, window)?;
        let is_data = |pixel: &[u8]| {
            pixel.chunks_exact(layout.bytes_per_sample).any(|sample| match *sample {
                [byte] => f64::from(byte) != nodata,
                [low, high] => f64::from(u16::from_ne_bytes([low, high])) != nodata,
                _ => true,
            })
        };
        let pixel_bytes = layout.samples_per_pixel * layout.bytes_per_sample;
        Ok(Some(stored.chunks_exact(pixel_bytes).map(|pixel| u8::from(is_data(pixel))).collect()))
    }

    fn read_rows(
        &self,
        level: &Level,
        window: Window,
        rows_per_strip: usize,
        big_endian: bool,
    ) -> Result<Vec<u8>, String> {
        let width = sample_bytes(level.sample_type);
        let pixel = level.channels * width;
        let offsets = level.ifd.strip_offsets().ok_or("the strip offsets are missing")?;
        let mut bytes = Vec::with_capacity(window.size().pixels() * pixel);
        for row in window.row..window.bottom() {
            let strip = *offsets.get(row / rows_per_strip).ok_or("a strip offset is missing")?;
            let within = ((row % rows_per_strip) * level.size.width + window.col) * pixel;
            let line = self.tiff.source().read_exact_at(strip + within as u64, window.width * pixel);
            bytes.extend(line.map_err(|e| e.to_string())?);
        }
        if big_endian != cfg!(target_endian = "big") {
            bytes.chunks_exact_mut(width).for_each(<[u8]>::reverse);
        }
        Ok(bytes)
    }
}

impl Level {
    /// Cuts a window into pieces of bounded size whose sides are whole numbers of steps.
    fn chunks(&self, window: Window, step: usize) -> Vec<Window> {
        let whole_steps = |pixels: usize| (pixels / step).max(1) * step;
        let samples = self.channels.max(1);
        let (height, width) = if self.ifd.is_tiled() {
            let side = whole_steps(CHUNK_SIDE.min(((CHUNK_SAMPLES / samples) as f64).sqrt() as usize));
            (side, side)
        } else {
            // Strips run over the whole width: a narrower chunk would only decode them more than once.
            (whole_steps(CHUNK_SAMPLES / (samples * window.width.max(1))), window.width)
        };
        let mut chunks = Vec::new();
        for row in (window.row..window.bottom()).step_by(height) {
            for col in (window.col..window.right()).step_by(width) {
                let (bottom, right) = ((row + height).min(window.bottom()), (col + width).min(window.right()));
                chunks.push(Window::from_tlhw(row, col, bottom - row, right - col));
            }
        }
        chunks
    }
}

/// Shares the pixels with a scene.
pub(super) fn share(pixels: TiffPixels) -> Arc<dyn PixelSource> {
    Arc::new(pixels)
}
