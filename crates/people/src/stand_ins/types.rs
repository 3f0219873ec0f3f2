use kernel::{Date, Moment, PersonId, StandInId};

use crate::posts::Post;

/// One person acting in the post of another.
#[derive(Debug, Clone)]
pub struct StandIn {
    /// Its id.
    pub id: StandInId,
    /// The post acted in; its holder gave it.
    pub post: Post,
    /// The holder's name.
    pub giver: String,
    /// Who acts.
    pub person: PersonId,
    /// His or her name.
    pub name: String,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds.
    pub to: Date,
    /// Why.
    pub reason: String,
    /// When it was ended early.
    pub ended_at: Option<Moment>,
}
