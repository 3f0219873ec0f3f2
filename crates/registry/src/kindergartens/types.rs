//! The nouns: what is known of a kindergarten, and what an import says about each row.

mod record;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use chrono::Datelike;
use geography::{Datum, Point};
use kernel::{Date, coded};
use policy::{Grade, Ownership, RunBy, Status};
use serde::{Deserialize, Serialize};
use sheets::{Message, Severity};

pub use record::{
    Candidate, ClusterFilter, Delegation, Filter, InCluster, Kindergarten, Known, Revision, Role,
    Site, State, StateNumber, Stay,
};

/// Trimmed text of 1 to `MOST` characters on one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Bounded<const MOST: usize>(String);

impl<const MOST: usize> Bounded<MOST> {
    /// The text without surrounding blanks; `None` when nothing is left, it is too long, or it holds control characters.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits =
            !text.is_empty() && text.chars().count() <= MOST && !text.chars().any(char::is_control);
        fits.then(|| Bounded(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MOST: usize> Deref for Bounded<MOST> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MOST: usize> AsRef<str> for Bounded<MOST> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<const MOST: usize> fmt::Display for Bounded<MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MOST: usize> From<Bounded<MOST>> for String {
    fn from(text: Bounded<MOST>) -> String {
        text.0
    }
}

impl<const MOST: usize> TryFrom<String> for Bounded<MOST> {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Bounded::new(&text).ok_or_else(|| format!("应为 1 至 {MOST} 个字"))
    }
}

/// The id under which the register of the bureau keeps a kindergarten. It stands in for the national code where that is missing.
pub type RegisterId = Bounded<40>;
/// A kindergarten's name.
pub type Name = Bounded<60>;
/// A community's name.
pub type CommunityName = Bounded<40>;
/// A street address.
pub type Address = Bounded<120>;

/// The national code of a kindergarten, 学校（机构）标识码: ten digits `1144dddddd` (standards.md §6).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NationalCode(String);

impl NationalCode {
    /// Ten digits of which the first two, 11, mean a kindergarten and the next two, 44, Guangdong.
    pub fn new(text: &str) -> Option<NationalCode> {
        let ten_digits = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit());
        (ten_digits && text.starts_with("1144")).then(|| NationalCode(text.to_owned()))
    }

    /// The ten digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NationalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<NationalCode> for String {
    fn from(code: NationalCode) -> String {
        code.0
    }
}

impl TryFrom<String> for NationalCode {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        NationalCode::new(&text).ok_or("应为 1144 开头的 10 位数字")
    }
}

/// When a kindergarten opened, as exactly as it is known: a year, a month or a day. Stored as `2015`, `2015-09` or `2015-09-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OpenedOn {
    first: Date,
    exactness: Exactness,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Exactness {
    Year,
    Month,
    Day,
}

impl OpenedOn {
    /// A year alone.
    pub fn in_year(year: i32) -> Option<OpenedOn> {
        Some(OpenedOn { first: Date::from_ymd_opt(year, 1, 1)?, exactness: Exactness::Year })
    }

    /// A month of a year.
    pub fn in_month(year: i32, month: u32) -> Option<OpenedOn> {
        Some(OpenedOn { first: Date::from_ymd_opt(year, month, 1)?, exactness: Exactness::Month })
    }

    /// A day.
    pub fn on_day(day: Date) -> OpenedOn {
        OpenedOn { first: day, exactness: Exactness::Day }
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn stored(text: &str) -> Option<OpenedOn> {
        let mut parts = text.splitn(3, '-');
        let year = parts.next()?.parse().ok()?;
        match (parts.next(), parts.next()) {
            (None, _) => OpenedOn::in_year(year),
            (Some(month), None) => OpenedOn::in_month(year, month.parse().ok()?),
            (Some(month), Some(day)) => {
                Date::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
                    .map(OpenedOn::on_day)
            }
        }
    }

    /// The first day it may have been.
    pub fn earliest(self) -> Date {
        self.first
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.first.year()
    }
}

impl fmt::Display for OpenedOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = match self.exactness {
            Exactness::Year => "%Y",
            Exactness::Month => "%Y-%m",
            Exactness::Day => "%Y-%m-%d",
        };
        write!(f, "{}", self.first.format(shape))
    }
}

impl From<OpenedOn> for String {
    fn from(opened: OpenedOn) -> String {
        opened.to_string()
    }
}

impl TryFrom<String> for OpenedOn {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        OpenedOn::stored(&text).ok_or("应为年、年月或日期")
    }
}

