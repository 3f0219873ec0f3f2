//! The nouns: an uploaded file, its preview and what is said of each row, what an officer chooses.

mod existing;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use geography::Datum;
use kernel::{Date, ImportId, KindergartenId, Moment, Place, coded};
use serde::{Deserialize, Serialize};
use sheets::Message;

pub use existing::{Fault, LineSaid, Standing, Takeover, Told, ToldCluster, Who};

use crate::kindergartens::{
    Change, Facts, Field, Gaps, NotInFile, Preview, RowVerdict, StateNumber, Totals, Verdict,
};
use crate::staff;

coded! {
    /// What a file brings.
    Kind {
        /// The register of kindergartens.
        Kindergartens = "kindergartens", "幼儿园名册";
        /// Clusters that exist already.
        Clusters = "clusters", "已设立的学区";
        /// Staff of kindergartens.
        Staff = "staff", "教职工名册";
        /// Heads of kindergartens.
        Heads = "heads", "园长任职名册";
        /// Inspectors of clusters.
        Inspectors = "inspectors", "责任督学任职名册";
        /// Teaching-research leads of clusters.
        Leads = "leads", "兼职教研员任职名册";
        /// Trainers of clusters.
        Trainers = "trainers", "兼职培训师任职名册";
        /// Posts of every kind, brought by one of our own programs.
        Posts = "posts", "任职名册";
    }
}

impl Kind {
    /// Whether all that a file of this kind says holds from one day on; else each row names its own.
    pub fn is_dated(self) -> bool {
        matches!(self, Self::Kindergartens | Self::Clusters | Self::Staff)
    }
}

coded! {
    /// How far an upload is.
    Stage {
        /// Its preview is being written; no list shows it.
        Preparing = "preparing", "正在预览";
        /// Nothing of it is saved yet.
        Previewed = "previewed", "待确认";
        /// It is in the register.
        Applied = "applied", "已导入";
        /// Put aside; nothing of it was saved.
        Discarded = "discarded", "已放弃";
    }
}

coded! {
    /// What to do with the good rows when others are refused.
    Choice {
        /// All good rows, without the refused ones.
        GoodRows = "good_rows", "导入全部可用行";
        /// All rows or none.
        AllOrNone = "all_or_none", "仅当没有被拒绝的行时导入";
    }
}

/// How a register is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The day from which its contents hold.
    pub day: Date,
    /// The datum of coordinates whose datum the file does not name.
    pub datum: Datum,
}

impl Options {
    /// From `day` on, in GCJ-02 where the file does not say.
    pub fn on(day: Date) -> Self {
        Self { day, datum: Datum::Gcj02 }
    }
}

/// How far a preview is, told to whoever waits for it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<(AtomicUsize, AtomicUsize)>);

impl Progress {
    /// `done` rows of `all`.
    pub fn tell(&self, done: usize, all: usize) {
        self.0.0.store(done, Ordering::Relaxed);
        self.0.1.store(all, Ordering::Relaxed);
    }
    /// Rows done, of how many; zero of zero while the file is being read.
    pub fn told(&self) -> (usize, usize) {
        (self.0.0.load(Ordering::Relaxed), self.0.1.load(Ordering::Relaxed))
    }
}

/// A stored preview of a register, with everything it says.
#[derive(Debug, Clone)]
pub struct Previewed {
    /// Under which it can be applied.
    pub id: ImportId,
    /// What would become of each row.
    pub preview: Preview,
}

/// What an application saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// Kindergartens entered.
    pub new: usize,
    /// Kindergartens changed.
    pub changed: usize,
    /// Rows that said what was known.
    pub unchanged: usize,
    /// Rows left out because they were refused.
    pub left_out: usize,
}

impl From<Counts> for Applied {
    fn from(counts: Counts) -> Self {
        let count = |number: i64| usize::try_from(number).unwrap_or_default();
        Self {
            new: count(counts.new),
            changed: count(counts.changed),
            unchanged: count(counts.unchanged),
            left_out: count(counts.refused),
        }
    }
}

/// How many rows of each kind, as the store counts them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// To be entered.
    pub new: i64,
    /// To be changed.
    pub changed: i64,
    /// Known already.
    pub unchanged: i64,
    /// Refused.
    pub refused: i64,
}

impl Counts {
    /// All rows.
    pub fn rows(self) -> i64 {
        self.new + self.changed + self.unchanged + self.refused
    }
    /// Rows whose application changes the register.
    pub fn telling(self) -> i64 {
        self.new + self.changed
    }
}

