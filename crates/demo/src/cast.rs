//! The people of the demo city. Only those whose accounts are printed have a password.

use kernel::{
    Caller, Date, Failure, KindergartenId, Note, OPEN_END, PersonId, PostKind, PostScope,
};
use people::accounts::{self, Password};
use people::officers::{self, Appointment};
use people::posts::{self, NewPost};
use storage::Db;

/// The password of every printed account: the demo city holds nothing secret.
pub const PASSWORD: &str = "Xuequ-2026";

/// An account to sign in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintedAccount {
    /// The post, as people say it: 南山区学前科科员.
    pub post: &'static str,
    /// The login.
    pub login: &'static str,
    /// What one would try with it.
    pub purpose: &'static str,
}

/// The accounts that are printed at start.
pub fn printed_accounts() -> impl Iterator<Item = PrintedAccount> {
    DISTRICTS.iter().chain(CITY).filter_map(|role| role.printed).chain([PRINCIPAL])
}

/// The principal, who is appointed once there is a centre to lead.
const PRINCIPAL: PrintedAccount = PrintedAccount {
    post: "南山区一所中心园的园长",
    login: "principal",
    purpose: "反馈划分意见、确定视导员",
};

/// Somebody with a post.
#[derive(Clone, Copy)]
struct Role {
    name: &'static str,
    login: &'static str,
    kind: PostKind,
    /// The district's code; empty for the city.
    district: &'static str,
    printed: Option<PrintedAccount>,
}

const fn quiet(
    name: &'static str,
    login: &'static str,
    kind: PostKind,
    district: &'static str,
) -> Role {
    Role { name, login, kind, district, printed: None }
}

const fn printed(role: Role, post: &'static str, purpose: &'static str) -> Role {
    let login = role.login;
    Role { printed: Some(PrintedAccount { post, login, purpose }), ..role }
}

const CITY: &[Role] = &[
    printed(quiet("周怡", "city", PostKind::CityOfficer, ""), "市局学前科科员", "导入全市名册"),
    printed(quiet("沈维", "auditor", PostKind::Auditor, ""), "市审计员", "查阅、导出审计日志"),
    printed(
        quiet("方舟", "sysadmin", PostKind::SystemAdministrator, ""),
        "系统管理员",
        "区划、地图、日历与参数",
    ),
    printed(
        quiet("程岩", "secadmin", PostKind::SecurityAdministrator, ""),
        "安全管理员",
        "账号与岗位",
    ),
    printed(
        quiet("白露", "auditadmin", PostKind::AuditAdministrator, ""),
        "审计管理员",
        "审计日志",
    ),
];

