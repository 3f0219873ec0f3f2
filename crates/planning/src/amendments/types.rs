//! The nouns: what is to be changed, what that does to the rules, and what was changed.

use kernel::{ClusterId, Date, KindergartenId, Moment, Place, coded};
use policy::plan_rules::Measures;
use policy::{Breach, Rule};
use serde::{Deserialize, Serialize};

use crate::plans::{Content, DistrictFacts};

coded! {
    /// A kind of amendment.
    Kind {
        /// A kindergarten that is in no cluster joins one.
        Admit = "admit", "编入学区";
        /// A kindergarten leaves its cluster for none.
        Release = "release", "退出学区";
        /// A kindergarten goes to another cluster of the district.
        Transfer = "transfer", "调至其他学区";
        /// Another kindergarten leads.
        Centre = "centre", "更换中心园";
        /// Another name.
        Rename = "rename", "学区更名";
    }
}

/// What is to become of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A kindergarten joins it.
    Admit {
        /// Which.
        kindergarten: KindergartenId,
    },
    /// A member leaves it for none.
    Release {
        /// Which.
        kindergarten: KindergartenId,
    },
    /// A member leaves it for another.
    Transfer {
        /// Which.
        kindergarten: KindergartenId,
        /// The other cluster.
        to: ClusterId,
    },
    /// A member leads it.
    Centre {
        /// Which.
        kindergarten: KindergartenId,
        /// The centre that the officer saw, so that nobody's choice is replaced unseen.
        instead_of: Option<KindergartenId>,
        /// Another name on the same day, where the old one tells of the old centre's street.
        name: Option<String>,
    },
    /// It is called otherwise.
    Rename {
        /// The new name.
        name: String,
        /// The name that the officer saw.
        instead_of: String,
    },
}

impl Change {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Admit { .. } => Kind::Admit,
            Self::Release { .. } => Kind::Release,
            Self::Transfer { .. } => Kind::Transfer,
            Self::Centre { .. } => Kind::Centre,
            Self::Rename { .. } => Kind::Rename,
        }
    }
    /// The kindergarten that it moves, if it moves one.
    pub fn kindergarten(&self) -> Option<KindergartenId> {
        match self {
            Self::Admit { kindergarten }
            | Self::Release { kindergarten }
            | Self::Transfer { kindergarten, .. }
            | Self::Centre { kindergarten, .. } => Some(*kindergarten),
            Self::Rename { .. } => None,
        }
    }
}

/// On what terms an amendment may depart from in-principle rules: what becomes an exception of each cluster concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionTerms {
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub approved_by: String,
    /// The last day on which it holds.
    pub until: Date,
}

/// One amendment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// The cluster; of a transfer the one that is left.
    pub cluster: ClusterId,
    /// What becomes of it.
    pub change: Change,
    /// The first day on which it holds.
    pub effective_on: Date,
    /// The document number (文号).
    pub paper_number: String,
    /// Why.
    pub reason: String,
    /// The exception, where it needs one.
    pub exception: Option<ExceptionTerms>,
}

/// Where a cluster lies, whether or not it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The cluster's latest name.
    pub name: String,
    /// The district's code.
    pub district: String,
    /// The district's name.
    pub district_name: String,
    /// The district's place.
    pub place: Place,
}

/// The clusters of a district as they stand on a day.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What the rules ask of the district.
    pub facts: DistrictFacts,
    /// The clusters, each under a key that holds on this day only.
    pub content: Content,
    /// Whose key it is.
    pub ids: Vec<(u32, ClusterId)>,
}

impl Standing {
    /// The place of a cluster in the content, if it is in force.
    pub fn position(&self, cluster: ClusterId) -> Option<usize> {
        let (key, _) = self.ids.iter().find(|(_, id)| *id == cluster)?;
        self.content.clusters.iter().position(|each| each.key == *key)
    }
    /// Whose key it is.
    pub fn id(&self, key: u32) -> Option<ClusterId> {
        self.ids.iter().find(|(known, _)| *known == key).map(|(_, id)| *id)
    }
}

/// A rule that an amendment breaks, or breaks worse than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caused {
    /// The breach.
    pub breach: Breach,
    /// In which cluster; none where it is the whole district's.
    pub cluster: Option<ClusterId>,
}

/// What a cluster measures before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Its name after.
    pub name: String,
    /// Before.
    pub before: Measures,
    /// After.
    pub after: Measures,
}

/// What an amendment does on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// The day.
    pub day: Date,
    /// What it breaks.
    pub caused: Vec<Caused>,
    /// What was broken before in the clusters that it touches, or in the district as a whole.
    pub standing: Vec<Breach>,
    /// The clusters that it touches.
    pub figures: Vec<Figures>,
}

/// What an amendment is and does.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// What it is, as a sentence.
    pub sentence: String,
    /// What it does, on its own day first and then on every later day for which something is recorded.
    pub effects: Vec<Effect>,
}

/// An exception that an amendment takes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifted {
    /// From which rule.
    pub rule: Rule,
    /// For which cluster.
    pub cluster: ClusterId,
    /// From which day.
    pub from: Date,
}

/// An amendment as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its kind.
    pub kind: Kind,
    /// The cluster; of a transfer the one that was entered.
    pub cluster: ClusterId,
    /// The cluster's name from that day on; empty when it did not last the day.
    pub cluster_name: String,
    /// Of a transfer the name of the cluster that was left, else the cluster's own until then; may be empty.
    pub name_before: String,
    /// The kindergarten, if one was moved.
    pub kindergarten: Option<KindergartenId>,
    /// Its name on that day; may be empty.
    pub kindergarten_name: String,
    /// The district's name.
    pub district_name: String,
    /// Why.
    pub reason: String,
    /// The document number.
    pub paper_number: String,
    /// From which day.
    pub effective_on: Date,
    /// By whom.
    pub made_by: String,
    /// When.
    pub made_at: Moment,
}

impl Entry {
    /// What happened, as a sentence.
    pub fn sentence(&self) -> String {
        let (kindergarten, cluster, before) =
            (&self.kindergarten_name, &self.cluster_name, &self.name_before);
        match self.kind {
            Kind::Admit => format!("{kindergarten}编入{cluster}"),
            Kind::Release => format!("{kindergarten}退出{before}"),
            Kind::Transfer => format!("{kindergarten}由{before}调至{cluster}"),
            Kind::Centre => format!("{kindergarten}担任{cluster}的中心园"),
            Kind::Rename => format!("“{before}”更名为“{cluster}”"),
        }
    }
}

/// Which amendments a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this district.
    pub district: Option<String>,
    /// That entered, left or changed this cluster.
    pub cluster: Option<ClusterId>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// Effective on this day or later.
    pub from: Option<Date>,
    /// Effective on this day or before.
    pub to: Option<Date>,
}
