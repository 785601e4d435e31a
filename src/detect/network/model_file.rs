//! An ONNX file, checked to be the network that detection needs, and run.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ndarray::Array3;
use rten::{DataType, Dimension, Model, NodeId, RunOptions, ThreadPool, Value, ValueType};
use sha2::{Digest, Sha256};

use crate::change::ChangeThreshold;
use crate::detect::DetectError;
#[cfg(feature = "ort")]
use crate::detect::network::onnx_runtime::OnnxRuntime;
use crate::detect::network::scale::GsdRange;

/// The sides of an input are multiples of this: the network halves them five times.
pub(super) const SIDE_UNIT: usize = 32;

/// Positions of the output's channels that are used here; the order is the file's contract (docs/MODELS.md).
pub(super) const NEW: usize = 2;
pub(super) const REMOVED: usize = 3;

/// Fewest channels of the output: those without borders.
const FEWEST_CHANNELS: usize = 4;

pub(super) const INPUTS: [&str; 2] = ["before", "after"];
pub(super) const OUTPUT: &str = "probability";

/// Height and width of the probe: small, and unlike each other, so that a file that swaps them is found out.
const PROBE: (usize, usize) = (2 * SIDE_UNIT, 3 * SIDE_UNIT);

/// How far from 0..1 a probability may be before it cannot be one: float rounding.
const ROUNDING: f32 = 1e-3;

/// Threshold of a file that does not tell its own: of calibrated probabilities, as likely as not.
const UNTOLD_THRESHOLD: f32 = 0.5;

/// Detail ratios that a file may ask for: images whose ratio is to be lower are blurred beyond use, and white noise has 2.6.
const LEAST_DETAIL: f32 = 0.1;
const FINEST_DETAIL: f32 = 10.0;

/// Shares of new pixels that training pairs may have had: one in a million, as good as none, to a half.
const LEAST_SHARE: f32 = 1e-6;
const LARGEST_SHARE: f32 = 0.5;

/// The network of models/MODEL_CARD.md.
const BUNDLED: &[u8] = include_bytes!("../../../models/detector.onnx");
const BUNDLED_NAME: &str = "models/detector.onnx, which comes with the program";

/// A network that passed every check.
pub(super) struct ModelFile {
    path: PathBuf,
    model: Model,
    /// Runs in place of `model`, which still is what is checked, where the user has the library.
    #[cfg(feature = "ort")]
    onnx_runtime: Option<OnnxRuntime>,
    inputs: [NodeId; 2],
    output: NodeId,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub(super) sha256: String,
    /// Channels of the output.
    pub(super) channels: usize,
    /// Sizes of a pixel that the network was trained on.
    pub(super) made_for: GsdRange,
    /// Finest detail that the network knows, as a share of the next coarser one; finer images are smoothed to it.
    pub(super) finest_detail: Option<f32>,
    /// Share of the pixels of its training pairs that is new; probabilities are moved to that of the scene.
    pub(super) trained_share: Option<f32>,
    /// Probabilities from which a pixel is changed, and from which there is a structure.
    pub(super) threshold: ChangeThreshold,
    /// The latter when several views are averaged: views that disagree a little keep each other from extremes.
    pub(super) averaged_peak: f32,
}

impl std::fmt::Debug for ModelFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ModelFile").field("path", &self.path).field("channels", &self.channels).finish_non_exhaustive()
    }
}

impl ModelFile {
    /// Reads a file, checks names, types and shapes of its ends, and runs it once on a small gray image.
    ///
    /// # Errors
    /// [`DetectError::UnusableModel`] with what was found and what is needed.
    pub(super) fn open(path: &Path) -> Result<Self, DetectError> {
        let read = || std::fs::read(path).map_err(|error| unusable(error.to_string(), "a file that can be read"));
        read()
            .and_then(|bytes| Self::checked(path, &bytes))
            .map_err(|Unusable { found, needed }| DetectError::UnusableModel { file: path.to_owned(), found, needed })
    }

    /// The network that comes with the program; opened once.
    pub(super) fn bundled() -> Arc<Self> {
        static FILE: OnceLock<Arc<ModelFile>> = OnceLock::new();
        let open = || match Self::checked(Path::new(BUNDLED_NAME), BUNDLED) {
            Ok(file) => Arc::new(file),
            Err(Unusable { found, needed }) => panic!("invariant: the bundled network passes; {found} for {needed}"),
        };
        FILE.get_or_init(open).clone()
    }

