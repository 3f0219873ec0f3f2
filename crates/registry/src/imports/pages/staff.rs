use kernel::{Caller, Date, Failure, ImportId, Invalid, Permission};
use sheets::Table;
use storage::Db;
use web::{Desk, Routes, Upload};

use super::super::acts;
use super::super::jobs::Previews;
use super::super::types::{Choice, Kind, Progress, StaffSummary};
use super::read_day;
use super::upload::{Asks, Brought, Whole, Words, pages_of};
use crate::import_paths;
use crate::staff::{self, Identities};

const WORDS: Words = Words {
    kind: Kind::Staff,
    paths: import_paths!("/imports/staff"),
    title: "导入教职工名册",
    above: ("/staff", "教职工"),
    help: "一行一位教职工，至少有幼儿园、姓名、岗位和入职日期。各单位常用的列名都能识别。",
    thing: "教职工",
    unit: "人",
    result: ("/staff", "查看教职工名册"),
    limits: acts::STAFF_LIMITS,
};

pub(super) fn routes(previews: &Previews) -> Routes {
    pages_of(&Staff, Permission::ImportRegister, previews)
}

/// Staff of kindergartens.
#[derive(Clone)]
struct Staff;

impl From<StaffSummary> for Whole {
    fn from(summary: StaffSummary) -> Self {
        Self { warned: summary.with_warnings, notes: summary.notes, ..Self::default() }
    }
}

impl Brought for Staff {
    type Summary = StaffSummary;
    type Facts = staff::Staged;
    type Field = staff::Field;
    type Options = Date;

    fn words(&self) -> &'static Words {
        &WORDS
    }

    fn asks(&self, desk: &Desk) -> Asks {
        let is_ready = Identities::of(desk.db()).is_ready();
        let notice = (
            "系统没有配置密钥，身份证号不会读取和保存",
            "其他内容照常导入。需要登记身份证号的，请系统管理员先配置密钥。",
        );
        Asks {
            day: Some(desk.caller.today().to_string()),
            notice: (!is_ready).then_some(notice),
            others: vec![("/imports", "school", "导入幼儿园名册")],
            ..Asks::default()
        }
    }

    fn options(&self, file: &Upload, invalid: &mut Invalid) -> Option<Date> {
        read_day(file, invalid)
    }

    async fn preview(
        &self,
        db: Db,
        caller: Caller,
        file: Upload,
        day: Date,
        progress: Progress,
    ) -> Result<ImportId, Failure> {
        let Upload { file_name, bytes, .. } = file;
        let previewed = acts::preview_staff(&db, &caller, &file_name, bytes, day, progress).await;
        previewed.map(|previewed| previewed.id)
    }

    async fn apply(
        &self,
        db: &Db,
        caller: &Caller,
        id: ImportId,
        choice: Choice,
    ) -> Result<(), Failure> {
        acts::apply_staff(db, caller, id, choice).await.map(drop)
    }

    async fn renew(&self, db: &Db, caller: &Caller, id: ImportId) -> Result<ImportId, Failure> {
        acts::renew_staff(db, caller, id).await
    }

    async fn template(&self, _desk: &Desk) -> Result<Vec<u8>, Failure> {
        staff::template().map_err(Failure::broken)
    }

    /// Identity numbers are masked: whoever corrects a line types them anew.
    fn handed_back(&self, table: Table) -> Table {
        staff::masked(table)
    }
}
