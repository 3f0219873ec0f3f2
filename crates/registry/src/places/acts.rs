//! Loading places.

use geography::Regions;
use kernel::{Failure, Note};
use storage::{Actor, Db};

use super::store;

/// Replaces the stored places by a bureau's own (or the shipped ones), all in one transaction. A district or street that
/// a record refers to stays, whatever the files say.
pub async fn load_regions(
    db: &Db,
    actor: impl Into<Actor>,
    regions: &Regions,
) -> Result<(), Failure> {
    let tx = db.begin(actor).await?;
    store::replace(&tx, db.city(), regions).await?;
    let summary = format!(
        "载入{}的区划：{} 个区、{} 个街道、{} 个社区{}",
        regions.city.name,
        regions.districts.len(),
        regions.streets.len(),
        regions.communities.len(),
        if regions.has_street_outlines() { "，含街道边界" } else { "，无街道边界" },
    );
    tx.commit(Note::of("regions.loaded", regions.city.code.as_str(), summary).at(db.city().clone()))
        .await
}

/// Loads the places that ship with the program into a database that has none; answers whether it did.
pub async fn ensure_shipped(db: &Db) -> Result<bool, Failure> {
    if store::are_loaded(&db.reading(db.program("first start"))).await? {
        return Ok(false);
    }
    load_regions(db, db.program("first start"), Regions::shipped()).await?;
    Ok(true)
}
