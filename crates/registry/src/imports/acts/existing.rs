//! Clusters that a district has already, from file to dated rows.

use std::collections::{BTreeMap, BTreeSet};

use geography::{Plane, Point, Regions};
use kernel::{Date, Failure, ImportId, Invalid, KindergartenId, Note, OPEN_END, Place};
use policy::Strength;
use policy::plan_rules::{KindergartenFacts, Position};
use sheets::{Limits, Table};
use storage::{Actor, Db, Source};

use super::super::rules::{self, Ground, Refusal, Whose};
use super::super::store::{self, NewImport};
use super::super::types::{Import, Kind, Takeover, Told, ToldCluster};
use crate::clusters::{self, Decision, NewCluster, StandingException};
use crate::kindergartens::{self, Existing, Kindergarten};
use crate::{places, settings};

const CHANGED_MEANWHILE: &str =
    "预览之后名册或学区有了变化，没有保存任何内容。请核对新的预览后再确认。";

/// Reads the clusters that a district has, in force or past, asks the rules of each as of its first day, and keeps that as
/// a preview. Nothing is saved before [`apply_clusters`].
pub async fn preview_clusters(
    db: &Db,
    actor: impl Into<Actor>,
    file_name: &str,
    bytes: Vec<u8>,
) -> Result<ImportId, Failure> {
    let actor = actor.into();
    let place = rules::place(&actor.reach, db.city())?;
    let district = district_of(&place)?.to_owned();
    let table = read(&bytes).await?;
    let reading = db.reading(actor.clone());
    let told = examine(&reading, &table, &district).await?;
    let first = told.states.iter().map(|state| state.from).min().unwrap_or_else(|| reading.today());
    let tx = db.begin(actor).await?;
    let id: ImportId = tx.mint();
    let file_digest = rules::digest(&bytes);
    let import = NewImport {
        id,
        kind: Kind::Clusters,
        place: &place,
        file_name,
        file_digest: &file_digest,
        day: first,
        counts: rules::counts(&told),
        content: serde_json::to_string(&told).map_err(Failure::broken)?,
    };
    store::insert(&tx, import, bytes).await?;
    let text = format!(
        "上传已设立的学区“{file_name}”，读到 {} 个学区（时段），尚未保存",
        told.states.len()
    );
    let note = Note::of("import.previewed", id, text).at(place);
    tx.commit(note.after(&serde_json::json!({ "file_sm3": file_digest }))).await?;
    Ok(id)
}

