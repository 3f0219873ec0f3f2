//! The desk of a request: who asks, and what he or she can reach for.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use kernel::{Caller, Failure};
use storage::{Db, Reading};

use crate::shell::DEMO_NOTICE;
use crate::{Acting, App, Ended, Faults, NavEntry, Settings, Shell};

/// What is known about a request before any handler runs; put there by `people::identify`.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Who is signed in, with a post in force.
    pub caller: Option<Caller>,
    /// Whether a session exists at all (a person without a post in force has one, too).
    pub has_session: bool,
    /// The session's secret, or a visitor's own: the root of the form token.
    pub secret: String,
    /// The request's number.
    pub request: String,
    /// The network address that it came from.
    pub address: String,
}

/// A signed-in caller's desk. Its presence as an argument is the proof that the route's permission was checked.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Who asks.
    pub caller: Caller,
    /// What all requests share.
    pub app: App,
    path: String,
    today_href: String,
    csrf: String,
}

impl Desk {
    /// The database, for acts.
    pub fn db(&self) -> &Db {
        &self.app.db
    }
    /// A door for reading as the caller.
    pub fn reading(&self) -> Reading<'_> {
        self.app.db.reading(&self.caller)
    }
    /// The frame of a page.
    pub fn shell(&self, title: impl Into<String>) -> Shell {
        Shell {
            today_href: self.today_href.clone(),
            ..signed_in(&self.app, &self.caller, &self.path, self.csrf.clone(), title.into())
        }
    }
    /// The token for forms that a handler writes itself.
    pub fn csrf(&self) -> &str {
        &self.csrf
    }
    /// The page of a view.
    pub fn page(&self, view: &impl Template) -> Result<Response, Ended> {
        html(StatusCode::OK, view)
    }
    /// A form again, as it was typed, with what is wrong with it (422). A refusal is recorded like every other.
    pub fn form_again(&self, view: &impl Template, faults: &Faults) -> Result<Response, Ended> {
        let mut response = html(StatusCode::UNPROCESSABLE_ENTITY, view)?;
        if let Some(refusal) = faults.refusal() {
            response.extensions_mut().insert(refusal.clone());
        }
        Ok(response)
    }
}

/// A visitor's porch: pages that nobody need sign in for.
#[derive(Debug, Clone)]
pub struct Porch {
    /// The request.
    pub visit: Visit,
    /// What all requests share.
    pub app: App,
}

impl Porch {
    /// The frame of a page for visitors: no navigation, no person.
    pub fn shell(&self, title: impl Into<String>) -> Shell {
        visiting(&self.app, &self.visit, title.into())
    }
    /// The page of a view.
    pub fn page(&self, view: &impl Template) -> Result<Response, Ended> {
        html(StatusCode::OK, view)
    }
    /// A form again, with what is wrong with it (422).
    pub fn form_again(&self, view: &impl Template) -> Result<Response, Ended> {
        html(StatusCode::UNPROCESSABLE_ENTITY, view)
    }
}

impl FromRequestParts<App> for Desk {
    type Rejection = Ended;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Ended> {
        let visit = parts.extensions.get::<Visit>().ok_or(Ended::SignedOut)?;
        let caller = visit.caller.clone().ok_or(Ended::SignedOut)?;
        Ok(Self {
            caller,
            app: app.clone(),
            path: parts.uri.path().to_owned(),
            today_href: without_day(parts.uri.path(), parts.uri.query().unwrap_or_default()),
            csrf: crate::csrf::token(&visit.secret),
        })
    }
}

impl FromRequestParts<App> for Porch {
    type Rejection = Ended;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Ended> {
        let visit = parts.extensions.get::<Visit>().cloned().ok_or(Ended::SignedOut)?;
        Ok(Self { visit, app: app.clone() })
    }
}

pub(crate) fn html(status: StatusCode, view: &impl Template) -> Result<Response, Ended> {
    let text = view.render().map_err(Failure::broken)?;
    Ok((status, Html(text)).into_response())
}

/// The frame of a page that tells what went wrong: who is signed in keeps navigation and name.
pub(crate) fn failing(app: &App, visit: &Visit, path: &str, title: String) -> Shell {
    match &visit.caller {
        Some(caller) => signed_in(app, caller, path, crate::csrf::token(&visit.secret), title),
        None => visiting(app, visit, title),
    }
}

fn signed_in(app: &App, caller: &Caller, path: &str, csrf: String, title: String) -> Shell {
    let nav = app.nav.iter().filter(|line| caller.may(line.permission));
    Shell {
        title,
        nav: nav
            .map(|line| NavEntry {
                href: line.href,
                label: line.label,
                icon: line.icon,
                current: is_current(line.href, path),
            })
            .collect(),
        person: Some(Acting {
            name: caller.name.clone(),
            post: caller.post_label.clone(),
            has_other_posts: caller.has_other_posts,
        }),
        csrf,
        notice: notice(&app.settings),
        day: None,
        today_href: String::new(),
        request: caller.request.clone(),
    }
}

fn visiting(app: &App, visit: &Visit, title: String) -> Shell {
    Shell {
        title,
        csrf: crate::csrf::token(&visit.secret),
        notice: notice(&app.settings),
        request: visit.request.clone(),
        ..Shell::default()
    }
}

fn notice(settings: &Settings) -> Option<String> {
    settings.is_demo.then(|| DEMO_NOTICE.to_owned())
}

/// The address of a page without its day: there it shows today. Neither is it on a later page of a list then.
fn without_day(path: &str, query: &str) -> String {
    let is_kept =
        |part: &&str| !part.is_empty() && !part.starts_with("day=") && !part.starts_with("page=");
    let kept: Vec<&str> = query.split('&').filter(is_kept).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

fn is_current(href: &str, path: &str) -> bool {
    path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_to_today_keeps_the_filters() {
        let query = "text=%E9%9D%92&day=2026-01-05&district=440305&page=3";
        assert_eq!(without_day("/clusters", query), "/clusters?text=%E9%9D%92&district=440305");
        assert_eq!(without_day("/city", "day=2026-01-05"), "/city");
        assert_eq!(without_day("/city", ""), "/city");
    }
}
