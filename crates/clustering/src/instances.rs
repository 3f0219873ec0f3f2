//! Instance files of two families, and the plan file that answers them. Text in, text out: opening files is the caller's part.
//!
//! - City: CSV with a header; `id,x_m,y_m,eligible` are needed, `street,kind,grade,demand,capacity` are used when there, others
//!   ignored. At most `p` clusters. `p` and capacity come from the caller or from a file name like `d01_n425_p45_c16.csv`.
//! - CPMP, the literature's text format: `n p`, then n lines `x y capacity demand`. Every point may be a centre; exactly `p`.
//!   Points have no ids of their own and are numbered from 0.

use std::fmt;

use crate::plan::Plan;
use crate::problem::{Infeasible, Metric, Problem, Site, Terms};

/// Largest number of points that is read.
pub const LIMIT_POINTS: usize = 2_000_000;

/// What the caller knows beside the file's text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Number of clusters; else from the file or its name.
    pub clusters: Option<usize>,
    /// Capacity of every centre; else from the file or its name.
    pub capacity: Option<u32>,
    /// How distances are measured.
    pub metric: Metric,
}

/// An instance as read.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Id of each site, in the file's order.
    pub ids: Vec<String>,
    /// The checked problem.
    pub problem: Problem,
}

/// Why a file is no instance.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// A line does not read, counted from 1.
    Line(usize, String),
    /// The file as a whole lacks something.
    Whole(String),
    /// It reads, but contradicts itself.
    Infeasible(Infeasible),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line, text) => write!(f, "第 {line} 行：{text}"),
            Self::Whole(text) => write!(f, "{text}"),
            Self::Infeasible(reason) => write!(f, "{reason}"),
        }
    }
}

impl std::error::Error for Fault {}

/// Reads either family; a header with `id` and `x_m` makes it a city file.
pub fn read(text: &str, file_name: &str, options: &Options) -> Result<Instance, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().find(|line| !line.trim().is_empty());
    let first = first.ok_or_else(|| Fault::Whole("文件是空的".into()))?;
    if first.contains(',') { read_city(text, file_name, options) } else { read_cpmp(text, options) }
}

/// The plan as CSV `id,centre_id`, one line for each site in the instance's order.
pub fn write_plan(instance: &Instance, plan: &Plan) -> String {
    let mut text = String::from("id,centre_id\n");
    for (id, &centre) in instance.ids.iter().zip(&plan.centre_of) {
        text.push_str(&quoted(id));
        text.push(',');
        text.push_str(&quoted(&instance.ids[centre]));
        text.push('\n');
    }
    text
}

/// Number of clusters and capacity in a file name like `s11_d01_n425_p45_c16.csv`.
pub fn from_file_name(name: &str) -> (Option<usize>, Option<u32>) {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = stem.split('.').next().unwrap_or(stem);
    let last = |mark: char| {
        stem.split('_').filter_map(|part| part.strip_prefix(mark)?.parse::<u32>().ok()).next_back()
    };
    (last('p').map(|p| p as usize), last('c'))
}

fn read_city(text: &str, file_name: &str, options: &Options) -> Result<Instance, Fault> {
    let (named_p, named_capacity) = from_file_name(file_name);
    let clusters = options.clusters.or(named_p);
    let clusters = clusters
        .ok_or_else(|| Fault::Whole("没有给出学区数量：请用 --p，或在文件名中写 _p数量".into()))?;
    let capacity = options.capacity.or(named_capacity);

    let mut lines = text
        .lines()
        .enumerate()
        .map(|(n, line)| (n + 1, line))
        .filter(|(_, line)| !line.trim().is_empty());
    let (_, header) = lines.next().ok_or_else(|| Fault::Whole("文件是空的".into()))?;
    let header = cells(header);
    let column = |name: &str| header.iter().position(|cell| cell == name);
    let needed = |name: &str| column(name).ok_or_else(|| Fault::Whole(format!("缺少列 {name}")));
    let (id, x, y, eligible) = (needed("id")?, needed("x_m")?, needed("y_m")?, needed("eligible")?);
    let [street, kind, grade, demand, own_capacity] =
        ["street", "kind", "grade", "demand", "capacity"].map(column);
    if capacity.is_none() && own_capacity.is_none() {
        return Err(Fault::Whole("没有给出容量：请用 --capacity，或在文件名中写 _c容量".into()));
    }

    let mut ids = Vec::new();
    let mut sites = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (line, text) in lines {
        let row = Row { line, cells: cells(text) };
        if sites.len() == LIMIT_POINTS {
            return Err(Fault::Whole(format!("超过 {LIMIT_POINTS} 行")));
        }
        let name = row.text(id, "id")?.to_owned();
        if !seen.insert(name.clone()) {
            return Err(Fault::Line(line, format!("id {name} 重复")));
        }
        let eligible = match row.text(eligible, "eligible")? {
            "1" => true,
            "0" => false,
            other => {
                return Err(Fault::Line(line, format!("eligible 应为 0 或 1，而不是“{other}”")));
            }
        };
        let whole = |at: Option<usize>, name: &str, otherwise: u32| {
            at.map_or(Ok(otherwise), |at| row.whole(at, name))
        };
        let small = |at: Option<usize>, name: &str| {
            let value = whole(at, name, 0)?;
            u8::try_from(value).map_err(|_| Fault::Line(line, format!("{name} 的值 {value} 过大")))
        };
        sites.push(Site {
            x_m: row.number(x, "x_m")?,
            y_m: row.number(y, "y_m")?,
            demand: whole(demand, "demand", 1)?,
            capacity: match capacity {
                Some(capacity) => capacity,
                None => whole(own_capacity, "capacity", 0)?,
            },
            eligible,
            street: whole(street, "street", 0)?,
            kind: small(kind, "kind")?,
            grade: small(grade, "grade")?,
        });
        ids.push(name);
    }
    finish(ids, sites, Terms { metric: options.metric, ..Terms::at_most(clusters) })
}

