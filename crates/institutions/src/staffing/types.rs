use kernel::{ClusterId, KindergartenId, Permission, PostKind, coded};
use policy::RunBy;
use serde::{Deserialize, Serialize};

/// What is filled in a cluster on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterStaffing {
    /// The cluster.
    pub cluster: ClusterId,
    /// Its name.
    pub name: String,
    /// The code of its district.
    pub district: String,
    /// The district's name.
    pub district_name: String,
    /// Whether its committee is established.
    pub has_committee: bool,
    /// Full-time inspectors.
    pub full_time: i64,
    /// Part-time inspectors.
    pub part_time: i64,
    /// Teaching-research leads.
    pub leads: i64,
    /// Trainers.
    pub trainers: i64,
    /// Its kindergartens.
    pub kindergartens: i64,
    /// Those without principal and acting head.
    pub without_head: i64,
    /// Those without a liaison.
    pub without_liaison: i64,
    /// Those that belong to no party organisation.
    pub without_party: i64,
}

/// What is filled in a kindergarten on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindergartenStaffing {
    /// The kindergarten.
    pub kindergarten: KindergartenId,
    /// Its name.
    pub name: String,
    /// The code of its district.
    pub district: String,
    /// Whom it answers to.
    pub run_by: RunBy,
    /// Its cluster, if it is in one.
    pub cluster: Option<ClusterId>,
    /// Whether it is the centre.
    pub is_centre: bool,
    /// Whether it has a principal.
    pub has_principal: bool,
    /// Whether it has an acting head.
    pub has_acting_head: bool,
    /// Its liaisons.
    pub liaisons: i64,
    /// The party organisations to which it belongs.
    pub parties: i64,
}

impl KindergartenStaffing {
    /// Whether somebody holds its seat.
    pub fn has_head(&self) -> bool {
        self.has_principal || self.has_acting_head
    }
}

/// Kindergartens by whom they answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    /// To this level.
    To(RunBy),
    /// To either.
    ToAny,
}

coded! {
    /// What can be missing.
    Gap {
        /// 2.1.3-1
        Committee = "committee", "治理委员会";
        /// 2.1.3-6
        FullTime = "full_time", "专职责任督学";
        /// 2.1.3-6
        PartTime = "part_time", "兼职责任督学";
        /// 2.1.3-9
        Lead = "lead", "兼职教研员";
        /// 2.1.3-9
        Trainer = "trainer", "兼职培训师";
        /// 2.1.3-2, -3
        Head = "head", "园长或主持工作人员";
        /// 2.1.3-8
        Liaison = "liaison", "兼职视导员";
        /// 2.1.3-10
        Party = "party", "党组织归属";
    }
}

impl Gap {
    /// Whether each kindergarten needs it, rather than each cluster.
    pub const fn is_of_kindergarten(self) -> bool {
        matches!(self, Self::Head | Self::Liaison | Self::Party)
    }
    /// With what it is filled.
    pub const fn filled_with(self) -> Permission {
        match self {
            Self::Committee => Permission::AmendClusters,
            Self::FullTime | Self::PartTime => Permission::AppointInspectors,
            Self::Lead => Permission::AppointLeads,
            Self::Trainer => Permission::AppointTrainers,
            Self::Head => Permission::AppointHeads,
            Self::Liaison => Permission::AppointLiaison,
            Self::Party => Permission::KeepParties,
        }
    }
    /// The post that fills it in a cluster; none for what a kindergarten or a committee needs.
    pub const fn post(self) -> Option<PostKind> {
        match self {
            Self::FullTime => Some(PostKind::FullTimeInspector),
            Self::PartTime => Some(PostKind::PartTimeInspector),
            Self::Lead => Some(PostKind::ResearchLead),
            Self::Trainer => Some(PostKind::Trainer),
            Self::Committee | Self::Head | Self::Liaison | Self::Party => None,
        }
    }
    /// The clause that demands it.
    pub const fn clause(self) -> &'static str {
        match self {
            Self::Committee => "2.1.3-1",
            Self::FullTime | Self::PartTime => "2.1.3-6",
            Self::Lead | Self::Trainer => "2.1.3-9",
            Self::Head => "2.1.3-3",
            Self::Liaison => "2.1.3-8",
            Self::Party => "2.1.3-10",
        }
    }
}
