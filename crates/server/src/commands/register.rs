//! A register from a file, for the commands that run without a database.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use geography::{Datum, District, Plane, Point, Regions};
use kernel::Date;
use policy::plan_rules::{KindergartenFacts, Position};
use registry::kindergartens::{Facts, Reading, RowVerdict, Verdict, read_register};
use sheets::{Cell, Limits, Table};

use super::files;
use super::outcome::{Trouble, say};
use crate::clock::SystemClock;

/// Refused rows that are shown before the rest is only counted.
const SHOWN_ROWS: usize = 10;

/// Titles of a column that says whether a city-run kindergarten is delegated to its district (2.1.2-6).
const DELEGATION_TITLES: [&str; 5] = ["委托", "委托书", "委托书文号", "是否委托", "delegated"];

/// The register, and how it is to be read.
#[derive(Args, Debug)]
pub(crate) struct RegisterOptions {
    /// The register: CSV or Excel, columns recognised under the names that offices use
    #[arg(long, value_name = "REGISTER")]
    pub(crate) input: PathBuf,
    #[command(flatten)]
    pub(crate) reading: ReadingOptions,
}

/// How a register is to be read.
#[derive(Args, Debug)]
pub(crate) struct ReadingOptions {
    /// Folder with the bureau's own districts, streets, communities and outlines [default: those shipped for Shenzhen]
    #[arg(long, value_name = "DIR")]
    pub(crate) regions: Option<PathBuf>,
    /// Datum of coordinates for which neither a title nor a column names one: GCJ-02, WGS-84, BD-09
    #[arg(long, value_name = "DATUM", default_value = "GCJ-02", value_parser = datum)]
    pub(crate) datum: Datum,
    /// The day whose rules hold, as 2026-02-03 [default: today in Beijing]
    #[arg(long, value_name = "DAY")]
    pub(crate) day: Option<Date>,
}

impl ReadingOptions {
    /// The day whose rules hold.
    pub(crate) fn day(&self) -> Date {
        use kernel::Clock as _;
        self.day.unwrap_or_else(|| SystemClock.now().date())
    }

    /// What the registry must know to read a register.
    pub(crate) fn reading(&self) -> Reading {
        Reading { assumed_datum: self.datum, ..Reading::on(self.day()) }
    }
}

fn datum(text: &str) -> Result<Datum, String> {
    Datum::named(text).ok_or_else(|| "expected GCJ-02, WGS-84 (CGCS2000) or BD-09".to_owned())
}

/// The kindergartens of a register, ready for the rules.
pub(crate) struct Register {
    /// The city's places.
    pub(crate) regions: Regions,
    /// The day whose rules hold.
    pub(crate) day: Date,
    /// Rows that could not be taken over: kindergartens of which nothing is known.
    pub(crate) refused: usize,
    kindergartens: Vec<Kindergarten>,
}

struct Kindergarten {
    facts: Facts,
    delegated: bool,
}

/// Reads a table of any office.
pub(crate) fn table(path: &Path) -> Result<Table, Trouble> {
    sheets::read(&files::bytes(path)?, &Limits::default())
        .map_err(|fault| Trouble(format!("{}：{fault}", path.display())))
}

impl Register {
    /// Reads the register, and tells on stderr what could not be read of it.
    pub(crate) fn read(options: &RegisterOptions) -> Result<Self, Trouble> {
        let regions = files::regions(options.reading.regions.as_deref())?;
        let table = table(&options.input)?;
        let reading = options.reading.reading();
        let (facts, rows) = read_register(&table, &regions, &reading)
            .map_err(|fault| Trouble(format!("{}：{fault}", options.input.display())))?;
        if facts.is_empty() {
            tell_refused(&rows);
            return Err(Trouble(format!("{}：没有一行可以采用。", options.input.display())));
        }
        let delegated = delegated_lines(&table);
        let refused = tell_refused(&rows);
        let kindergartens = rows
            .into_iter()
            .filter_map(|row| {
                Some(Kindergarten { delegated: delegated.contains(&row.line), facts: row.facts? })
            })
            .collect();
        Ok(Self { regions, day: options.reading.day(), refused, kindergartens })
    }

    /// The districts in the city's order.
    pub(crate) fn districts(&self) -> impl Iterator<Item = &District> {
        self.regions.districts.iter()
    }

