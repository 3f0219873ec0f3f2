//! A text as a picture of dark and light squares (QR code, ISO/IEC 18004), drawn as one path of an SVG on the page itself.

use kernel::Failure;
use qrcode::{Color, EcLevel, QrCode};

/// The light border that scanners need, in squares.
const QUIET: usize = 4;

/// A picture to be scanned.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    /// The length of a side, in squares.
    pub(crate) size: usize,
    /// The dark squares.
    pub(crate) path: String,
}

impl Picture {
    /// The picture of a text.
    pub(crate) fn of(text: &str) -> Result<Self, Failure> {
        let code =
            QrCode::with_error_correction_level(text, EcLevel::M).map_err(Failure::broken)?;
        let width = code.width();
        let dark = |(place, colour): (usize, Color)| {
            let (x, y) = (place % width + QUIET, place / width + QUIET);
            (colour == Color::Dark).then(|| format!("M{x} {y}h1v1h-1z"))
        };
        let path = code.to_colors().into_iter().enumerate().filter_map(dark).collect();
        Ok(Self { size: width + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_its_three_finders_and_a_quiet_border() {
        let picture = Picture::of("otpauth://totp/x").unwrap();
        let last = picture.size - QUIET - 1;
        for (x, y) in [(QUIET, QUIET), (last, QUIET), (QUIET, last)] {
            assert!(picture.path.contains(&format!("M{x} {y}h")), "{x} {y}");
        }
        assert!(!picture.path.contains("M3 ") && !picture.path.contains(" 3h"));
    }
}
