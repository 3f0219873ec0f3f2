//! Choosing what to act as: a post of one's own, or another's as a stand-in.

use askama::Template;
use axum::http::HeaderMap;
use kernel::{Failure, PostId, StandInId};
use serde::Deserialize;
use web::{Desk, Ended, Form, Page, Shell};

use super::super::acts;
use super::super::types;
use super::{SESSION_COOKIE, cookie, onward};
use crate::posts::{self, Post};
use crate::stand_ins;

struct Choice {
    id: String,
    title: String,
    place: String,
    term: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "switch_post.html")]
struct SwitchView {
    shell: Shell,
    posts: Vec<Choice>,
}

pub(super) async fn page(desk: Desk) -> Page {
    let reading = desk.reading();
    let caller = &desk.caller;
    let held = posts::in_force_of(&reading, &[caller.person]).await?;
    let taken = stand_ins::in_force_of(&reading, caller.person).await?;
    let place = |post: &Post| match post.at.as_str() {
        "" => desk.app.settings.city_name.clone(),
        at => at.to_owned(),
    };
    let own = held.into_iter().map(|post| Choice {
        id: post.id.to_string(),
        title: post.kind.label().to_owned(),
        place: place(&post),
        term: if post.is_open_ended() {
            format!("自 {} 起", post.valid_from)
        } else {
            format!("{} 至 {}", post.valid_from, post.valid_to)
        },
        current: post.id == caller.post,
    });
    let others = taken.into_iter().map(|one| Choice {
        id: one.id.to_string(),
        title: format!("{}（代理{}）", one.post.kind.label(), one.giver),
        place: place(&one.post),
        term: format!("代理至 {}", one.to.pred_opt().unwrap_or(one.to)),
        current: one.post.id == caller.post,
    });
    let choices = own.chain(others).collect();
    desk.page(&SwitchView { shell: desk.shell("切换岗位"), posts: choices })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct SwitchForm {
    post: String,
}

pub(super) async fn switch(desk: Desk, headers: HeaderMap, Form(form): Form<SwitchForm>) -> Page {
    let token = cookie(&headers, SESSION_COOKIE).ok_or(Ended::SignedOut)?;
    let post = form.post.parse::<PostId>().map(types::Choice::Post);
    let stand_in = form.post.parse::<StandInId>().map(types::Choice::StandIn);
    let choice = post.or(stand_in).map_err(|_| Failure::NotFound)?;
    let fresh = acts::choose_post(desk.db(), &desk.caller, &token, choice).await?;
    Ok(onward(&desk.app, &fresh, "/"))
}
