//! Forms: parsed, or shown again as they were typed with what is wrong with them.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use kernel::{Failure, Invalid, Refusal};
use serde::de::DeserializeOwned;

use crate::{App, Ended};

/// An urlencoded form. Its struct takes text fields with `#[serde(default)]`; what they mean is parsed by the slice,
/// which can then name the field that is wrong.
#[derive(Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Form<T> {
    type Rejection = Ended;
    async fn from_request(request: Request, app: &App) -> Result<Self, Ended> {
        let axum::extract::Form(form) = axum::extract::Form::from_request(request, app)
            .await
            .map_err(|_| Failure::from(Invalid::field("", "表单内容不完整，请刷新页面后重填。")))?;
        Ok(Self(form))
    }
}

/// Path parameters; what does not parse (the id of something else) is not found.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Ended;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Ended> {
        let axum::extract::Path(path) = axum::extract::Path::from_request_parts(parts, app)
            .await
            .map_err(|_| Failure::NotFound)?;
        Ok(Self(path))
    }
}

/// Query parameters, all of them optional text; what does not parse counts as absent.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Default> FromRequestParts<App> for Query<T> {
    type Rejection = Ended;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Ended> {
        Ok(Self(
            serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default(),
        ))
    }
}

/// What is wrong with a form: a rule's refusal above it, messages at its fields.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    refusal: Option<Refusal>,
    invalid: Invalid,
}

impl Faults {
    /// What a form shows of a failure. Anything that is not the form's fault goes on as it is.
    pub fn of(failure: Failure) -> Result<Self, Failure> {
        match failure {
            Failure::Refused(refusal) => {
                Ok(Self { refusal: Some(refusal), invalid: Invalid::default() })
            }
            Failure::Invalid(invalid) => Ok(Self { refusal: None, invalid }),
            other => Err(other),
        }
    }
    /// The sentence above the form; empty for none.
    pub fn summary(&self) -> &str {
        match &self.refusal {
            Some(refusal) => &refusal.text,
            None => self.invalid.of("").unwrap_or_default(),
        }
    }
    /// The clause under that sentence.
    pub fn clause(&self) -> Option<&'static str> {
        self.refusal.as_ref().and_then(|refusal| refusal.clause)
    }
    /// The message at a field; empty for none.
    pub fn at(&self, field: &str) -> &str {
        self.invalid.of(field).unwrap_or_default()
    }
    /// The rule's refusal, if that is what it was.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }
}
