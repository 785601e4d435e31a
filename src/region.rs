//! The part of a scene that the user asks about: an area of interest, less masked areas.

use geo::MultiPolygon;
use ndarray::Array2;

use crate::raster::area_mask::fill_polygon;
use crate::raster::window::Window;

/// Where to look, in pixels of the after image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Region {
    /// Look only inside; everywhere when `None`.
    pub interest: Option<MultiPolygon<f64>>,
    /// Never look inside.
    pub masked: Option<MultiPolygon<f64>>,
}

impl Region {
    /// Where to look within a window, (height, width).
    pub fn inside(&self, window: Window) -> Array2<bool> {
        let shape = (window.height, window.width);
        let mut inside = Array2::from_elem(shape, self.interest.is_none());
        for polygon in self.interest.iter().flatten() {
            fill_polygon(polygon, window, &mut inside);
        }
        if let Some(masked) = &self.masked {
            let mut out = Array2::from_elem(shape, false);
            masked.iter().for_each(|polygon| fill_polygon(polygon, window, &mut out));
            inside.zip_mut_with(&out, |keep, &drop| *keep &= !drop);
        }
        inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Rect, coord};

    fn rectangle(left: f64, top: f64, right: f64, bottom: f64) -> MultiPolygon<f64> {
        Rect::new(coord! { x: left, y: top }, coord! { x: right, y: bottom }).to_polygon().into()
    }

    #[test]
    fn masked_areas_win_over_interest() {
        let region =
            Region { interest: Some(rectangle(0.0, 0.0, 3.0, 2.0)), masked: Some(rectangle(1.0, 0.0, 2.0, 4.0)) };
        let inside = region.inside(Window::from_tlhw(0, 0, 3, 4));
        let rows: Vec<String> =
            inside.rows().into_iter().map(|r| r.iter().map(|&i| if i { '#' } else { '.' }).collect()).collect();
        assert_eq!(rows, ["#.#.", "#.#.", "...."]);
        assert!(Region::default().inside(Window::from_tlhw(0, 0, 3, 4)).iter().all(|&i| i));
    }
}
