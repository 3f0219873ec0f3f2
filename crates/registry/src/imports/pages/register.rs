use askama::Template;
use geography::Datum;
use kernel::{Failure, ImportId, Invalid, Permission};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use web::{Desk, Faults, Form, NavLine, Page, Paging, Path, Query, Routes, Shell, Upload, answer};

use super::super::jobs::{Outcome, Previews, State};
use super::super::types::{
    Applied, Choice, Counts, GapCounts, Import, Kind, Missing, Options, Row, Shown, Stage, Summary,
};
use super::super::{acts, store};
use super::{Asked, Line, Said, address, datum, day, place_name, returned, said};
use crate::kindergartens::{self, Change, Facts, Field, Verdict};
use crate::places;

const PATH: &str = "/imports";

pub(super) fn routes(previews: &Previews) -> Routes {
    let (uploads, runs, fragments) = (previews.clone(), previews.clone(), previews.clone());
    Routes::default()
        .page(PATH, Permission::ImportRegister, list)
        .act(PATH, Permission::ImportRegister, move |desk: Desk, file: Upload| {
            upload(uploads.clone(), desk, file)
        })
        .page("/imports/template.xlsx", Permission::ImportRegister, template)
        .page(
            "/imports/runs/{run}",
            Permission::ImportRegister,
            move |desk: Desk, Path(run): Path<String>| {
                let runs = runs.clone();
                async move { watch(&runs, &desk, run) }
            },
        )
        .page(
            "/imports/runs/{run}/progress",
            Permission::ImportRegister,
            move |desk: Desk, Path(run): Path<String>| {
                let runs = fragments.clone();
                async move { progress(&runs, &desk, &run) }
            },
        )
        .page("/imports/{import}", Permission::ImportRegister, show)
        .page("/imports/{import}/errors.xlsx", Permission::ImportRegister, errors)
        .act("/imports/{import}/application", Permission::ImportRegister, apply)
        .act("/imports/{import}/discarding", Permission::ImportRegister, discard)
        .entry(NavLine {
            href: PATH,
            label: "导入名册",
            icon: "file-import",
            permission: Permission::ImportRegister,
            order: 30,
        })
}

#[derive(Template)]
#[template(path = "imports/pages/list.html")]
struct ListView {
    shell: Shell,
    place: String,
    day: String,
    datum: String,
    datums: Vec<(&'static str, &'static str)>,
    lines: Vec<Line>,
    paging: Paging,
    faults: Faults,
    may_import_clusters: bool,
}

async fn list_view(desk: &Desk, page: Option<&str>) -> Result<ListView, Failure> {
    let reading = desk.reading();
    let paging = Paging::of(page, store::count(&reading, Kind::Kindergartens).await?);
    let imports =
        store::list(&reading, Kind::Kindergartens, paging.limit(), paging.offset()).await?;
    let districts = places::store::districts(&reading).await?;
    let place = desk.caller.district().map_or_else(
        || desk.app.settings.city_name.clone(),
        |code| place_name(&desk.caller.district_place(code), &districts),
    );
    Ok(ListView {
        shell: desk.shell("导入名册"),
        place,
        day: desk.caller.today().to_string(),
        datum: Datum::Gcj02.label().to_owned(),
        datums: vec![
            (Datum::Gcj02.label(), "GCJ-02（高德、腾讯地图）"),
            (Datum::Bd09.label(), "BD-09（百度地图）"),
            (Datum::Wgs84.label(), "WGS-84、CGCS2000（天地图、GPS）"),
        ],
        lines: imports.into_iter().map(|import| Line::of(PATH, import, &districts)).collect(),
        paging,
        faults: Faults::default(),
        may_import_clusters: desk.caller.may(Permission::DraftPlans),
    })
}

async fn list(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let view = list_view(&desk, asked.page.as_deref()).await?;
    desk.page(&view)
}

async fn upload(previews: Previews, desk: Desk, file: Upload) -> Page {
    let (asked_day, asked_datum) = (file.field("day").to_owned(), file.field("datum").to_owned());
    let started = match options(&file) {
        Ok(options) => {
            let name = if file.file_name.is_empty() { "名册".to_owned() } else { file.file_name };
            let (db, caller) = (desk.db().clone(), desk.caller.clone());
            let work = move |progress| async move {
                let previewed =
                    acts::preview_file(&db, &caller, &name, file.bytes, options, progress).await;
                previewed.map(|previewed| previewed.id)
            };
            previews.start(desk.caller.person, PATH, work).await
        }
        Err(invalid) => Err(invalid.into()),
    };
    match started {
        Ok(Outcome::Ready(id)) => answer::see(&address(PATH, id)),
        Ok(Outcome::Running(run)) => answer::see(&format!("/imports/runs/{run}")),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = list_view(&desk, None).await?;
            let view = ListView { day: asked_day, datum: asked_datum, faults, ..view };
            desk.form_again(&view, &view.faults)
        }
    }
}

