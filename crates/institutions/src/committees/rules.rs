//! Who leads, and who counts.

use std::collections::BTreeSet;

use registry::kindergartens::Role;

use super::types::{Seat, SeatHolder};

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
    use kernel::{Date, Id, PostKind};

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
    fn the_chair_is_vacant_while_the_centre_has_no_head() {
        let seats = [seat(1, Role::Centre, None), seat(2, Role::Member, Some(8))];
        assert_eq!(chair(&seats), None);
        assert!(chair(&[seat(1, Role::Centre, Some(7))]).is_some());
    }
}
