use askama::Template;
use kernel::{Moment, Permission, PersonId};
use serde::Deserialize;
use web::{Desk, Faults, Form, NavLine, Page, Paging, Path, Query, Routes, Shell, answer};

use super::{acts, rules, store};
use crate::posts;

/// Accounts, for the security administrator.
pub fn routes() -> Routes {
    Routes::default()
        .page("/accounts", Permission::KeepAccounts, list)
        .page("/accounts/{person}", Permission::KeepAccounts, show)
        .act("/accounts/{person}/unlocking", Permission::KeepAccounts, unlock)
        .act("/accounts/{person}/password", Permission::KeepAccounts, set_password)
        .entry(NavLine {
            href: "/accounts",
            label: "账号与岗位",
            icon: "users",
            permission: Permission::KeepAccounts,
            order: 80,
        })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Filter {
    search: String,
    page: Option<String>,
}

struct Line {
    href: String,
    name: String,
    login: String,
    is_locked: bool,
    sessions: i64,
    posts: Vec<String>,
}

#[derive(Template)]
#[template(path = "accounts/pages/list.html")]
struct ListView {
    shell: Shell,
    search: String,
    query: String,
    paging: Paging,
    lines: Vec<Line>,
}

async fn list(desk: Desk, Query(filter): Query<Filter>) -> Page {
    let reading = desk.reading();
    let paging = Paging::of(filter.page.as_deref(), store::count(&reading, &filter.search).await?);
    let rows = store::list(&reading, &filter.search, paging.limit(), paging.offset()).await?;
    let people: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
    let held = posts::in_force_of(&reading, &people).await?;
    let lines = rows
        .into_iter()
        .map(|row| Line {
            href: format!("/accounts/{}", row.person_id),
            name: row.name,
            login: row.login,
            is_locked: rules::is_locked(Moment::from_millis(row.locked_until), desk.caller.now),
            sessions: row.sessions,
            posts: held
                .iter()
                .filter(|post| post.person == row.person_id)
                .map(posts::Post::label)
                .collect(),
        })
        .collect();
    let query = match filter.search.as_str() {
        "" => String::new(),
        text => {
            serde_urlencoded::to_string([("search", text)]).map_err(kernel::Failure::broken)? + "&"
        }
    };
    desk.page(&ListView {
        shell: desk.shell("账号与岗位"),
        search: filter.search,
        query,
        paging,
        lines,
    })
}

#[derive(Template)]
#[template(path = "accounts/pages/show.html")]
struct ShowView {
    shell: Shell,
    person: PersonId,
    name: String,
    login: String,
    locked_until: Option<String>,
    sessions: i64,
    posts: Vec<posts::Post>,
    faults: Faults,
}

async fn view(desk: &Desk, person: PersonId, faults: Faults) -> Result<ShowView, kernel::Failure> {
    let reading = desk.reading();
    let line = store::line(&reading, person).await?.ok_or(kernel::Failure::NotFound)?;
    let until = Moment::from_millis(line.locked_until);
    Ok(ShowView {
        shell: desk.shell(format!("账号 {}", line.login)),
        person,
        name: line.name,
        login: line.login,
        locked_until: rules::is_locked(until, desk.caller.now).then(|| until.to_string()),
        sessions: line.sessions,
        posts: posts::all_of(&reading, person).await?,
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
