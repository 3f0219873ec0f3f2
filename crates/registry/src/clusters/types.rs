//! The nouns: a cluster on a day, who is in it, what was decided about it.

use geography::Point;
use kernel::{ClusterId, Date, KindergartenId};

use crate::kindergartens::Role;

/// A cluster on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Its id, which it keeps for life.
    pub id: ClusterId,
    /// The code of its district.
    pub district: String,
    /// The name of its district.
    pub district_name: String,
    /// Its name on that day.
    pub name: String,
    /// First day of the decision that is in force.
    pub since: Date,
    /// First day on which that is over; [`kernel::OPEN_END`] while nothing later is known.
    pub until: Date,
    /// The day on which it was first established.
    pub established: Date,
    /// The document that is in force.
    pub paper_number: String,
    /// Why.
    pub cause: String,
    /// Its centre on that day, if it has one.
    pub centre: Option<Centre>,
    /// Its kindergartens on that day, the centre included.
    pub size: i64,
}

/// The kindergarten around which a cluster is governed.
#[derive(Debug, Clone, PartialEq)]
pub struct Centre {
    /// The kindergarten.
    pub id: KindergartenId,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub point: Point,
}

/// A kindergarten's dated place in a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Who.
    pub kindergarten: KindergartenId,
    /// Where.
    pub cluster: ClusterId,
    /// As what.
    pub role: Role,
    /// From this day,
    pub from: Date,
    /// before this day.
    pub to: Date,
}

/// What decided a change: from when (and until when, for what is past), by which document, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision<'a> {
    /// First day on which it holds.
    pub from: Date,
    /// First day on which it no longer holds; [`kernel::OPEN_END`] for what is to stay.
    pub to: Date,
    /// The document number; may be empty for what the register only corrects.
    pub paper_number: &'a str,
    /// Why, in the officer's words.
    pub cause: &'a str,
}

/// A cluster that is to be established.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCluster {
    /// The cluster whose identity it continues, if it does.
    pub keep: Option<ClusterId>,
    /// Its name.
    pub name: String,
    /// Its centre.
    pub centre: KindergartenId,
    /// Its other kindergartens; the centre may stand among them.
    pub members: Vec<KindergartenId>,
}

impl NewCluster {
    /// Everybody once, with the role.
    pub fn everybody(&self) -> impl Iterator<Item = (KindergartenId, Role)> {
        let members = self.members.iter().filter(|member| **member != self.centre);
        std::iter::once((self.centre, Role::Centre))
            .chain(members.map(|member| (*member, Role::Member)))
    }
}

/// An approved departure from an in-principle rule, in force for a time (例外).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingException {
    /// The cluster.
    pub cluster: ClusterId,
    /// The rule's code in `policy`.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub approved_by: String,
    /// The document number.
    pub paper_number: String,
    /// From this day,
    pub from: Date,
    /// before this day.
    pub to: Date,
}

/// Something that happened to a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When it took effect.
    pub on: Date,
    /// What happened.
    pub text: String,
    /// The document; may be empty.
    pub paper_number: String,
    /// Why; may be empty.
    pub cause: String,
}

/// Which clusters a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this district.
    pub district: Option<String>,
    /// With this text in the name.
    pub text: String,
}
