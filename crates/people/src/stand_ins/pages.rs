use askama::Template;
use kernel::{Date, Failure, Invalid, Permission, PersonId, StandInId};
use serde::Deserialize;
use web::{Desk, Faults, Form, Page, Path, Routes, Shell, answer};

use super::types::StandIn;
use super::{acts, rules, store};
use crate::posts::Post;

/// Giving one's post to another for some days, and ending it.
pub fn routes() -> Routes {
    Routes::default()
        .page("/stand-ins", Permission::Workbench, show)
        .act("/stand-ins", Permission::Workbench, give)
        .act("/stand-ins/{stand_in}/ending", Permission::Workbench, end)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    person: String,
    from: String,
    last: String,
    reason: String,
}

struct Line {
    href: String,
    post: String,
    /// Giver and stand-in, as a sentence.
    who: String,
    days: String,
    reason: String,
    state: &'static str,
    can_be_ended: bool,
}

#[derive(Template)]
#[template(path = "stand_ins/pages/show.html")]
struct View {
    shell: Shell,
    lines: Vec<Line>,
    /// The post that could be given.
    post: Option<Post>,
    /// Why it can't.
    why_not: String,
    candidates: Vec<(String, String)>,
    longest: i64,
    typed: Typed,
    faults: Faults,
}

fn line(one: StandIn, me: PersonId, today: Date) -> Line {
    let last = one.to.pred_opt().unwrap_or(one.to);
    let post_is_over = one.post.valid_to <= today;
    let (state, is_open) = match (one.ended_at, today) {
        (Some(_), _) => ("已终止", false),
        (None, day) if one.to <= day || post_is_over => ("已到期", false),
        (None, day) if day < one.from => ("未开始", true),
        _ => ("代理中", true),
    };
    let who = if one.person == me {
        format!("由我代理{}", one.giver)
    } else {
        format!("由{}代理", one.name)
    };
    Line {
        href: format!("/stand-ins/{}", one.id),
        post: one.post.label(),
        who,
        days: format!("{} 至 {last}", one.from),
        reason: one.reason,
        state,
        can_be_ended: is_open,
    }
}

async fn view(desk: &Desk, typed: Typed, faults: Faults) -> Result<View, Failure> {
    let reading = desk.reading();
    let caller = &desk.caller;
    let around = store::around(&reading, caller.person).await?;
    let lines = around.into_iter().map(|one| line(one, caller.person, caller.today())).collect();
    let (post, why_not) = match acts::own_post(&reading, caller).await {
        Ok(post) => (Some(post), String::new()),
        Err(Failure::Refused(refusal)) => (None, refusal.text),
        Err(other) => return Err(other),
    };
    let candidates = match &post {
        Some(post) => acts::candidates(&reading, post).await?,
        None => Vec::new(),
    };
    Ok(View {
        shell: desk.shell("岗位代理"),
        lines,
        post,
        why_not,
        candidates: candidates.into_iter().map(|(id, label)| (id.to_string(), label)).collect(),
        longest: rules::LONGEST_DAYS,
        typed,
        faults,
    })
}

async fn show(desk: Desk) -> Page {
    let today = desk.caller.today().to_string();
    let typed = Typed { from: today, ..Typed::default() };
    let view = view(&desk, typed, Faults::default()).await?;
    desk.page(&view)
}

impl Typed {
    fn wanted(&self) -> Result<acts::Wanted, Failure> {
        let mut invalid = Invalid::default();
        let person = self.person.parse::<PersonId>();
        if person.is_err() {
            invalid.add("person", "请选择代理人");
        }
        let from = self.from.trim().parse::<Date>();
        if from.is_err() {
            invalid.add("from", "请填写日期，如 2026-03-01");
        }
        let to = self.last.trim().parse::<Date>().ok().and_then(|last| last.succ_opt());
        if to.is_none() {
            invalid.add("last", "请填写日期，如 2026-03-31");
        }
        match (person, from, to) {
            (Ok(person), Ok(from), Some(to)) => {
                Ok(acts::Wanted { person, from, to, reason: self.reason.clone() })
            }
            _ => Err(invalid.into()),
        }
    }
}

async fn give(desk: Desk, Form(typed): Form<Typed>) -> Page {
    let given = match typed.wanted() {
        Ok(wanted) => acts::give(desk.db(), &desk.caller, wanted).await.map(drop),
        Err(failure) => Err(failure),
    };
    match given {
        Ok(()) => answer::see("/stand-ins"),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = view(&desk, typed, faults.clone()).await?;
            desk.form_again(&view, &faults)
        }
    }
}

async fn end(desk: Desk, Path(stand_in): Path<StandInId>) -> Page {
    acts::end(desk.db(), &desk.caller, stand_in).await?;
    answer::see("/stand-ins")
}
