//! The form that changes one kindergarten's facts from a day on.

use askama::Template;
use geography::{Datum, Point};
use kernel::{Date, Failure, Invalid};
use policy::{Grade, Ownership, RunBy, Status};
use serde::Deserialize;
use web::{Desk, Faults, Form, Page, Path, Shell, answer};

use super::super::types::{
    Bounded, Facts, Field, Kindergarten, NationalCode, OpenedOn, StateNumber,
};
use super::super::{acts, rules, store};
use super::{id_of, options, parse_day};
use crate::places;

/// The form as it was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    seen: String,
    day: String,
    cause: String,
    name: String,
    former_names: String,
    former_codes: String,
    national_code: String,
    street: String,
    community: String,
    address: String,
    lon: String,
    lat: String,
    datum: String,
    ownership: String,
    run_by: String,
    grade: String,
    status: String,
    opened_on: String,
    campuses: String,
    classes: String,
    capacity: String,
    children: String,
    teachers: String,
    carers: String,
    other_staff: String,
    floor_area_m2: String,
}

#[derive(Template)]
#[template(path = "kindergartens/pages/edit.html")]
struct EditView {
    shell: Shell,
    href: String,
    name: String,
    district: String,
    typed: Typed,
    faults: Faults,
    streets: Vec<(String, String)>,
    data: Vec<(&'static str, &'static str)>,
    ownerships: Vec<(&'static str, &'static str)>,
    grades: Vec<(&'static str, &'static str)>,
    levels: Vec<(&'static str, &'static str)>,
    statuses: Vec<(&'static str, &'static str)>,
}

pub(super) async fn edit(desk: Desk, path: Path<String>) -> Page {
    let kindergarten = current(&desk, &path).await?;
    let facts = &kindergarten.facts;
    rules::may_write(&desk.caller, &facts.district, facts.answers_to())?;
    let typed = Typed::of(&kindergarten, desk.caller.today());
    let view = view(&desk, &kindergarten, typed, Faults::default()).await?;
    desk.page(&view)
}

pub(super) async fn correct(desk: Desk, path: Path<String>, Form(typed): Form<Typed>) -> Page {
    let kindergarten = current(&desk, &path).await?;
    match saved(&desk, &kindergarten, &typed).await {
        Ok(day) if day > desk.caller.today() => {
            answer::see(&format!("/kindergartens/{}?day={day}", kindergarten.id))
        }
        Ok(_) => answer::see(&format!("/kindergartens/{}", kindergarten.id)),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = view(&desk, &kindergarten, typed, faults.clone()).await?;
            desk.form_again(&view, &faults)
        }
    }
}

async fn saved(desk: &Desk, kindergarten: &Kindergarten, typed: &Typed) -> Result<Date, Failure> {
    let read = typed.read(&kindergarten.facts, desk.caller.today())?;
    let seen = StateNumber(typed.seen.parse().unwrap_or_default());
    acts::correct(
        desk.db(),
        &desk.caller,
        kindergarten.id,
        seen,
        read.day,
        &read.cause,
        read.facts,
    )
    .await?;
    Ok(read.day)
}

/// What is corrected is the latest that is known, today's or a later day's.
async fn current(desk: &Desk, path: &Path<String>) -> Result<Kindergarten, Failure> {
    let last = kernel::OPEN_END.pred_opt().unwrap_or(kernel::OPEN_END);
    store::find(&desk.reading(), id_of(path)?, last).await
}

async fn view(
    desk: &Desk,
    kindergarten: &Kindergarten,
    typed: Typed,
    faults: Faults,
) -> Result<EditView, Failure> {
    let reading = desk.reading();
    let district = places::store::district(&reading, &kindergarten.facts.district).await?;
    let streets = places::store::streets(&reading, &district.code).await?;
    Ok(EditView {
        shell: desk.shell(format!("变更 {}", kindergarten.facts.name)),
        href: format!("/kindergartens/{}", kindergarten.id),
        name: kindergarten.facts.name.to_string(),
        district: district.name,
        typed,
        faults,
        streets: streets.into_iter().map(|street| (street.code, street.name)).collect(),
        data: [Datum::Wgs84, Datum::Gcj02, Datum::Bd09]
            .map(|datum| (datum.label(), datum.label()))
            .to_vec(),
        ownerships: options!(Ownership),
        grades: options!(Grade),
        levels: options!(RunBy),
        statuses: options!(Status),
    })
}

/// What the form means.
struct Read {
    day: Date,
    cause: String,
    facts: Facts,
}

impl Typed {
    fn of(kindergarten: &Kindergarten, today: Date) -> Self {
        let facts = &kindergarten.facts;
        let count =
            |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        let joined = |texts: Vec<&str>| texts.join("、");
        Self {
            seen: kindergarten.state.0.to_string(),
            day: today.max(kindergarten.since).to_string(),
            cause: String::new(),
            name: facts.name.to_string(),
            former_names: joined(facts.former_names.iter().map(Bounded::as_str).collect()),
            former_codes: joined(facts.former_codes.iter().map(Bounded::as_str).collect()),
            national_code: facts
                .national_code
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            street: facts.street.clone().unwrap_or_default(),
            community: facts.community.as_ref().map(ToString::to_string).unwrap_or_default(),
            address: facts.address.as_ref().map(ToString::to_string).unwrap_or_default(),
            lon: facts.point.lon.to_string(),
            lat: facts.point.lat.to_string(),
            datum: Datum::Wgs84.label().to_owned(),
            ownership: facts.ownership.code().to_owned(),
            run_by: facts.run_by.map(|level| level.code().to_owned()).unwrap_or_default(),
            grade: facts.grade.code().to_owned(),
            status: facts.status.code().to_owned(),
            opened_on: facts.opened_on.map(|opened| opened.to_string()).unwrap_or_default(),
            campuses: count(facts.campuses),
            classes: count(facts.classes),
            capacity: count(facts.capacity),
            children: count(facts.children),
            teachers: count(facts.teachers),
            carers: count(facts.carers),
            other_staff: count(facts.other_staff),
            floor_area_m2: count(facts.floor_area_m2),
        }
    }