fn options(file: &Upload) -> Result<Options, Invalid> {
    let mut invalid = Invalid::default();
    if file.bytes.is_empty() {
        invalid.add("file", "请选择要上传的文件。");
    }
    let day = day(file.field("day"));
    if day.is_none() {
        invalid.add("day", "请填写生效日期，如 2026-02-03。");
    }
    let datum = datum(file.field("datum"));
    if datum.is_none() {
        invalid.add("datum", "请选择坐标系。");
    }
    match (day, datum) {
        (Some(day), Some(datum)) if invalid.0.is_empty() => Ok(Options { day, datum }),
        _ => Err(invalid),
    }
}

async fn template(desk: Desk) -> Page {
    let regions = places::store::names(&desk.reading()).await?;
    answer::workbook(
        "幼儿园名册模板.xlsx",
        kindergartens::template(&regions).map_err(Failure::broken)?,
    )
}

#[derive(Template)]
#[template(path = "imports/pages/run.html")]
struct RunView {
    shell: Shell,
    run: String,
    state: StateView,
}

#[derive(Template)]
#[template(path = "imports/pages/_progress.html")]
struct ProgressView {
    state: StateView,
}

/// How a run stands, in words.
struct StateView {
    go: Option<String>,
    refused: Option<String>,
    done: usize,
    all: usize,
}

impl StateView {
    fn of((state, (done, all)): (State, (usize, usize))) -> Self {
        let (go, refused) = match state {
            State::Running => (None, None),
            State::Previewed(there) => (Some(there), None),
            State::Refused(why) => (None, Some(why)),
        };
        Self { go, refused, done, all }
    }
}

fn watch(previews: &Previews, desk: &Desk, run: String) -> Page {
    let found = previews.look(&run, desk.caller.person).ok_or(Failure::NotFound)?;
    let state = StateView::of(found);
    if let Some(there) = &state.go {
        return answer::see(there);
    }
    desk.page(&RunView { shell: desk.shell("正在预览"), run, state })
}

fn progress(previews: &Previews, desk: &Desk, run: &str) -> Page {
    let found = previews.look(run, desk.caller.person).ok_or(Failure::NotFound)?;
    desk.page(&ProgressView { state: StateView::of(found) })
}

/// One of the ways to look at a preview.
struct Tab {
    code: &'static str,
    label: &'static str,
    count: i64,
}

/// A row as it is shown.
struct RowLine {
    line: u32,
    id: String,
    name: String,
    verdict: Verdict,
    messages: Vec<Said>,
    /// Label, before, after.
    changes: Vec<(String, String, String)>,
}

impl RowLine {
    fn of<T, F>(row: Row<T, F>) -> Self {
        let change = |change: Change<F>| (change.label, change.before, change.after);
        Self {
            line: row.line,
            id: row.id,
            name: row.name,
            verdict: row.verdict,
            messages: said(&row.messages),
            changes: row.changes.into_iter().map(change).collect(),
        }
    }
}

/// How a kind of import is spoken of, and where it is.
pub(super) struct Words {
    pub(super) kind: Kind,
    pub(super) path: &'static str,
    /// The page of all uploads of this kind.
    pub(super) title: &'static str,
    /// What a row is about.
    pub(super) thing: &'static str,
    /// What things are counted in.
    pub(super) unit: &'static str,
    /// Where the result is to be seen.
    pub(super) result: (&'static str, &'static str),
}

const WORDS: Words = Words {
    kind: Kind::Kindergartens,
    path: PATH,
    title: "导入名册",
    thing: "幼儿园",
    unit: "所",
    result: ("/kindergartens", "查看幼儿园名册"),
};

/// What a preview says of the file as a whole.
#[derive(Default)]
pub(super) struct Whole {
    pub(super) datum: Option<String>,
    pub(super) warned: usize,
    pub(super) gaps: GapCounts,
    pub(super) notes: Vec<String>,
    pub(super) missing: Vec<Missing>,
}

impl From<Summary> for Whole {
    fn from(summary: Summary) -> Self {
        Self {
            datum: Some(summary.datum),
            warned: summary.with_warnings,
            gaps: summary.gaps,
            notes: summary.notes,
            missing: summary.not_in_file,
        }
    }
}

#[derive(Template)]
#[template(path = "imports/pages/show.html")]
pub(super) struct ShowView {
    shell: Shell,
    words: Words,
    href: String,
    import: Import,
    place: String,
    whole: Option<Whole>,
    tabs: Vec<Tab>,
    shown: &'static str,
    rows: Vec<RowLine>,
    missing: Vec<Missing>,
    paging: Paging,
    query: String,
    problems: i64,
    is_renewed: bool,
    pub(super) faults: Faults,
}

impl ShowView {
    fn is_open(&self) -> bool {
        self.import.stage == Stage::Previewed
    }
    fn counts(&self) -> Counts {
        self.import.counts
    }
}

const ALL: &str = "all";
const MISSING: &str = "missing";

fn shown(code: &str) -> Shown {
    match code {
        "warned" => Shown::Warned,
        code => Verdict::from_code(code).map_or(Shown::All, Shown::Of),
    }
}

async fn show_view(
    desk: &Desk,
    id: ImportId,
    asked: &Asked,
    faults: Faults,
) -> Result<ShowView, Failure> {
    view_of::<Summary, Facts, Field>(desk, WORDS, id, asked, faults).await
}

