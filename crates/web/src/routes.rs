//! The route table. A page or act can't be declared without saying who may have it.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kernel::{Failure, Permission};

use crate::{App, Ended, NavLine, UPLOAD_LIMIT_BYTES, Visit, csrf};

/// Largest urlencoded or JSON body: forms of a few thousand fields.
const FORM_LIMIT_BYTES: usize = 2 * 1024 * 1024;

/// Who may have a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, signed in or not.
    Open,
    /// Whoever acts in a post with this permission.
    Needs(Permission),
}

/// One line of the route table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteLine {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The pattern, with `{parameters}`.
    pub path: &'static str,
    /// Who may have it.
    pub access: Access,
}

/// The routes of a slice, a family or the whole.
#[derive(Debug, Default)]
pub struct Routes {
    router: Router<App>,
    table: Vec<RouteLine>,
    nav: Vec<NavLine>,
}

impl Routes {
    /// A page: GET, for posts with `permission`.
    #[must_use]
    pub fn page<H, T>(self, path: &'static str, permission: Permission, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("GET", path, Access::Needs(permission), get(handler))
    }
    /// An act: POST with the session's form token, for posts with `permission`.
    #[must_use]
    pub fn act<H, T>(self, path: &'static str, permission: Permission, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("POST", path, Access::Needs(permission), post(handler))
    }
    /// A page for anybody.
    #[must_use]
    pub fn open_page<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("GET", path, Access::Open, get(handler))
    }
    /// An act for anybody: POST with the visitor's form token.
    #[must_use]
    pub fn open_act<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("POST", path, Access::Open, post(handler))
    }
    /// A line of the navigation.
    #[must_use]
    pub fn entry(mut self, line: NavLine) -> Self {
        self.nav.push(line);
        self
    }
    /// These and the other's routes.
    #[must_use]
    pub fn merge(mut self, other: Routes) -> Self {
        self.router = self.router.merge(other.router);
        self.table.extend(other.table);
        self.nav.extend(other.nav);
        self
    }
    /// The table, for the coverage tests and `docs/generated/routes.txt`.
    pub fn table(&self) -> &[RouteLine] {
        &self.table
    }
    /// The router and the navigation.
    pub fn into_parts(self) -> (Router<App>, Vec<NavLine>) {
        (self.router, self.nav)
    }

    fn add(
        mut self,
        method: &'static str,
        path: &'static str,
        access: Access,
        handler: axum::routing::MethodRouter<App>,
    ) -> Self {
        let guarded = handler.layer(from_fn(move |request, next| guard(access, request, next)));
        self.router = self.router.route(path, guarded);
        self.table.push(RouteLine { method, path, access });
        self
    }
}

/// May this post do it at all, and was the form ours? The default answer is no.
async fn guard(access: Access, request: Request, next: Next) -> Response {
    match admit(access, request).await {
        Ok(request) => next.run(request).await,
        Err(ended) => ended.into_response(),
    }
}

async fn admit(access: Access, request: Request) -> Result<Request, Ended> {
    let visit = request.extensions().get::<Visit>().ok_or(Ended::SignedOut)?;
    if let Access::Needs(permission) = access {
        let caller = visit.caller.as_ref().ok_or(Ended::SignedOut)?;
        if !caller.may(permission) {
            return Err(Failure::Forbidden(permission).into());
        }
    }
    if request.method() == Method::POST {
        let secret = visit.secret.clone();
        return own_form(&secret, request).await;
    }
    Ok(request)
}

/// Lets a form through that was written by us for this session: same origin, and the session's token in the header, the
/// body (urlencoded) or the address (multipart, whose body is not read twice).
async fn own_form(secret: &str, request: Request) -> Result<Request, Ended> {
    let headers = request.headers();
    if !is_same_origin(headers) {
        return Err(Ended::ForeignForm);
    }
    if let Some(given) = text(headers, csrf::HEADER) {
        return if csrf::is_valid(secret, given) { Ok(request) } else { Err(Ended::ForeignForm) };
    }
    let kind = text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        let declared = text(headers, header::CONTENT_LENGTH.as_str())
            .and_then(|length| length.parse::<usize>().ok());
        if declared.is_none_or(|length| length > UPLOAD_LIMIT_BYTES + FORM_LIMIT_BYTES) {
            return Err(crate::upload::too_large());
        }
        let token = field(request.uri().query().unwrap_or_default().as_bytes());
        return if csrf::is_valid(secret, &token) { Ok(request) } else { Err(Ended::ForeignForm) };
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, FORM_LIMIT_BYTES).await.map_err(|_| {
        Ended::TooLarge(format!("表单内容超过 {} MB，请减少内容后再提交。", FORM_LIMIT_BYTES >> 20))
    })?;
    if csrf::is_valid(secret, &field(&bytes)) {
        Ok(Request::from_parts(parts, Body::from(bytes)))
    } else {
        Err(Ended::ForeignForm)
    }
}

fn field(form: &[u8]) -> String {
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(form).unwrap_or_default();
    fields
        .into_iter()
        .find(|(name, _)| name == csrf::FIELD)
        .map(|(_, value)| value)
        .unwrap_or_default()
}

fn is_same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = text(headers, header::ORIGIN.as_str()) else { return true };
    let host = text(headers, header::HOST.as_str()).unwrap_or_default();
    origin.split_once("://").is_some_and(|(_, from)| from == host)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
