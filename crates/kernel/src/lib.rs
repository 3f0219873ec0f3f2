//! The ground floor: who, where, when and what happened, as plain types.
//!
//! Nothing here touches a database, a socket, a clock or randomness; every other room stands on it.

pub mod calendar;

mod caller;
mod failure;
mod gateway;
mod id;
mod moment;
mod note;
mod permission;
mod place;
mod text;

pub use caller::{Caller, PostScope};
pub use chrono::NaiveDate as Date;
pub use failure::{Failure, FieldFault, Invalid, Refusal, Refuses};
pub use gateway::{DeliverCode, PhoneGateway};
pub use id::{
    ClusterId, Id, ImportId, Kind, KindergartenId, PaperId, PartyId, PersonId, PlanId, PostId,
    StaffId, StandInId, UnknownId, kind,
};
pub use moment::{Clock, Moment, StandingClock};
pub use note::{Note, Outcome, Subject};
pub use permission::{Permission, PostKind};
pub use place::{Place, Reach};
pub use text::{masked_name, sort_key};

/// The day on which an open-ended fact ends (LAYOUT §8): facts hold on `valid_from <= day < valid_to`.
pub const OPEN_END: Date = match Date::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => Date::MAX,
};
