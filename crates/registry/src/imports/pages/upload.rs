//! The pages that every kind of upload has: the form with what was uploaded before, the preview, the table to correct, and the
//! officer's decision.

use askama::Template;
use kernel::{Caller, Failure, ImportId, Invalid, Permission};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sheets::{Limits, Table};
use storage::Db;
use web::{Desk, Faults, Form, Page, Paging, Path, Query, Routes, Shell, Upload, answer};

use super::super::jobs::{Outcome, Previews};
use super::super::types::{
    Choice, Counts, GapCounts, Import, Kind, Missing, Progress, Row, Shown, Stage,
};
use super::super::{acts, sheets as books, store};
use super::{Asked, Line, Said, address, place_name, said};
use crate::kindergartens::{Change, Verdict};
use crate::places;
use crate::staff::Identities;

/// A kind of file that offices upload: what its pages say, and what is done with it.
pub trait Brought: Clone + Send + Sync + 'static {
    /// What its preview says of the file as a whole.
    type Summary: DeserializeOwned + Into<Whole> + Send;
    /// What is saved of a row.
    type Facts: DeserializeOwned + Send;
    /// The fields of a row.
    type Field: DeserializeOwned + Send;
    /// How a file is to be read, as the form says it.
    type Options: Send + 'static;

    /// How it is spoken of, and where it is.
    fn words(&self) -> &'static Words;
    /// What the form asks and says besides the file.
    fn asks(&self, desk: &Desk) -> Asks;
    /// What was answered; a field that can't be read is noted.
    fn options(&self, file: &Upload, invalid: &mut Invalid) -> Option<Self::Options>;
    /// Keeps the preview of a file.
    fn preview(
        &self,
        db: Db,
        caller: Caller,
        file: Upload,
        options: Self::Options,
        progress: Progress,
    ) -> impl Future<Output = Result<ImportId, Failure>> + Send;
    /// Saves what a preview shows.
    fn apply(
        &self,
        db: &Db,
        caller: &Caller,
        id: ImportId,
        choice: Choice,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
    /// Makes a preview anew, and answers where it is.
    fn renew(
        &self,
        db: &Db,
        caller: &Caller,
        id: ImportId,
    ) -> impl Future<Output = Result<ImportId, Failure>> + Send;
    /// The empty file to fill in.
    fn template(&self, desk: &Desk) -> impl Future<Output = Result<Vec<u8>, Failure>> + Send;
    /// A table as it is handed back for correction.
    fn handed_back(&self, table: Table) -> Table {
        table
    }
}

/// The addresses of a kind of upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paths {
    /// The form, with what was uploaded before.
    pub list: &'static str,
    /// The empty file to fill in.
    pub template: &'static str,
    /// A preview.
    pub show: &'static str,
    /// Its table to correct.
    pub errors: &'static str,
    /// Its application.
    pub application: &'static str,
    /// Putting it aside.
    pub discarding: &'static str,
}

/// The addresses below this one.
#[macro_export]
macro_rules! import_paths {
    ($list:literal) => {
        $crate::imports::Paths {
            list: $list,
            template: concat!($list, "/template.xlsx"),
            show: concat!($list, "/{import}"),
            errors: concat!($list, "/{import}/errors.xlsx"),
            application: concat!($list, "/{import}/application"),
            discarding: concat!($list, "/{import}/discarding"),
        }
    };
}

/// How a kind of upload is spoken of, and where it is.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// Which.
    pub kind: Kind,
    /// Where.
    pub paths: Paths,
    /// The page of all uploads of this kind.
    pub title: &'static str,
    /// The page above it: address and name.
    pub above: (&'static str, &'static str),
    /// What a file of it has, said below its field.
    pub help: &'static str,
    /// What a row is about.
    pub thing: &'static str,
    /// What things are counted in.
    pub unit: &'static str,
    /// Where the result is to be seen.
    pub result: (&'static str, &'static str),
    /// How much of a file is read.
    pub limits: Limits,
}

impl Words {
    fn is_dated(&self) -> bool {
        self.kind.is_dated()
    }
}