fn read_cpmp(text: &str, options: &Options) -> Result<Instance, Fault> {
    let lines = text.lines().enumerate().map(|(n, line)| (n + 1, line));
    let mut rows = lines.map(|(line, text)| Row {
        line,
        cells: text.split_whitespace().map(str::to_owned).collect(),
    });
    let mut rows = rows.by_ref().filter(|row| !row.cells.is_empty());
    let head = rows.next().ok_or_else(|| Fault::Whole("文件是空的".into()))?;
    let n = head.whole(0, "n")? as usize;
    let p = head.whole(1, "p")? as usize;
    if n > LIMIT_POINTS {
        return Err(Fault::Line(head.line, format!("点数 {n} 超过 {LIMIT_POINTS}")));
    }
    let mut sites = Vec::new();
    for row in rows {
        if sites.len() == n {
            return Err(Fault::Line(row.line, format!("多于第一行所说的 {n} 个点")));
        }
        if row.cells.len() != 4 {
            return Err(Fault::Line(
                row.line,
                format!("应有 4 个数（x y 容量 需求），实有 {} 个", row.cells.len()),
            ));
        }
        sites.push(Site {
            x_m: row.number(0, "x")?,
            y_m: row.number(1, "y")?,
            capacity: options.capacity.map_or_else(|| row.whole(2, "capacity"), Ok)?,
            demand: row.whole(3, "demand")?,
            eligible: true,
            street: 0,
            kind: 0,
            grade: 0,
        });
    }
    if sites.len() < n {
        return Err(Fault::Whole(format!("第一行说有 {n} 个点，实有 {} 个", sites.len())));
    }
    let ids = (0..n).map(|i| i.to_string()).collect();
    let terms = Terms { metric: options.metric, ..Terms::exactly(options.clusters.unwrap_or(p)) };
    finish(ids, sites, terms)
}

fn finish(ids: Vec<String>, sites: Vec<Site>, terms: Terms) -> Result<Instance, Fault> {
    let problem = Problem::new(sites, terms).map_err(Fault::Infeasible)?;
    Ok(Instance { ids, problem })
}

/// A line split into cells.
struct Row {
    line: usize,
    cells: Vec<String>,
}

impl Row {
    fn text(&self, at: usize, name: &str) -> Result<&str, Fault> {
        let cell = self.cells.get(at).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
        cell.ok_or_else(|| Fault::Line(self.line, format!("缺少 {name}")))
    }

    fn number(&self, at: usize, name: &str) -> Result<f64, Fault> {
        let text = self.text(at, name)?;
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| Fault::Line(self.line, format!("{name} 的值“{text}”不是数字")))
    }

    /// A whole number, also written as `720.0`.
    fn whole(&self, at: usize, name: &str) -> Result<u32, Fault> {
        let number = self.number(at, name)?;
        let whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
        if whole {
            Ok(number as u32)
        } else {
            Err(Fault::Line(self.line, format!("{name} 的值 {number} 应为不小于零的整数")))
        }
    }
}

/// Splits a CSV line; a cell may stand in double quotes, doubled inside.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut inside = false;
    let mut characters = line.trim_end_matches('\r').chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if inside && characters.peek() == Some(&'"') => {
                characters.next();
                push(&mut cells, '"');
            }
            '"' => inside = !inside,
            ',' if !inside => cells.push(String::new()),
            other => push(&mut cells, other),
        }
    }
    cells.into_iter().map(|cell| cell.trim().to_owned()).collect()
}

