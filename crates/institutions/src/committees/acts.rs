//! Establishing a committee with its cluster, and the trace of what changes its seats.

use kernel::{ClusterId, Date, Failure, Note, Place, PostScope};
use storage::{Source, Sql, Tx};

/// 2.1.3-1: each cluster has its committee from the day of its adoption, by the same paper; a cluster that continues keeps
/// the committee it has.
pub async fn establish(
    tx: &mut Tx,
    clusters: &[ClusterId],
    on: Date,
    paper_number: &str,
    place: &Place,
) -> Result<(), Failure> {
    let mut fresh = 0_u64;
    for cluster in clusters {
        let text = "INSERT INTO committee (cluster_id, established_on, paper_number, recorded_at) \
                    VALUES ($1, $2, $3, $4) ON CONFLICT (cluster_id) DO NOTHING";
        let values =
            [(*cluster).into(), on.into(), paper_number.into(), tx.now().millis().into()];
        fresh += tx.execute(Sql::with(text, values)).await?;
    }
    let summary = format!(
        "{paper_number}：{} 个学区的治理委员会自 {on} 起按划分后的成员组成，其中新设立 {fresh} 个",
        clusters.len()
    );
    let subject = place.district().unwrap_or_default().to_owned();
    tx.note(Note::of("committee.established", subject.as_str(), summary).at(place.clone()));
    Ok(())
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
