//! Who leads, who counts, and when a meeting is valid.

use std::collections::BTreeSet;

use kernel::{Date, Refuses};
use registry::kindergartens::Role;

use super::types::{Seat, SeatHolder};

/// Why a committee can't be registered or can't meet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody in the chair.
    #[error(
        "中心园没有园长，也没有主持工作人员，治理委员会主任空缺；请先明确主持工作人员，再召开会议"
    )]
    ChairVacant,
    /// It is established.
    #[error("这个学区的治理委员会已经成立")]
    EstablishedAlready,
    /// Outside the cluster's life.
    #[error("成立日期应在学区设立之日 {0} 至今天 {1} 之间")]
    OutOfLife(Date, Date),
}

impl Refuses for Refusal {
    fn clause(&self) -> Option<&'static str> {
        Some(match self {
            Self::ChairVacant => "2.1.3-2",
            Self::EstablishedAlready | Self::OutOfLife(..) => "2.1.3-1",
        })
    }
}

/// 2.1.3-2: who presides; with the chair vacant no meeting is valid until the centre has a principal or an acting head.
pub fn may_meet(seats: &[Seat]) -> Result<&SeatHolder, Refusal> {
    chair(seats).ok_or(Refusal::ChairVacant)
}

/// 2.1.3-2: the chair is the principal (or acting head) of the centre. With the chair vacant no meeting is valid.
pub fn chair(seats: &[Seat]) -> Option<&SeatHolder> {
    seats.iter().find(|seat| seat.role == Role::Centre).and_then(|seat| seat.holder.as_ref())
}

/// 2.1.3-3: how many members there are. Who holds two seats counts once, unless a charter says otherwise.
pub fn members_counted(seats: &[Seat]) -> usize {
    let people: BTreeSet<_> =
        seats.iter().filter_map(|seat| seat.holder.as_ref()).map(|holder| holder.person).collect();
    people.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Id, PostKind};

    fn seat(number: u128, role: Role, person: Option<u128>) -> Seat {
        let holder = person.map(|person| SeatHolder {
            person: Id::new(uuid::Uuid::from_u128(person)),
            name: "陈静".to_owned(),
            kind: PostKind::Principal,
            since: Date::default(),
        });
        let kindergarten = Id::new(uuid::Uuid::from_u128(number));
        Seat { kindergarten, name: "青禾幼儿园".to_owned(), role, holder }
    }

    #[test]
    fn one_person_with_two_seats_counts_once() {
        let seats = [
            seat(1, Role::Centre, Some(7)),
            seat(2, Role::Member, Some(7)),
            seat(3, Role::Member, Some(8)),
            seat(4, Role::Member, None),
        ];
        assert_eq!(members_counted(&seats), 2);
    }

    #[test]
    fn while_the_centre_has_no_head_the_chair_is_vacant_and_no_meeting_is_valid() {
        let seats = [seat(1, Role::Centre, None), seat(2, Role::Member, Some(8))];
        assert_eq!(chair(&seats), None);
        assert_eq!(may_meet(&seats), Err(Refusal::ChairVacant));
        assert!(may_meet(&[seat(1, Role::Centre, Some(7))]).is_ok());
    }
}
