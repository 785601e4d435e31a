//! Packed pairs: many pairs in a few arrays on disk, for training.
//!
//! A folder holds `before.npy` and `after.npy` (pairs, height, width, 3), `labels.npy` (pairs, height, width) and
//! `pairs.csv`, a row per pair; `provenance.txt` says in a line what made them. Arrays are NumPy's format 1.0[^1], 8
//! bits, row by row: `numpy.load(path, mmap_mode="r")` maps them into memory whatever their size. Labels are sums of the bits of [`shown`](crate::simulate::shown).
//!
//! [^1]: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays", 2007.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::observer::{Observer, Stage};
use crate::simulate::description::PairDescription;
use crate::simulate::produce::{Produced, SimulateError, SimulateOptions, check_folder, check_options, describe_pair};
use crate::simulate::render::model::SceneModel;
use crate::simulate::render_model;
use crate::simulate::scene_file::check_description;
use crate::simulate::shown::{NEW, REMOVED, mark_model};
use crate::simulate::write_pair::{RenderedPair, WriteError, interleaved, place_file};
use crate::structure::Status;

/// Renders random pairs into `before.npy`, `after.npy`, `labels.npy`, `pairs.csv` and `provenance.txt` in `out`.
///
/// Pair `i` is the one that [`simulate_pairs`](crate::simulate::simulate_pairs) renders with the same options; `format`
/// is not used. Pairs are rendered in parallel and written as they are ready, so memory does not grow with their number;
/// 256 pixel pairs take 459 kB each. The arrays get their names when all pairs are in them.
///
/// # Errors
/// As [`simulate_pairs`](crate::simulate::simulate_pairs).
pub fn pack_pairs(options: &SimulateOptions, out: &Path, observer: &dyn Observer) -> Result<Produced, SimulateError> {
    check_options(options)?;
    check_folder(out, options.overwrite)?;
    observer.stage_started(Stage::Simulate);
    let image = [options.pairs, options.size_px, options.size_px, 3];
    let arrays = [
        PackedArray::create(out, "before.npy", &image)?,
        PackedArray::create(out, "after.npy", &image)?,
        PackedArray::create(out, "labels.npy", &image[..3])?,
    ];
    let done = AtomicUsize::new(0);
    let rows: Result<Vec<PackedRow>, SimulateError> = (0..options.pairs)
        .into_par_iter()
        .map(|index| {
            let description = describe_pair(options, index);
            check_description(&description)?;
            let model = SceneModel::of(&description);
            let pair = render_model(&model);
            let (before, after) = (interleaved(&pair.before), interleaved(&pair.after));
            let marks = mark_model(&model);
            let contiguous = "invariant: fresh arrays are contiguous";
            let marks = marks.as_slice().expect(contiguous);
            arrays[0].put(index, before.as_slice().expect(contiguous))?;
            arrays[1].put(index, after.as_slice().expect(contiguous))?;
            arrays[2].put(index, marks)?;
            observer.progressed(Stage::Simulate, done.fetch_add(1, Ordering::Relaxed) + 1, options.pairs);
            Ok(PackedRow::of(index, &pair, marks))
        })
        .collect();
    let rows = rows?;
    let table: String = std::iter::once(COLUMNS).chain(rows.iter().map(|row| row.text.as_str())).collect();
    place_file(out, "pairs.csv", table.as_bytes())?;
    arrays.into_iter().try_for_each(PackedArray::finish)?;
    // Last: without it nobody trains on what stands beside it.
    place_file(out, "provenance.txt", provenance(options).as_bytes())?;
    Ok(Produced {
        pairs: options.pairs,
        folders: vec![out.to_owned()],
        new_structures: rows.iter().map(|row| row.new_structures).sum(),
        removed_structures: rows.iter().map(|row| row.removed_structures).sum(),
    })
}

/// What made the pairs, so that training can prove what it was given.
fn provenance(options: &SimulateOptions) -> String {
    format!(
        "sitedelta simulate {}: {} pairs of {} px, gsd {}-{} m, biome {}, seed {}\n",
        env!("CARGO_PKG_VERSION"),
        options.pairs,
        options.size_px,
        options.gsd_min.0,
        options.gsd_max.0,
        options.biome.map_or("any".to_owned(), |biome| format!("{biome:?}").to_lowercase()),
        options.seed
    )
}

/// An array that is being filled, under a name of its own.
struct PackedArray {
    file: Mutex<File>,
    partial: PathBuf,
    path: PathBuf,
    header_bytes: u64,
    item_bytes: usize,
}