    fn checked(path: &Path, bytes: &[u8]) -> Result<Self, Unusable> {
        let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        // Loaded from memory, because only the content says what a file is, whatever it is called.
        let model = Model::load(bytes.to_owned()).map_err(|error| {
            unusable(format!("what rten cannot load ({error})"), "one ONNX file with its weights inside")
        })?;
        let inputs = find_ends(&model, model.input_ids(), &INPUTS, "inputs")?;
        let outputs = find_ends(&model, model.output_ids(), &[OUTPUT], "outputs")?;
        for (&id, name) in inputs.iter().zip(INPUTS) {
            check_end(&model, id, name, &[Some(1), Some(3), None, None])?;
        }
        check_end(&model, outputs[0], OUTPUT, &[None; 4])?;
        let metadata = |key: &str| model.metadata().get(key).map(str::to_owned);
        let made_for = GsdRange::from_metadata(metadata)
            .map_err(|found| unusable(found, "gsd_min_m below gsd_max_m, both metres above 0, or neither"))?;
        let told = |key: &str, least: f32, most: f32| told_number(key, metadata(key), least..=most);
        let probability = told("threshold", 0.0, 1.0)?.unwrap_or(UNTOLD_THRESHOLD);
        let threshold = ChangeThreshold { probability, peak: told("peak_threshold", 0.0, 1.0)?.unwrap_or(probability) };
        let averaged_peak = told("peak_threshold_averaged", 0.0, 1.0)?.unwrap_or(threshold.peak);
        let finest_detail = told("detail_ratio_max", LEAST_DETAIL, FINEST_DETAIL)?;
        let trained_share = told("new_share", LEAST_SHARE, LARGEST_SHARE)?;
        let mut file = ModelFile {
            path: path.to_owned(),
            model,
            #[cfg(feature = "ort")]
            onnx_runtime: OnnxRuntime::load(bytes, threads()).map_err(|error| {
                unusable(format!("what ONNX Runtime refuses ({error})"), "a file that both runtimes can load")
            })?,
            inputs: [inputs[0], inputs[1]],
            output: outputs[0],
            sha256,
            channels: 0,
            made_for,
            finest_detail,
            trained_share,
            threshold,
            averaged_peak,
        };
        file.channels = file.probed_channels()?;
        Ok(file)
    }

    /// Runs the network on gray and looks at what comes out.
    fn probed_channels(&self) -> Result<usize, Unusable> {
        let (height, width) = PROBE;
        let needed = format!(
            "{OUTPUT} as float32 (1, {FEWEST_CHANNELS} or more, height, width) between 0 and 1 for inputs (1, 3, height, \
             width) of any sides that are multiples of {SIDE_UNIT}"
        );
        let gray = || Array3::from_elem((3, height, width), 127.0);
        let (shape, values) = self.infer(gray(), gray()).map_err(|reason| {
            unusable(format!("a network that fails on inputs (1, 3, {height}, {width}): {reason}"), needed.clone())
        })?;
        let channels = match shape {
            [1, channels, h, w] if channels >= FEWEST_CHANNELS && (h, w) == PROBE => channels,
            _ => {
                let found = format!("{OUTPUT} of shape {shape:?} for inputs [1, 3, {height}, {width}]");
                return Err(unusable(found, needed));
            }
        };
        let wild = |v: &&f32| !(-ROUNDING..=1.0 + ROUNDING).contains(*v);
        match values.iter().find(wild) {
            Some(value) => Err(unusable(format!("the value {value} in {OUTPUT}; is the sigmoid left out?"), needed)),
            None => Ok(channels),
        }
    }

    /// Probabilities, (channels, height, width), of two images, (3, height, width), RGB 0 to 255, of sides that are
    /// multiples of [`SIDE_UNIT`].
    ///
    /// # Errors
    /// [`DetectError::Inference`] when the runtime fails.
    pub(super) fn run(&self, before: Array3<f32>, after: Array3<f32>) -> Result<Array3<f32>, DetectError> {
        let failed = |reason: String| DetectError::Inference { file: self.path.clone(), reason };
        let (_, height, width) = before.dim();
        let (shape, values) = self.infer(before, after).map_err(failed)?;
        if shape != [1, self.channels, height, width] {
            return Err(failed(format!("{OUTPUT} has shape {shape:?} for sides {height} and {width}")));
        }
        Ok(Array3::from_shape_vec((self.channels, height, width), values).expect("invariant: a tensor fills its shape"))
    }

    fn infer(&self, before: Array3<f32>, after: Array3<f32>) -> Result<([usize; 4], Vec<f32>), String> {
        #[cfg(feature = "ort")]
        if let Some(runtime) = &self.onnx_runtime {
            return runtime.infer([before, after]);
        }
        self.infer_with_rten(before, after)
    }

    fn infer_with_rten(&self, before: Array3<f32>, after: Array3<f32>) -> Result<([usize; 4], Vec<f32>), String> {
        let value = |pixels: Array3<f32>| {
            let (shape, values) = batch_of_one(pixels);
            Value::from_shape(shape, values).map_err(|error| error.to_string())
        };
        let inputs = vec![(self.inputs[0], value(before)?.into()), (self.inputs[1], value(after)?.into())];
        let options = RunOptions::default().with_thread_pool(Some(thread_pool()));
        let [probability] =
            self.model.run_n(inputs, [self.output], Some(options)).map_err(|error| error.to_string())?;
        probability.into_shape_vec().map_err(|error| format!("{OUTPUT}: {error}"))
    }
}

