//! One member as of any day; leaving; a look at the identity number.

use askama::Template;
use kernel::{Date, Failure, Invalid, OPEN_END, Permission};
use serde::Deserialize;
use web::{Desk, Faults, Form, Page, Path, Query, Shell, answer};

use super::super::acts::{self, Identities};
use super::super::types::{Change, Facts, Finding, Member, StaffState, StateNumber};
use super::super::{rules, store};
use super::{id_of, last_day, parse_day};
use crate::kindergartens::{day_of, shown_day};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OnDay {
    day: String,
}

/// What changed on one day.
struct Turn {
    on: Date,
    recorded: String,
    cause: String,
    changes: Vec<Change>,
}

/// What was typed to record leaving.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Leaving {
    seen: String,
    day: String,
    cause: String,
}

/// What was typed to see a number whole.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Unmasking {
    reason: String,
}

#[derive(Template)]
#[template(path = "staff/pages/show.html")]
struct ShowView {
    shell: Shell,
    href: String,
    kindergarten_href: String,
    staff_href: String,
    kindergarten: String,
    day: Date,
    facts: Facts,
    since: Date,
    is_known_to_end: Option<Date>,
    mask: String,
    /// The whole number, right after a reason was given.
    number: Option<String>,
    hints: Vec<Finding>,
    turns: Vec<Turn>,
    may_correct: bool,
    may_leave: bool,
    may_unmask: bool,
    seen: String,
    leaving: Leaving,
    unmasking: Unmasking,
    faults: Faults,
}

pub(super) async fn show(desk: Desk, path: Path<String>, Query(on): Query<OnDay>) -> Page {
    let today = desk.caller.today();
    let day = day_of(&on.day, today);
    let member = match store::find(&desk.reading(), id_of(&path)?, day).await {
        // Somebody who begins later is shown as of the first day.
        Err(Failure::NotFound) if on.day.is_empty() => {
            store::find(&desk.reading(), id_of(&path)?, last_day()).await?
        }
        found => found?,
    };
    let day = day.max(member.since);
    let view = view(&desk, member, day, Faults::default()).await?;
    desk.page(&view)
}

async fn view(desk: &Desk, member: Member, day: Date, faults: Faults) -> Result<ShowView, Failure> {
    let (caller, today) = (&desk.caller, desk.caller.today());
    let reading = desk.reading();
    let states = store::history(&reading, member.id).await?;
    let latest = store::find(&reading, member.id, last_day()).await?;
    let mut shell = desk.shell(member.facts.name.as_str());
    shell.day = shown_day(day, today);
    let keeps = caller.may(Permission::KeepStaff);
    Ok(ShowView {
        shell,
        href: format!("/staff/{}", member.id),
        kindergarten_href: format!("/kindergartens/{}", member.kindergarten),
        staff_href: format!("/kindergartens/{}/staff", member.kindergarten),
        kindergarten: member.kindergarten_name.clone(),
        day,
        since: member.since,
        is_known_to_end: (member.until != OPEN_END).then_some(member.until),
        mask: Identities::of(desk.db()).mask(member.id, member.identity.as_ref()),
        number: None,
        hints: rules::check(&member.facts, today),
        turns: turns(&states),
        may_correct: keeps
            && rules::may_keep(caller, member.kindergarten, &member.district, member.run_by)
                .is_ok(),
        may_leave: keeps
            && rules::may_employ(caller, member.kindergarten).is_ok()
            && latest.facts.left_on.is_none(),
        may_unmask: caller.may(Permission::UnmaskIdentity) && member.identity.is_some(),
        seen: latest.state.0.to_string(),
        leaving: Leaving { day: today.to_string(), ..Leaving::default() },
        unmasking: Unmasking::default(),
        facts: member.facts,
        faults,
    })
}

/// The history from the states, the latest first: each against the one before it.
fn turns(states: &[StaffState]) -> Vec<Turn> {
    let before = states.iter().skip(1).map(Some).chain([None]);
    let turn = |(state, before): (&StaffState, Option<&StaffState>)| Turn {
        on: state.from,
        recorded: state.recorded_at.to_string(),
        cause: state.cause.clone(),
        changes: before
            .map(|before| rules::changes(&before.facts, &state.facts))
            .unwrap_or_default(),
    };
    states.iter().zip(before).map(turn).collect()
}

pub(super) async fn leave(desk: Desk, path: Path<String>, Form(typed): Form<Leaving>) -> Page {
    let id = id_of(&path)?;
    match left(&desk, id, &typed).await {
        Ok(()) => answer::see(&format!("/staff/{id}")),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let member = store::find(&desk.reading(), id, last_day()).await;
            let Ok(member) = member else { return Err(refused_again(&faults).into()) };
            let day = desk.caller.today().max(member.since);
            let view = ShowView { leaving: typed, ..view(&desk, member, day, faults).await? };
            desk.form_again(&view, &view.faults)
        }
    }
}

/// What was refused of a member whose page the caller may not see is refused without it.
fn refused_again(faults: &Faults) -> Failure {
    match faults.refusal() {
        Some(refusal) => Failure::Refused(refusal.clone()),
        None => Failure::NotFound,
    }
}

async fn left(desk: &Desk, id: kernel::StaffId, typed: &Leaving) -> Result<(), Failure> {
    let mut invalid = Invalid::default();
    let day = parse_day(&typed.day);
    if day.is_none() {
        invalid.add("day", "请填写离职日期，如 2026-02-03。");
    }
    let cause = typed.cause.trim();
    if cause.is_empty() || cause.chars().count() > 200 {
        invalid.add("cause", "请写明离职原因，200 字以内。");
    }
    // Whose record it is, is asked before what was typed: a centre's try is refused for what it is.
    let member = store::find_widely(&desk.reading(), id, last_day()).await?;
    rules::may_employ(&desk.caller, member.kindergarten)?;
    invalid.or_ok()?;
    let seen = StateNumber(typed.seen.parse().unwrap_or_default());
    acts::leave(desk.db(), &desk.caller, id, seen, day.unwrap_or_default(), cause).await
}

/// The member's page with the whole number, once: it stands in no address and no later page.
pub(super) async fn unmask(desk: Desk, path: Path<String>, Form(typed): Form<Unmasking>) -> Page {
    let id = id_of(&path)?;
    let unmasked = acts::unmask(desk.db(), &desk.caller, id, &typed.reason).await;
    let shown = async |faults| -> Result<ShowView, Failure> {
        let member = store::find(&desk.reading(), id, last_day()).await?;
        let day = desk.caller.today().max(member.since);
        view(&desk, member, day, faults).await
    };
    match unmasked {
        Ok(number) => {
            let number = Some(number.whole().to_owned());
            desk.page(&ShowView { number, ..shown(Faults::default()).await? })
        }
        Err(failure) => {
            let faults = Faults::of(failure)?;
            match shown(faults.clone()).await {
                Ok(view) => desk.form_again(&ShowView { unmasking: typed, ..view }, &faults),
                Err(_) => Err(refused_again(&faults).into()),
            }
        }
    }
}
