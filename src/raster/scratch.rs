//! Rasters that may be larger than memory: kept in a temporary file beyond a limit.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Mutex;

use ndarray::{Array2, ArrayView2};

use crate::raster::window::{GridSize, Window};

/// Bytes up to which a scratch band stays in memory; chosen so that a 4,096 x 4,096 band still does.
const IN_MEMORY_BYTES: usize = 32 << 20;

/// One band of bytes on a grid, written and read by window, kept in an unnamed temporary file when it is large.
///
/// Starts filled with zero. The temporary file has no name and vanishes with the process, however that ends.
#[derive(Debug)]
pub struct ScratchBand {
    size: GridSize,
    store: Store,
}

#[derive(Debug)]
enum Store {
    Memory(Mutex<Vec<u8>>),
    File(Mutex<File>),
}

impl ScratchBand {
    /// Makes a band of zeros.
    ///
    /// # Errors
    /// When a temporary file is needed and cannot be made.
    pub fn zeros(size: GridSize) -> io::Result<Self> {
        Self::with_limit(size, IN_MEMORY_BYTES)
    }

    fn with_limit(size: GridSize, in_memory_bytes: usize) -> io::Result<Self> {
        let store = if size.pixels() <= in_memory_bytes {
            Store::Memory(Mutex::new(vec![0; size.pixels()]))
        } else {
            let file = tempfile::tempfile()?;
            file.set_len(size.pixels() as u64)?;
            Store::File(Mutex::new(file))
        };
        Ok(ScratchBand { size, store })
    }

    /// Height and width.
    pub fn size(&self) -> GridSize {
        self.size
    }

    /// Reads a window.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    ///
    /// # Panics
    /// When the window does not lie inside the band.
    pub fn read(&self, window: Window) -> io::Result<Array2<u8>> {
        assert!(window.fits(self.size), "window {window:?} leaves the band {:?}", self.size);
        let mut out = Array2::zeros((window.height, window.width));
        let mut rows =
            out.as_slice_mut().expect("invariant: fresh arrays are contiguous").chunks_mut(window.width.max(1));
        match &self.store {
            Store::Memory(bytes) => {
                let bytes = bytes.lock().expect("invariant: no panic while held");
                for (row, line) in (window.row..window.bottom()).zip(&mut rows) {
                    let from = row * self.size.width + window.col;
                    line.copy_from_slice(&bytes[from..from + window.width]);
                }
            }
            Store::File(file) => {
                let mut file = file.lock().expect("invariant: no panic while held");
                for (row, line) in (window.row..window.bottom()).zip(&mut rows) {
                    file.seek(SeekFrom::Start((row * self.size.width + window.col) as u64))?;
                    file.read_exact(line)?;
                }
            }
        }
        Ok(out)
    }

    /// Writes a window.
    ///
    /// # Errors
    /// When the temporary file cannot be written (a full disk).
    ///
    /// # Panics
    /// When the window does not lie inside the band or differs from `values` in size.
    pub fn write(&self, window: Window, values: ArrayView2<'_, u8>) -> io::Result<()> {
        assert!(window.fits(self.size), "window {window:?} leaves the band {:?}", self.size);
        assert_eq!(values.dim(), (window.height, window.width), "values do not fill the window");
        let values = values.as_standard_layout();
        let mut rows = values.as_slice().expect("invariant: standard layout").chunks(window.width.max(1));
        match &self.store {
            Store::Memory(bytes) => {
                let mut bytes = bytes.lock().expect("invariant: no panic while held");
                for (row, line) in (window.row..window.bottom()).zip(&mut rows) {
                    let from = row * self.size.width + window.col;
                    bytes[from..from + window.width].copy_from_slice(line);
                }
            }
            Store::File(file) => {
                let mut file = file.lock().expect("invariant: no panic while held");
                for (row, line) in (window.row..window.bottom()).zip(&mut rows) {
                    file.seek(SeekFrom::Start((row * self.size.width + window.col) as u64))?;
                    file.write_all(line)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_and_file_agree() {
        let size = GridSize { height: 9, width: 7 };
        for limit in [0, 1000] {
            let band = ScratchBand::with_limit(size, limit).expect("invariant: a temporary file can be made");
            let window = Window::from_tlhw(2, 3, 4, 4);
            let values = Array2::from_shape_fn((4, 4), |(r, c)| (10 * r + c) as u8);
            band.write(window, values.view()).expect("invariant: room on disk");
            assert_eq!(band.read(window).expect("invariant: readable"), values);
            assert_eq!(band.read(size.window()).expect("invariant: readable")[[1, 3]], 0);
        }
    }
}
