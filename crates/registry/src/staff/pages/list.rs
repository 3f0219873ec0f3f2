//! The list of staff and its workbook.

use askama::Template;
use kernel::{Date, Failure, KindergartenId, Permission};
use serde::{Deserialize, Serialize};
use storage::Source as _;
use web::{Desk, Page, Paging, Path, Query, Shell, answer};

use super::super::acts::Identities;
use super::super::types::{Filter, Listed, Position, Presence, Sort, Statistics};
use super::super::{rules, sheets, store};
use super::options;
use crate::kindergartens::{self, Kindergarten, day_of, shown_day};
use crate::places;

/// The filters as the address bears them.
#[derive(Deserialize, Serialize, Default, Clone)]
#[serde(default)]
pub(super) struct Asked {
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    district: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    kindergarten: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    position: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    backbone: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    left: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    sort: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    day: String,
    #[serde(skip_serializing)]
    page: Option<String>,
}

impl Asked {
    fn filter(&self) -> Filter {
        Filter {
            kindergarten: self.kindergarten.parse().ok(),
            district: (!self.district.is_empty()).then(|| self.district.clone()),
            position: Position::from_code(&self.position),
            backbone: match self.backbone.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            presence: match self.left.as_str() {
                "left" => Presence::Left,
                "both" => Presence::Both,
                _ => Presence::Employed,
            },
            text: self.text.clone(),
            sort: match self.sort.as_str() {
                "position" => Sort::Position,
                "hired" => Sort::Hired,
                _ => Sort::Name,
            },
        }
    }
    /// The filters as the beginning of an address, so that a page number or nothing can follow.
    fn query(&self) -> String {
        let query = serde_urlencoded::to_string(self).unwrap_or_default();
        if query.is_empty() { query } else { query + "&" }
    }
    /// The same list in a district whose code is appended.
    fn elsewhere(&self) -> String {
        let asked = Self { district: String::new(), kindergarten: String::new(), ..self.clone() };
        format!("/staff?{}district=", asked.query())
    }
}

struct Line {
    href: String,
    name: String,
    kindergarten: (String, String),
    position: &'static str,
    title: &'static str,
    education: &'static str,
    backbone: bool,
    hired_on: Date,
    left_on: Option<Date>,
}

/// The kindergarten whose staff is listed.
struct Own {
    href: String,
    name: String,
    may_hire: bool,
}

#[derive(Template)]
#[template(path = "staff/pages/list.html")]
struct ListView {
    shell: Shell,
    city: String,
    asked: Asked,
    action: String,
    elsewhere: String,
    query: String,
    export: String,
    paging: Paging,
    lines: Vec<Line>,
    own: Option<Own>,
    statistics: Statistics,
    backbone_percent: Option<String>,
    districts: Vec<(String, String)>,
    positions: Vec<(&'static str, &'static str)>,
    is_narrowed: bool,
    may_import: bool,
}

pub(super) async fn everywhere(desk: Desk, Query(asked): Query<Asked>) -> Page {
    list(&desk, asked, None).await
}

pub(super) async fn of_kindergarten(
    desk: Desk,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    let id: KindergartenId = id.parse().map_err(|_| Failure::NotFound)?;
    let day = day_of(&asked.day, desk.caller.today());
    let own = kindergartens::store::find(&desk.reading(), id, day).await?;
    // 2.1.2-8: the kindergarten is in sight of its cluster, its staff is not.
    rules::may_read(&desk.caller, id)?;
    let asked = Asked { kindergarten: id.to_string(), district: String::new(), ..asked };
    list(&desk, asked, Some(own)).await
}