const DISTRICTS: &[Role] = &[
    printed(
        quiet("王敏", "nanshan", PostKind::SectionOfficer, "440305"),
        "南山区学前科科员",
        "编制方案、导入名册",
    ),
    printed(
        quiet("陈国栋", "nanshan-leader", PostKind::DeputyInCharge, "440305"),
        "南山区分管领导",
        "审批、公布方案",
    ),
    printed(
        quiet("许静", "nanshan-inspector", PostKind::SupervisionOfficer, "440305"),
        "南山区督导室科员",
        "聘任责任督学",
    ),
    printed(
        quiet("何楠", "futian", PostKind::SectionOfficer, "440304"),
        "福田区学前科科员",
        "编制方案",
    ),
    printed(
        quiet("罗文斌", "futian-leader", PostKind::DeputyInCharge, "440304"),
        "福田区分管领导",
        "审批待办中的方案",
    ),
    printed(
        quiet("叶昕", "futian-inspector", PostKind::SupervisionOfficer, "440304"),
        "福田区督导室科员",
        "聘任责任督学",
    ),
    printed(
        quiet("丁可", "futian-research", PostKind::ResearchOfficer, "440304"),
        "福田区教研部门人员",
        "聘任兼职教研员",
    ),
    printed(
        quiet("陆宁", "futian-training", PostKind::TrainingOfficer, "440304"),
        "福田区培训部门人员",
        "聘任兼职培训师",
    ),
    quiet("邓晓岚", "luohu", PostKind::SectionOfficer, "440303"),
    quiet("谢远", "luohu-leader", PostKind::DeputyInCharge, "440303"),
    quiet("唐悦", "yantian", PostKind::SectionOfficer, "440308"),
    quiet("江帆", "yantian-leader", PostKind::DeputyInCharge, "440308"),
    quiet("梁秋", "baoan", PostKind::SectionOfficer, "440306"),
    quiet("欧阳澄", "baoan-leader", PostKind::DeputyInCharge, "440306"),
    quiet("彭雪", "longgang", PostKind::SectionOfficer, "440307"),
    quiet("贺立群", "longgang-leader", PostKind::DeputyInCharge, "440307"),
    quiet("田禾", "longhua", PostKind::SectionOfficer, "440309"),
    quiet("严松", "longhua-leader", PostKind::DeputyInCharge, "440309"),
    quiet("苏芮", "pingshan", PostKind::SectionOfficer, "440310"),
    quiet("孔令宜", "pingshan-leader", PostKind::DeputyInCharge, "440310"),
    quiet("顾青", "guangming", PostKind::SectionOfficer, "440311"),
    quiet("武思远", "guangming-leader", PostKind::DeputyInCharge, "440311"),
    quiet("文竹", "dapeng", PostKind::SectionOfficer, "dapeng"),
    quiet("雷鸣", "dapeng-leader", PostKind::DeputyInCharge, "dapeng"),
];

/// The people, once they have accounts and posts.
pub(crate) struct Cast {
    people: Vec<(&'static Role, PersonId)>,
}

impl Cast {
    /// Opens everybody's account and gives everybody's post.
    pub(crate) async fn engage(db: &Db, from: Date) -> Result<Self, Failure> {
        let mut people = Vec::new();
        for role in CITY.iter().chain(DISTRICTS) {
            let person = open(db, role.name, role.login, role.printed.is_some()).await?;
            let scope = match role.district {
                "" => PostScope::City,
                code => PostScope::District(code.to_owned()),
            };
            let paper_number = String::new();
            let appointment =
                Appointment { kind: role.kind, scope, from, to: OPEN_END, paper_number };
            officers::appoint(db, db.program("演示"), person, &appointment).await?;
            people.push((role, person));
        }
        Ok(Self { people })
    }

    /// Who holds this post in this district, or in the city, acting now.
    pub(crate) async fn acting(
        &self,
        db: &Db,
        kind: PostKind,
        district: &str,
    ) -> Result<Caller, Failure> {
        let holds = |(role, _): &&(&Role, PersonId)| role.kind == kind && role.district == district;
        let (role, person) = self.people.iter().find(holds).ok_or(Failure::NotFound)?;
        people::sessions::as_caller(db, *person, role.name, kind).await
    }
}

/// Opens the principal's account and gives the post.
pub(crate) async fn appoint_principal(
    db: &Db,
    kindergarten: KindergartenId,
    from: Date,
) -> Result<(), Failure> {
    let person = open(db, "林岚", PRINCIPAL.login, true).await?;
    let scope = PostScope::Kindergarten(kindergarten);
    let (kind, paper_number) = (PostKind::Principal, String::new());
    let post = NewPost { person, kind, scope, from, to: OPEN_END, term: None, paper_number };
    let tx = db.begin(db.program("演示")).await?;
    posts::give(&tx, &[post]).await?;
    let summary = format!("任命为{}，自 {from} 起", kind.label());
    tx.commit(Note::of("post.given", person, summary)).await
}

async fn open(db: &Db, name: &str, login: &str, has_password: bool) -> Result<PersonId, Failure> {
    // No password hashes to this: nobody signs in with the account.
    let none = || Password::stored("!".to_owned());
    let password = if has_password { Password::hash_cheaply(PASSWORD)? } else { none() };
    accounts::open(db, db.program("演示"), name, login, &password).await
}