    /// How many kindergartens were read.
    pub(crate) fn len(&self) -> usize {
        self.kindergartens.len()
    }

    /// The district of every kindergarten, by id.
    pub(crate) fn district_of(&self) -> BTreeMap<&str, &str> {
        self.kindergartens
            .iter()
            .map(|each| (each.facts.register_id.as_str(), each.facts.district.as_str()))
            .collect()
    }

    /// The point of every kindergarten, by id.
    pub(crate) fn points(&self) -> BTreeMap<&str, Point> {
        self.kindergartens
            .iter()
            .map(|each| (each.facts.register_id.as_str(), each.facts.point))
            .collect()
    }

    /// A district's kindergartens and any others that are asked for, all on the district's own plane.
    pub(crate) fn facts_for(
        &self,
        district: &str,
        others: &BTreeSet<&str>,
    ) -> Vec<KindergartenFacts> {
        let concerned: Vec<&Kindergarten> = self
            .kindergartens
            .iter()
            .filter(|each| {
                each.facts.district == district || others.contains(each.facts.register_id.as_str())
            })
            .collect();
        let own: Vec<Point> = concerned
            .iter()
            .filter(|each| each.facts.district == district)
            .map(|each| each.facts.point)
            .collect();
        let plane = Plane::around(&own);
        concerned.into_iter().map(|each| self.facts_of(each, &plane)).collect()
    }

    /// A district's kindergartens with their points.
    pub(crate) fn with_points(&self, district: &str) -> Vec<(KindergartenFacts, Point)> {
        let points = self.points();
        let facts = self.facts_for(district, &BTreeSet::new()).into_iter();
        facts
            .filter_map(|facts| Some((points.get(facts.id.as_str()).copied()?, facts)))
            .map(|(point, facts)| (facts, point))
            .collect()
    }

    fn facts_of(&self, kindergarten: &Kindergarten, plane: &Plane) -> KindergartenFacts {
        let facts = &kindergarten.facts;
        let (x_m, y_m) = plane.xy_m(facts.point);
        let street = facts.street.as_deref().and_then(|code| self.regions.street(code));
        KindergartenFacts {
            id: facts.register_id.to_string(),
            name: facts.name.to_string(),
            district: facts.district.clone(),
            ownership: facts.ownership,
            grade: facts.grade,
            run_by: facts.answers_to(),
            status: facts.status,
            delegated: kindergarten.delegated,
            position: Some(Position { x_m, y_m }),
            street: street.map(|street| street.name.clone()).unwrap_or_default(),
            community: facts.community.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }
}

/// Tells the refused rows, the first few with their reasons; returns how many there are.
fn tell_refused(rows: &[RowVerdict]) -> usize {
    let refused: Vec<&RowVerdict> =
        rows.iter().filter(|row| row.verdict == Verdict::Refused).collect();
    if !refused.is_empty() {
        say(format_args!("名册有 {} 行不能采用，这些幼儿园不在划分之内：", refused.len()));
    }
    for row in refused.iter().take(SHOWN_ROWS) {
        let why: Vec<&str> = row
            .messages
            .iter()
            .filter(|message| message.severity == sheets::Severity::Refused)
            .map(|message| message.text.as_str())
            .collect();
        say(format_args!("  第 {} 行 {} {}：{}", row.line, row.id, row.name, why.join("；")));
    }
    if refused.len() > SHOWN_ROWS {
        say("  其余请用 gongzhi import kindergartens 文件 --dry-run 查看。");
    }
    refused.len()
}

/// The lines on which a column of delegation says yes: anything but nothing or no.
fn delegated_lines(table: &Table) -> BTreeSet<u32> {
    let column = table.header.iter().position(|title| DELEGATION_TITLES.contains(&title.trim()));
    let Some(column) = column else { return BTreeSet::new() };
    let says_yes = |cell: &Cell| match cell {
        Cell::Flag(flag) => *flag,
        cell => {
            !matches!(cell.text().trim(), "" | "0" | "否" | "无" | "-" | "—" | "/" | "no" | "false")
        }
    };
    table
        .rows
        .iter()
        .filter(|line| line.cells.get(column).is_some_and(says_yes))
        .map(|line| line.line)
        .collect()
}