/// The preview of an upload whose summary is an `S` and whose rows are of `T` and `F`.
pub(super) async fn view_of<S, T, F>(
    desk: &Desk,
    words: Words,
    id: ImportId,
    asked: &Asked,
    faults: Faults,
) -> Result<ShowView, Failure>
where
    S: DeserializeOwned + Into<Whole>,
    T: DeserializeOwned,
    F: DeserializeOwned,
{
    let reading = desk.reading();
    let import = store::find(&reading, words.kind, id).await?;
    let districts = places::store::districts(&reading).await?;
    let whole: Option<Whole> = if matches!(import.stage, Stage::Discarded | Stage::Preparing) {
        None
    } else {
        Some(store::content::<S>(&reading, id).await?.into())
    };
    let warned = whole.as_ref().map_or(0, |whole| count(whole.warned));
    let left_over = whole.as_ref().map_or(0, |whole| count(whole.missing.len()));
    let counts = import.counts;
    let mut tabs = vec![Tab { code: ALL, label: "全部", count: counts.rows() }];
    let others = [
        (Verdict::Refused.code(), Verdict::Refused.label(), counts.refused),
        ("warned", "有提醒", warned),
        (Verdict::New.code(), Verdict::New.label(), counts.new),
        (Verdict::Changed.code(), Verdict::Changed.label(), counts.changed),
        (Verdict::Unchanged.code(), Verdict::Unchanged.label(), counts.unchanged),
        (MISSING, "文件中没有的", left_over),
    ];
    tabs.extend(others.into_iter().filter(|tab| tab.2 > 0).map(|(code, label, count)| Tab {
        code,
        label,
        count,
    }));
    // What was asked for, else what most needs a look: the first kind of row that there is.
    let telling = || tabs.iter().find(|tab| !matches!(tab.code, ALL | MISSING));
    let code =
        tabs.iter().find(|tab| tab.code == asked.show).or_else(telling).map_or(ALL, |tab| tab.code);
    let is_missing = code == MISSING;
    let total =
        if is_missing { left_over } else { store::count_rows(&reading, id, shown(code)).await? };
    let paging = Paging::of(asked.page.as_deref(), total);
    let rows = if is_missing {
        Vec::new()
    } else {
        store::rows::<T, F>(&reading, id, shown(code), paging.limit(), paging.offset()).await?
    };
    let missing = whole.as_ref().filter(|_| is_missing).map_or_else(Vec::new, |whole| {
        let (skipped, taken) = (bounded(paging.offset()), bounded(paging.limit()));
        whole.missing.iter().skip(skipped).take(taken).cloned().collect()
    });
    Ok(ShowView {
        shell: desk.shell(format!("导入 {}", import.file_name)),
        href: address(words.path, id),
        words,
        place: place_name(&import.place, &districts),
        query: format!("show={code}&"),
        problems: counts.refused + warned,
        is_renewed: !asked.renewed.is_empty(),
        import,
        whole,
        tabs,
        shown: code,
        rows: rows.into_iter().map(RowLine::of).collect(),
        missing,
        paging,
        faults,
    })
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn bounded(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

async fn show(desk: Desk, Path(id): Path<ImportId>, Query(asked): Query<Asked>) -> Page {
    let view = show_view(&desk, id, &asked, Faults::default()).await?;
    desk.page(&view)
}

async fn errors(desk: Desk, Path(id): Path<ImportId>) -> Page {
    let reading = desk.reading();
    let import = store::find(&reading, Kind::Kindergartens, id).await?;
    let file = store::file(&reading, id).await?;
    let rows = store::every_row::<Facts, Field>(&reading, id).await?;
    let said = rows.into_iter().map(|row| (row.line, row.messages)).collect();
    returned(&import, file, said).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ChoiceForm {
    choice: String,
}

impl ChoiceForm {
    pub(super) fn read(&self) -> Result<Choice, Failure> {
        Choice::from_code(&self.choice).ok_or_else(|| {
            let text = "请选择导入全部可用行，还是仅当没有被拒绝的行时导入。";
            Invalid::field("choice", text).into()
        })
    }
}

async fn apply(desk: Desk, Path(id): Path<ImportId>, Form(form): Form<ChoiceForm>) -> Page {
    let applied: Result<Applied, Failure> = match form.read() {
        Ok(choice) => acts::apply(desk.db(), &desk.caller, id, choice).await,
        Err(failure) => Err(failure),
    };
    match applied {
        Ok(_) => answer::see(&address(PATH, id)),
        Err(Failure::Stale(_)) => {
            acts::renew(desk.db(), &desk.caller, id).await?;
            answer::see(&format!("{}?renewed=yes", address(PATH, id)))
        }
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = show_view(&desk, id, &Asked::default(), faults).await?;
            desk.form_again(&view, &view.faults)
        }
    }
}

async fn discard(desk: Desk, Path(id): Path<ImportId>) -> Page {
    acts::discard(desk.db(), &desk.caller, Kind::Kindergartens, id).await?;
    answer::see(PATH)
}