coded! {
    /// What can be known of a kindergarten, one by one: the columns of a register, the lines of its history.
    Field {
        /// [`Facts::register_id`]
        RegisterId = "register_id", "编号";
        /// [`Facts::national_code`]
        NationalCode = "national_code", "标识码";
        /// [`Facts::former_codes`]
        FormerCodes = "former_codes", "曾用编号";
        /// [`Facts::name`]
        Name = "name", "名称";
        /// [`Facts::former_names`]
        FormerNames = "former_names", "曾用名";
        /// [`Facts::district`]
        District = "district", "区";
        /// [`Facts::street`]
        Street = "street", "街道";
        /// [`Facts::community`]
        Community = "community", "社区";
        /// [`Facts::address`]
        Address = "address", "地址";
        /// [`Facts::point`]
        Point = "point", "坐标";
        /// [`Facts::datum`]
        Datum = "datum", "坐标系";
        /// [`Facts::ownership`]
        Ownership = "ownership", "办园性质";
        /// [`Facts::run_by`]
        RunBy = "run_by", "隶属";
        /// [`Facts::grade`]
        Grade = "grade", "等级";
        /// [`Facts::opened_on`]
        OpenedOn = "opened_on", "开办时间";
        /// [`Facts::campuses`]
        Campuses = "campuses", "园区数";
        /// [`Facts::classes`]
        Classes = "classes", "班级数";
        /// [`Facts::capacity`]
        Capacity = "capacity", "学位数";
        /// [`Facts::children`]
        Children = "children", "在园幼儿数";
        /// [`Facts::teachers`]
        Teachers = "teachers", "专任教师";
        /// [`Facts::carers`]
        Carers = "carers", "保育员";
        /// [`Facts::other_staff`]
        OtherStaff = "other_staff", "其他教职工";
        /// [`Facts::floor_area_m2`]
        FloorArea = "floor_area_m2", "建筑面积";
        /// [`Facts::status`]
        Status = "status", "状态";
    }
}

/// All that the register knows of one kindergarten on one day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The register's own id.
    pub register_id: RegisterId,
    /// The national code; `None` is a gap to report, not a fault.
    pub national_code: Option<NationalCode>,
    /// Register ids and codes it had before.
    pub former_codes: Vec<RegisterId>,
    /// The name.
    pub name: Name,
    /// Names it had before.
    pub former_names: Vec<Name>,
    /// The code of its district in `geography::Regions`.
    pub district: String,
    /// The code of its street, if known.
    pub street: Option<String>,
    /// Its community's name, without 居民委员会.
    pub community: Option<CommunityName>,
    /// Its address.
    pub address: Option<Address>,
    /// Where it stands, WGS-84.
    pub point: Point,
    /// The datum in which the source gave the point.
    #[serde(with = "datum_by_label")]
    pub datum: Datum,
    /// Public, inclusive private or private.
    pub ownership: Ownership,
    /// The level it answers to; `None` was not stated and counts as the district, see [`Facts::answers_to`].
    pub run_by: Option<RunBy>,
    /// The quality grade.
    pub grade: Grade,
    /// When it opened.
    pub opened_on: Option<OpenedOn>,
    /// Sites (分园 included), at least 1.
    pub campuses: Option<u32>,
    /// Classes.
    pub classes: Option<u32>,
    /// Approved places for children.
    pub capacity: Option<u32>,
    /// Children enrolled.
    pub children: Option<u32>,
    /// Full-time teachers.
    pub teachers: Option<u32>,
    /// Carers (保育员).
    pub carers: Option<u32>,
    /// Other staff.
    pub other_staff: Option<u32>,
    /// Floor area in square metres.
    pub floor_area_m2: Option<u32>,
    /// Open, suspended or closed.
    pub status: Status,
}

impl Facts {
    /// The level it answers to; where the register does not say, the district.
    pub fn answers_to(&self) -> RunBy {
        self.run_by.unwrap_or(RunBy::District)
    }
}

/// `Datum` is stored under its label.
mod datum_by_label {
    use geography::Datum;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    pub(super) fn serialize<S: Serializer>(
        datum: &Datum,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(datum.label())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Datum, D::Error> {
        let text = String::deserialize(deserializer)?;
        Datum::named(&text).ok_or_else(|| D::Error::custom("unknown datum"))
    }
}

/// One fact before and after, as one would read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change<F = Field> {
    /// What changed.
    pub field: F,
    /// Its Chinese label, for readers of the JSON.
    pub label: String,
    /// Empty when nothing was known.
    pub before: String,
    /// Empty when nothing is known any more.
    pub after: String,
}

/// What a rule says about one field of one kindergarten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The field it is about.
    pub field: Field,
    /// How grave it is.
    pub severity: Severity,
    /// What was found, what was expected, what to do.
    pub text: String,
}

