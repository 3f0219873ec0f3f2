//! Downloads and small answers.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use serde::Serialize;

use crate::Page;

/// After an act: see the page at `path` (303).
pub fn see(path: &str) -> Page {
    Ok(Redirect::to(path).into_response())
}

/// A JSON answer.
pub fn json(body: &impl Serialize) -> Page {
    Ok(Json(body).into_response())
}

/// A JSON answer with another status.
pub fn json_with(status: StatusCode, body: &impl Serialize) -> Page {
    Ok((status, Json(body)).into_response())
}

/// A file to keep, under a (Chinese) name.
pub fn download(name: &str, kind: &'static str, bytes: Vec<u8>) -> Page {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let encoded: String = name
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    if let Ok(disposition) =
        HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{encoded}"))
    {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// An Excel workbook to keep.
pub fn workbook(name: &str, bytes: Vec<u8>) -> Page {
    download(name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes)
}

/// GeoJSON for a map on the page.
pub fn geojson(text: String) -> Page {
    let mut response = text.into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/geo+json"));
    Ok(response)
}
