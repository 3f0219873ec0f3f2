use kernel::{Failure, PostId};
use storage::{Tx, violates};

use super::rules::Refusal;
use super::store;
use super::types::NewPost;

/// Writes posts that were judged before, in batches, inside its caller's transaction; answers their ids in the same order.
/// A kindergarten's second head on one day is refused.
pub async fn give(tx: &Tx, posts: &[NewPost]) -> Result<Vec<PostId>, Failure> {
    store::insert(tx, posts).await.map_err(|failure| {
        if violates(&failure, "no_overlap_post_seat_id") {
            Refusal::SeatTaken.into()
        } else {
            failure
        }
    })
}
