//! The same network in ONNX Runtime (cargo feature `ort`): a dynamic library that the user brings.

use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, PoisonError};

use ndarray::Array3;
use ort::environment::Environment;
use ort::session::Session;
use ort::value::Tensor;

use crate::detect::network::model_file::{INPUTS, OUTPUT};

/// Names the library, as for every program that uses the `ort` crate.
const LIBRARY_VARIABLE: &str = "ORT_DYLIB_PATH";

/// A network loaded into ONNX Runtime.
pub(super) struct OnnxRuntime {
    /// A session answers one call at a time, with all its threads.
    session: Mutex<Session>,
}

impl OnnxRuntime {
    /// Loads an ONNX file that passed every check into the library that `ORT_DYLIB_PATH` names; `None` when it names none.
    ///
    /// # Errors
    /// What the library says, when it cannot be loaded, is too old or refuses the file.
    pub(super) fn load(file: &[u8], threads: usize) -> Result<Option<Self>, String> {
        let environment = match &*ENVIRONMENT {
            None => return Ok(None),
            Some(environment) => environment.as_ref().map_err(Clone::clone)?,
        };
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
            let (bands, height, width) = pixels.dim();
            let pixels = pixels.as_standard_layout().into_owned().into_raw_vec_and_offset().0;
            inputs.push((name, Tensor::from_array(([1, bands, height, width], pixels)).map_err(told)?));
        }
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = session.run(inputs).map_err(told)?;
        let (shape, values) = outputs[OUTPUT].try_extract_tensor::<f32>().map_err(told)?;
        let sides: Vec<usize> = shape.iter().map(|&side| side as usize).collect();
        let sides = sides.try_into().map_err(|sides: Vec<usize>| format!("{OUTPUT} has {} axes", sides.len()))?;
        Ok((sides, values.to_vec()))
    }
}

/// The library, loaded once; `None` where the variable is not set. Looked for here, because the crate panics without it.
static ENVIRONMENT: LazyLock<Option<Result<Environment, String>>> = LazyLock::new(|| {
    let path = PathBuf::from(std::env::var_os(LIBRARY_VARIABLE).filter(|path| !path.is_empty())?);
    let loaded = ort::init_from(&path).map_err(|error| error.to_string());
    Some(loaded.and_then(|builder| builder.with_name("sitedelta").build().map_err(|error| error.to_string())))
});
