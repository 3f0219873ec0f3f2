//! How a request ends when it does not end well: one place that words, shows, logs and records it.

use askama::Template;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use kernel::{Failure, Note, Refusal};
use storage::Actor;

use crate::desk::{failing, html};
use crate::{App, Shell, Visit};

/// What a handler answers.
pub type Page = Result<Response, Ended>;

/// A request that did not end well.
#[derive(Debug)]
pub enum Ended {
    /// Nobody is signed in, or the session has expired (401; a page leads to sign-in).
    SignedOut,
    /// The form was not written by us for this session, or it has expired with it (403).
    ForeignForm,
    /// More was sent than is taken (413). The sentence names the limit.
    TooLarge(String),
    /// Anything else.
    Failed(Failure),
}

impl<F: Into<Failure>> From<F> for Ended {
    fn from(failure: F) -> Self {
        Self::Failed(failure.into())
    }
}

/// What the outer layer needs to word the ending; travels as a response extension.
#[derive(Debug, Clone)]
struct Wording {
    title: &'static str,
    message: String,
    clause: Option<&'static str>,
}

impl IntoResponse for Ended {
    fn into_response(self) -> Response {
        let (status, title, message, refusal) = match self {
            Self::SignedOut => {
                (StatusCode::UNAUTHORIZED, "请重新登录", "登录已失效。".to_owned(), None)
            }
            Self::ForeignForm => (
                StatusCode::FORBIDDEN,
                "表单已失效",
                "这张表单不是本次登录时打开的。请返回上一页刷新后再提交。".to_owned(),
                None,
            ),
            Self::TooLarge(message) => (StatusCode::PAYLOAD_TOO_LARGE, "文件太大", message, None),
            Self::Failed(failure) => {
                let text = failure.to_string();
                match failure {
                    Failure::NotFound => (
                        StatusCode::NOT_FOUND,
                        "没有找到",
                        "没有找到这个页面或记录。".to_owned(),
                        None,
                    ),
                    Failure::Forbidden(_) => {
                        let refusal = Refusal { text: text.clone(), clause: None };
                        (
                            StatusCode::FORBIDDEN,
                            "当前岗位无权办理",
                            format!("{text}。"),
                            Some(refusal),
                        )
                    }
                    Failure::Refused(refusal) => (
                        StatusCode::UNPROCESSABLE_ENTITY,
                        "不能这样办理",
                        refusal.text.clone(),
                        Some(refusal),
                    ),
                    Failure::Invalid(_) => {
                        (StatusCode::UNPROCESSABLE_ENTITY, "填写有误", text, None)
                    }
                    Failure::Stale(text) => (StatusCode::CONFLICT, "内容已被他人修改", text, None),
                    Failure::Broken(cause) => {
                        tracing::error!(cause = %chain(cause.as_ref()), "request broken");
                        (
                            StatusCode::INTERNAL_SERVER_ERROR,
                            "系统出错了",
                            "系统出错，未保存任何内容。".to_owned(),
                            None,
                        )
                    }
                }
            }
        };
        let mut response = status.into_response();
        let clause = refusal.as_ref().and_then(|refusal| refusal.clause);
        response.extensions_mut().insert(Wording { title, message, clause });
        if let Some(refusal) = refusal {
            response.extensions_mut().insert(refusal);
        }
        response
    }
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailureView {
    shell: Shell,
    code: u16,
    title: &'static str,
    message: String,
    clause: Option<&'static str>,
    back: String,
}

/// The outermost layer of pages: words what went wrong in the shape that was asked for, and records refused acts.
pub async fn finish(State(app): State<App>, request: Request, next: Next) -> Response {
    let visit = request.extensions().get::<Visit>().cloned();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let (json, back) = (wants_json(request.headers()), back(request.headers()));
    let target = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
    let mut response = next.run(request).await;
    if let (Some(refusal), Some(visit)) = (response.extensions_mut().remove::<Refusal>(), &visit) {
        record_refusal(&app, visit, &method, &path, &refusal).await;
    }
    let Some(wording) = response.extensions_mut().remove::<Wording>() else { return response };
    let status = response.status();
    if json {
        return (
            status,
            Json(serde_json::json!({ "message": wording.message, "clause": wording.clause })),
        )
            .into_response();
    }
    if status == StatusCode::UNAUTHORIZED && method == Method::GET {
        let next = serde_urlencoded::to_string([("next", target)]).unwrap_or_default();
        return Redirect::to(&format!("/sign-in?{next}")).into_response();
    }
    let title = wording.title.to_owned();
    let shell = match &visit {
        Some(visit) => failing(&app, visit, &path, title),
        None => Shell { title, ..Shell::default() },
    };
    let view = FailureView {
        shell,
        code: status.as_u16(),
        title: wording.title,
        message: wording.message,
        clause: wording.clause,
        back,
    };
    html(status, &view).unwrap_or_else(|_| status.into_response())
}

async fn record_refusal(app: &App, visit: &Visit, method: &Method, path: &str, refusal: &Refusal) {
    let Some(caller) = &visit.caller else { return };
    let note = Note::refused("act.refused", path, format!("{method} 被拒绝：{}", refusal.text));
    if let Err(failure) = app.db.record(Actor::from(caller), note).await {
        tracing::error!(%failure, "a refusal could not be recorded");
    }
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept =
        headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("application/json") && !accept.contains("text/html")
}

/// The page from which the request came, if it is one of ours.
fn back(headers: &HeaderMap) -> String {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(referer), Some(host)) = (text(header::REFERER), text(header::HOST)) else {
        return "/".to_owned();
    };
    referer
        .split_once("://")
        .and_then(|(_, rest)| rest.strip_prefix(host))
        .filter(|path| path.starts_with('/'))
        .map_or_else(|| "/".to_owned(), str::to_owned)
}
