use geography::Datum;
use kernel::{Caller, Failure, ImportId, Invalid, Permission};
use sheets::Limits;
use storage::Db;
use web::{Desk, NavLine, Routes, Upload};

use super::super::acts;
use super::super::jobs::Previews;
use super::super::types::{Choice, Kind, Options, Progress, Summary};
use super::upload::{Asks, Brought, Whole, Words, pages_of};
use super::{datum, read_day};
use crate::kindergartens::{self, Facts, Field};
use crate::{import_paths, places};

const WORDS: Words = Words {
    kind: Kind::Kindergartens,
    paths: import_paths!("/imports"),
    title: "导入名册",
    above: ("/kindergartens", "幼儿园"),
    help: "一行一所幼儿园，至少有编号、名称、区、经纬度和办园性质。各单位常用的列名都能识别。",
    thing: "幼儿园",
    unit: "所",
    result: ("/kindergartens", "查看幼儿园名册"),
    limits: Limits::DEFAULT,
};

pub(super) fn routes(previews: &Previews) -> Routes {
    pages_of(&Register, Permission::ImportRegister, previews).entry(NavLine {
        href: WORDS.paths.list,
        label: "导入名册",
        icon: "file-import",
        permission: Permission::ImportRegister,
        order: 30,
    })
}

/// The register of kindergartens.
#[derive(Clone)]
struct Register;

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

impl Brought for Register {
    type Summary = Summary;
    type Facts = Facts;
    type Field = Field;
    type Options = Options;

    fn words(&self) -> &'static Words {
        &WORDS
    }

    fn asks(&self, desk: &Desk) -> Asks {
        let others = [
            (Permission::DraftPlans, ("/imports/clusters", "polygon", "导入已设立的学区")),
            (Permission::ImportRegister, ("/imports/staff", "users", "导入教职工")),
            (Permission::AppointHeads, ("/imports/heads", "id-badge-2", "导入园长任职")),
        ];
        let own = others.into_iter().filter(|(permission, _)| desk.caller.may(*permission));
        Asks {
            day: Some(desk.caller.today().to_string()),
            datum: Some(Datum::Gcj02.label().to_owned()),
            notice: None,
            others: own.map(|(_, other)| other).collect(),
        }
    }

    fn options(&self, file: &Upload, invalid: &mut Invalid) -> Option<Options> {
        let day = read_day(file, invalid);
        let datum = datum(file.field("datum"));
        if datum.is_none() {
            invalid.add("datum", "请选择坐标系。");
        }
        Some(Options { day: day?, datum: datum? })
    }

    async fn preview(
        &self,
        db: Db,
        caller: Caller,
        file: Upload,
        options: Options,
        progress: Progress,
    ) -> Result<ImportId, Failure> {
        let Upload { file_name, bytes, .. } = file;
        let previewed =
            acts::preview_file(&db, &caller, &file_name, bytes, options, progress).await;
        previewed.map(|previewed| previewed.id)
    }

    async fn apply(
        &self,
        db: &Db,
        caller: &Caller,
        id: ImportId,
        choice: Choice,
    ) -> Result<(), Failure> {
        acts::apply(db, caller, id, choice).await.map(drop)
    }

    async fn renew(&self, db: &Db, caller: &Caller, id: ImportId) -> Result<ImportId, Failure> {
        acts::renew(db, caller, id).await.map(|()| id)
    }

    async fn template(&self, desk: &Desk) -> Result<Vec<u8>, Failure> {
        let regions = places::store::names(&desk.reading()).await?;
        kindergartens::template(&regions).map_err(Failure::broken)
    }
}
