use askama::Template;
use axum::http::HeaderMap;
use kernel::{
    Date, Failure, Invalid, Note, OPEN_END, Permission, PersonId, PostId, PostKind, PostScope,
};
use serde::{Deserialize, Serialize};
use web::{Desk, Faults, Form, Page, Paging, Path, Query, Routes, Shell, answer};

use super::acts::{self, Appointment, Newcomer};
use super::types::{Filter, Officer, State};
use super::{sheets, store};
use crate::invitations::{self, Slip};
use crate::posts::Post;

/// The posts of offices, for the security administrator.
pub fn routes() -> Routes {
    Routes::default()
        .page("/accounts/officers", Permission::KeepAccounts, list)
        .page("/accounts/officers.xlsx", Permission::KeepAccounts, export)
        .page("/accounts/officers/new", Permission::KeepAccounts, blank)
        .act("/accounts/officers", Permission::KeepAccounts, give)
        .page("/accounts/officers/{post}", Permission::KeepAccounts, show)
        .act("/accounts/officers/{post}/ending", Permission::KeepAccounts, end)
}

/// The filters as the address bears them.
#[derive(Deserialize, Serialize, Default, Clone)]
#[serde(default)]
struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    district: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    state: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    day: String,
    #[serde(skip_serializing)]
    page: Option<String>,
}

impl Asked {
    fn filter(&self) -> Filter {
        let state = match self.state.as_str() {
            "" => Some(State::Held),
            code => State::from_code(code),
        };
        Filter {
            kind: PostKind::from_code(&self.kind).filter(|kind| kind.is_of_office()),
            district: (!self.district.is_empty()).then(|| self.district.clone()),
            state,
            text: self.text.trim().to_owned(),
        }
    }
    fn day(&self, today: Date) -> Date {
        parsed(&self.day).unwrap_or(today)
    }
    fn query(&self) -> String {
        let query = serde_urlencoded::to_string(self).unwrap_or_default();
        if query.is_empty() { query } else { query + "&" }
    }
}

fn parsed(text: &str) -> Option<Date> {
    Date::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}

fn kinds() -> Vec<(&'static str, &'static str)> {
    let given = PostKind::ALL.iter().filter(|kind| kind.is_of_office());
    given.map(|kind| (kind.code(), kind.label())).collect()
}

#[derive(Template)]
#[template(path = "officers/pages/list.html")]
struct ListView {
    shell: Shell,
    asked: Asked,
    query: String,
    day: Date,
    kinds: Vec<(&'static str, &'static str)>,
    states: Vec<(&'static str, &'static str)>,
    districts: Vec<(String, String)>,
    officers: Vec<Officer>,
    paging: Paging,
}

impl ListView {
    fn state(&self, officer: &Officer) -> &'static str {
        officer.state_on(self.day).label()
    }
}

async fn list(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let (filter, today) = (asked.filter(), desk.caller.today());
    let day = asked.day(today);
    let paging = Paging::of(asked.page.as_deref(), store::count(&reading, &filter, day).await?);
    let officers = store::list(&reading, &filter, day, paging.limit(), paging.offset()).await?;
    let mut states: Vec<_> = State::ALL.iter().map(|one| (one.code(), one.label())).collect();
    states.push(("all", "全部"));
    let mut shell = desk.shell("机关岗位");
    shell.day = (day != today).then(|| day.to_string());
    let view = ListView {
        shell,
        query: asked.query(),
        day,
        kinds: kinds(),
        states,
        districts: invitations::districts(&reading).await?,
        officers,
        paging,
        asked,
    };
    desk.page(&view)
}

async fn export(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let (filter, day) = (asked.filter(), asked.day(desk.caller.today()));
    let officers = store::list(&desk.reading(), &filter, day, store::MOST, 0).await?;
    let count = officers.len();
    let written = tokio::task::spawn_blocking(move || sheets::list(&officers, day)).await;
    let bytes = written.map_err(Failure::broken)??;
    // Names leave the system in a file: that is recorded.
    let summary = format!("导出机关岗位一览表，{count} 行");
    desk.db().record(&desk.caller, Note::of("officer.exported", "officers", summary)).await?;
    answer::workbook(&format!("机关岗位一览表-{day}.xlsx"), bytes)
}

/// An appointment as it was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    /// Somebody who is known here; else name and login.
    person: String,
    name: String,
    login: String,
    kind: String,
    district: String,
    from: String,
    until: String,
    paper_number: String,
}

