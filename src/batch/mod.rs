//! Analyzes many sites.
