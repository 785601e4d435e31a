//! Writes what an analyst publishes.
