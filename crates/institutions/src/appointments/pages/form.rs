//! The form on which a post is given: filled in from a gap, or for the next term of who holds it.

use std::sync::Arc;

use askama::Template;
use kernel::{Date, Failure, Invalid, OPEN_END, PostKind, PostScope};
use serde::Deserialize;
use storage::Source as _;
use web::{Desk, Faults, Page, Shell, answer};

use super::place_of;
use crate::appointments::types::{Appointment, Door, Filter, Ground, Holding, State, Who};
use crate::appointments::{acts, rules, store};

/// The form as it was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    kind: String,
    person: String,
    name: String,
    is_namesake: String,
    from: String,
    /// The last day, as offices write it; empty for until further notice.
    until: String,
    term: String,
    paper_number: String,
    replaces: String,
}

fn day(text: &str) -> Option<Date> {
    Date::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}

impl Typed {
    fn kind(&self, door: Door) -> PostKind {
        let asked = PostKind::from_code(&self.kind);
        let fits = asked.filter(|kind| door.kinds().contains(kind));
        fits.or(door.kinds().first().copied()).unwrap_or(PostKind::Liaison)
    }

    fn read(&self, door: Door, scope: &PostScope) -> Result<Appointment, Failure> {
        let mut invalid = Invalid::default();
        let kind = self.kind(door);
        let from = day(&self.from);
        if from.is_none() {
            invalid.add("from", "请填写任职日期，如 2026-03-01");
        }
        let to = if self.until.trim().is_empty() {
            from.map(|from| rules::default_end(kind, from))
        } else {
            let last = day(&self.until);
            if last.is_none() {
                invalid.add("until", "请填写任期截止日期，如 2029-02-28；长期任职可留空");
            }
            last.map(|last| last.succ_opt().unwrap_or(OPEN_END))
        };
        let who = match (self.person.parse(), self.name.trim()) {
            (Ok(person), "") => Who::Known(person),
            (Ok(_), _) => {
                invalid.add(
                    "name",
                    "已从名单中选择人员，请不要再填写姓名；登记新人时把名单选回“不在名单中”",
                );
                Who::New(String::new())
            }
            (Err(_), name) => Who::New(name.to_owned()),
        };
        match (from, to) {
            (Some(from), Some(to)) if invalid.0.is_empty() => Ok(Appointment {
                kind,
                scope: scope.clone(),
                who,
                from,
                to,
                paper_number: self.paper_number.clone(),
                stated_term: self.term.parse().ok(),
                is_namesake: !self.is_namesake.is_empty(),
                replaces: self.replaces.parse().ok(),
            }),
            _ => Err(invalid.into()),
        }
    }
}

#[derive(Template)]
#[template(path = "appointments/pages/form.html")]
struct FormView {
    shell: Shell,
    door: Door,
    ground: Ground,
    href: String,
    place: String,
    folder: &'static str,
    is_inspector: bool,
    holds_seat: bool,
    kinds: Vec<(&'static str, &'static str)>,
    people: Arc<Vec<(String, String)>>,
    terms: [(&'static str, &'static str); 3],
    /// Heads in the kindergarten today or later.
    heads: Vec<Holding>,
    typed: Typed,
    faults: Faults,
}

async fn view(
    desk: &Desk,
    door: Door,
    ground: Ground,
    mut typed: Typed,
    faults: Faults,
) -> Result<FormView, Failure> {
    let reading = desk.reading();
    let today = desk.caller.today();
    let kind = typed.kind(door);
    kind.code().clone_into(&mut typed.kind);
    if typed.from.is_empty() {
        typed.from = today.to_string();
    }
    let listing = async {
        let people = store::candidates(&reading, &ground.district, door.kinds()).await?;
        Ok(people.iter().map(candidate).collect())
    };
    let people =
        reading.remembered("candidates", (&ground.district, door.kinds()), listing).await?;
    let mut heads = Vec::new();
    if let (true, PostScope::Kindergarten(id)) = (kind.holds_seat(), &ground.scope) {
        for state in [State::Held, State::Coming] {
            let filter =
                Filter { kindergarten: Some(*id), state: Some(state), ..Filter::default() };
            let found = store::list(&reading, &filter, today, 50, 0).await?;
            heads.extend(found.into_iter().filter(|held| held.kind.holds_seat()));
        }
    }
    let place = place_of(&ground.scope);
    Ok(FormView {
        shell: desk.shell(format!("{} {}", door.title(), ground.name)),
        href: format!("{place}/staffing"),
        place,
        folder: door.folder(),
        is_inspector: kind.is_inspector(),
        holds_seat: kind.holds_seat(),
        kinds: door.kinds().iter().map(|kind| (kind.code(), kind.label())).collect(),
        people,
        terms: [("1", "第 1 届"), ("2", "第 2 届"), ("3", "第 3 届")],
        heads,
        door,
        ground,
        typed,
        faults,
    })
}

fn candidate(held: &Holding) -> (String, String) {
    let last = held.last_day().map(|last| format!("，至 {last}")).unwrap_or_default();
    let label = format!("{}（{}{}{last}）", held.name, held.at, held.kind.label());
    (held.person.to_string(), label)
}

/// The place within reach, and that this post may give there.
async fn ground(
    desk: &Desk,
    door: Door,
    scope: &PostScope,
    typed: &Typed,
) -> Result<Ground, Failure> {
    let today = desk.caller.today();
    let ground = store::ground(&desk.reading(), scope, today).await?;
    rules::may_give(&desk.caller, typed.kind(door), &ground)?;
    Ok(ground)
}

pub(super) async fn blank(desk: Desk, door: Door, scope: PostScope, typed: Typed) -> Page {
    let ground = ground(&desk, door, &scope, &typed).await?;
    let view = view(&desk, door, ground, typed, Faults::default()).await?;
    desk.page(&view)
}

pub(super) async fn give(desk: Desk, door: Door, scope: PostScope, typed: Typed) -> Page {
    let ground = ground(&desk, door, &scope, &typed).await?;
    match given(&desk, door, &scope, &typed).await {
        Ok(()) => answer::see(&format!("{}/staffing", place_of(&scope))),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = view(&desk, door, ground, typed, faults.clone()).await?;
            desk.form_again(&view, &faults)
        }
    }
}

async fn given(desk: &Desk, door: Door, scope: &PostScope, typed: &Typed) -> Result<(), Failure> {
    acts::appoint(desk.db(), &desk.caller, &typed.read(door, scope)?).await.map(drop)
}
