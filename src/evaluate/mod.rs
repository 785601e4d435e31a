//! Sets masks against labels.