/// What the form of an upload asks and says besides the file.
#[derive(Debug, Clone, Default)]
pub struct Asks {
    /// The day from which the contents hold.
    pub day: Option<String>,
    /// The datum of coordinates that name none.
    pub datum: Option<String>,
    /// What to know beforehand: a title and a sentence.
    pub notice: Option<(&'static str, &'static str)>,
    /// Other uploads: address, symbol, name.
    pub others: Vec<(&'static str, &'static str, &'static str)>,
}

/// What a preview says of the file as a whole.
#[derive(Debug, Clone, Default)]
pub struct Whole {
    /// Label of the datum that was assumed.
    pub datum: Option<String>,
    /// Rows taken over with a warning.
    pub warned: usize,
    /// What rows lack that are taken over.
    pub gaps: GapCounts,
    /// What concerns the file as a whole.
    pub notes: Vec<String>,
    /// What is known and not in the file.
    pub missing: Vec<Missing>,
}

/// The pages of a kind of upload, for posts with `permission`.
pub fn pages_of<B: Brought>(brought: &B, permission: Permission, previews: &Previews) -> Routes {
    let Paths { list, template, show, errors, application, discarding } = brought.words().paths;
    let (own, running) = (brought.clone(), previews.clone());
    let uploading =
        move |desk: Desk, file: Upload| upload(own.clone(), running.clone(), desk, file);
    let own = brought.clone();
    let listing = move |desk: Desk, asked: Query<Asked>| listed(own.clone(), desk, asked.0);
    let own = brought.clone();
    let filling = move |desk: Desk| {
        let own = own.clone();
        async move {
            let name = format!("{}模板.xlsx", own.words().kind.label());
            answer::workbook(&name, own.template(&desk).await?)
        }
    };
    let own = brought.clone();
    let showing = move |desk: Desk, Path(id): Path<ImportId>, asked: Query<Asked>| {
        let own = own.clone();
        async move { desk.page(&view_of(&own, &desk, id, &asked.0, Faults::default()).await?) }
    };
    let own = brought.clone();
    let returning = move |desk: Desk, Path(id): Path<ImportId>| returned(own.clone(), desk, id);
    let own = brought.clone();
    let applying = move |desk: Desk, Path(id): Path<ImportId>, form: Form<ChoiceForm>| {
        applied(own.clone(), desk, id, form.0)
    };
    let words = brought.words();
    let putting_aside = move |desk: Desk, Path(id): Path<ImportId>| async move {
        acts::discard(desk.db(), &desk.caller, words.kind, id).await?;
        answer::see(words.paths.list)
    };
    Routes::default()
        .page(list, permission, listing)
        .act(list, permission, uploading)
        .page(template, permission, filling)
        .page(show, permission, showing)
        .page(errors, permission, returning)
        .act(application, permission, applying)
        .act(discarding, permission, putting_aside)
}

#[derive(Template)]
#[template(path = "imports/pages/list.html")]
struct ListView {
    shell: Shell,
    words: &'static Words,
    place: String,
    asks: Asks,
    datums: Vec<(&'static str, &'static str)>,
    lines: Vec<Line>,
    paging: Paging,
    faults: Faults,
}

async fn list_view(
    desk: &Desk,
    words: &'static Words,
    asks: Asks,
    page: Option<&str>,
) -> Result<ListView, Failure> {
    let reading = desk.reading();
    let paging = Paging::of(page, store::count(&reading, words.kind).await?);
    let imports = store::list(&reading, words.kind, paging.limit(), paging.offset()).await?;
    let districts = places::store::districts(&reading).await?;
    let place = desk.caller.district().map_or_else(
        || desk.app.settings.city_name.clone(),
        |code| place_name(&desk.caller.district_place(code), &districts),
    );
    let lines =
        imports.into_iter().map(|import| Line::of(words.paths.list, import, &districts)).collect();
    Ok(ListView {
        shell: desk.shell(words.title),
        words,
        place,
        asks,
        datums: super::datums(),
        lines,
        paging,
        faults: Faults::default(),
    })
}

async fn listed<B: Brought>(brought: B, desk: Desk, asked: Asked) -> Page {
    let asks = brought.asks(&desk);
    let view = list_view(&desk, brought.words(), asks, asked.page.as_deref()).await?;
    desk.page(&view)
}

async fn upload<B: Brought>(brought: B, previews: Previews, desk: Desk, mut file: Upload) -> Page {
    let words = brought.words();
    let mut asks = brought.asks(&desk);
    for (asked, name) in [(&mut asks.day, "day"), (&mut asks.datum, "datum")] {
        if let Some(typed) = asked {
            file.field(name).clone_into(typed);
        }
    }
    let mut invalid = Invalid::default();
    if file.bytes.is_empty() {
        invalid.add("file", "请选择要上传的文件。");
    }
    if file.file_name.is_empty() {
        words.kind.label().clone_into(&mut file.file_name);
    }
    let options = brought.options(&file, &mut invalid);
    let started = match options {
        Some(options) if invalid.0.is_empty() => {
            let (db, caller) = (desk.db().clone(), desk.caller.clone());
            let work = move |progress| async move {
                brought.preview(db, caller, file, options, progress).await
            };
            previews.start(desk.caller.person, (words.paths.list, words.title), work).await
        }
        _ => Err(invalid.into()),
    };
    match started {
        Ok(Outcome::Ready(id)) => answer::see(&address(words.paths.list, id)),
        Ok(Outcome::Running(run)) => answer::see(&format!("/imports/runs/{run}")),
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = ListView { faults, ..list_view(&desk, words, asks, None).await? };
            desk.form_again(&view, &view.faults)
        }
    }
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

#[derive(Template)]
#[template(path = "imports/pages/show.html")]
struct ShowView {
    shell: Shell,
    words: &'static Words,
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
    faults: Faults,
}

impl ShowView {
    fn is_open(&self) -> bool {
        self.import.stage == Stage::Previewed
    }
    fn counts(&self) -> Counts {
        self.import.counts
    }
    fn done(&self) -> String {
        if self.words.is_dated() {
            format!("已导入，自 {} 起生效", self.import.day)
        } else {
            "已导入".to_owned()
        }
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

/// The preview of an upload.
async fn view_of<B: Brought>(
    brought: &B,
    desk: &Desk,
    id: ImportId,
    asked: &Asked,
    faults: Faults,
) -> Result<ShowView, Failure> {
    let words = brought.words();
    let reading = desk.reading();
    let import = store::find(&reading, words.kind, id).await?;
    let districts = places::store::districts(&reading).await?;
    let whole: Option<Whole> = if matches!(import.stage, Stage::Discarded | Stage::Preparing) {
        None
    } else {
        Some(store::content::<B::Summary>(&reading, id).await?.into())
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
    let rows: Vec<Row<B::Facts, B::Field>> = if is_missing {
        Vec::new()
    } else {
        store::rows(&reading, id, shown(code), paging.limit(), paging.offset()).await?
    };
    let missing = whole.as_ref().filter(|_| is_missing).map_or_else(Vec::new, |whole| {
        let (skipped, taken) = (bounded(paging.offset()), bounded(paging.limit()));
        whole.missing.iter().skip(skipped).take(taken).cloned().collect()
    });
    Ok(ShowView {
        shell: desk.shell(format!("导入 {}", import.file_name)),
        href: address(words.paths.list, id),
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

/// The workbook to correct and upload again.
async fn returned<B: Brought>(brought: B, desk: Desk, id: ImportId) -> Page {
    let reading = desk.reading();
    let Words { kind, limits, .. } = *brought.words();
    let import = store::find(&reading, kind, id).await?;
    let file = acts::file(&reading, &Identities::of(desk.db()), id).await?;
    let rows: Vec<Row<B::Facts, B::Field>> = store::every_row(&reading, id).await?;
    let said: Vec<_> = rows.into_iter().map(|row| (row.line, row.messages)).collect();
    let made = tokio::task::spawn_blocking(move || {
        let table = sheets::read(&file, &limits).map_err(Failure::broken)?;
        books::returned(&brought.handed_back(table), &said)
    });
    answer::workbook(&super::returned_name(&import), made.await.map_err(Failure::broken)??)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ChoiceForm {
    choice: String,
}

impl ChoiceForm {
    fn read(&self) -> Result<Choice, Failure> {
        Choice::from_code(&self.choice).ok_or_else(|| {
            let text = "请选择导入全部可用行，还是仅当没有被拒绝的行时导入。";
            Invalid::field("choice", text).into()
        })
    }
}

async fn applied<B: Brought>(brought: B, desk: Desk, id: ImportId, form: ChoiceForm) -> Page {
    let list = brought.words().paths.list;
    let applied = match form.read() {
        Ok(choice) => brought.apply(desk.db(), &desk.caller, id, choice).await,
        Err(failure) => Err(failure),
    };
    match applied {
        Ok(()) => answer::see(&address(list, id)),
        Err(Failure::Stale(_)) => {
            let fresh = brought.renew(desk.db(), &desk.caller, id).await?;
            answer::see(&format!("{}?renewed=yes", address(list, fresh)))
        }
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = view_of(&brought, &desk, id, &Asked::default(), faults).await?;
            desk.form_again(&view, &view.faults)
        }
    }
}