impl Typed {
    fn read(&self) -> Result<Appointment, Invalid> {
        let mut invalid = Invalid::default();
        let kind = PostKind::from_code(&self.kind);
        if kind.is_none() {
            invalid.add("kind", "请选择岗位");
        }
        let from = parsed(&self.from);
        if from.is_none() {
            invalid.add("from", "请填写任职日期，如 2026-03-01");
        }
        let to = match self.until.trim() {
            "" => Some(OPEN_END),
            text => parsed(text).map(|last| last.succ_opt().unwrap_or(OPEN_END)),
        };
        if to.is_none() {
            invalid.add("until", "请填写截止日期，如 2029-02-28；长期任职可留空");
        }
        let scope = match self.district.as_str() {
            "" => PostScope::City,
            code => PostScope::District(code.to_owned()),
        };
        match (kind, from, to) {
            (Some(kind), Some(from), Some(to)) => {
                let paper_number = self.paper_number.clone();
                Ok(Appointment { kind, scope, from, to, paper_number })
            }
            _ => Err(invalid),
        }
    }
}

#[derive(Template)]
#[template(path = "officers/pages/form.html")]
struct FormView {
    shell: Shell,
    kinds: Vec<(&'static str, &'static str)>,
    districts: Vec<(String, String)>,
    /// Of whom the post is to be, if that is somebody who is known here.
    known: Option<(PersonId, String)>,
    typed: Typed,
    faults: Faults,
}

async fn form(desk: &Desk, mut typed: Typed, faults: Faults) -> Result<FormView, Failure> {
    let reading = desk.reading();
    let known = match typed.person.as_str() {
        "" => None,
        text => {
            let person = text.parse().map_err(|_| Failure::NotFound)?;
            Some((person, store::name_of(&reading, person).await?))
        }
    };
    if typed.from.is_empty() {
        typed.from = desk.caller.today().to_string();
    }
    Ok(FormView {
        shell: desk.shell("任命机关岗位"),
        kinds: kinds(),
        districts: invitations::districts(&reading).await?,
        known,
        typed,
        faults,
    })
}

async fn blank(desk: Desk, Query(typed): Query<Typed>) -> Page {
    let view = form(&desk, typed, Faults::default()).await?;
    desk.page(&view)
}

/// What came of an appointment: whose account, and the slip of a newcomer's.
struct Given {
    person: PersonId,
    slip: Option<Slip>,
}

async fn give(desk: Desk, headers: HeaderMap, Form(typed): Form<Typed>) -> Page {
    match given(&desk, &typed).await {
        Ok(Given { slip: Some(slip), .. }) => invitations::slips_page(&desk, vec![slip], &headers),
        Ok(Given { person, slip: None }) => answer::see(&format!("/accounts/{person}")),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = form(&desk, typed, faults.clone()).await?;
            desk.form_again(&view, &faults)
        }
    }
}

async fn given(desk: &Desk, typed: &Typed) -> Result<Given, Failure> {
    let appointment = typed.read()?;
    if !typed.person.is_empty() {
        let person = typed.person.parse().map_err(|_| Failure::NotFound)?;
        acts::appoint(desk.db(), &desk.caller, person, &appointment).await?;
        return Ok(Given { person, slip: None });
    }
    let newcomer = Newcomer { name: typed.name.clone(), login: typed.login.clone() };
    let (person, slip) = acts::welcome(desk.db(), &desk.caller, &newcomer, &appointment).await?;
    Ok(Given { person, slip })
}

/// An ending as it was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
struct EndingTyped {
    on: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "officers/pages/show.html")]
struct ShowView {
    shell: Shell,
    href: String,
    post: Post,
    name: String,
    last_day: Option<Date>,
    may_end: bool,
    typed: EndingTyped,
    faults: Faults,
}

async fn view(
    desk: &Desk,
    id: PostId,
    mut typed: EndingTyped,
    faults: Faults,
) -> Result<ShowView, Failure> {
    let reading = desk.reading();
    let post = crate::posts::find(&reading, id).await?.ok_or(Failure::NotFound)?;
    if !post.kind.is_of_office() {
        return Err(Failure::NotFound);
    }
    if typed.on.is_empty() {
        typed.on = desk.caller.today().to_string();
    }
    Ok(ShowView {
        shell: desk.shell(post.label()),
        href: format!("/accounts/officers/{id}"),
        name: store::name_of(&reading, post.person).await?,
        last_day: post.valid_to.pred_opt().filter(|_| !post.is_open_ended()),
        may_end: post.valid_to > desk.caller.today() && post.person != desk.caller.person,
        post,
        typed,
        faults,
    })
}

async fn show(desk: Desk, Path(id): Path<PostId>) -> Page {
    let view = view(&desk, id, EndingTyped::default(), Faults::default()).await?;
    desk.page(&view)
}

async fn end(desk: Desk, Path(id): Path<PostId>, Form(typed): Form<EndingTyped>) -> Page {
    let ended = match parsed(&typed.on) {
        Some(on) => acts::end(desk.db(), &desk.caller, id, on, &typed.reason).await,
        None => Err(Invalid::field("on", "请填写离任日期，如 2026-03-01").into()),
    };
    match ended {
        Ok(post) => answer::see(&format!("/accounts/{}", post.person)),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = view(&desk, id, typed, faults.clone()).await?;
            desk.form_again(&view, &faults)
        }
    }
}