fn push(cells: &mut [String], c: char) {
    if let Some(cell) = cells.last_mut() {
        cell.push(c);
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CITY: &str = "id,x_m,y_m,lon,lat,district,street,kind,eligible\n甲,0,0,114.0,22.0,1,5,0,1\n乙,30.5,40,114.0,22.0,1,6,2,0\n";
    const CPMP: &str = " 3 1\r\n 0 0 10 3\r\n 3 4 10 4\r\n 6.0 8.0 10.0 3.0\r\n\r\n";

    fn fault(text: &str, name: &str) -> String {
        read(text, name, &Options::default()).unwrap_err().to_string()
    }

    #[test]
    fn a_city_file_takes_clusters_and_capacity_from_its_name() {
        let instance = read(CITY, "some/s1_d01_n2_p1_c16.csv", &Options::default()).unwrap();
        assert_eq!(instance.ids, ["甲", "乙"]);
        let (first, second) = (&instance.problem.sites()[0], &instance.problem.sites()[1]);
        assert!(first.eligible && !second.eligible);
        assert_eq!(
            (second.x_m, second.street, second.kind, second.capacity, second.demand),
            (30.5, 6, 2, 16, 1)
        );
        assert_eq!(instance.problem.terms().clusters, 1..=1);
    }

    #[test]
    fn options_win_over_the_file_name() {
        let options = Options { clusters: Some(1), capacity: Some(5), metric: Metric::EuclidFloor };
        let instance = read(CITY, "n2_p9_c16.csv", &options).unwrap();
        assert_eq!(instance.problem.sites()[0].capacity, 5);
        assert_eq!(instance.problem.terms().clusters, 1..=1);
        assert_eq!(instance.problem.distance(0, 1), 50.0);
    }

    #[test]
    fn a_literature_file_is_read_with_its_capacities_and_exactly_p() {
        let instance = read(CPMP, "cpmp01.txt", &Options::default()).unwrap();
        assert_eq!(instance.ids, ["0", "1", "2"]);
        assert_eq!(instance.problem.terms().clusters, 1..=1);
        let demands: Vec<u32> = instance.problem.sites().iter().map(|site| site.demand).collect();
        assert_eq!(demands, [3, 4, 3]);
    }

    #[test]
    fn faults_name_their_line() {
        assert_eq!(
            fault("id,x_m,y_m,eligible\na,1,2,1\n\nb,x,2,1\n", "p1_c16"),
            "第 4 行：x_m 的值“x”不是数字"
        );
        assert_eq!(
            fault("id,x_m,y_m,eligible\na,1,2,1\na,1,2,1\n", "p1_c16"),
            "第 3 行：id a 重复"
        );
        assert_eq!(fault("id,x_m,y_m,eligible\na,1,2\n", "p1_c16"), "第 2 行：缺少 eligible");
        assert_eq!(
            fault("id,x_m,y_m,eligible\na,1,2,yes\n", "p1_c16"),
            "第 2 行：eligible 应为 0 或 1，而不是“yes”"
        );
        assert_eq!(
            fault("2 1\n0 0 5 1\n0 0 5\n", ""),
            "第 3 行：应有 4 个数（x y 容量 需求），实有 3 个"
        );
        assert_eq!(fault("1 1\n0 0 5 1\n0 0 5 1\n", ""), "第 3 行：多于第一行所说的 1 个点");
        assert_eq!(
            fault("1 1\n0 0 5 1.5\n", ""),
            "第 2 行：需求 的值 1.5 应为不小于零的整数".replace("需求", "demand")
        );
    }

    #[test]
    fn what_is_missing_as_a_whole_is_said() {
        assert_eq!(fault("\n \n", ""), "文件是空的");
        assert_eq!(fault("id,x_m,eligible\n", "p1_c16"), "缺少列 y_m");
        assert_eq!(
            fault(CITY, "register.csv"),
            "没有给出学区数量：请用 --p，或在文件名中写 _p数量"
        );
        assert_eq!(
            fault(CITY, "register_p1.csv"),
            "没有给出容量：请用 --capacity，或在文件名中写 _c容量"
        );
        assert_eq!(fault("3 1\n0 0 5 1\n", ""), "第一行说有 3 个点，实有 1 个");
        assert_eq!(
            fault("1 1\n0 0 5 9\n", ""),
            "必须同区的 1 所（含第 1 所）共需 9 个名额，任何学区最多只有 5 个"
        );
    }

    #[test]
    fn ids_with_commas_and_quotes_survive_the_way_back() {
        let text = "id,x_m,y_m,eligible\n\"a,\"\"b\"\"\",0,0,1\n";
        let instance = read(text, "p1_c16", &Options::default()).unwrap();
        assert_eq!(instance.ids, ["a,\"b\""]);
        let written = write_plan(&instance, &Plan { centre_of: vec![0] });
        assert_eq!(written, "id,centre_id\n\"a,\"\"b\"\"\",\"a,\"\"b\"\"\"\n");
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic() {
        for text in [
            "1",
            "x y",
            "-1 2",
            "4294967295 1\n",
            "id,\n,",
            "\"",
            "id,x_m,y_m,eligible\n\"\n",
            "0 0",
            "0 0\n",
            "1 0\n1 1 1 1",
        ] {
            assert!(read(text, "p1_c1", &Options::default()).is_err(), "{text:?}");
        }
    }
}
