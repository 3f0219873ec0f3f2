use kernel::{Date, KindergartenId, OPEN_END, PartyId, Place, coded};
use serde::{Deserialize, Serialize};

coded! {
    /// How a party organisation is formed.
    Kind {
        /// A kindergarten's own.
        Branch = "branch", "党支部";
        /// Of several kindergartens.
        JointBranch = "joint_branch", "联合党支部";
        /// Of several kindergartens, with branches of its own.
        JointCommittee = "joint_committee", "联合党委";
    }
}

/// A party organisation.
#[derive(Debug, Clone)]
pub struct Party {
    /// Its id.
    pub id: PartyId,
    /// How it is formed.
    pub kind: Kind,
    /// Its name, unique in the city.
    pub name: String,
    /// The code of its district.
    pub district: String,
    /// The district's name.
    pub district_name: String,
    /// The district's place.
    pub place: Place,
    /// The approving document.
    pub paper_number: String,
    /// Since when.
    pub established_on: Date,
    /// How many kindergartens belong to it on the day of the list.
    pub kindergartens: i64,
}

/// A kindergarten's dated belonging.
#[derive(Debug, Clone)]
pub struct Belonging {
    /// Its number.
    pub id: i64,
    /// Who.
    pub kindergarten: KindergartenId,
    /// The name.
    pub name: String,
    /// First day.
    pub from: Date,
    /// First day after.
    pub to: Date,
}

impl Belonging {
    /// The last day, if one is known.
    pub fn last_day(&self) -> Option<Date> {
        if self.to >= OPEN_END { None } else { self.to.pred_opt() }
    }
}

/// A party organisation to be registered with those who form it.
#[derive(Debug, Clone)]
pub struct NewParty {
    /// How it is formed.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The approving document.
    pub paper_number: String,
    /// Since when; those who form it belong to it from that day.
    pub established_on: Date,
    /// Who forms it.
    pub kindergartens: Vec<KindergartenId>,
}

/// Which party organisations a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this district.
    pub district: Option<String>,
    /// Formed so.
    pub kind: Option<Kind>,
    /// With this text in the name.
    pub text: String,
}
