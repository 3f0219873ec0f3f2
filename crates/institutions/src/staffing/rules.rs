//! What is missing.

use super::types::{Answering, ClusterStaffing, Gap, KindergartenStaffing};
use kernel::{Caller, PostScope};
use policy::RunBy;

use policy::staffing::{
    FEWEST_RESEARCH_LEADS, FEWEST_TRAINERS, FULL_TIME_INSPECTORS, PART_TIME_INSPECTORS,
};

impl ClusterStaffing {
    /// How many are missing of a kind.
    pub fn missing(&self, gap: Gap) -> i64 {
        match gap {
            Gap::Committee => i64::from(!self.has_committee),
            Gap::FullTime => (i64::from(FULL_TIME_INSPECTORS) - self.full_time).max(0),
            Gap::PartTime => (i64::from(PART_TIME_INSPECTORS) - self.part_time).max(0),
            Gap::Lead => (i64::from(FEWEST_RESEARCH_LEADS) - self.leads).max(0),
            Gap::Trainer => (i64::from(FEWEST_TRAINERS) - self.trainers).max(0),
            Gap::Head => self.without_head,
            Gap::Liaison => self.without_liaison,
            Gap::Party => self.without_party,
        }
    }
    /// How many there are of a kind.
    pub fn filled(&self, gap: Gap) -> i64 {
        match gap {
            Gap::Committee => i64::from(self.has_committee),
            Gap::FullTime => self.full_time,
            Gap::PartTime => self.part_time,
            Gap::Lead => self.leads,
            Gap::Trainer => self.trainers,
            Gap::Head | Gap::Liaison | Gap::Party => self.kindergartens - self.missing(gap),
        }
    }
    /// How many are missing in all.
    pub fn gaps(&self) -> i64 {
        Gap::ALL.iter().map(|gap| self.missing(*gap)).sum()
    }
    /// How many inspectors there are beyond the nine.
    pub fn surplus(&self) -> i64 {
        (self.full_time - i64::from(FULL_TIME_INSPECTORS)).max(0)
            + (self.part_time - i64::from(PART_TIME_INSPECTORS)).max(0)
    }
}

impl KindergartenStaffing {
    /// Whether something is missing of what a kindergarten needs.
    pub fn lacks(&self, gap: Gap) -> bool {
        match gap {
            Gap::Head => !self.has_head(),
            Gap::Liaison => self.liaisons == 0,
            Gap::Party => self.parties == 0,
            Gap::Committee | Gap::FullTime | Gap::PartTime | Gap::Lead | Gap::Trainer => false,
        }
    }
}

/// Whose kindergartens' gap it is to fill: the bureau to which they answer appoints their heads (2.1.2-8), the section of
/// the district registers party organisations for all; a liaison is settled by each kindergarten. `None` = nobody's here.
pub fn filled_for(caller: &Caller, gap: Gap) -> Option<Answering> {
    match (gap, &caller.scope) {
        _ if !caller.may(gap.filled_with()) => None,
        (Gap::Head, PostScope::City) => Some(Answering::To(RunBy::City)),
        (Gap::Head, PostScope::District(_)) => Some(Answering::To(RunBy::District)),
        (Gap::Party, PostScope::District(_)) => Some(Answering::ToAny),
        _ => None,
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