/// Shape and row-major values of an image, (3, height, width), as a runtime takes them.
pub(super) fn batch_of_one(pixels: Array3<f32>) -> ([usize; 4], Vec<f32>) {
    let (bands, height, width) = pixels.dim();
    ([1, bands, height, width], pixels.as_standard_layout().into_owned().into_raw_vec_and_offset().0)
}

/// The one pool in which all networks of the process run: as many threads as the process may use. The runtime's own
/// counts physical cores, which is one where two threads of a core are all there is.
pub(super) fn thread_pool() -> Arc<ThreadPool> {
    static POOL: OnceLock<Arc<ThreadPool>> = OnceLock::new();
    POOL.get_or_init(|| Arc::new(ThreadPool::with_num_threads(threads()))).clone()
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What a file is, and what it should be.
struct Unusable {
    found: String,
    needed: String,
}

fn unusable(found: impl Into<String>, needed: impl Into<String>) -> Unusable {
    Unusable { found: found.into(), needed: needed.into() }
}

/// A number in a range that the metadata may hold under a key.
fn told_number(key: &str, text: Option<String>, range: RangeInclusive<f32>) -> Result<Option<f32>, Unusable> {
    let Some(text) = text else { return Ok(None) };
    match text.trim().parse() {
        Ok(number) if range.contains(&number) => Ok(Some(number)),
        _ => {
            let needed = format!("a {key} of {} to {}, or none", range.start(), range.end());
            Err(unusable(format!("{key} = {text:?} in the metadata"), needed))
        }
    }
}

/// The nodes of these names among the ends of a graph, of which there must be no other.
fn find_ends(model: &Model, ends: &[NodeId], names: &[&str], what: &str) -> Result<Vec<NodeId>, Unusable> {
    let name_of = |id: &NodeId| model.node_info(*id).and_then(|node| node.name()).unwrap_or("(unnamed)").to_owned();
    let there: Vec<String> = ends.iter().map(name_of).collect();
    let found =
        names.iter().map(|name| there.iter().position(|other| other == name).map(|index| ends[index])).collect();
    match found {
        Some(found) if there.len() == names.len() => Ok(found),
        _ => Err(unusable(format!("{what} {}", there.join(", ")), format!("{what} {}", names.join(", ")))),
    }
}

/// Checks type, rank and fixed sides of one end, as far as the file tells them.
fn check_end(model: &Model, id: NodeId, name: &str, needed: &[Option<usize>]) -> Result<(), Unusable> {
    let Some(info) = model.node_info(id) else { return Ok(()) };
    if let Some(kind) = info.dtype().filter(|kind| *kind != ValueType::Tensor(DataType::Float)) {
        return Err(unusable(format!("{name} of type {kind}"), format!("{name} as float32")));
    }
    let Some(shape) = info.shape() else { return Ok(()) };
    let agrees = |(side, needed): (&Dimension, &Option<usize>)| match (side, needed) {
        (Dimension::Fixed(side), Some(needed)) => side == needed,
        _ => true,
    };
    if shape.len() == needed.len() && shape.iter().zip(needed).all(agrees) {
        return Ok(());
    }
    let side = |side: &Dimension| match side {
        Dimension::Fixed(size) => size.to_string(),
        Dimension::Symbolic(symbol) => symbol.clone(),
    };
    let asked = if needed[1].is_some() { "(1, 3, height, width)" } else { "(1, channels, height, width)" };
    let found = shape.iter().map(side).collect::<Vec<_>>().join(", ");
    Err(unusable(format!("{name} of shape ({found})"), format!("{name} of shape {asked}")))
}

#[cfg(all(test, feature = "ort"))]
mod tests {
    use super::*;

    #[test]
    #[ignore = "needs the library: ORT_DYLIB_PATH=... cargo test --features ort --lib onnx_runtime -- --ignored"]
    fn onnx_runtime_says_the_same_as_rten() {
        let Some(library) = option_env!("ORT_DYLIB_PATH") else { panic!("ORT_DYLIB_PATH names no library") };
        crate::detect::network::use_onnx_runtime(Path::new(library)).expect("invariant: it is the library");
        let file = ModelFile::bundled();
        let runtime = file.onnx_runtime.as_ref().expect("invariant: the library is in use");
        let image = |seed: u64| {
            Array3::from_shape_fn((3, 192, 256), |(band, row, col)| {
                let roof = if row / 40 % 2 == 0 && col / 50 % 2 == 0 { 120.0 } else { 30.0 };
                let number = (row * 256 + col) as u64 + 131_071 * (seed + band as u64);
                roof + 60.0 * (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as f32 / (1u64 << 24) as f32
            })
        };
        let (shape, found) = runtime.infer([image(1), image(2)]).expect("invariant: a checked file runs");
        let (same_shape, expected) = file.infer_with_rten(image(1), image(2)).expect("invariant: a checked file runs");
        assert_eq!(shape, same_shape);
        let furthest = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(furthest < 1e-3, "furthest apart by {furthest}");
        assert!(expected.iter().any(|&v| v > 0.01), "an answer of nothing compares nothing");
    }
}
