//! The nouns of files of posts: what a row says, what is known already, and what becomes of it.

use kernel::{Date, ImportId, PersonId, PostId, PostKind, PostScope, coded};
use policy::RunBy;
use registry::imports::Row;
use registry::kindergartens::{Change, RowVerdict, Totals};
use serde::{Deserialize, Serialize};
use sheets::Severity;

coded! {
    /// What a row says of a post.
    Field {
        /// 区
        District = "district", "区";
        /// 岗位
        Kind = "kind", "岗位";
        /// 姓名
        Name = "name", "姓名";
        /// 学区或幼儿园
        Place = "place", "学区或幼儿园";
        /// 任职日期
        From = "from", "任职日期";
        /// 任期截止
        To = "to", "任期截止";
        /// 届次
        Term = "term", "届次";
        /// 文号
        Paper = "paper_number", "文号";
        /// 同名人员
        Namesake = "namesake", "同名人员";
        /// 原任离任
        Predecessor = "predecessor", "原任离任";
    }
}

coded! {
    /// What a row says of others of its name in the district.
    Namesake {
        /// They are the same person.
        Same = "same", "同一人";
        /// They are others.
        Other = "other", "另一人";
    }
}

/// A cluster or kindergarten in which a post can stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// The post's scope there.
    pub scope: PostScope,
    /// Its name.
    pub name: String,
    /// Names that a cluster has borne before.
    pub former_names: Vec<String>,
    /// The code of its district.
    pub district: String,
    /// The name of its district.
    pub district_name: String,
    /// Whom it answers to; a cluster answers to its district.
    pub run_by: RunBy,
    /// The first day of a cluster; none of a kindergarten, which may be older than the register.
    pub from: Option<Date>,
    /// The first day after its end, where one is known.
    pub to: Option<Date>,
}

/// A post that is known already, wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its id.
    pub id: PostId,
    /// Who holds it.
    pub person: PersonId,
    /// His or her name.
    pub name: String,
    /// Which post.
    pub kind: PostKind,
    /// Where it stands.
    pub scope: PostScope,
    /// In which district that lies.
    pub district: String,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds.
    pub to: Date,
    /// Which term in a row, for inspectors.
    pub term: Option<i64>,
    /// The letter's number.
    pub paper_number: String,
}

/// How a cluster or kindergarten stands in the register: something of this changes whenever that does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceState {
    /// Which.
    pub scope: PostScope,
    /// The number of its latest state.
    pub state: i64,
    /// The first day after that state.
    pub until: Date,
}

/// What a row says, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<'a> {
    /// The row number that Excel shows.
    pub line: u32,
    /// Which post.
    pub kind: PostKind,
    /// Where.
    pub stand: &'a Stand,
    /// Whose.
    pub name: String,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds, if the row says so.
    pub to: Option<Date>,
    /// The term that the letter states.
    pub term: Option<i64>,
    /// The letter's number.
    pub paper_number: Option<String>,
    /// Who others of this name are.
    pub namesake: Option<Namesake>,
    /// That the head who is there leaves on the first day.
    pub predecessor_leaves: bool,
}

/// What a rule says about one field of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The field it is about; none for the row as a whole.
    pub field: Option<Field>,
    /// How grave it is.
    pub severity: Severity,
    /// What was found, what was expected, what to do.
    pub text: String,
}

/// Who will hold a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Holder {
    /// Somebody who is known.
    Known(PersonId),
    /// Somebody new, by a number within the file.
    New(u32),
}

/// What is to be saved of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staged {
    /// Which post.
    pub kind: PostKind,
    /// Where.
    pub scope: PostScope,
    /// In which district that lies.
    pub district: String,
    /// To whom.
    pub holder: Holder,
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds.
    pub to: Date,
    /// Which term in a row, for inspectors.
    pub term: Option<i64>,
    /// The letter's number.
    pub paper_number: String,
    /// The post that is known already and of which term or letter is put right; none of a new one.
    pub amends: Option<PostId>,
    /// The heads who make room on the first day.
    pub replaces: Vec<PostId>,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Becomes {
    /// It gives a post.
    New(Staged),
    /// It puts right what is known of a post.
    Changed(Staged, Vec<Change<Field>>),
    /// It says what is known, or what an earlier row says.
    Unchanged,
    /// It can't be taken over.
    Refused,
}

/// A row after all rules were asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What they said.
    pub said: Vec<Finding>,
    /// What becomes of it.
    pub becomes: Becomes,
}

/// What an import of posts would do, row by row. Nothing is saved by making one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Preview {
    /// The rows in the order of the file.
    pub rows: Vec<RowVerdict<Staged, Field>>,
    /// How many of each kind.
    pub totals: Totals,
    /// What concerns the file as a whole.
    pub notes: Vec<String>,
}

/// A stored preview of posts, with everything it says.
#[derive(Debug, Clone)]
pub struct PreviewedPosts {
    /// Under which it can be applied.
    pub id: ImportId,
    /// What would become of each row.
    pub preview: Preview,
}

/// A stored row of a file of posts.
pub type PostRow = Row<Staged, Field>;

/// What a preview says of the file as a whole, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Digest of what was compared with.
    pub compared: String,
    /// Rows taken over with a warning.
    pub with_warnings: usize,
    /// What concerns the file as a whole.
    pub notes: Vec<String>,
}
