//! Uploaded files, bounded before they are read.

use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use kernel::{Failure, Invalid};

use crate::{App, Ended};

/// Largest file that is taken.
pub const UPLOAD_LIMIT_BYTES: usize = 20 * 1024 * 1024;

/// One file and the text fields beside it.
#[derive(Debug, Default)]
pub struct Upload {
    /// The name that the browser gave; only shown, never used as a path.
    pub file_name: String,
    /// The content; empty when no file was chosen.
    pub bytes: Vec<u8>,
    fields: Vec<(String, String)>,
}

impl Upload {
    /// A text field; empty when absent.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

pub(crate) fn too_large() -> Ended {
    Ended::TooLarge(format!(
        "文件超过 {} MB。请删去无关的工作表或拆成几份再上传。",
        UPLOAD_LIMIT_BYTES >> 20
    ))
}

fn torn(error: &MultipartError) -> Ended {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Failure::from(Invalid::field("", "文件没有传完整，请重新上传。")).into()
}

impl FromRequest<App> for Upload {
    type Rejection = Ended;
    async fn from_request(request: Request, app: &App) -> Result<Self, Ended> {
        let mut parts = Multipart::from_request(request, app)
            .await
            .map_err(|_| Failure::from(Invalid::field("", "请选择要上传的文件。")))?;
        let mut upload = Self::default();
        while let Some(part) = parts.next_field().await.map_err(|error| torn(&error))? {
            let name = part.name().unwrap_or_default().to_owned();
            if let Some(file_name) = part.file_name() {
                upload.file_name =
                    file_name.chars().filter(|letter| !letter.is_control()).take(120).collect();
                upload.bytes = part.bytes().await.map_err(|error| torn(&error))?.to_vec();
                if upload.bytes.len() > UPLOAD_LIMIT_BYTES {
                    return Err(too_large());
                }
            } else {
                let value = part.text().await.map_err(|error| torn(&error))?;
                upload.fields.push((name, value));
            }
        }
        Ok(upload)
    }
}
