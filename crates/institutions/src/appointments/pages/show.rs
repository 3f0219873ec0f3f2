//! One post: whose, where, by which letter; the person's other posts; and its end.

use askama::Template;
use kernel::{Caller, Date, Failure, Invalid, PostId, PostScope};
use serde::Deserialize;
use web::{Desk, Faults, Page, Path, Shell, answer};

use super::{new_form, place_of};
use crate::appointments::types::{Door, Ending, Filter, Holding};
use crate::appointments::{acts, rules, store};

/// Most posts of a person that the page shows.
const MOST_OTHERS: i64 = 50;

/// The end as it was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    on: String,
    reason: String,
    end_paper_number: String,
}

impl Typed {
    fn read(&self) -> Result<Ending, Failure> {
        let on = Date::parse_from_str(self.on.trim(), "%Y-%m-%d")
            .map_err(|_| Invalid::field("on", "请填写离任日期，如 2026-03-01"))?;
        let (reason, paper_number) = (self.reason.clone(), self.end_paper_number.clone());
        Ok(Ending { on, reason, paper_number })
    }
}

#[derive(Template)]
#[template(path = "appointments/pages/show.html")]
struct ShowView {
    shell: Shell,
    today: Date,
    held: Holding,
    place: String,
    others: Vec<Holding>,
    /// Where it can be ended; none when this post can't, or it has ended.
    end: Option<String>,
    renew: Option<String>,
    needs_paper: bool,
    typed: Typed,
    faults: Faults,
}

async fn view(
    desk: &Desk,
    held: Holding,
    typed: Typed,
    faults: Faults,
) -> Result<ShowView, Failure> {
    let reading = desk.reading();
    let today = desk.caller.today();
    let filter = Filter { person: Some(held.person), ..Filter::default() };
    let others = store::list(&reading, &filter, today, MOST_OTHERS, 0).await?;
    let ground = store::ground(&reading, &held.scope, today).await;
    let may = held.kind.given_with().is_some_and(|permission| desk.caller.may(permission))
        && match &ground {
            Ok(ground) => rules::may_give(&desk.caller, held.kind, ground).is_ok(),
            Err(Failure::NotFound) => in_own_district(&desk.caller, &held),
            Err(_) => false,
        };
    let folder = Door::of(held.kind).map_or("", Door::folder);
    let renew = (may && ground.is_ok() && held.last_day().is_some()).then(|| {
        format!("{}&person={}&from={}", new_form(held.kind, &held.scope), held.person, held.to)
    });
    Ok(ShowView {
        shell: desk.shell(format!("{} {}", held.name, held.kind.label())),
        today,
        place: place_of(&held.scope),
        others: others.into_iter().filter(|other| other.id != held.id).collect(),
        end: (may && today < held.to).then(|| format!("/{folder}/{}/end", held.id)),
        renew,
        needs_paper: Door::of(held.kind) != Some(Door::Liaisons),
        held,
        typed,
        faults,
    })
}

/// A post whose place is gone is ended by the district in which it lay.
fn in_own_district(caller: &Caller, held: &Holding) -> bool {
    match &caller.scope {
        PostScope::District(own) => *own == held.district,
        PostScope::City => true,
        PostScope::Kindergarten(_) | PostScope::Cluster(_) => false,
    }
}

async fn found(desk: &Desk, id: PostId) -> Result<Holding, Failure> {
    store::find(&desk.reading(), id, desk.caller.today()).await
}

pub(super) async fn show(desk: Desk, Path(id): Path<PostId>) -> Page {
    let held = found(&desk, id).await?;
    let typed = Typed { on: desk.caller.today().to_string(), ..Typed::default() };
    let view = view(&desk, held, typed, Faults::default()).await?;
    desk.page(&view)
}

pub(super) async fn end(desk: Desk, door: Door, id: PostId, typed: Typed) -> Page {
    let held = found(&desk, id).await?;
    if Door::of(held.kind) != Some(door) {
        return Err(Failure::NotFound.into());
    }
    match ended(&desk, id, &typed).await {
        Ok(()) => answer::see(&format!("{}/staffing", place_of(&held.scope))),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = view(&desk, held, typed, faults.clone()).await?;
            desk.form_again(&view, &faults)
        }
    }
}

async fn ended(desk: &Desk, id: PostId, typed: &Typed) -> Result<(), Failure> {
    acts::end(desk.db(), &desk.caller, id, &typed.read()?).await
}
