//! The same network in ONNX Runtime (cargo feature `ort`): a dynamic library that the user brings.

use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use ndarray::Array3;
use ort::environment::Environment;
use ort::session::Session;
use ort::value::Tensor;

use crate::detect::DetectError;
use crate::detect::network::model_file::{INPUTS, OUTPUT, batch_of_one};

/// The library, once it is loaded.
static ENVIRONMENT: OnceLock<Environment> = OnceLock::new();

/// Runs all networks that are opened from now on in the ONNX Runtime (1.17 or later) of this dynamic library, in place of rten. The
/// first library stays.
///
/// # Errors
/// [`DetectError::UnusableRuntime`] when the library cannot be loaded or is too old.
pub fn use_onnx_runtime(library: &Path) -> Result<(), DetectError> {
    let unusable = |reason: String| DetectError::UnusableRuntime { library: library.to_owned(), reason };
    let builder = ort::init_from(library).map_err(|error| unusable(error.to_string()))?;
    let environment = builder.with_name("sitedelta").build().map_err(|error| unusable(error.to_string()))?;
    ENVIRONMENT.get_or_init(|| environment);
    Ok(())
}

/// A network loaded into ONNX Runtime.
pub(super) struct OnnxRuntime {
    /// A session answers one call at a time, with all its threads.
    session: Mutex<Session>,
}

impl OnnxRuntime {
    /// Loads an ONNX file into the library that is in use; `None` when none is.
    ///
    /// # Errors
    /// What the library says when it refuses the file.
    pub(super) fn load(file: &[u8], threads: usize) -> Result<Option<Self>, String> {
        let Some(environment) = ENVIRONMENT.get() else { return Ok(None) };
        let session = (|| Session::builder(environment)?.with_intra_threads(threads)?.commit_from_memory(file))();
        Ok(Some(OnnxRuntime { session: Mutex::new(session.map_err(|error: ort::Error| error.to_string())?) }))
    }

    /// Shape and values of the network's answer to two images, (3, height, width) each.
    ///
    /// # Errors
    /// What the library says.
    pub(super) fn infer(&self, images: [Array3<f32>; 2]) -> Result<([usize; 4], Vec<f32>), String> {
        let told = |error: ort::Error| error.to_string();
        let mut inputs = Vec::with_capacity(INPUTS.len());
        for (name, pixels) in INPUTS.into_iter().zip(images) {
            inputs.push((name, Tensor::from_array(batch_of_one(pixels)).map_err(told)?));
        }
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(inputs).map_err(told)?;
        let (shape, values) = outputs[OUTPUT].try_extract_tensor::<f32>().map_err(told)?;
        let sides: Vec<usize> = shape.iter().map(|&side| side as usize).collect();
        let sides = sides.try_into().map_err(|sides: Vec<usize>| format!("{OUTPUT} has {} axes", sides.len()))?;
        Ok((sides, values.to_vec()))
    }
}
