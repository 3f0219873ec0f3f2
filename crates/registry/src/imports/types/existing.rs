//! Clusters that a district has or had already, as a file tells them and as the rules find them.

use std::collections::BTreeMap;

use kernel::{Date, coded};
use policy::{Rule, Strength};
use serde::{Deserialize, Serialize};
use sheets::Message;

use super::Choice;

coded! {
    /// What becomes of a cluster's state.
    Standing {
        /// It keeps every rule.
        Sound = "sound", "符合规则";
        /// It departs from rules and is taken over for a stated reason.
        Reasoned = "reasoned", "需说明理由";
        /// It breaks a hard rule today and can't be taken over.
        Refused = "refused", "不能导入";
    }
}

/// A kindergarten in a told cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// Its register id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Where a state departs from a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The rule.
    pub rule: Rule,
    /// Its strength.
    pub strength: Strength,
    /// Its clause.
    pub clause: String,
    /// What is wrong.
    pub text: String,
}

/// A cluster as it was from one day to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldCluster {
    /// Its number in the file, by which a reason names it.
    pub key: u32,
    /// Its name.
    pub name: String,
    /// Its centre.
    pub centre: Option<Who>,
    /// Its other kindergartens.
    pub members: Vec<Who>,
    /// The document that set it up; may be empty.
    pub document: String,
    /// In force from this day,
    pub from: Date,
    /// before this day.
    pub to: Date,
    /// Where it departs from the rules as of its first day.
    pub faults: Vec<Fault>,
    /// What becomes of it.
    pub standing: Standing,
}

impl ToldCluster {
    /// Kindergartens, the centre included.
    pub fn size(&self) -> usize {
        self.members.len() + usize::from(self.centre.is_some())
    }
    /// Whether it is still in force.
    pub fn is_open(&self) -> bool {
        self.to == kernel::OPEN_END
    }
}

/// What is said of a line that could not be read into a cluster, or that was mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineSaid {
    /// The row number that Excel shows.
    pub line: u32,
    /// The cluster it tells of.
    pub cluster: String,
    /// Messages at its cells.
    pub messages: Vec<Message>,
}

/// What a file of existing clusters comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The states, by name and first day.
    pub states: Vec<ToldCluster>,
    /// What is said of lines.
    pub lines: Vec<LineSaid>,
    /// Names of clusters that could not be read.
    pub unread: Vec<String>,
    /// What concerns the file or the district as a whole.
    pub notes: Vec<String>,
}

/// What an officer decides about existing clusters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takeover {
    /// All or only those that can be taken.
    pub choice: Choice,
    /// Why a state is taken over although it departs from rules, by its key.
    pub reasons: BTreeMap<u32, String>,
    /// The last day on which the departures of clusters in force are excepted.
    pub until: Date,
}
