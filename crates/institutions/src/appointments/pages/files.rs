//! The pages on which an office brings a file of the posts that it gives.

use kernel::{Caller, Failure, ImportId, Invalid, PostKind};
use registry::import_paths;
use registry::imports::{Asks, Brought, Choice, Kind, Previews, Progress, Whole, Words, pages_of};
use registry::kindergartens::{self, Filter};
use registry::staff::masked;
use sheets::{Limits, Table};
use storage::Db;
use web::{Desk, Routes, Upload};

use crate::appointments::acts::{self, Bringer};
use crate::appointments::types::{Door, Field, Staged, Summary};
use crate::appointments::{sheets as files, store};

/// The routes of files of posts, for each office its own; they share the previews of all uploads.
pub fn import_routes(previews: &Previews) -> Routes {
    ALL.into_iter().fold(Routes::default(), |routes, (door, words)| {
        routes.merge(pages_of(&Posts { door, words }, door.permission(), previews))
    })
}

/// The doors at which files are brought; a kindergarten settles its one liaison on a form.
const ALL: [(Door, &Words); 4] = [
    (Door::Heads, &HEADS),
    (Door::Inspectors, &INSPECTORS),
    (Door::Leads, &LEADS),
    (Door::Trainers, &TRAINERS),
];

/// The page on which this kind of post brings files, and its name.
pub fn import_page(kind: PostKind) -> Option<(&'static str, &'static str)> {
    let own = ALL.iter().find(|(door, _)| kind.may(door.permission()));
    own.map(|(_, words)| (words.paths.list, words.title))
}

/// Posts that are given at one door.
#[derive(Clone)]
struct Posts {
    door: Door,
    words: &'static Words,
}

const HEADS: Words = Words {
    kind: Kind::Heads,
    paths: import_paths!("/imports/heads"),
    title: "导入园长任职名册",
    above: ("/appointments", "任职名册"),
    help: "一行一项任职，至少有幼儿园、姓名、任职日期和文号；主持工作的写明岗位。各单位常用的列名都能识别。",
    thing: "任职",
    unit: "项",
    result: ("/appointments", "查看任职名册"),
    limits: Limits::DEFAULT,
};

const INSPECTORS: Words = Words {
    kind: Kind::Inspectors,
    paths: import_paths!("/imports/inspectors"),
    title: "导入责任督学任职名册",
    help: "一行一届任期，至少有学区、岗位（专职或兼职）、姓名、任职日期和文号，最好有届次和任期截止。各单位常用的列名都能识别。",
    ..HEADS
};

const LEADS: Words = Words {
    kind: Kind::Leads,
    paths: import_paths!("/imports/leads"),
    title: "导入兼职教研员任职名册",
    help: "一行一项任职，至少有学区、姓名、任职日期和文号。各单位常用的列名都能识别。",
    ..HEADS
};

const TRAINERS: Words = Words {
    kind: Kind::Trainers,
    paths: import_paths!("/imports/trainers"),
    title: "导入兼职培训师任职名册",
    ..LEADS
};

impl From<Summary> for Whole {
    fn from(summary: Summary) -> Self {
        Self { warned: summary.with_warnings, notes: summary.notes, ..Self::default() }
    }
}

impl Brought for Posts {
    type Summary = Summary;
    type Facts = Staged;
    type Field = Field;
    type Options = ();

    fn words(&self) -> &'static Words {
        self.words
    }

    fn asks(&self, _desk: &Desk) -> Asks {
        Asks { others: vec![("/staffing", "users", "人员配备")], ..Asks::default() }
    }

    fn options(&self, _file: &Upload, _invalid: &mut Invalid) -> Option<()> {
        Some(())
    }

    async fn preview(
        &self,
        db: Db,
        caller: Caller,
        file: Upload,
        (): (),
        progress: Progress,
    ) -> Result<ImportId, Failure> {
        let bringer = Bringer::office(&caller, self.door)?;
        let Upload { file_name, bytes, .. } = file;
        let previewed = acts::preview_posts(&db, &bringer, &file_name, bytes, progress).await;
        previewed.map(|previewed| previewed.id)
    }

    async fn apply(
        &self,
        db: &Db,
        caller: &Caller,
        id: ImportId,
        choice: Choice,
    ) -> Result<(), Failure> {
        acts::apply_posts(db, &Bringer::office(caller, self.door)?, id, choice).await.map(drop)
    }

    async fn renew(&self, db: &Db, caller: &Caller, id: ImportId) -> Result<ImportId, Failure> {
        acts::renew_posts(db, &Bringer::office(caller, self.door)?, id).await
    }

    async fn template(&self, desk: &Desk) -> Result<Vec<u8>, Failure> {
        let reading = desk.reading();
        let (last, most) = (acts::last_day(), kindergartens::store::MOST);
        let all = Filter::default();
        let kindergartens = kindergartens::store::list(&reading, &all, last, most, 0).await?;
        let clusters = store::clusters(&reading).await?;
        let regions = registry::places::store::names(&reading).await?;
        let stands = files::stands(&kindergartens, &clusters, &regions);
        files::template(self.door.kinds(), &desk.caller.scope, &stands)
    }

    /// Lists of people often bear identity numbers, which are not read here: they are masked.
    fn handed_back(&self, table: Table) -> Table {
        masked(table)
    }
}
