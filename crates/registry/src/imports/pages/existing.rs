use std::collections::BTreeMap;

use askama::Template;
use kernel::{Failure, ImportId, Invalid, Permission};
use sheets::Limits;
use web::{Desk, Faults, Form, Page, Paging, Path, Query, Routes, Shell, Upload, answer};

use super::super::types::{Choice, Import, Kind, Stage, Takeover, Told, ToldCluster};
use super::super::{acts, sheets as books, store};
use super::{Asked, Line, Said, address, day, place_name, returned_name, said};
use crate::places;

const PATH: &str = "/imports/clusters";

pub(super) fn routes() -> Routes {
    Routes::default()
        .page(PATH, Permission::DraftPlans, list)
        .act(PATH, Permission::DraftPlans, upload)
        .page("/imports/clusters/template.xlsx", Permission::DraftPlans, template)
        .page("/imports/clusters/{import}", Permission::DraftPlans, show)
        .page("/imports/clusters/{import}/errors.xlsx", Permission::DraftPlans, errors)
        .act("/imports/clusters/{import}/application", Permission::DraftPlans, apply)
        .act("/imports/clusters/{import}/discarding", Permission::DraftPlans, discard)
}

#[derive(Template)]
#[template(path = "imports/pages/clusters.html")]
struct ListView {
    shell: Shell,
    lines: Vec<Line>,
    paging: Paging,
    faults: Faults,
}

async fn list_view(desk: &Desk, page: Option<&str>, faults: Faults) -> Result<ListView, Failure> {
    let reading = desk.reading();
    let paging = Paging::of(page, store::count(&reading, Kind::Clusters).await?);
    let imports = store::list(&reading, Kind::Clusters, paging.limit(), paging.offset()).await?;
    let districts = places::store::districts(&reading).await?;
    let lines = imports.into_iter().map(|import| Line::of(PATH, import, &districts)).collect();
    Ok(ListView { shell: desk.shell("导入已设立的学区"), lines, paging, faults })
}

async fn list(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let view = list_view(&desk, asked.page.as_deref(), Faults::default()).await?;
    desk.page(&view)
}

async fn upload(desk: Desk, file: Upload) -> Page {
    let previewed = if file.bytes.is_empty() {
        Err(Invalid::field("file", "请选择要上传的文件。").into())
    } else {
        let name = if file.file_name.is_empty() { "学区" } else { &file.file_name };
        acts::preview_clusters(desk.db(), &desk.caller, name, file.bytes).await
    };
    match previewed {
        Ok(id) => answer::see(&address(PATH, id)),
        Err(failure) => {
            let view = list_view(&desk, None, Faults::of(failure)?).await?;
            desk.form_again(&view, &view.faults)
        }
    }
}

async fn template(_desk: Desk) -> Page {
    answer::workbook("已设立学区模板.xlsx", books::clusters_template()?)
}

/// What is said of a line of the file.
struct LineView {
    line: u32,
    cluster: String,
    messages: Vec<Said>,
}

/// A state with the reason that was typed for it.
struct StateView {
    state: ToldCluster,
    reason: String,
}

impl StateView {
    fn help(&self) -> &'static str {
        if self.state.is_open() {
            "作为例外登记，到期须重新核对。"
        } else {
            "历史情况，理由随记录保存。"
        }
    }
}

#[derive(Template)]
#[template(path = "imports/pages/cluster.html")]
struct ShowView {
    shell: Shell,
    href: String,
    import: Import,
    place: String,
    states: Vec<StateView>,
    lines: Vec<LineView>,
    notes: Vec<String>,
    unread: Vec<String>,
    until: String,
    is_renewed: bool,
    faults: Faults,
}

impl ShowView {
    fn is_open(&self) -> bool {
        self.import.stage == Stage::Previewed
    }
    /// States that can be taken over.
    fn usable(&self) -> i64 {
        self.import.counts.telling()
    }
    /// Whether an exception would have to end some day.
    fn asks_until(&self) -> bool {
        self.states
            .iter()
            .any(|view| view.state.is_open() && view.state.standing.code() == "reasoned")
    }
}

