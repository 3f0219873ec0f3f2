mod ids;

use kernel::{Date, Moment, PersonId};
use serde::{Deserialize, Serialize};

pub use ids::Ids;

/// One entry of the trail, as it is stored, exported and sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its number; never used twice.
    pub id: i64,
    /// When the request was made that it reports.
    pub at: Moment,
    /// The person, if somebody was signed in.
    pub person_id: Option<PersonId>,
    /// The person's name, a program's, or the login that was tried.
    pub person: String,
    /// The post acted in; empty for programs and visitors.
    pub post: String,
    /// The network address that it came from.
    pub address: String,
    /// The request's number.
    pub request: String,
    /// The event's code: `plan.adopted`.
    pub event: String,
    /// What it is about: an id with its prefix, or a code.
    pub subject: String,
    /// A Chinese sentence.
    pub summary: String,
    /// The path of the place in which it lies.
    pub place: Option<String>,
    /// The state before, JSON.
    pub before: Option<String>,
    /// The state after, JSON.
    pub after: Option<String>,
    /// `done` or `refused`.
    pub outcome: String,
}

/// One seal over entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// From 1, without a gap.
    pub number: i64,
    /// When it was made.
    pub sealed_at: Moment,
    /// Every number up to this one is accounted for by this seal or an earlier one.
    pub last_id: i64,
    /// How many entries it covers.
    pub entries: i64,
    /// The numbers that it covers.
    pub covers: Ids,
    /// Numbers up to `last_id` that nobody has seen yet: their transactions may be open.
    pub pending: Ids,
    /// Numbers that it gives up: not seen for an hour, rolled back.
    pub void: Ids,
    /// SM3 of each covered entry in the order of their numbers, 64 hexadecimal digits each, one after the other.
    pub digests: String,
    /// The head of the seal before; 64 zeros before the first.
    pub previous: String,
    /// SM3 over all of this.
    pub head: String,
}

/// What stands at the beginning of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The format and its version: `gongzhi-audit-1`.
    pub format: String,
    /// The city's place.
    pub city: String,
    /// When the export began.
    pub exported_at: Moment,
}

/// What stands at the end of an export: an export without it was cut off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// Entry lines.
    pub entries: i64,
    /// Seal lines.
    pub seals: i64,
}

/// One line of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    /// The first line.
    Header(Header),
    /// An entry.
    Entry(Box<Entry>),
    /// A seal.
    Seal(Seal),
    /// The last line.
    End(End),
}

/// What is wrong with an export. Its `Display` is a Chinese sentence that says what the finding means.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A line is no line of an export.
    #[error("第 {line} 行无法识别（{cause}）")]
    Unreadable {
        /// Its number in the file, from 1.
        line: u64,
        /// What the reader stumbled over.
        cause: String,
    },
    /// The file does not begin as an export does.
    #[error("文件开头不是共治审计日志导出的首行")]
    NoHeader,
    /// The file is of a format that this program does not know.
    #[error("导出格式“{0}”不受支持，请用与导出系统相同或更新的版本核验")]
    UnknownFormat(String),
    /// A header, entry or seal stands where none may stand.
    #[error("第 {line} 行的位置不对：应先首行、再记录、再封存、最后尾行")]
    Misplaced {
        /// Its number in the file.
        line: u64,
    },
    /// An entry stands twice.
    #[error("记录 {entry} 重复出现（第 {line} 行）")]
    Doubled {
        /// The entry.
        entry: i64,
        /// Its line.
        line: u64,
    },
    /// An entry stands behind a later one.
    #[error("记录 {entry} 的次序被调换（第 {line} 行）")]
    Swapped {
        /// The entry.
        entry: i64,
        /// Its line.
        line: u64,
    },
    /// An entry is not what was sealed.
    #[error("记录 {entry} 与第 {seal} 号封存时的内容不一致，已被改动")]
    Altered {
        /// The entry.
        entry: i64,
        /// The seal that covers it.
        seal: i64,
    },
    /// A sealed entry is not there.
    #[error("记录 {entry} 缺失：第 {seal} 号封存含有它，文件中没有")]
    Missing {
        /// The entry.
        entry: i64,
        /// The seal that covers it.
        seal: i64,
    },
    /// An entry stands where all numbers are accounted for, but no seal covers it.
    #[error("记录 {entry} 不在任何封存之内，而其后的记录已经封存：可能是事后插入")]
    Uncovered {
        /// The entry.
        entry: i64,
    },
    /// The number of a seal does not follow.
    #[error("封存编号不连续：应为第 {expected} 号，实为第 {found} 号")]
    SealMissing {
        /// The number that should follow.
        expected: i64,
        /// The number that stands there.
        found: i64,
    },
    /// A seal's head is not the SM3 of what it says.
    #[error("第 {seal} 号封存的内容与其链头不符，封存已被改动")]
    SealAltered {
        /// The seal.
        seal: i64,
    },
    /// A seal does not continue the one before.
    #[error("第 {seal} 号封存与前一号封存不相衔接，封存链已断开")]
    ChainBroken {
        /// The seal.
        seal: i64,
    },
    /// A seal's numbers do not add up: what was pending or new is neither covered, pending nor void.
    #[error("第 {seal} 号封存的编号不能逐一对上（已封存、待定、作废三者之和与应有编号不符）")]
    Unaccounted {
        /// The seal.
        seal: i64,
    },
    /// The file has no end line.
    #[error("文件没有尾行，内容被截断")]
    CutOff,
    /// The counts of the end line are not what the file holds.
    #[error("尾行记载记录 {entries} 条、封存 {seals} 次，与文件内容不符")]
    Counts {
        /// Entries by the end line.
        entries: i64,
        /// Seals by the end line.
        seals: i64,
    },
    /// The head that was kept outside is none of the file's heads.
    #[error("先前留存的链头不在本文件的封存链上：日志在那之后被截断或改写，或者不是同一份日志")]
    HeadUnknown,
}