async fn list(desk: &Desk, asked: Asked, own: Option<Kindergarten>) -> Page {
    let reading = desk.reading();
    let (filter, today) = (asked.filter(), desk.caller.today());
    let day = day_of(&asked.day, today);
    let counting = store::count(&reading, &filter, day);
    let total = *reading.remembered("staff counted", (&filter, day), counting).await?;
    let paging = Paging::of(asked.page.as_deref(), total);
    let (limit, offset) = (paging.limit(), paging.offset());
    let listing = store::list(&reading, &filter, day, limit, offset);
    let asked_for = (&filter, day, limit, offset);
    let found = reading.remembered("staff listed", asked_for, listing).await?;
    let (kindergarten, district) = (filter.kindergarten, filter.district.as_deref());
    let counting = store::statistics(&reading, kindergarten, district, day);
    let statistics =
        *reading.remembered("staff statistics", (kindergarten, district, day), counting).await?;
    let reached = places::store::reached(&reading).await?;
    // One district is no choice.
    let districts = if reached.len() > 1 && own.is_none() {
        reached.into_iter().map(|district| (district.code, district.name)).collect()
    } else {
        Vec::new()
    };
    // A kindergarten's own people look at one kindergarten, whichever way they came.
    let own = own.map(|own| Own {
        href: format!("/kindergartens/{}", own.id),
        may_hire: may_hire(desk, own.id),
        name: own.facts.name.to_string(),
    });
    let mut shell = desk.shell(match &own {
        Some(own) => format!("{}教职工", own.name),
        None => "教职工".to_owned(),
    });
    shell.day = shown_day(day, today);
    let bare = Filter {
        kindergarten: filter.kindergarten,
        district: filter.district.clone(),
        sort: filter.sort,
        ..Filter::default()
    };
    let view = ListView {
        shell,
        city: desk.app.settings.city_name.clone(),
        action: own
            .as_ref()
            .map_or_else(|| "/staff".to_owned(), |own| format!("{}/staff", own.href)),
        elsewhere: asked.elsewhere(),
        export: format!("/staff.xlsx?{}", asked.query()),
        query: asked.query(),
        is_narrowed: filter != bare,
        asked,
        paging,
        lines: found.iter().cloned().map(line).collect(),
        own,
        statistics,
        backbone_percent: statistics.backbone_percent().map(|percent| format!("{percent:.1}")),
        districts,
        positions: options!(Position),
        may_import: desk.caller.may(Permission::ImportRegister),
    };
    desk.page(&view)
}

fn may_hire(desk: &Desk, kindergarten: KindergartenId) -> bool {
    desk.caller.may(Permission::KeepStaff) && rules::may_employ(&desk.caller, kindergarten).is_ok()
}

fn line(each: Listed) -> Line {
    Line {
        href: format!("/staff/{}", each.id),
        kindergarten: (
            format!("/kindergartens/{}/staff", each.kindergarten),
            each.kindergarten_name,
        ),
        name: each.facts.name.into(),
        position: each.facts.position.label(),
        title: each.facts.title.map_or("", super::super::types::Title::label),
        education: each.facts.education.map_or("", super::super::types::Education::label),
        backbone: each.facts.backbone,
        hired_on: each.facts.hired_on,
        left_on: each.facts.left_on,
    }
}

/// The same list with the same filters, whole; identity numbers are masked.
pub(super) async fn workbook(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let reading = desk.reading();
    let filter = asked.filter();
    let day = day_of(&asked.day, desk.caller.today());
    let found = store::list(&reading, &filter, day, store::MOST, 0).await?;
    let notes = vec![format!("{day} 的情况；共 {} 人；筛选：{}", found.len(), told(&filter))];
    let identities = Identities::of(desk.db());
    // A whole city takes a while to write: not on the threads that answer requests.
    let bytes = tokio::task::spawn_blocking(move || {
        let sheet = sheets::list(&found, &identities, "教职工名册", notes);
        ::sheets::write_lists(&[sheet]).map_err(Failure::broken)
    });
    answer::workbook(&format!("教职工名册-{day}.xlsx"), bytes.await.map_err(Failure::broken)??)
}

/// The filters in words.
fn told(filter: &Filter) -> String {
    let words = [
        filter.kindergarten.map(|_| "指定幼儿园".to_owned()),
        filter.district.as_ref().map(|_| "指定区".to_owned()),
        filter.position.map(|position| position.label().to_owned()),
        filter.backbone.map(|yes| if yes { "骨干教师" } else { "非骨干教师" }.to_owned()),
        match filter.presence {
            Presence::Employed => Some("在职".to_owned()),
            Presence::Left => Some("已离职".to_owned()),
            Presence::Both => None,
        },
        (!filter.text.is_empty()).then(|| format!("含“{}”", filter.text)),
    ];
    let words: Vec<String> = words.into_iter().flatten().collect();
    if words.is_empty() { "无".to_owned() } else { words.join("、") }
}