async fn show_view(
    desk: &Desk,
    id: ImportId,
    typed: &Typed,
    faults: Faults,
) -> Result<ShowView, Failure> {
    let reading = desk.reading();
    let import = store::find(&reading, Kind::Clusters, id).await?;
    let districts = places::store::districts(&reading).await?;
    let told: Option<Told> = if import.stage == Stage::Discarded {
        None
    } else {
        Some(store::content(&reading, id).await?)
    };
    let (states, lines, notes, unread) = told
        .map_or_else(Default::default, |told| (told.states, told.lines, told.notes, told.unread));
    let today = desk.caller.today();
    let next_year = today.checked_add_months(chrono::Months::new(12)).unwrap_or(today);
    Ok(ShowView {
        shell: desk.shell(format!("导入 {}", import.file_name)),
        href: address(PATH, id),
        place: place_name(&import.place, &districts),
        import,
        states: states
            .into_iter()
            .map(|state| StateView {
                reason: typed.reasons.get(&state.key).cloned().unwrap_or_default(),
                state,
            })
            .collect(),
        lines: lines
            .into_iter()
            .map(|line| LineView {
                line: line.line,
                cluster: line.cluster,
                messages: said(&line.messages),
            })
            .collect(),
        notes,
        unread,
        until: if typed.until.is_empty() { next_year.to_string() } else { typed.until.clone() },
        is_renewed: typed.is_renewed,
        faults,
    })
}

async fn show(desk: Desk, Path(id): Path<ImportId>, Query(asked): Query<Asked>) -> Page {
    let typed = Typed { is_renewed: !asked.renewed.is_empty(), ..Typed::default() };
    let view = show_view(&desk, id, &typed, Faults::default()).await?;
    desk.page(&view)
}

async fn errors(desk: Desk, Path(id): Path<ImportId>) -> Page {
    let reading = desk.reading();
    let import = store::find(&reading, Kind::Clusters, id).await?;
    let (file, told): (Vec<u8>, Told) =
        (store::file(&reading, id).await?, store::content(&reading, id).await?);
    let said: Vec<_> = told.lines.into_iter().map(|line| (line.line, line.messages)).collect();
    let made = tokio::task::spawn_blocking(move || {
        let table = sheets::read(&file, &Limits::default()).map_err(Failure::broken)?;
        books::returned(&table, &said)
    });
    answer::workbook(&returned_name(&import), made.await.map_err(Failure::broken)??)
}

/// What was typed into the form of a preview.
#[derive(Default)]
struct Typed {
    choice: String,
    until: String,
    reasons: BTreeMap<u32, String>,
    is_renewed: bool,
}

impl Typed {
    fn of(fields: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "choice" => typed.choice = value,
                "until" => typed.until = value,
                name => {
                    if let Some(key) = name.strip_prefix("reason-").and_then(|key| key.parse().ok())
                    {
                        typed.reasons.insert(key, value);
                    }
                }
            }
        }
        typed
    }

    fn takeover(&self, today: kernel::Date) -> Result<Takeover, Invalid> {
        let choice = Choice::from_code(&self.choice)
            .ok_or_else(|| Invalid::field("choice", "请选择怎样导入。"))?;
        // Without anything to except, the form does not ask for an end.
        let until = if self.until.is_empty() { Some(today) } else { day(&self.until) };
        let until =
            until.ok_or_else(|| Invalid::field("until", "请填写例外的有效期，如 2027-08-31。"))?;
        Ok(Takeover { choice, reasons: self.reasons.clone(), until })
    }
}

async fn apply(
    desk: Desk,
    Path(id): Path<ImportId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Page {
    let typed = Typed::of(fields);
    let applied = match typed.takeover(desk.caller.today()) {
        Ok(takeover) => acts::apply_clusters(desk.db(), &desk.caller, id, &takeover).await,
        Err(invalid) => Err(invalid.into()),
    };
    match applied {
        Ok(_) => answer::see(&address(PATH, id)),
        Err(Failure::Stale(_)) => {
            acts::renew_clusters(desk.db(), &desk.caller, id).await?;
            answer::see(&format!("{}?renewed=yes", address(PATH, id)))
        }
        Err(failure) => {
            let view = show_view(&desk, id, &typed, Faults::of(failure)?).await?;
            desk.form_again(&view, &view.faults)
        }
    }
}

async fn discard(desk: Desk, Path(id): Path<ImportId>) -> Page {
    acts::discard(desk.db(), &desk.caller, Kind::Clusters, id).await?;
    answer::see(PATH)
}
