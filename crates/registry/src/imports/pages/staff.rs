use askama::Template;
use kernel::{Date, Failure, ImportId, Invalid, Permission};
use web::{Desk, Faults, Form, Page, Paging, Path, Query, Routes, Shell, Upload, answer};

use super::super::jobs::{Outcome, Previews};
use super::super::types::{Kind, StaffRow, StaffSummary};
use super::super::{acts, sheets as books, store};
use super::register::{ChoiceForm, ShowView, Whole, Words, view_of};
use super::{Asked, Line, address, day, place_name};
use crate::places;
use crate::staff::{self, Identities};

const PATH: &str = "/imports/staff";

const WORDS: Words = Words {
    kind: Kind::Staff,
    path: PATH,
    title: "导入教职工名册",
    thing: "教职工",
    unit: "人",
    result: ("/staff", "查看教职工名册"),
};

pub(super) fn routes(previews: &Previews) -> Routes {
    let uploads = previews.clone();
    Routes::default()
        .page(PATH, Permission::ImportRegister, list)
        .act(PATH, Permission::ImportRegister, move |desk: Desk, file: Upload| {
            upload(uploads.clone(), desk, file)
        })
        .page("/imports/staff/template.xlsx", Permission::ImportRegister, template)
        .page("/imports/staff/{import}", Permission::ImportRegister, show)
        .page("/imports/staff/{import}/errors.xlsx", Permission::ImportRegister, errors)
        .act("/imports/staff/{import}/application", Permission::ImportRegister, apply)
        .act("/imports/staff/{import}/discarding", Permission::ImportRegister, discard)
}

impl From<StaffSummary> for Whole {
    fn from(summary: StaffSummary) -> Self {
        Self { warned: summary.with_warnings, notes: summary.notes, ..Self::default() }
    }
}

#[derive(Template)]
#[template(path = "imports/pages/staff.html")]
struct ListView {
    shell: Shell,
    place: String,
    day: String,
    has_key: bool,
    lines: Vec<Line>,
    paging: Paging,
    faults: Faults,
}

async fn list_view(desk: &Desk, page: Option<&str>) -> Result<ListView, Failure> {
    let reading = desk.reading();
    let paging = Paging::of(page, store::count(&reading, Kind::Staff).await?);
    let imports = store::list(&reading, Kind::Staff, paging.limit(), paging.offset()).await?;
    let districts = places::store::districts(&reading).await?;
    let place = desk.caller.district().map_or_else(
        || desk.app.settings.city_name.clone(),
        |code| place_name(&desk.caller.district_place(code), &districts),
    );
    Ok(ListView {
        shell: desk.shell(WORDS.title),
        place,
        day: desk.caller.today().to_string(),
        has_key: Identities::of(desk.db()).is_ready(),
        lines: imports.into_iter().map(|import| Line::of(PATH, import, &districts)).collect(),
        paging,
        faults: Faults::default(),
    })
}

async fn list(desk: Desk, Query(asked): Query<Asked>) -> Page {
    let view = list_view(&desk, asked.page.as_deref()).await?;
    desk.page(&view)
}

async fn upload(previews: Previews, desk: Desk, file: Upload) -> Page {
    let asked_day = file.field("day").to_owned();
    let started = match from_day(&file) {
        Ok(day) => {
            let name = if file.file_name.is_empty() {
                "教职工名册".to_owned()
            } else {
                file.file_name
            };
            let (db, caller) = (desk.db().clone(), desk.caller.clone());
            let work = move |progress| async move {
                let previewed = acts::preview_staff(&db, &caller, &name, file.bytes, day, progress);
                previewed.await.map(|previewed| previewed.id)
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
            let view = ListView { day: asked_day, faults, ..list_view(&desk, None).await? };
            desk.form_again(&view, &view.faults)
        }
    }
}

fn from_day(file: &Upload) -> Result<Date, Invalid> {
    let mut invalid = Invalid::default();
    if file.bytes.is_empty() {
        invalid.add("file", "请选择要上传的文件。");
    }
    let day = day(file.field("day"));
    if day.is_none() {
        invalid.add("day", "请填写生效日期，如 2026-02-03。");
    }
    day.filter(|_| invalid.0.is_empty()).ok_or(invalid)
}

async fn template(_desk: Desk) -> Page {
    answer::workbook("教职工名册模板.xlsx", staff::template().map_err(Failure::broken)?)
}

async fn show_view(
    desk: &Desk,
    id: ImportId,
    asked: &Asked,
    faults: Faults,
) -> Result<ShowView, Failure> {
    view_of::<StaffSummary, staff::Staged, staff::Field>(desk, WORDS, id, asked, faults).await
}

async fn show(desk: Desk, Path(id): Path<ImportId>, Query(asked): Query<Asked>) -> Page {
    let view = show_view(&desk, id, &asked, Faults::default()).await?;
    desk.page(&view)
}

/// The lines to correct, with their identity numbers masked: whoever corrects one of them types it anew.
async fn errors(desk: Desk, Path(id): Path<ImportId>) -> Page {
    let reading = desk.reading();
    let import = store::find(&reading, Kind::Staff, id).await?;
    let file = acts::staff_file(&reading, &Identities::of(desk.db()), id).await?;
    let rows: Vec<StaffRow> = store::every_row(&reading, id).await?;
    let said: Vec<_> = rows.into_iter().map(|row| (row.line, row.messages)).collect();
    let made = tokio::task::spawn_blocking(move || {
        let table = ::sheets::read(&file, &acts::STAFF_LIMITS).map_err(Failure::broken)?;
        books::returned_table(&staff::masked(table), &said)
    });
    let stem =
        import.file_name.rsplit_once('.').map_or(import.file_name.as_str(), |(stem, _)| stem);
    answer::workbook(&format!("{stem}（待更正）.xlsx"), made.await.map_err(Failure::broken)??)
}

async fn apply(desk: Desk, Path(id): Path<ImportId>, Form(form): Form<ChoiceForm>) -> Page {
    let applied = match form.read() {
        Ok(choice) => acts::apply_staff(desk.db(), &desk.caller, id, choice).await,
        Err(failure) => Err(failure),
    };
    match applied {
        Ok(_) => answer::see(&address(PATH, id)),
        Err(Failure::Stale(_)) => {
            let fresh = acts::renew_staff(desk.db(), &desk.caller, id).await?;
            answer::see(&format!("{}?renewed=yes", address(PATH, fresh)))
        }
        Err(failure) => {
            let faults = Faults::of(failure)?;
            let view = show_view(&desk, id, &Asked::default(), faults).await?;
            desk.form_again(&view, &view.faults)
        }
    }
}

async fn discard(desk: Desk, Path(id): Path<ImportId>) -> Page {
    acts::discard_staff(desk.db(), &desk.caller, id).await?;
    answer::see(PATH)
}
