use kernel::calendar::{
    DayKind, DayRow, SchoolCalendar, SchoolYear, SchoolYearDates, SchoolYearRow, WorkingDays,
};
use kernel::{Date, Failure, OPEN_END};
use policy::parameters::{Parameter, Parameters, Setting};
use storage::FromRow;
use storage::{Source, Sql, Tx};

#[derive(FromRow)]
struct Row {
    name: String,
    district_code: String,
    content: String,
    valid_from: Date,
    valid_to: Date,
}

/// Everything that was set, of every day; the store holds a few rows for each parameter and district.
pub async fn settings(source: &impl Source) -> Result<Vec<Setting>, Failure> {
    let sql = Sql::new(
        "SELECT name, district_code, content, valid_from, valid_to FROM parameter \
         ORDER BY name, district_code, valid_from LIMIT 5000",
    );
    let rows = source.all::<Row>(sql).await?;
    rows.into_iter()
        .map(|row| {
            let parameter = Parameter::from_code(&row.name)
                .ok_or_else(|| Failure::broken(format!("unknown parameter {}", row.name)))?;
            Ok(Setting {
                parameter,
                district: (!row.district_code.is_empty()).then_some(row.district_code),
                valid_from: row.valid_from,
                valid_to: row.valid_to,
                value: parameter.parse(&row.content).map_err(Failure::broken)?,
            })
        })
        .collect()
}

/// The parameters of a district on a day: what was set, else the defaults of the policy.
pub async fn parameters_of(
    source: &impl Source,
    district: &str,
    day: Date,
) -> Result<Parameters, Failure> {
    Ok(Parameters::of(district, day, &settings(source).await?))
}

#[derive(FromRow)]
struct TableRow {
    day: Date,
    kind: String,
    name: String,
    source: String,
}

/// The working-day calendar: the years that ship, and the tables that were loaded.
pub async fn working_days(source: &impl Source) -> Result<WorkingDays, Failure> {
    let sql = Sql::new("SELECT day, kind, name, source FROM calendar_day ORDER BY day LIMIT 5000");
    let rows: Vec<DayRow> = source
        .all::<TableRow>(sql)
        .await?
        .into_iter()
        .map(|row| DayRow {
            day: row.day,
            kind: if row.kind == "work" { DayKind::Work } else { DayKind::Rest },
            name: row.name,
            source_year: row.source.parse().unwrap_or_default(),
        })
        .collect();
    if rows.is_empty() {
        return Ok(WorkingDays::published());
    }
    WorkingDays::published()
        .with_table(&rows)
        .map_err(|fault| Failure::broken(format!("{fault:?}")))
}

/// Ends what holds from `day` on and begins the new value.
pub(super) async fn set(
    tx: &Tx,
    parameter: Parameter,
    district: &str,
    content: &str,
    basis: &str,
    day: Date,
) -> Result<(), Failure> {
    let later = Sql::with(
        "DELETE FROM parameter WHERE name = $1 AND district_code = $2 AND valid_from >= $3",
        [parameter.code().into(), district.into(), day.into()],
    );
    tx.execute(later).await?;
    let before = Sql::with(
        "UPDATE parameter SET valid_to = $3 WHERE name = $1 AND district_code = $2 AND valid_to > $3",
        [parameter.code().into(), district.into(), day.into()],
    );
    tx.execute(before).await?;
    let columns =
        &["name", "district_code", "content", "basis", "valid_from", "valid_to", "recorded_at"];
    let row = vec![
        parameter.code().into(),
        district.into(),
        content.into(),
        basis.into(),
        day.into(),
        OPEN_END.into(),
        tx.now().millis().into(),
    ];
    tx.insert("parameter", columns, vec![row]).await
}

pub(super) async fn replace_days(tx: &Tx, year: i32, rows: &[DayRow]) -> Result<(), Failure> {
    let source = year.to_string();
    tx.execute(Sql::with("DELETE FROM calendar_day WHERE source = $1", [source.clone().into()]))
        .await?;
    let rows = rows
        .iter()
        .map(|row| {
            let kind = if row.kind == DayKind::Work { "work" } else { "rest" };
            vec![row.day.into(), kind.into(), row.name.clone().into(), source.clone().into()]
        })
        .collect();
    tx.insert("calendar_day", &["day", "kind", "name", "source"], rows).await
}

#[derive(FromRow)]
struct YearRow {
    district_code: String,
    school_year: i64,
    first_term: Date,
    winter_vacation: Date,
    second_term: Date,
    summer_vacation: Date,
}

impl YearRow {
    fn read(self) -> SchoolYearRow {
        SchoolYearRow {
            district: (!self.district_code.is_empty()).then_some(self.district_code),
            school_year: SchoolYear::beginning(i32::try_from(self.school_year).unwrap_or_default()),
            dates: SchoolYearDates {
                first_term: self.first_term,
                winter_vacation: self.winter_vacation,
                second_term: self.second_term,
                summer_vacation: self.summer_vacation,
            },
        }
    }
}

/// The school years that were announced, the two terms of each in one row.
const YEARS: &str = "SELECT f.district_code, f.school_year, f.begins AS first_term, f.ends AS winter_vacation, \
     s.begins AS second_term, s.ends AS summer_vacation FROM school_term f JOIN school_term s \
     ON s.district_code = f.district_code AND s.school_year = f.school_year AND s.term = 2 WHERE f.term = 1";

/// Every school year that was announced, the city's before a district's.
pub async fn school_years(source: &impl Source) -> Result<Vec<SchoolYearRow>, Failure> {
    let mut sql = Sql::new(YEARS);
    sql.text(" ORDER BY f.school_year, f.district_code LIMIT 2000");
    Ok(source.all::<YearRow>(sql).await?.into_iter().map(YearRow::read).collect())
}

/// Terms and vacations of every district.
pub async fn school_calendar(source: &impl Source) -> Result<SchoolCalendar, Failure> {
    SchoolCalendar::from_rows(school_years(source).await?)
        .map_err(|fault| Failure::broken(format!("{fault:?}")))
}

/// What was announced of a school year by a district, or for the city.
pub(super) async fn school_year(
    source: &impl Source,
    district: Option<&str>,
    year: SchoolYear,
) -> Result<Option<SchoolYearDates>, Failure> {
    let mut sql = Sql::new(YEARS);
    sql.text(" AND f.district_code = ").bind(district.unwrap_or_default());
    sql.text(" AND f.school_year = ").bind(i64::from(year.begins_in()));
    Ok(source.one::<YearRow>(sql).await?.map(|row| row.read().dates))
}

pub(super) async fn replace_school_year(tx: &Tx, row: &SchoolYearRow) -> Result<(), Failure> {
    let district = row.district.as_deref().unwrap_or_default();
    let year = i64::from(row.school_year.begins_in());
    tx.execute(Sql::with(
        "DELETE FROM school_term WHERE district_code = $1 AND school_year = $2",
        [district.into(), year.into()],
    ))
    .await?;
    let dates = row.dates;
    let terms = [
        (1_i64, dates.first_term, dates.winter_vacation),
        (2, dates.second_term, dates.summer_vacation),
    ];
    let rows = terms.into_iter().map(|(term, begins, ends)| {
        vec![district.into(), year.into(), term.into(), begins.into(), ends.into()]
    });
    tx.insert(
        "school_term",
        &["district_code", "school_year", "term", "begins", "ends"],
        rows.collect(),
    )
    .await
}