/// Saves the clusters of a preview: states, memberships, and the departures from in-principle rules as exceptions with the
/// officer's reasons. Answers how many states.
///
/// # Errors
/// [`Failure::Stale`] when the register or the clusters have changed since the preview: nothing is saved, and
/// [`renew_clusters`] makes the preview anew.
pub async fn apply_clusters(
    db: &Db,
    actor: impl Into<Actor>,
    id: ImportId,
    takeover: &Takeover,
) -> Result<usize, Failure> {
    let actor = actor.into();
    let reading = db.reading(actor.clone());
    let import = store::find(&reading, Kind::Clusters, id).await?;
    rules::open(&import)?;
    let told: Told = store::content(&reading, id).await?;
    let taken = rules::take(&told, takeover, reading.today())?;
    let table = read(&store::file(&reading, id).await?).await?;
    let district = district_of(&import.place)?;

    let tx = db.begin(actor).await?;
    places::store::lock_district(&tx, district).await?;
    store::mark_applied(&tx, id).await?;
    if examine(&tx, &table, district).await? != told {
        return Err(Failure::Stale(CHANGED_MEANWHILE.to_owned()));
    }
    let known = everybody(&tx, district, tx.today()).await?;
    let ids: BTreeMap<&str, KindergartenId> =
        known.iter().map(|one| (one.facts.register_id.as_str(), one.id)).collect();
    let causes: Vec<String> =
        taken.iter().map(|(_, reason)| cause(&import, reason.as_deref())).collect();
    let states: Vec<(NewCluster, Decision<'_>)> = taken
        .iter()
        .zip(&causes)
        .map(|((state, _), cause)| Ok((new_cluster(state, &ids)?, decision(state, cause))))
        .collect::<Result<_, Failure>>()?;
    let clusters = clusters::acts::bring_along(&tx, district, &states).await?;
    let approver = tx.actor().name.clone();
    for (cluster, (state, reason)) in clusters.iter().zip(&taken) {
        let Some(reason) = reason else { continue };
        for rule in in_principle(state) {
            let exception = StandingException {
                cluster: *cluster,
                rule: rule.to_owned(),
                reason: reason.clone(),
                approved_by: approver.clone(),
                paper_number: state.document.clone(),
                from: state.from,
                to: if state.is_open() {
                    takeover.until.succ_opt().unwrap_or(OPEN_END)
                } else {
                    state.to
                },
            };
            clusters::acts::record_exception(&tx, &exception).await?;
        }
    }
    let text = format!("导入已设立的学区“{}”：{} 个学区（时段）", import.file_name, taken.len());
    let reasons: Vec<(&str, Date, &str)> = taken
        .iter()
        .filter_map(|(state, reason)| Some((state.name.as_str(), state.from, reason.as_deref()?)))
        .collect();
    let after = serde_json::json!({ "states": taken.len(), "reasons": reasons, "file_sm3": import.file_digest });
    tx.commit(Note::of("import.applied", id, text).at(import.place).after(&after)).await?;
    Ok(taken.len())
}

/// Makes the preview of open clusters anew, against the register and the clusters as they are now.
pub async fn renew_clusters(db: &Db, actor: impl Into<Actor>, id: ImportId) -> Result<(), Failure> {
    let actor = actor.into();
    let reading = db.reading(actor.clone());
    let import = store::find(&reading, Kind::Clusters, id).await?;
    rules::open(&import)?;
    let table = read(&store::file(&reading, id).await?).await?;
    let told = examine(&reading, &table, district_of(&import.place)?).await?;
    let content = serde_json::to_string(&told).map_err(Failure::broken)?;
    let tx = db.begin(actor).await?;
    store::replace(&tx, id, rules::counts(&told), content).await?;
    let text = format!("名册或学区有变化，重新预览“{}”，尚未保存", import.file_name);
    tx.commit(Note::of("import.previewed", id, text).at(import.place)).await
}

fn district_of(place: &Place) -> Result<&str, Refusal> {
    place.district().ok_or(Refusal::NotADistrict)
}

fn cause(import: &Import, reason: Option<&str>) -> String {
    let source = format!("导入已设立的学区“{}”", import.file_name);
    reason.map_or_else(|| source.clone(), |reason| format!("{source}：{reason}"))
}

fn decision<'a>(state: &'a ToldCluster, cause: &'a str) -> Decision<'a> {
    Decision { from: state.from, to: state.to, paper_number: &state.document, cause }
}

fn new_cluster(
    state: &ToldCluster,
    ids: &BTreeMap<&str, KindergartenId>,
) -> Result<NewCluster, Failure> {
    let id = |register_id: &str| {
        ids.get(register_id).copied().ok_or_else(|| Failure::Stale(CHANGED_MEANWHILE.to_owned()))
    };
    let centre = state
        .centre
        .as_ref()
        .ok_or_else(|| Failure::broken("a cluster without a centre was taken"))?;
    Ok(NewCluster {
        keep: None,
        name: state.name.clone(),
        centre: id(&centre.id)?,
        members: state.members.iter().map(|member| id(&member.id)).collect::<Result<_, _>>()?,
    })
}

/// The in-principle rules from which a state departs, each once.
fn in_principle(state: &ToldCluster) -> BTreeSet<&'static str> {
    let faults = state.faults.iter().filter(|fault| fault.strength == Strength::InPrinciple);
    faults.map(|fault| fault.rule.code()).collect()
}

