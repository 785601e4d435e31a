//! Renders before and after scenes with known truth.