    fn read(&self, before: &Facts, today: Date) -> Result<Read, Failure> {
        let mut invalid = Invalid::default();
        let day = parse_day(&self.day);
        if day.is_none() {
            invalid.add("day", "请填写生效日期，如 2026-02-03。");
        }
        if self.cause.trim().is_empty() || self.cause.chars().count() > 200 {
            invalid.add("cause", "请写明变更原因，200 字以内。");
        }
        let facts = self.facts(before, &mut invalid);
        match (facts, day) {
            (Some(facts), day) if invalid.0.is_empty() => {
                Ok(Read { day: day.unwrap_or(today), cause: self.cause.trim().to_owned(), facts })
            }
            _ => Err(invalid.into()),
        }
    }

    fn facts(&self, before: &Facts, invalid: &mut Invalid) -> Option<Facts> {
        let name = Bounded::new(&self.name);
        if name.is_none() {
            invalid.add("name", "请填写名称，60 字以内。");
        }
        let national_code = optional(
            &self.national_code,
            "national_code",
            "应为 1144 开头的 10 位数字；没有可留空。",
            NationalCode::new,
            invalid,
        );
        let opened_on = optional(
            &self.opened_on,
            "opened_on",
            "应为年、年月或日期，如 2015、2015-09；不详可留空。",
            OpenedOn::stored,
            invalid,
        );
        let community =
            optional(&self.community, "community", "应在 40 字以内。", Bounded::new, invalid);
        let address =
            optional(&self.address, "address", "应在 120 字以内。", Bounded::new, invalid);
        let point = self.point(before, invalid);
        let ownership = chosen(Ownership::from_code(&self.ownership), "ownership", invalid);
        let grade = chosen(Grade::from_code(&self.grade), "grade", invalid);
        let status = chosen(Status::from_code(&self.status), "status", invalid);
        let former_names = texts(&self.former_names, "former_names", invalid);
        let former_codes = texts(&self.former_codes, "former_codes", invalid);
        let mut count = |text: &str, field: Field| number(text, field, invalid);
        let facts = Facts {
            register_id: before.register_id.clone(),
            national_code,
            former_codes,
            name: name?,
            former_names,
            district: before.district.clone(),
            street: (!self.street.is_empty()).then(|| self.street.clone()),
            community,
            address,
            campuses: count(&self.campuses, Field::Campuses),
            classes: count(&self.classes, Field::Classes),
            capacity: count(&self.capacity, Field::Capacity),
            children: count(&self.children, Field::Children),
            teachers: count(&self.teachers, Field::Teachers),
            carers: count(&self.carers, Field::Carers),
            other_staff: count(&self.other_staff, Field::OtherStaff),
            floor_area_m2: count(&self.floor_area_m2, Field::FloorArea),
            point: point?.0,
            datum: point?.1,
            ownership: ownership?,
            run_by: RunBy::from_code(&self.run_by),
            grade: grade?,
            opened_on,
            status: status?,
        };
        Some(facts)
    }

    /// The point in WGS-84 and the datum in which it was given. An untouched point keeps where it came from.
    fn point(&self, before: &Facts, invalid: &mut Invalid) -> Option<(Point, Datum)> {
        let (lon, lat) = (self.lon.trim().parse::<f64>().ok(), self.lat.trim().parse::<f64>().ok());
        let (Some(lon), Some(lat), Some(datum)) = (lon, lat, Datum::named(&self.datum)) else {
            invalid.add("point", "经度、纬度应为以度为单位的数字，如 113.936、22.528。");
            return None;
        };
        let point = datum.to_wgs84(lon, lat);
        if point == before.point { Some((point, before.datum)) } else { Some((point, datum)) }
    }
}

/// An empty field is nothing; what does not parse is a fault.
fn optional<T>(
    text: &str,
    field: &'static str,
    fault: &str,
    parse: impl Fn(&str) -> Option<T>,
    invalid: &mut Invalid,
) -> Option<T> {
    if text.trim().is_empty() {
        return None;
    }
    let parsed = parse(text.trim());
    if parsed.is_none() {
        invalid.add(field, fault);
    }
    parsed
}

fn chosen<T>(term: Option<T>, field: &'static str, invalid: &mut Invalid) -> Option<T> {
    if term.is_none() {
        invalid.add(field, "请选择一项。");
    }
    term
}

fn number(text: &str, field: Field, invalid: &mut Invalid) -> Option<u32> {
    optional(
        text,
        field.code(),
        "应为不带单位的整数；不详可留空。",
        |text| text.parse().ok(),
        invalid,
    )
}

fn texts<const MOST: usize>(
    text: &str,
    field: &'static str,
    invalid: &mut Invalid,
) -> Vec<Bounded<MOST>> {
    let mut all = Vec::new();
    for part in text.split(['、', '，', ',', '；', ';']).filter(|part| !part.trim().is_empty()) {
        match Bounded::new(part) {
            Some(text) => all.push(text),
            None => invalid.add(field, format!("每个应在 {MOST} 字以内，用顿号隔开。")),
        }
    }
    all
}