impl Fault {
    /// The entry that it names, if it names one.
    pub fn entry(&self) -> Option<i64> {
        match self {
            Self::Doubled { entry, .. }
            | Self::Swapped { entry, .. }
            | Self::Altered { entry, .. }
            | Self::Missing { entry, .. }
            | Self::Uncovered { entry } => Some(*entry),
            _ => None,
        }
    }
    /// The seal that it names, if it names one.
    pub fn seal(&self) -> Option<i64> {
        match self {
            Self::Altered { seal, .. }
            | Self::Missing { seal, .. }
            | Self::SealAltered { seal }
            | Self::ChainBroken { seal }
            | Self::Unaccounted { seal } => Some(*seal),
            Self::SealMissing { expected, .. } => Some(*expected),
            _ => None,
        }
    }
    /// The code for programs that read the verdict.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unreadable",
            Self::NoHeader => "no_header",
            Self::UnknownFormat(_) => "unknown_format",
            Self::Misplaced { .. } => "misplaced",
            Self::Doubled { .. } => "doubled",
            Self::Swapped { .. } => "swapped",
            Self::Altered { .. } => "altered",
            Self::Missing { .. } => "missing",
            Self::Uncovered { .. } => "uncovered",
            Self::SealMissing { .. } => "seal_missing",
            Self::SealAltered { .. } => "seal_altered",
            Self::ChainBroken { .. } => "chain_broken",
            Self::Unaccounted { .. } => "unaccounted",
            Self::CutOff => "cut_off",
            Self::Counts { .. } => "counts",
            Self::HeadUnknown => "head_unknown",
        }
    }
}

/// A fault as programs read it (`gongzhi verify-audit --json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// [`Fault::code`].
    pub code: &'static str,
    /// The entry that it names.
    pub entry: Option<i64>,
    /// The seal that it names.
    pub seal: Option<i64>,
    /// The Chinese sentence.
    pub text: String,
}

impl From<&Fault> for Finding {
    fn from(fault: &Fault) -> Self {
        Self {
            code: fault.code(),
            entry: fault.entry(),
            seal: fault.seal(),
            text: fault.to_string(),
        }
    }
}

/// What the check of an export came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether nothing is wrong.
    pub passed: bool,
    /// The city's place.
    pub city: String,
    /// When the export was made (milliseconds since 1970-01-01 UTC).
    pub exported_at: Option<Moment>,
    /// Entry lines.
    pub entries: i64,
    /// Seal lines.
    pub seals: i64,
    /// The head of the last seal, to be kept outside; empty without a seal.
    pub head: String,
    /// Entries that no seal covers yet: their content is not protected.
    pub unsealed_tail: i64,
    /// The seal whose head was given, if it stands in the chain.
    pub earlier_seal: Option<i64>,
    /// The smallest number of an entry that is named by a fault.
    pub first_bad_entry: Option<i64>,
    /// The faults in the order in which they were met, at most a hundred.
    #[serde(serialize_with = "findings")]
    pub faults: Vec<Fault>,
    /// How many faults there are altogether.
    pub faults_total: u64,
}

fn findings<S: serde::Serializer>(faults: &[Fault], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(faults.iter().map(Finding::from))
}

/// Which entries a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The event's code.
    pub event: String,
    /// A part of the person's name.
    pub person: String,
    /// The subject, exactly.
    pub subject: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// The first Beijing day.
    pub from: Option<Date>,
    /// The last Beijing day.
    pub to: Option<Date>,
    /// The district's code.
    pub district: String,
    /// Only entries with a smaller number.
    pub before: Option<i64>,
}

/// Where the trail stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The latest seal; none before the first.
    pub seal: Option<Link>,
    /// Entries that are written and not yet covered.
    pub unsealed: i64,
}

/// A seal as a link of the chain, without its digests: what the next seal continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its number.
    pub number: i64,
    /// When it was made.
    pub sealed_at: Moment,
    /// Every number up to this one is accounted for.
    pub last_id: i64,
    /// How many entries it covers.
    pub entries: i64,
    /// What is pending.
    pub pending: Ids,
    /// Its head.
    pub head: String,
}
