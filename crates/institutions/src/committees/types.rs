use kernel::{Date, KindergartenId, PersonId, PostKind};
use registry::kindergartens::Role;

/// A committee on one day.
#[derive(Debug, Clone)]
pub struct Committee {
    /// The day on which it was established.
    pub established_on: Date,
    /// By which paper.
    pub paper_number: String,
    /// Its seats on the day, the centre's first.
    pub seats: Vec<Seat>,
}

/// A kindergarten's seat.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Whose seat.
    pub kindergarten: KindergartenId,
    /// Its name.
    pub name: String,
    /// The centre's seat is the chair's.
    pub role: Role,
    /// Who holds it; none when it is vacant.
    pub holder: Option<SeatHolder>,
}

/// Somebody who held or holds a seat: the history of the committee as dated posts tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatTurn {
    /// Whose seat.
    pub kindergarten: String,
    /// Who.
    pub name: String,
    /// As principal or acting head.
    pub kind: PostKind,
    /// First day.
    pub from: Date,
    /// First day on which it was no longer so; none while it holds.
    pub until: Option<Date>,
}

/// Who holds a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatHolder {
    /// The person.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// As principal or acting head.
    pub kind: PostKind,
    /// Since when.
    pub since: Date,
}
