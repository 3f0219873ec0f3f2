//! Pictures of whole pages.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::driver::Driver;
use crate::{Outcome, Trouble};

/// A desk and a phone, in CSS pixels.
pub const WIDTHS: [u32; 2] = [1440, 390];

/// A picture ends here, however long the page is: nobody looks further.
const HEIGHT_AT_MOST: f64 = 6000.0;

pub fn take(driver: &Driver, file: &Path) -> Outcome {
    let size = &driver.chromium("Page.getLayoutMetrics", &json!({}))?["cssContentSize"];
    let (width, height) =
        (size["width"].as_f64().unwrap_or(1440.0), size["height"].as_f64().unwrap_or(900.0));
    let clip =
        json!({"x": 0, "y": 0, "width": width, "height": height.min(HEIGHT_AT_MOST), "scale": 1});
    let shot = driver.chromium(
        "Page.captureScreenshot",
        &json!({"format": "png", "captureBeyondViewport": true, "clip": clip}),
    )?;
    let bytes = STANDARD
        .decode(shot["data"].as_str().unwrap_or_default())
        .map_err(|fault| Trouble::new(fault.to_string()))?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(file, bytes)?)
}