coded! {
    /// What becomes of a row.
    Verdict {
        /// The register does not know its id yet.
        New = "new", "新增";
        /// It changes what the register knows.
        Changed = "changed", "变更";
        /// It says what the register knows already.
        Unchanged = "unchanged", "无变化";
        /// It can't be taken over.
        Refused = "refused", "拒绝";
    }
}

impl Verdict {
    /// Whether something is to be saved of the row.
    pub fn is_telling(self) -> bool {
        matches!(self, Self::New | Self::Changed)
    }
}

/// What an import says about one row of kindergartens, or of other records `T` with the fields `F`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RowVerdict<T = Facts, F = Field> {
    /// The row number that Excel shows.
    pub line: u32,
    /// The register id as far as it could be read; may be empty on a refused row.
    pub id: String,
    /// The name as far as it could be read.
    pub name: String,
    /// What becomes of the row.
    pub verdict: Verdict,
    /// Messages at its cells, the gravest first.
    pub messages: Vec<Message>,
    /// What it would change, of a changed row.
    pub changes: Vec<Change<F>>,
    /// The record as it will be known; `None` on a refused row and on the repetition of an earlier one.
    #[serde(skip)]
    pub facts: Option<T>,
}

/// How many rows there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Rows with content below the header.
    pub rows: usize,
    /// Rows with [`Verdict::New`].
    pub new: usize,
    /// Rows with [`Verdict::Changed`].
    pub changed: usize,
    /// Rows with [`Verdict::Unchanged`].
    pub unchanged: usize,
    /// Rows with [`Verdict::Refused`].
    pub refused: usize,
    /// Rows taken over with a warning.
    pub with_warnings: usize,
    /// Rows taken over in which something was mended.
    pub mended: usize,
}

/// What the register lacks among the rows taken over: reported, never refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Gaps {
    /// Rows without a national code.
    pub national_code: usize,
    /// Rows that do not say whether city or district runs them; they count as run by the district.
    pub run_by: usize,
    /// Rows without a street.
    pub street: usize,
    /// Rows without children or capacity.
    pub numbers: usize,
}

/// A kindergarten that the register knows and the file does not mention. It stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotInFile {
    /// Its register id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What an import would do, row by row. Nothing is saved by making one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preview {
    /// The rows in the order of the file.
    pub rows: Vec<RowVerdict>,
    /// How many of each kind.
    pub totals: Totals,
    /// What is lacking.
    pub gaps: Gaps,
    /// What concerns the file as a whole: sheets not read, rows passed over, checks that could not be made.
    pub notes: Vec<String>,
    /// Kindergartens of the same districts that the file does not mention.
    pub not_in_file: Vec<NotInFile>,
}

/// The kindergartens that the register knows, by register id.
pub type Existing = BTreeMap<String, Facts>;

/// How a register is to be read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The datum of coordinates whose datum neither a title nor a column names.
    pub assumed_datum: Datum,
    /// Codes of the districts that the officer may write to; `None` for the whole city.
    pub districts: Option<Vec<String>>,
    /// Today, in Beijing.
    pub today: Date,
}

impl Reading {
    /// The whole city, in GCJ-02 where nothing is said: most offices take their points from Chinese web maps.
    pub fn on(today: Date) -> Reading {
        Reading { assumed_datum: Datum::Gcj02, districts: None, today }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_bounded_and_never_blank() {
        assert_eq!(RegisterId::new("  A1 ").unwrap().as_str(), "A1");
        assert_eq!(RegisterId::new(" "), None);
        assert_eq!(RegisterId::new(&"长".repeat(41)), None);
        assert_eq!(RegisterId::new("A\n1"), None);
    }

    #[test]
    fn a_national_code_of_another_category_or_province_is_none() {
        assert!(NationalCode::new("1144001800").is_some());
        for text in ["2144001800", "1142001800", "114400180", "11440018000", "114400180O"] {
            assert_eq!(NationalCode::new(text), None, "{text}");
        }
    }

    #[test]
    fn an_opening_is_stored_as_exactly_as_it_is_known() {
        for text in ["2015", "2015-09", "2015-09-01"] {
            assert_eq!(OpenedOn::stored(text).unwrap().to_string(), text);
        }
        for text in ["", "2015-13", "2015-02-30", "x"] {
            assert_eq!(OpenedOn::stored(text), None, "{text}");
        }
    }

    #[test]
    fn a_kindergarten_that_names_no_level_answers_to_the_district() {
        let facts = crate::kindergartens::tests::samples::facts("A1", "青禾幼儿园");
        assert_eq!(Facts { run_by: None, ..facts }.answers_to(), RunBy::District);
    }
}
