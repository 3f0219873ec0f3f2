//! Beginning a plan.

use kernel::{Caller, Failure, Note, PlanId};
use storage::Db;

use super::super::rules::{Refusal, settled};
use super::super::store;
use super::super::types::{Content, StepKind};
use super::checked_name;

/// What a draft begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nothing.
    Scratch,
    /// The clusters in force today.
    InForce,
    /// Another plan of the district, as it stands.
    Copy(PlanId),
}

/// Begins a plan of a district within reach.
pub async fn draft(
    db: &Db,
    caller: &Caller,
    district: &str,
    name: &str,
    origin: Origin,
) -> Result<PlanId, Failure> {
    let name = checked_name(name)?;
    let tx = db.begin(caller).await?;
    let place = registry::places::store::district(&tx, district).await?;
    let (content, cause) = match origin {
        Origin::Scratch => {
            (Content { next_key: 1, ..Content::default() }, "新建空白方案".to_owned())
        }
        Origin::InForce => {
            let content = store::in_force(&tx, district, caller.today()).await?;
            (content, "以现行学区为底稿".to_owned())
        }
        Origin::Copy(other) => {
            let other = store::find(&tx, other).await?;
            if other.district != district {
                return Err(Refusal::OtherDistrict.into());
            }
            let facts = store::facts(&tx, district, &place.name, caller.today()).await?;
            let cause = format!("复制方案“{}”第 {} 版", other.name, other.version.number);
            (settled(other.version.content, &facts), cause)
        }
    };
    let id = store::insert(&tx, district, name, &content, &cause).await?;
    store::insert_step(&tx, id, StepKind::Drafted, 1, &cause).await?;
    let note = Note::of("plan.drafted", id, format!("开始编制{}学区划分方案“{name}”", place.name))
        .at(place.place);
    tx.commit(note).await?;
    Ok(id)
}
