//! Establishing a committee, with its cluster or for a cluster that was brought along, and the trace of what changes seats.

use kernel::{Caller, ClusterId, Date, Failure, Invalid, Note, Place, PostScope};
use registry::places::store::lock_district;
use storage::{Db, Source, Tx};

use super::rules::Refusal;
use super::store;

const LONGEST_PAPER: usize = 60;

/// 2.1.3-1: each cluster has its committee from the day of its adoption, by the same paper; a cluster that continues keeps
/// the committee it has.
pub async fn establish(
    tx: &mut Tx,
    clusters: &[ClusterId],
    on: Date,
    paper_number: &str,
    place: &Place,
) -> Result<(), Failure> {
    let fresh = store::insert(tx, clusters, on, paper_number).await?;
    let summary = format!(
        "{paper_number}：{} 个学区的治理委员会自 {on} 起按划分后的成员组成，其中新设立 {fresh} 个",
        clusters.len()
    );
    let subject = place.district().unwrap_or_default().to_owned();
    tx.note(Note::of("committee.established", subject.as_str(), summary).at(place.clone()));
    Ok(())
}

/// 2.1.3-1: registers the committee of a cluster that has none yet, because it was brought along and not adopted here.
pub async fn register(
    db: &Db,
    caller: &Caller,
    cluster: ClusterId,
    on: Date,
    paper_number: &str,
) -> Result<(), Failure> {
    let paper_number = paper_number.trim();
    if paper_number.is_empty()
        || paper_number.chars().count() > LONGEST_PAPER
        || paper_number.chars().any(char::is_control)
    {
        let text = format!("请填写成立文件的文号，不超过 {LONGEST_PAPER} 个字");
        return Err(Invalid::field("paper_number", text).into());
    }
    let tx = db.begin(caller).await?;
    let found = registry::clusters::store::find(&tx, cluster, tx.today()).await?;
    lock_district(&tx, &found.district).await?;
    if on < found.established || on > tx.today() {
        return Err(Refusal::OutOfLife(found.established, tx.today()).into());
    }
    if store::insert(&tx, &[cluster], on, paper_number).await? == 0 {
        return Err(Refusal::EstablishedAlready.into());
    }
    let place = registry::places::store::district(&tx, &found.district).await?.place;
    let summary = format!("{}自 {on} 起成立治理委员会（{paper_number}）", found.name);
    tx.commit(Note::of("committee.established", cluster, summary).at(place)).await
}

/// 2.1.3-3: a head came or went, and the kindergarten's seat with it.
pub fn seat_changed(
    tx: &mut Tx,
    scope: &PostScope,
    name: &str,
    cluster: Option<ClusterId>,
    on: Date,
    place: &Place,
) {
    let (PostScope::Kindergarten(kindergarten), Some(cluster)) = (scope, cluster) else { return };
    let summary = format!("{name}的治理委员会席位自 {on} 起随园长任免变动");
    let note = Note::of("committee.seat_changed", cluster, summary).at(place.clone());
    tx.note(note.after(&serde_json::json!({ "kindergarten": kindergarten, "on": on })));
}

/// 2.1.3-2, -3, -5: a cluster's centre or membership was amended; chair, office and seats follow.
pub fn membership_changed(tx: &mut Tx, cluster: ClusterId, on: Date, cause: &str, place: &Place) {
    let summary = format!("治理委员会自 {on} 起随学区调整：{cause}");
    tx.note(Note::of("committee.seats_changed", cluster, summary).at(place.clone()));
}
