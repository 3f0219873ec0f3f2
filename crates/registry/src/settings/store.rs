use kernel::calendar::{DayKind, DayRow, WorkingDays};
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
