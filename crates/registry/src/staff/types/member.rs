//! A staff member as the store knows one: facts with the days on which they hold.

use kernel::{Date, KindergartenId, Moment, Place, StaffId};
use policy::RunBy;
use sealing::Sealed;
use serde::{Deserialize, Serialize};

use super::{Facts, Position};

/// The number of a stored state. It changes with every change, so who shows it can later tell whether somebody was first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StateNumber(pub i64);

/// One staff member on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The id.
    pub id: StaffId,
    /// Where he or she is employed.
    pub kindergarten: KindergartenId,
    /// Its name on that day.
    pub kindergarten_name: String,
    /// The code of its district.
    pub district: String,
    /// The level it answers to.
    pub run_by: RunBy,
    /// Where it lies.
    pub place: Place,
    /// What is known.
    pub facts: Facts,
    /// The identity number, sealed.
    pub identity: Option<Sealed>,
    /// The stored state that holds on that day.
    pub state: StateNumber,
    /// First day of that state.
    pub since: Date,
    /// First day after it; [`kernel::OPEN_END`] while nothing later is known.
    pub until: Date,
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The id.
    pub id: StaffId,
    /// Where he or she is employed.
    pub kindergarten: KindergartenId,
    /// Its name on that day.
    pub kindergarten_name: String,
    /// The code of its district.
    pub district: String,
    /// What is known.
    pub facts: Facts,
    /// The identity number, sealed.
    pub identity: Option<Sealed>,
}

/// One state in a member's history.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffState {
    /// What held.
    pub facts: Facts,
    /// From this day.
    pub from: Date,
    /// Why it began.
    pub cause: String,
    /// When it was entered.
    pub recorded_at: Moment,
}

/// What an import must know of a member to compare with.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The id.
    pub id: StaffId,
    /// Where he or she is employed.
    pub kindergarten: KindergartenId,
    /// The latest state.
    pub state: StateNumber,
    /// Its first day.
    pub since: Date,
    /// What holds.
    pub facts: Facts,
    /// The keyed digest of the identity number.
    pub digest: Option<String>,
}

/// How often the staff of a kindergarten has been changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roll {
    /// The kindergarten.
    pub kindergarten: KindergartenId,
    /// Counts its changes.
    pub version: i64,
}

/// Whether a list shows those who have left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Presence {
    /// Employed on the day.
    #[default]
    Employed,
    /// Left before it.
    Left,
    /// Both.
    Both,
}

/// By what a list is ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// By name.
    #[default]
    Name,
    /// By position, then by name.
    Position,
    /// The latest hired first.
    Hired,
}

/// Which staff a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this kindergarten.
    pub kindergarten: Option<KindergartenId>,
    /// Of the kindergartens of this district.
    pub district: Option<String>,
    /// In this position.
    pub position: Option<Position>,
    /// Backbone teachers or not.
    pub backbone: Option<bool>,
    /// Employed, left, or both.
    pub presence: Presence,
    /// With this text in the name, or in the kindergarten's.
    pub text: String,
    /// In this order.
    pub sort: Sort,
}

/// Counts of the staff employed on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// All.
    pub all: i64,
    /// Teachers (专任教师).
    pub teachers: i64,
    /// Carers (保育员).
    pub carers: i64,
    /// Backbone teachers.
    pub backbone: i64,
    /// Teachers with a preschool teacher's certificate.
    pub certified: i64,
    /// Of whom an identity number is kept.
    pub identities: i64,
}

impl Statistics {
    /// Backbone teachers among all who teach, in percent; none where nobody teaches.
    pub fn backbone_percent(self) -> Option<f64> {
        (self.teachers > 0).then(|| self.backbone as f64 * 100.0 / self.teachers as f64)
    }
}
