//! What came of the sites of a batch.

use thiserror::Error;

use crate::batch::site::SiteError;
use crate::capacity::Withheld;

/// What came of one site of a batch.
#[derive(Debug)]
pub struct SiteOutcome {
    /// The site's id.
    pub id: String,
    /// What was found, or why nothing was.
    pub result: Result<SiteFindings, SiteFailure>,
}

/// The short of what was found at a site; the long stands in its folder.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteFindings {
    /// Number of new structures, replaced ones included.
    pub new_structures: usize,
    /// Why there is no capacity, when there is none.
    pub withheld: Option<Withheld>,
    /// What the reader must know.
    pub warnings: Vec<String>,
}

/// Why a site has no outputs.
#[derive(Debug, Error)]
pub enum SiteFailure {
    /// The comparison failed.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The program has an error.
    #[error("internal error: {reason}; please report it with the two images")]
    Panicked {
        /// What the panic said.
        reason: String,
    },
}
