//! Analyzes many sites, and the one site that each of them is.

pub mod combined_tables;
pub mod manifest;
pub mod outcome;
pub mod run;
pub mod site;
pub mod site_options;
