//! `gongzhi user`: what whoever installs the system needs before anybody can sign in, and when nobody can any more.

use clap::{Args, Subcommand, ValueEnum};
use kernel::PostKind;
use people::accounts::{self, Standing};
use people::officers::{self, Newcomer};
use people::{posts, second_factor};
use storage::Db;

use super::open::{ConfigurationFile, with_database};
use super::outcome::{Ending, Outcome, Trouble, print};

/// Under which name the audit trail has these acts.
const ACTOR: &str = "gongzhi user";

/// More accounts than a person reads.
const MOST: i64 = 100_000;

/// Accounts, as far as the machine's installer needs them; everything else is the security administrator's.
#[derive(Subcommand, Debug)]
pub(crate) enum User {
    List(List),
    Add(Add),
    Reset(Reset),
    Lock(Of),
}

/// List logins with their posts.
#[derive(Args, Debug)]
pub(crate) struct List {
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// Open the account of the first system, security or audit administrator; prints a password that must be changed.
#[derive(Args, Debug)]
pub(crate) struct Add {
    /// The login: letters, digits, `.`, `-`, `_`
    login: String,
    /// The person's name
    #[arg(long)]
    name: String,
    /// Which administrator
    #[arg(long, value_enum)]
    post: Administrator,
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// Print a new password of an account, which must be changed; ends its sessions.
#[derive(Args, Debug)]
pub(crate) struct Reset {
    /// The login
    login: String,
    /// Switch the second factor off, too: its owner lost the telephone and the recovery codes
    #[arg(long)]
    without_code: bool,
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// Take the password of an account away until a new one is given; ends its sessions.
#[derive(Args, Debug)]
pub(crate) struct Of {
    /// The login
    login: String,
    #[command(flatten)]
    configuration: ConfigurationFile,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Administrator {
    System,
    Security,
    Audit,
}

impl From<Administrator> for PostKind {
    fn from(administrator: Administrator) -> Self {
        match administrator {
            Administrator::System => Self::SystemAdministrator,
            Administrator::Security => Self::SecurityAdministrator,
            Administrator::Audit => Self::AuditAdministrator,
        }
    }
}

/// Does what was asked for.
pub(crate) fn run(wanted: &User) -> Outcome {
    match wanted {
        User::List(wanted) => with_database(&wanted.configuration, list),
        User::Add(wanted) => {
            with_database(&wanted.configuration, async |db| add(&db, wanted).await)
        }
        User::Reset(wanted) => with_database(&wanted.configuration, async |db| {
            if wanted.without_code {
                second_factor::switch_off(&db, db.program(ACTOR), &wanted.login).await?;
            }
            let plain = accounts::reset(&db, db.program(ACTOR), &wanted.login).await?;
            told(&wanted.login, &plain);
            Ok(Ending::Done)
        }),
        User::Lock(wanted) => with_database(&wanted.configuration, async |db| {
            accounts::lock(&db, db.program(ACTOR), &wanted.login).await?;
            print(&format!("账号 {} 已停用。恢复使用：gongzhi user reset\n", wanted.login));
            Ok(Ending::Done)
        }),
    }
}

async fn list(db: Db) -> Outcome {
    let reading = db.reading(db.program(ACTOR));
    let logins = accounts::logins(&reading, MOST).await?;
    let mut text = String::new();
    for page in logins.chunks(100) {
        let people: Vec<_> = page.iter().map(|(person, _, _)| *person).collect();
        let posts = posts::in_force_of(&reading, &people).await?;
        for (person, login, standing) in page {
            let held: Vec<String> = posts
                .iter()
                .filter(|post| post.person == *person)
                .map(people::posts::Post::label)
                .collect();
            let held =
                if held.is_empty() { "无在任岗位".to_owned() } else { held.join("、") };
            let standing = match standing {
                Standing::Absent => "（没有密码，不能登录）",
                _ => "",
            };
            text.push_str(&format!("{login:<24}{held}{standing}\n"));
        }
    }
    if text.is_empty() {
        text.push_str("还没有账号。用 gongzhi user add 开通系统、安全、审计三位管理员。\n");
    }
    print(&text);
    Ok(Ending::Done)
}

async fn add(db: &Db, wanted: &Add) -> Outcome {
    let kind = PostKind::from(wanted.post);
    let reading = db.reading(db.program(ACTOR));
    if posts::holders_of(&reading, kind).await? > 0 {
        return Err(Trouble(format!(
            "已有在任的{}。其他账号请由安全管理员登录系统开通；忘记密码用 gongzhi user reset。",
            kind.label()
        )));
    }
    drop(reading);
    let newcomer = Newcomer { name: wanted.name.clone(), login: wanted.login.clone() };
    let plain = officers::found(db, db.program(ACTOR), &newcomer, kind).await?;
    print(&format!("已开通{}的账号。\n", kind.label()));
    told(&wanted.login, &plain);
    Ok(Ending::Done)
}

fn told(login: &str, plain: &str) {
    print(&format!("账号：{login}\n一次性密码：{plain}\n只显示这一次；首次登录后必须更换。\n"));
}