impl From<Totals> for Counts {
    fn from(totals: Totals) -> Self {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        Self {
            new: count(totals.new),
            changed: count(totals.changed),
            unchanged: count(totals.unchanged),
            refused: count(totals.refused),
        }
    }
}

/// An uploaded file.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// What it brings.
    pub kind: Kind,
    /// How far it is.
    pub stage: Stage,
    /// The officer's place: a district or the whole city. It bounds what the file may change.
    pub place: Place,
    /// The name of the file.
    pub file_name: String,
    /// SM3 of the file, in hexadecimal.
    pub file_digest: String,
    /// The day from which its contents hold.
    pub day: Date,
    /// Who uploaded it.
    pub uploaded_by: String,
    /// When.
    pub uploaded_at: Moment,
    /// When it was applied.
    pub applied_at: Option<Moment>,
    /// Rows of each kind.
    pub counts: Counts,
}

/// What a preview says of a register as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Label of the datum that was assumed.
    pub datum: String,
    /// Digest of what was compared with, see [`super::rules::compared`].
    pub compared: String,
    /// Rows taken over with a warning.
    pub with_warnings: usize,
    /// Rows taken over in which something was mended.
    pub mended: usize,
    /// Rows taken over that lack something.
    pub gaps: GapCounts,
    /// What concerns the file as a whole.
    pub notes: Vec<String>,
    /// Kindergartens that the file does not mention.
    pub not_in_file: Vec<Missing>,
}

/// [`Gaps`] as stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapCounts {
    /// Without a national code.
    pub national_code: usize,
    /// Without a level.
    pub run_by: usize,
    /// Without a street.
    pub street: usize,
    /// Without children or capacity.
    pub numbers: usize,
}

impl From<Gaps> for GapCounts {
    fn from(gaps: Gaps) -> Self {
        Self {
            national_code: gaps.national_code,
            run_by: gaps.run_by,
            street: gaps.street,
            numbers: gaps.numbers,
        }
    }
}

/// [`NotInFile`] as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Its register id.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl From<NotInFile> for Missing {
    fn from(one: NotInFile) -> Self {
        Self { id: one.id, name: one.name }
    }
}

/// What is stored of one row of kindergartens, or of other records `T` with the fields `F`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row<T = Facts, F = Field> {
    /// The row number that Excel shows.
    pub line: u32,
    /// The register id as far as it could be read.
    pub id: String,
    /// The name as far as it could be read.
    pub name: String,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Messages at its cells, the gravest first.
    pub messages: Vec<Message>,
    /// What it would change.
    pub changes: Vec<Change<F>>,
    /// What is to be saved, of a new or changed row.
    pub facts: Option<T>,
}

impl<T: Clone, F: Clone> Row<T, F> {
    /// What is stored of a verdict.
    pub fn of(verdict: &RowVerdict<T, F>) -> Self {
        let is_telling = verdict.verdict.is_telling();
        Self {
            line: verdict.line,
            id: verdict.id.clone(),
            name: verdict.name.clone(),
            verdict: verdict.verdict,
            messages: verdict.messages.clone(),
            changes: verdict.changes.clone(),
            facts: verdict.facts.clone().filter(|_| is_telling),
        }
    }
}

/// A row of a file of staff.
pub type StaffRow = Row<staff::Staged, staff::Field>;

/// What a preview of staff says of the file as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StaffSummary {
    /// The rolls that were compared with, of the kindergartens that it would change.
    pub compared: Vec<staff::Roll>,
    /// Rows taken over with a warning.
    pub with_warnings: usize,
    /// Rows taken over in which something was mended.
    pub mended: usize,
    /// What concerns the file as a whole.
    pub notes: Vec<String>,
}

/// A stored preview of staff, with everything it says.
#[derive(Debug, Clone)]
pub struct PreviewedStaff {
    /// Under which it can be applied.
    pub id: ImportId,
    /// What would become of each row.
    pub preview: staff::Preview,
}

/// A kindergarten as far as it matters whether it is still what was compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latest {
    /// Its id.
    pub id: KindergartenId,
    /// Its register id.
    pub register_id: String,
    /// Its national code.
    pub national_code: Option<String>,
    /// Its latest state, which changes with every change.
    pub state: StateNumber,
}

/// Which rows of a preview are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shown {
    /// All.
    #[default]
    All,
    /// Of one verdict.
    Of(Verdict),
    /// Taken over with a warning.
    Warned,
}