impl PackedArray {
    fn create(folder: &Path, name: &str, shape: &[usize]) -> Result<Self, SimulateError> {
        let (path, partial) = (folder.join(name), folder.join(format!("{name}.partial")));
        let header = npy_header(shape);
        let item_bytes = shape[1..].iter().product();
        let create = || {
            let mut file = File::create(&partial)?;
            file.write_all(&header)?;
            // The size is claimed at once: a full disk is known before the work.
            file.set_len(header.len() as u64 + shape.iter().map(|&side| side as u64).product::<u64>())?;
            Ok(file)
        };
        let file = create().map_err(|source| WriteError::Io { path: partial.clone(), source })?;
        Ok(PackedArray { file: Mutex::new(file), partial, path, header_bytes: header.len() as u64, item_bytes })
    }

    fn put(&self, index: usize, bytes: &[u8]) -> Result<(), WriteError> {
        assert_eq!(bytes.len(), self.item_bytes, "invariant: all pairs of a run have one size");
        let mut file = self.file.lock().expect("invariant: no thread panics while it writes");
        let at = self.header_bytes + index as u64 * self.item_bytes as u64;
        file.seek(SeekFrom::Start(at))
            .and_then(|_| file.write_all(bytes))
            .map_err(|source| WriteError::Io { path: self.partial.clone(), source })
    }

    fn finish(self) -> Result<(), SimulateError> {
        std::fs::rename(&self.partial, &self.path)
            .map_err(|source| WriteError::Io { path: self.path.clone(), source }.into())
    }
}

/// Header of a C-ordered array of bytes, padded to a multiple of 64 as the format asks.
fn npy_header(shape: &[usize]) -> Vec<u8> {
    let sides: Vec<String> = shape.iter().map(ToString::to_string).collect();
    let mut text = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({}), }}", sides.join(", "));
    // Magic, version and length take 10 bytes, the line feed one.
    let padding = (64 - (10 + text.len() + 1) % 64) % 64;
    text.push_str(&" ".repeat(padding));
    text.push('\n');
    let length = u16::try_from(text.len()).expect("invariant: four numbers are short");
    [b"\x93NUMPY\x01\x00".as_slice(), &length.to_le_bytes(), text.as_bytes()].concat()
}

/// The header of pairs.csv.
const COLUMNS: &str = "index,seed,gsd_m,biome,new_structures,removed_structures,new_px,removed_px,\
    before_off_nadir_deg,after_off_nadir_deg,shift_x_px,shift_y_px\n";

/// What pairs.csv says of a pair.
struct PackedRow {
    new_structures: usize,
    removed_structures: usize,
    text: String,
}

impl PackedRow {
    fn of(index: usize, pair: &RenderedPair, marks: &[u8]) -> Self {
        let pixels = |bit: u8| marks.iter().filter(|&mark| mark & bit != 0).count();
        let PairDescription { seed, gsd_m, biome, before, after, .. } = &pair.description;
        let (new_structures, removed_structures) =
            (pair.truth.count_seen(Status::New), pair.truth.count_seen(Status::Removed));
        let (new_px, removed_px) = (pixels(NEW), pixels(REMOVED));
        let biome = format!("{biome:?}").to_lowercase();
        let off_nadir_deg = [before, after].map(|date| format!("{:.2}", date.off_nadir_deg)).join(",");
        let (shift_x_px, shift_y_px) = (before.placement.shift_x_px, before.placement.shift_y_px);
        PackedRow {
            new_structures,
            removed_structures,
            text: format!(
                "{index},{seed},{gsd_m:.4},{biome},{new_structures},{removed_structures},{new_px},{removed_px},\
                 {off_nadir_deg},{shift_x_px:.3},{shift_y_px:.3}\n"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::simulate::render_pair;
    use crate::simulate::shown::mark_shown;

    #[test]
    fn the_header_is_a_multiple_of_64_bytes() {
        let header = npy_header(&[12, 256, 256, 3]);
        assert_eq!(header.len() % 64, 0);
        assert!(header.ends_with(b"\n") && header.starts_with(b"\x93NUMPY\x01\x00"));
        assert_eq!(usize::from(u16::from_le_bytes([header[8], header[9]])), header.len() - 10);
    }

    #[test]
    fn arrays_hold_the_pairs_of_the_folders() {
        let folder = tempfile::tempdir().unwrap();
        let options = SimulateOptions { pairs: 3, size_px: 48, seed: 2, ..SimulateOptions::default() };
        pack_pairs(&options, folder.path(), &Silent).unwrap();
        let bytes = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
        let (after, labels) = (bytes("after.npy"), bytes("labels.npy"));
        let pair = render_pair(&describe_pair(&options, 2)).unwrap();
        assert!(after.ends_with(interleaved(&pair.after).as_slice().unwrap()));
        assert!(labels.ends_with(mark_shown(&pair.description).as_slice().unwrap()));
        assert_eq!(after.len(), npy_header(&[3, 48, 48, 3]).len() + 3 * 48 * 48 * 3);
        assert_eq!(bytes("pairs.csv").iter().filter(|&&byte| byte == b'\n').count(), 4);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 5, "a partial file was left");
    }
}
