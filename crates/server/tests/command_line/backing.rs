//! Keys, backups, restoring and the installer's accounts, by the program itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::program::{Ended, folder, path, register};

/// A configured city of its own: a folder with data, configuration, and a key file elsewhere.
struct House {
    folder: PathBuf,
    database: Option<String>,
}

fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("backing_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

impl House {
    fn new() -> Self {
        let folder = folder().join(unique());
        fs::create_dir_all(folder.join("secrets")).unwrap();
        Self { folder, database: None }
    }
    /// On PostgreSQL, in a schema of its own, if there is a server.
    fn on_postgres() -> Option<Self> {
        #[expect(clippy::disallowed_methods, reason = "the test's own environment")]
        let url = std::env::var("TEST_POSTGRES_URL").ok()?;
        let name = unique();
        sql(&url, &format!("CREATE SCHEMA {name}"));
        // The server looks often whether the client of a running statement is still there.
        let options =
            format!("-c%20search_path%3D{name}%20-c%20client_connection_check_interval%3D100");
        let mut house = Self::new();
        house.database = Some(format!("{url}?options={options}&application_name={name}"));
        Some(house)
    }
    fn key_file(&self) -> PathBuf {
        self.folder.join("secrets/keys")
    }
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongzhi"));
        command.env_clear().current_dir(&self.folder).env("GONGZHI_DATA_DIR", "data").args(words);
        if let Some(url) = &self.database {
            command.env("GONGZHI_DATABASE_URL", url);
        }
        if self.key_file().exists() {
            command.env("GONGZHI_KEY_FILE", self.key_file());
        }
        command
    }
    fn call(&self, words: &[&str]) -> Ended {
        ended(&mut self.command(words))
    }
    /// A call that must succeed.
    fn does(&self, words: &[&str]) -> String {
        let ended = self.call(words);
        assert_eq!(ended.code, Some(0), "{words:?}: {ended:?}");
        ended.printed
    }
    /// A call that is refused with a sentence that holds this.
    fn refuses(&self, words: &[&str], why: &str) {
        let ended = self.call(words);
        assert!(ended.code == Some(2) && ended.said.contains(why), "{words:?}: {ended:?}");
    }
    /// What stands in the database: nobody, or so many entries of a trail that verifies. That nobody's database is empty
    /// otherwise, too, a restore proves that is not refused.
    fn entries(&self) -> Option<u64> {
        // A killed restore may leave an empty file and its log; listing accounts migrates it.
        if self.does(&["user", "list"]).contains("还没有账号") {
            return None;
        }
        let audit = self.folder.join("audit.jsonl");
        self.does(&["export", "audit", "--out", path(&audit)]);
        let verified = self.does(&["verify-audit", path(&audit), "--json"]);
        let verdict: serde_json::Value = serde_json::from_str(&verified).unwrap();
        assert_eq!(verdict["passed"], true);
        verdict["entries"].as_u64()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
        if let Some(url) = &self.database {
            let name = url.rsplit('=').next().unwrap_or_default();
            sql(url.split('?').next().unwrap_or_default(), &format!("DROP SCHEMA {name} CASCADE"));
        }
    }
}

fn ended(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("panicked"), "{said}");
    Ended { code: output.status.code(), printed: String::from_utf8(output.stdout).unwrap(), said }
}

/// Sends one statement to PostgreSQL; answers the first cell.
fn sql(url: &str, text: &str) -> String {
    let url = url.split('?').next().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let clock = std::sync::Arc::new(kernel::StandingClock::at(kernel::Moment::from_millis(0)));
        let settings = storage::Settings {
            url: url.to_owned(),
            durability: storage::Durability::Normal,
            connections: 1,
            city: "4403".to_owned(),
        };
        let db = storage::Db::open(&settings, clock).await.unwrap();
        let answer = if text.starts_with("SELECT") {
            let reading = db.reading(db.program("test"));
            storage::Source::number(&reading, storage::Sql::new(text)).await.unwrap().to_string()
        } else {
            db.bookkeeping(storage::Sql::new(text)).await.unwrap().to_string()
        };
        db.close().await.unwrap();
        answer
    })
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// A house with keys, administrators and a register.
fn furnished() -> House {
    let house = House::new();
    house.does(&["keys", "new", "--out", path(&house.key_file())]);
    let register_file = house.folder.join("register.csv");
    fs::write(&register_file, register()).unwrap();
    house.does(&["import", "kindergartens", path(&register_file)]);
    house.does(&["user", "add", "root", "--name", "钟望", "--post", "system"]);
    house
}

