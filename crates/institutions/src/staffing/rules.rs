//! What is missing.

use super::types::{ClusterStaffing, Gap};

/// 2.1.3-6: full-time inspectors of a cluster.
pub const FULL_TIME: i64 = 1;
/// 2.1.3-6: part-time inspectors of a cluster.
pub const PART_TIME: i64 = 8;
/// 2.1.3-9: fewest teaching-research leads of a cluster.
pub const LEADS: i64 = 1;
/// 2.1.3-9: fewest trainers of a cluster.
pub const TRAINERS: i64 = 1;

impl ClusterStaffing {
    /// How many are missing of a kind.
    pub fn missing(&self, gap: Gap) -> i64 {
        match gap {
            Gap::FullTime => (FULL_TIME - self.full_time).max(0),
            Gap::PartTime => (PART_TIME - self.part_time).max(0),
            Gap::Lead => (LEADS - self.leads).max(0),
            Gap::Trainer => (TRAINERS - self.trainers).max(0),
            Gap::Head => self.without_head,
            Gap::Liaison => self.without_liaison,
            Gap::Party => self.without_party,
        }
    }
    /// How many are missing in all.
    pub fn gaps(&self) -> i64 {
        Gap::ALL.iter().map(|gap| self.missing(*gap)).sum()
    }
    /// How many inspectors there are beyond the nine.
    pub fn surplus(&self) -> i64 {
        (self.full_time - FULL_TIME).max(0) + (self.part_time - PART_TIME).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_part_time_inspectors_are_one_too_few_and_a_second_full_time_is_one_too_many() {
        let staffing = ClusterStaffing {
            cluster: kernel::Id::new(uuid::Uuid::nil()),
            name: "青禾学区".to_owned(),
            district: "440305".to_owned(),
            district_name: "南山区".to_owned(),
            has_committee: true,
            full_time: 2,
            part_time: 7,
            leads: 1,
            trainers: 0,
            kindergartens: 12,
            without_head: 0,
            without_liaison: 3,
            without_party: 0,
        };
        assert_eq!(staffing.missing(Gap::PartTime), 1);
        assert_eq!(staffing.missing(Gap::FullTime), 0);
        assert_eq!(staffing.gaps(), 1 + 1 + 3);
        assert_eq!(staffing.surplus(), 1);
    }
}
