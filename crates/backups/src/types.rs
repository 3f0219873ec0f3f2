use std::path::PathBuf;

use kernel::{Moment, coded};
use serde::{Deserialize, Serialize};

/// The format that this program writes and reads.
pub const FORMAT: &str = "gongzhi-backup-1";

/// The first line of a file, legible without a key. When the rest is sealed, it belongs to what is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`].
    pub format: String,
    /// When it was made.
    pub made_at: Moment,
    /// The version of the program that made it.
    pub program: String,
    /// The id of the key under which the rest is sealed; none if it is not.
    pub key: Option<String>,
    /// 32 hexadecimal digits of a sealed file's own key; else empty.
    pub salt: String,
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The city's division code.
    pub city: String,
    /// `sqlite` or `postgres`.
    pub engine: String,
    /// The migrations that had run.
    pub migrations: Vec<String>,
    /// The tables with their columns and how many rows they had at the moment of the backup.
    pub tables: Vec<TableLine>,
    /// The head of the latest seal over the audit trail; empty before the first.
    pub audit_head: String,
    /// The ids of the keys under which single values are sealed.
    pub keys: Vec<String>,
}

/// One table of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableLine {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of the cells.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: i64,
}

impl Manifest {
    /// The rows of all tables.
    pub fn rows(&self) -> i64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
    /// The rows of one table.
    pub fn rows_of(&self, name: &str) -> Option<i64> {
        self.tables.iter().find(|table| table.name == name).map(|table| table.rows)
    }
    /// The latest migration.
    pub fn schema(&self) -> &str {
        self.migrations.last().map_or("", String::as_str)
    }
}

coded! {
    /// Why a backup was made.
    Cause {
        /// By the clock.
        Scheduled = "scheduled", "定时";
        /// Somebody asked for it on the command line.
        Asked = "asked", "命令行";
    }
}

/// Backups by the clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Where they are put.
    pub folder: PathBuf,
    /// Hours between two.
    pub hours: u32,
    /// How many files are kept.
    pub keep: u32,
}

/// How it stands about backups.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// When the latest good one was begun.
    pub good_at: Option<Moment>,
    /// What the latest try failed with, if it did, and when.
    pub failed: Option<(Moment, String)>,
}

/// A backup or a try, as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) began_at: Moment,
    pub(crate) seconds: i64,
    pub(crate) cause: &'static str,
    pub(crate) file: String,
    pub(crate) bytes: i64,
    pub(crate) rows: i64,
    pub(crate) is_sealed: bool,
    /// Empty for a good one.
    pub(crate) fault: String,
}
