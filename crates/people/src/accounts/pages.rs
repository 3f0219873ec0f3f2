use askama::Template;
use kernel::{Moment, Permission, PersonId};
use serde::Deserialize;
use web::{Desk, Faults, Form, NavLine, Page, Paging, Path, Query, Routes, Shell, answer};

use super::types::Standing;
use super::{acts, rules, sheets, store};
use crate::posts;

/// Accounts, for the security administrator.
pub fn routes() -> Routes {
    Routes::default()
        .page("/accounts", Permission::KeepAccounts, list)
        .page("/accounts.xlsx", Permission::KeepAccounts, export)
        .page("/accounts/{person}", Permission::KeepAccounts, show)
        .act("/accounts/{person}/unlocking", Permission::KeepAccounts, unlock)
        .act("/accounts/{person}/password", Permission::KeepAccounts, set_password)
        .act("/accounts/{person}/sessions/ending", Permission::KeepAccounts, end_sessions)
        .entry(NavLine {
            href: "/accounts",
            label: "账号与岗位",
            icon: "users",
            permission: Permission::KeepAccounts,
            order: 80,
        })
}

/// Most rows of the workbook: more accounts than a city has officers and principals.
const MOST_ROWS: i64 = 20_000;
/// The filter's word for accounts that are locked, whatever their password.
const LOCKED: &str = "locked";

#[derive(Deserialize, Default)]
#[serde(default)]
struct Filter {
    search: String,
    state: String,
    page: Option<String>,
}

impl Filter {
    fn wanted(&self, now: Moment) -> store::Wanted<'_> {
        if self.state == LOCKED {
            return acts::locked_only(&self.search, now);
        }
        let standing = Standing::from_code(&self.state);
        store::Wanted { search: &self.search, standing, locked_since: None }
    }
    fn query(&self) -> Result<String, kernel::Failure> {
        let pairs = [("search", &self.search), ("state", &self.state)];
        let given: Vec<_> = pairs.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        if given.is_empty() {
            return Ok(String::new());
        }
        Ok(serde_urlencoded::to_string(given).map_err(kernel::Failure::broken)? + "&")
    }
}

fn states() -> Vec<(&'static str, &'static str)> {
    let standings = Standing::ALL.iter().map(|standing| (standing.code(), standing.label()));
    std::iter::once((LOCKED, "已锁定")).chain(standings).collect()
}

pub(super) struct Line {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) login: String,
    pub(super) locked_until: Option<Moment>,
    pub(super) standing: Standing,
    pub(super) has_second_factor: bool,
    pub(super) sessions: i64,
    pub(super) posts: Vec<String>,
}

#[derive(Template)]
#[template(path = "accounts/pages/list.html")]
struct ListView {
    shell: Shell,
    filter: Filter,
    states: Vec<(&'static str, &'static str)>,
    query: String,
    paging: Paging,
    lines: Vec<Line>,
}

async fn lines(
    desk: &Desk,
    wanted: &store::Wanted<'_>,
    limit: i64,
    offset: i64,
) -> Result<Vec<Line>, kernel::Failure> {
    let reading = desk.reading();
    let rows = store::list(&reading, wanted, limit, offset).await?;
    let mut held = Vec::new();
    for page in rows.chunks(200) {
        let people: Vec<PersonId> = page.iter().map(|row| row.person).collect();
        held.extend(posts::in_force_of(&reading, &people).await?);
    }
    let line = |row: store::Line| Line {
        href: format!("/accounts/{}", row.person),
        name: row.name,
        login: row.login,
        locked_until: rules::locked_until(row.tries, desk.caller.now),
        standing: row.standing,
        has_second_factor: row.has_second_factor,
        sessions: row.sessions,
        posts: held
            .iter()
            .filter(|post| post.person == row.person)
            .map(posts::Post::label)
            .collect(),
    };
    Ok(rows.into_iter().map(line).collect())
}

async fn list(desk: Desk, Query(filter): Query<Filter>) -> Page {
    let wanted = filter.wanted(desk.caller.now);
    let total = store::count(&desk.reading(), &wanted).await?;
    let paging = Paging::of(filter.page.as_deref(), total);
    let lines = lines(&desk, &wanted, paging.limit(), paging.offset()).await?;
    let (shell, query) = (desk.shell("账号与岗位"), filter.query()?);
    desk.page(&ListView { shell, filter, states: states(), query, paging, lines })
}

async fn export(desk: Desk, Query(filter): Query<Filter>) -> Page {
    let lines = lines(&desk, &filter.wanted(desk.caller.now), MOST_ROWS, 0).await?;
    let bytes = sheets::list(&lines, desk.caller.now)?;
    answer::workbook(&format!("账号-{}.xlsx", desk.caller.today()), bytes)
}

#[derive(Template)]
#[template(path = "accounts/pages/show.html")]
struct ShowView {
    shell: Shell,
    href: String,
    line: store::Line,
    locked_until: Option<Moment>,
    posts: Vec<posts::Post>,
    is_own: bool,
    may_reset: bool,
    faults: Faults,
}

async fn view(desk: &Desk, person: PersonId, faults: Faults) -> Result<ShowView, kernel::Failure> {
    let reading = desk.reading();
    let line = store::line(&reading, person).await?.ok_or(kernel::Failure::NotFound)?;
    let posts = posts::all_of(&reading, person).await?;
    let not_over = posts.iter().filter(|post| post.valid_to > desk.caller.today());
    Ok(ShowView {
        shell: desk.shell(format!("账号 {}", line.login)),
        href: format!("/accounts/{person}"),
        locked_until: rules::locked_until(line.tries, desk.caller.now),
        may_reset: rules::may_be_reset(&line.login, not_over.map(|post| post.kind)).is_ok(),
        posts,
        is_own: person == desk.caller.person,
        line,
        faults,
    })
}

async fn show(desk: Desk, Path(person): Path<PersonId>) -> Page {
    let view = view(&desk, person, Faults::default()).await?;
    desk.page(&view)
}

async fn unlock(desk: Desk, Path(person): Path<PersonId>) -> Page {
    acts::unlock(desk.db(), &desk.caller, person).await?;
    answer::see(&format!("/accounts/{person}"))
}

async fn end_sessions(desk: Desk, Path(person): Path<PersonId>) -> Page {
    acts::end_sessions(desk.db(), &desk.caller, person).await?;
    answer::see(&format!("/accounts/{person}"))
}

#[derive(Deserialize)]
struct PasswordForm {
    #[serde(default)]
    password: String,
}

async fn set_password(
    desk: Desk,
    Path(person): Path<PersonId>,
    Form(form): Form<PasswordForm>,
) -> Page {
    match acts::set_password(desk.db(), &desk.caller, person, &form.password).await {
        Ok(()) => answer::see(&format!("/accounts/{person}")),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let again = view(&desk, person, faults.clone()).await?;
            desk.form_again(&again, &faults)
        }
    }
}
