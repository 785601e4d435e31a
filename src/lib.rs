//! Finds, outlines, measures and counts what was built between two overhead images of one site, and estimates how many
//! people the housing among it could hold, with an honest interval.
//!
//! Nouns (`scene`, `pair`, `region`, `change`, `structure`, `footprint`, `capacity`) cross the borders between stages; verbs (`load`,
//! `register`, `normalize`, `detect`, `extract`, `measure`, `estimate`, `report`) are the stages; `analysis` knows their
//! order, and `appraisal` that of footprints which somebody drew. All of them stand on `raster`, the ground.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod raster;

pub mod capacity;
pub mod change;
pub mod footprint;
pub mod observer;
pub mod pair;
pub mod region;
pub mod scene;
pub mod structure;

pub mod detect;
pub mod estimate;
pub mod extract;
pub mod load;
pub mod measure;
pub mod normalize;
pub mod register;
pub mod report;

pub mod analysis;
pub mod appraisal;

pub mod batch;
pub mod evaluate;
pub mod simulate;

/// The README's library example, compiled with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