async fn read(bytes: &[u8]) -> Result<Table, Failure> {
    let bytes = bytes.to_vec();
    let read = tokio::task::spawn_blocking(move || sheets::read(&bytes, &Limits::default()));
    read.await
        .map_err(Failure::broken)?
        .map_err(|why| Invalid::field("file", why.to_string()).into())
}

async fn everybody(
    src: &impl Source,
    district: &str,
    day: Date,
) -> Result<Vec<Kindergarten>, Failure> {
    kindergartens::store::in_district(src, district, day).await
}

/// What a table of clusters tells, and what the rules say to it today: asked once for the preview, and again when it is
/// applied, with the district locked.
async fn examine(src: &impl Source, table: &Table, district: &str) -> Result<Told, Failure> {
    let regions = places::store::names(src).await?;
    let today = everybody(src, district, src.today()).await?;
    let register: Existing =
        today.iter().map(|one| (one.facts.register_id.to_string(), one.facts.clone())).collect();
    let told = clusters::sheets::read(table, &regions, &register, Some(district))
        .map_err(|why| Failure::from(Invalid::field("file", why.to_string())))?;
    let days: BTreeSet<Date> = told.states.iter().map(|state| state.from).collect();
    let is_open = told.states.iter().any(|state| state.to == OPEN_END);
    let last = is_open.then(|| OPEN_END.pred_opt()).flatten();
    for day in days.iter().copied().chain(last) {
        if let Some(own) =
            clusters::store::in_district(src, district, day).await?.into_iter().next()
        {
            return Err(Refusal::ClustersAlready {
                day: own.since.max(day.min(src.today())),
                name: own.name,
            }
            .into());
        }
    }
    let mut grounds = BTreeMap::new();
    let mut notes = Vec::new();
    for day in days {
        let (ground, unknown) = ground(src, &regions, district, day, &today).await?;
        if unknown > 0 {
            notes.push(format!(
                "名册在 {day} 还没有 {unknown} 所幼儿园的情况，按今天的登记情况核对。"
            ));
        }
        grounds.insert(day, ground);
    }
    let name = regions.district(district).map_or(district, |district| district.name.as_str());
    let whose = Whose { code: district, name, register: &register };
    let mut told = rules::judge(told, &grounds, whose, src.today());
    told.notes.splice(0..0, notes);
    Ok(told)
}

/// What the rules ask of the district on a day, and how many kindergartens are only known since later: of these they ask
/// what holds today.
async fn ground(
    src: &impl Source,
    regions: &Regions,
    district: &str,
    day: Date,
    today: &[Kindergarten],
) -> Result<(Ground, usize), Failure> {
    let mut known = everybody(src, district, day).await?;
    let ids: BTreeSet<KindergartenId> = known.iter().map(|one| one.id).collect();
    let later: Vec<Kindergarten> =
        today.iter().filter(|one| !ids.contains(&one.id)).cloned().collect();
    let unknown = later.len();
    known.extend(later);
    let next = day.succ_opt().unwrap_or(day);
    let points: Vec<Point> = known.iter().map(|one| one.facts.point).collect();
    let plane = Plane::around(&points);
    let ground = Ground {
        kindergartens: known.into_iter().map(|one| facts(one, regions, &plane)).collect(),
        names_in_use: clusters::store::names_elsewhere(src, district, day, next).await?,
        parameters: settings::parameters_of(src, district, day).await?,
    };
    Ok((ground, unknown))
}

fn facts(one: Kindergarten, regions: &Regions, plane: &Plane) -> KindergartenFacts {
    let (x_m, y_m) = plane.xy_m(one.facts.point);
    let street = one.facts.street.as_deref().and_then(|code| regions.street(code));
    KindergartenFacts {
        id: one.facts.register_id.to_string(),
        name: one.facts.name.to_string(),
        run_by: one.facts.answers_to(),
        district: one.facts.district,
        ownership: one.facts.ownership,
        grade: one.facts.grade,
        status: one.facts.status,
        delegated: one.delegated,
        position: Some(Position { x_m, y_m }),
        street: street.map_or_else(String::new, |street| street.name.clone()),
        community: one.facts.community.map_or_else(String::new, String::from),
    }
}