#[test]
fn a_key_file_is_made_once_outside_of_the_data_and_never_printed() {
    let house = House::new();
    for inside in ["data/keys", "data/deep/er/keys"] {
        house.refuses(&["keys", "new", "--out", inside], "不能放在数据目录");
    }
    house.refuses(&["keys", "new"], "--out");
    let file = house.key_file();
    let printed = house.does(&["keys", "new", "--out", path(&file)]);
    let text = fs::read_to_string(&file).unwrap();
    let secret = text.split_whitespace().last().unwrap();
    assert!(secret.len() == 64 && !printed.contains(secret), "{printed}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    house.refuses(&["keys", "new", "--out", path(&file)], "已存在");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    // Copied into the data directory it is refused by every command that reads it.
    fs::create_dir_all(house.folder.join("data")).unwrap();
    fs::copy(&file, house.folder.join("data/keys")).unwrap();
    let mut inside = house.command(&["migrate"]);
    let refused = ended(inside.env("GONGZHI_KEY_FILE", "data/keys"));
    assert!(refused.code == Some(2) && refused.said.contains("不能放在数据目录"), "{refused:?}");
    let other = if secret.starts_with('0') { "1" } else { "0" };
    fs::write(&file, text.replace(secret, &format!("{other}{}", &secret[1..]))).unwrap();
    house.refuses(&["migrate"], "已损坏");
}

#[test]
fn rotation_keeps_the_older_key_and_backups_under_it_open() {
    let house = furnished();
    let ids = |house: &House| json(&house.does(&["keys", "check", "--json"]))["keys"].clone();
    let before = ids(&house);
    house.does(&["backup", "--out", "old.backup"]);
    house.does(&["keys", "rotate"]);
    let after = ids(&house);
    assert_eq!((before.as_array().unwrap().len(), after.as_array().unwrap().len()), (1, 2));
    assert!(after[1] == before[0] && after[0] != before[0]);
    assert!(house.does(&["restore", "old.backup", "--check"]).contains("备份完整"));
    let again = json(&house.does(&["backup", "--out", "new.backup", "--json"]));
    assert_eq!(again["header"]["key"], after[0]);
    house.does(&["keys", "rotate", "--finish"]);
    assert_eq!(ids(&house), after);
}

#[test]
fn a_city_moves_by_a_backup_from_one_database_to_the_other() {
    let house = furnished();
    let made = json(&house.does(&["backup", "--out", "city.backup", "--json"]));
    let file = house.folder.join("city.backup");
    let entries = made["manifest"]["tables"].as_array().unwrap();
    let entries =
        entries.iter().find(|table| table["name"] == "audit_entry").unwrap()["rows"].as_u64();
    house.refuses(&["backup", "--out", "city.backup"], "已存在");
    for other in [Some(House::new()), House::on_postgres()].into_iter().flatten() {
        other.refuses(&["restore", path(&file)], "没有配置密钥");
        other.does(&["keys", "new", "--out", path(&other.key_file())]);
        other.refuses(&["restore", path(&file)], "密钥不符");
        assert!(!other.folder.join("data").exists(), "nothing was written");
        fs::copy(house.key_file(), other.key_file()).unwrap();
        let said = other.does(&["restore", path(&file)]);
        assert!(said.contains("已恢复") && said.contains("kindergarten"), "{said}");
        // The restore itself, and the export that is looked at.
        assert_eq!(other.entries(), entries.map(|entries| entries + 2));
        assert!(other.does(&["user", "list"]).contains("系统管理员"));
        other.refuses(&["restore", path(&file)], "--replace");
        other.does(&["restore", path(&file), "--replace"]);
        assert_eq!(other.entries(), entries.map(|entries| entries + 2));
    }
}

/// Kills a restore some time after its start.
fn killed(mut child: Child, after: Duration) {
    std::thread::sleep(after);
    drop(child.kill());
    child.wait().unwrap();
}

#[test]
fn a_restore_that_is_killed_leaves_the_database_empty_or_whole() {
    let house = furnished();
    house.does(&["backup", "--out", "city.backup"]);
    let file = house.folder.join("city.backup");
    for make in [|| Some(House::new()), House::on_postgres] {
        let Some(first) = make() else { continue };
        fs::copy(house.key_file(), first.key_file()).unwrap();
        let began = Instant::now();
        first.does(&["restore", path(&file)]);
        let usual = began.elapsed();
        let whole = first.entries();
        assert!(whole.is_some());
        let (mut empty, mut full) = (0, 0);
        for part in 1..=8 {
            let other = make().unwrap();
            fs::copy(house.key_file(), other.key_file()).unwrap();
            let mut command = other.command(&["restore", path(&file)]);
            let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            killed(child, usual.mul_f64(f64::from(part) / 7.0));
            if let Some(url) = &other.database {
                deserted(url);
            }
            match other.entries() {
                None => {
                    empty += 1;
                    other.does(&["restore", path(&file)]);
                    assert_eq!(other.entries(), whole, "it is done anew");
                }
                found => {
                    full += 1;
                    assert_eq!(found, whole);
                }
            }
        }
        eprintln!("restore in {usual:?}, killed: {empty} empty, {full} whole");
        assert!(empty > 0, "no kill came in time");
    }
}

/// Waits until the server has noticed that a killed client is gone.
fn deserted(url: &str) {
    let name = url.rsplit('=').next().unwrap();
    let text = format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = '{name}'");
    let deadline = Instant::now() + Duration::from_secs(20);
    while sql(url, &text) != "0" {
        assert!(Instant::now() < deadline, "the server keeps a dead client's connection");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_installer_opens_each_administrators_first_account_and_no_second() {
    let house = House::new();
    assert!(house.does(&["user", "list"]).contains("还没有账号"));
    for (login, post) in [("root", "system"), ("safe", "security"), ("trail", "audit")] {
        let said = house.does(&["user", "add", login, "--name", "钟望", "--post", post]);
        assert!(said.contains("一次性密码："), "{said}");
        house.refuses(&["user", "add", "second", "--name", "另一位", "--post", post], "已有在任的");
    }
    house.refuses(&["user", "reset", "nobody"], "没有账号“nobody”");
    let password = |said: &str| {
        said.lines().find_map(|line| line.strip_prefix("一次性密码：")).unwrap().to_owned()
    };
    let first = password(&house.does(&["user", "reset", "root"]));
    assert_ne!(first, password(&house.does(&["user", "reset", "root"])));
    house.does(&["user", "lock", "root"]);
    let list = house.does(&["user", "list"]);
    assert!(list.contains("不能登录") && list.contains("安全管理员"), "{list}");
    // Everything stands in the trail as the act of the program on the machine.
    house.does(&["export", "audit", "--out", "audit.jsonl"]);
    let trail = fs::read_to_string(house.folder.join("audit.jsonl")).unwrap();
    for word in ["account.opened", "post.given", "account.password_set", "account.locked"] {
        let entry = trail.lines().find(|line| line.contains(word)).unwrap();
        assert!(entry.contains("gongzhi user") && entry.contains("local"), "{entry}");
    }
    assert!(!trail.contains(&first), "no password stands in the trail");
}

#[test]
fn the_server_makes_backups_by_the_clock_and_keeps_as_many_as_it_was_told() {
    let house = furnished();
    let folder = house.folder.join("kept");
    fs::create_dir_all(&folder).unwrap();
    for day in 1..=3 {
        fs::write(folder.join(format!("gongzhi-4403-2020010{day}-090000.backup")), "old").unwrap();
    }
    let mut command = house.command(&["serve"]);
    command.env("GONGZHI_BACKUP_DIR", &folder).env("GONGZHI_BACKUP_KEEP", "2");
    command.env("GONGZHI_LISTEN", "127.0.0.1:0").stdout(Stdio::null()).stderr(Stdio::null());
    let child = command.spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    let names = || -> Vec<String> {
        let listing = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = listing.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    };
    while names().len() != 2 {
        assert!(Instant::now() < deadline, "{:?}", names());
        std::thread::sleep(Duration::from_millis(100));
    }
    killed(child, Duration::from_millis(200));
    let names = names();
    assert_eq!(names[0], "gongzhi-4403-20200103-090000.backup");
    let latest = folder.join(&names[1]);
    assert!(house.does(&["restore", path(&latest), "--check"]).contains("备份完整"));
    assert!(Path::new(&latest).exists());
}
