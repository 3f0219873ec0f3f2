//! What a bureau sets: a TOML file and the environment (`GONGZHI_…`, which goes first), read and checked once at start.
//!
//! Every message names the key, where it stands, what was found and what is expected. The keys are in [`KEYS`]; the README
//! lists them with an example.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use backups::Schedule;
use config::{Environment, File, FileFormat, Map, Source as _, Value, ValueKind};
use storage::Durability;
use web::{MapSettings, SignInSettings};

use crate::gateway::Gateway;

/// What every variable of the environment begins with.
const PREFIX: &str = "GONGZHI";

/// What `config` calls the environment.
const ENVIRONMENT: &str = "the environment";

/// Every key, with what it means.
pub(crate) const KEYS: [(&str, &str); 22] = [
    ("database_url", "数据库地址：sqlite://文件，或 postgres://…；默认是数据目录中的 gongzhi.db"),
    ("data_dir", "数据目录"),
    ("listen", "监听的地址和端口"),
    ("connections", "数据库连接数"),
    ("durability", "SQLite 提交的可靠程度：full 或 normal"),
    ("city_code", "城市的行政区划代码，4 位"),
    ("city_name", "城市的名称"),
    ("secure_cookies", "Cookie 是否只经 HTTPS 传送"),
    ("map_tiles", "地图瓦片地址，含 {z} {x} {y}；不设则只用内置边界"),
    ("map_credit", "地图版权说明"),
    ("map_approval", "审图号"),
    ("session_idle_minutes", "登录后多少分钟不操作即退出，默认 30"),
    ("session_longest_hours", "一次登录最长多少小时，默认 12"),
    ("password_days", "密码用满多少天须更换，默认 90；0 表示不限"),
    ("log", "日志级别，如 info 或 gongzhi=debug,warn"),
    ("key_file", "密钥文件，须在数据目录和备份目录之外"),
    ("keys", "密钥文件的内容，只能用环境变量 GONGZHI_KEYS 给出，代替 key_file"),
    ("phone_gateway", "短信网关的地址，http:// 或 https://；不设则没有手机号登录"),
    (
        "phone_secret",
        "与短信网关共用的密钥，至少 16 个字符，只能用环境变量 GONGZHI_PHONE_SECRET 给出",
    ),
    ("backup_dir", "定时备份的存放目录；不设则不定时备份"),
    ("backup_hours", "每隔几小时备份一次"),
    ("backup_keep", "保留最近几份定时备份"),
];

/// The configuration of a server, checked.
#[derive(Clone, Debug)]
pub(crate) struct Configuration {
    /// `sqlite://PATH` or `postgres://…`.
    pub(crate) database_url: String,
    /// Where the server listens.
    pub(crate) listen: SocketAddr,
    /// Connections for reading (SQLite) or altogether (PostgreSQL).
    pub(crate) connections: u32,
    /// How surely a commit survives a power cut on SQLite.
    pub(crate) durability: Durability,
    /// `4403`.
    pub(crate) city_code: String,
    /// 深圳市.
    pub(crate) city_name: String,
    /// Whether cookies may only travel over TLS.
    pub(crate) secure_cookies: bool,
    /// Maps.
    pub(crate) map: MapSettings,
    /// How long sign-ins and passwords hold.
    pub(crate) sign_in: SignInSettings,
    /// A filter of tracing.
    pub(crate) log: String,
    /// Where what the server makes lies: SQLite's file, backups.
    pub(crate) data_dir: PathBuf,
    /// Where the keys are.
    pub(crate) keys: KeySource,
    /// Backups by the clock.
    pub(crate) backups: Option<Schedule>,
    /// What delivers codes to telephones.
    pub(crate) phones: Option<Gateway>,
}

/// Where the keys are. They are read when they are needed.
#[derive(Clone, Default)]
pub(crate) enum KeySource {
    /// Nowhere.
    #[default]
    None,
    /// In a file.
    File(PathBuf),
    /// In the environment.
    Text(String),
}

impl std::fmt::Debug for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Text(_) => f.write_str("Text(…)"),
        }
    }
}

/// Everything that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Faults(Vec<String>);

impl std::fmt::Display for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "配置有 {} 处问题：", self.0.len())?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl Configuration {
    /// From a file, if one is given, and the environment.
    pub(crate) fn read(file: Option<&Path>) -> Result<Self, Faults> {
        // Blank variables are those that a unit file left unset.
        Self::from_sources(file, &Environment::with_prefix(PREFIX).ignore_empty(true))
    }

    fn from_sources(file: Option<&Path>, environment: &Environment) -> Result<Self, Faults> {
        let mut values = Map::new();
        if let Some(path) = file {
            let read = File::from(path).format(FileFormat::Toml).collect();
            values = read
                .map_err(|fault| Faults(vec![format!("{} 无法读取：{fault}", path.display())]))?;
        }
        let variables = environment.collect();
        values
            .extend(variables.map_err(|fault| Faults(vec![format!("环境变量无法读取：{fault}")]))?);
        Sheet { values, faults: Vec::new() }.checked()
    }
}

/// The values as read, and what is wrong with them.
struct Sheet {
    values: Map<String, Value>,
    faults: Vec<String>,
}

impl Sheet {
    fn checked(mut self) -> Result<Configuration, Faults> {
        let data_dir =
            PathBuf::from(self.text("data_dir").unwrap_or_else(|| "gongzhi-data".to_owned()));
        let keys = self.keys();
        let backups = self.backups();
        let phones = self.phones();
        let default_url = format!("sqlite://{}", data_dir.join("gongzhi.db").display());
        let configuration = Configuration {
            database_url: self
                .parsed("database_url", "sqlite://文件 或 postgres://用户@主机/库", |text| {
                    let known = ["sqlite:", "postgres://", "postgresql://"];
                    known.iter().any(|scheme| text.starts_with(scheme)).then(|| text.to_owned())
                })
                .unwrap_or(default_url),
            listen: self
                .parsed("listen", "地址和端口，如 127.0.0.1:8080", |text| text.parse().ok())
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            connections: self
                .parsed("connections", "1 至 500 的整数", |text| {
                    text.parse().ok().filter(|count| (1..=500).contains(count))
                })
                .unwrap_or(4),
            durability: self
                .parsed("durability", "full 或 normal", |text| match text {
                    "full" => Some(Durability::Full),
                    "normal" => Some(Durability::Normal),
                    _ => None,
                })
                .unwrap_or(Durability::Full),
            city_code: self
                .parsed("city_code", "4 位数字，如 4403", |text| {
                    (text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()))
                        .then(|| text.to_owned())
                })
                .unwrap_or_else(|| "4403".to_owned()),
            city_name: self.text("city_name").unwrap_or_else(|| "深圳市".to_owned()),
            secure_cookies: self
                .parsed("secure_cookies", "true 或 false", |text| text.parse().ok())
                .unwrap_or(true),
            map: MapSettings {
                tiles: self
                    .parsed(
                        "map_tiles",
                        "以 https:// 或 http:// 开头、含 {z}、{x}、{y} 的地址",
                        |text| {
                            let is_address =
                                text.starts_with("https://") || text.starts_with("http://");
                            (is_address
                                && ["{z}", "{x}", "{y}"].iter().all(|part| text.contains(part)))
                            .then(|| text.to_owned())
                        },
                    )
                    .unwrap_or_default(),
                credit: self.text("map_credit").unwrap_or_default(),
                approval: self.text("map_approval").unwrap_or_default(),
            },
            sign_in: self.sign_in(),
            log: self
                .parsed("log", "日志级别，如 info 或 gongzhi=debug,warn", |text| {
                    text.parse::<tracing_subscriber::EnvFilter>().ok().map(|_| text.to_owned())
                })
                .unwrap_or_else(|| "info".to_owned()),
            data_dir,
            keys,
            backups,
            phones,
        };
        // The environment holds variables of our tools too (`GONGZHI_BIN`); a file holds nothing but configuration.
        let mut unknown: Vec<(&String, &Value)> =
            self.values.iter().filter(|(_, value)| value.origin() != Some(ENVIRONMENT)).collect();
        unknown.sort_by_key(|(key, _)| *key);
        for (key, value) in unknown {
            let known: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
            self.faults.push(format!(
                "{}不是配置项；可用的有 {}",
                place(key, value),
                known.join("、")
            ));
        }
        if self.faults.is_empty() { Ok(configuration) } else { Err(Faults(self.faults)) }
    }

    /// A secret never stands in the file.
    fn never_in_file(&mut self, key: &str, instead: &str) {
        let in_file = self.values.get(key).filter(|value| value.origin() != Some(ENVIRONMENT));
        if let Some(value) = in_file {
            let place = place(key, value);
            self.values.remove(key);
            self.faults.push(format!("{place}不能写在文件中，{instead}"));
        }
    }

    fn phones(&mut self) -> Option<Gateway> {
        self.never_in_file("phone_secret", "请用环境变量 GONGZHI_PHONE_SECRET 给出");
        let address =
            self.parsed("phone_gateway", "以 http:// 或 https:// 开头的地址", |text| {
                let is_address = text.starts_with("https://") || text.starts_with("http://");
                is_address.then(|| text.to_owned())
            });
        let secret = self.parsed("phone_secret", "至少 16 个字符", |text| {
            (text.chars().count() >= 16).then(|| text.to_owned())
        });
        match (address, secret) {
            (Some(address), Some(secret)) => Some(Gateway::new(address, secret)),
            (Some(_), None) => {
                let text = "设了 phone_gateway，还须用环境变量 GONGZHI_PHONE_SECRET 给出共用密钥";
                self.faults.push(text.to_owned());
                None
            }
            (None, _) => None,
        }
    }

    fn keys(&mut self) -> KeySource {
        self.never_in_file("keys", "请用 key_file 指向密钥文件");
        match (self.text("keys"), self.text("key_file")) {
            (Some(_), Some(_)) => {
                self.faults.push("key_file 和环境变量 GONGZHI_KEYS 只能设一个".to_owned());
                KeySource::None
            }
            (Some(text), None) => KeySource::Text(text),
            (None, Some(path)) => KeySource::File(PathBuf::from(path)),
            (None, None) => KeySource::None,
        }
    }

    fn backups(&mut self) -> Option<Schedule> {
        let folder = self.text("backup_dir").map(PathBuf::from);
        let mut count = |key: &str, most: u32, usual: u32| {
            self.parsed(key, &format!("1 至 {most} 的整数"), |text| {
                text.parse().ok().filter(|count| (1..=most).contains(count))
            })
            .unwrap_or(usual)
        };
        // A week of hours; ten years of days.
        let (hours, keep) = (count("backup_hours", 168, 24), count("backup_keep", 3_660, 14));
        folder.map(|folder| Schedule { folder, hours, keep })
    }

    fn sign_in(&mut self) -> SignInSettings {
        let usual = SignInSettings::default();
        let mut within = |key: &str, expected: &str, least: i64, most: i64| {
            self.parsed(key, expected, |text| {
                text.parse().ok().filter(|number| (least..=most).contains(number))
            })
        };
        SignInSettings {
            idle_minutes: within("session_idle_minutes", "5 至 240 的整数", 5, 240)
                .unwrap_or(usual.idle_minutes),
            longest_hours: within("session_longest_hours", "1 至 24 的整数", 1, 24)
                .unwrap_or(usual.longest_hours),
            password_days: within("password_days", "0 至 365 的整数", 0, 365)
                .unwrap_or(usual.password_days),
        }
    }

    /// A value as text; numbers and flags of TOML are welcome wherever their text is.
    fn text(&mut self, key: &str) -> Option<String> {
        self.parsed(key, "文本", |text| Some(text.to_owned()))
    }

    fn parsed<T>(
        &mut self,
        key: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.values.remove(key)?;
        let text = match &value.kind {
            ValueKind::String(text) => text.trim().to_owned(),
            ValueKind::Boolean(flag) => flag.to_string(),
            ValueKind::I64(number) => number.to_string(),
            _ => String::new(),
        };
        let parsed = (!text.is_empty()).then(|| parse(&text)).flatten();
        if parsed.is_none() {
            let found = if ["database_url", "keys", "phone_secret"].contains(&key) {
                "（内容不显示）".to_owned()
            } else {
                format!("“{}”", excerpt(&text))
            };
            self.faults.push(format!("{}是{found}，应为{expected}", place(key, &value)));
        }
        parsed
    }
}

/// Where a key stands: in the file under its name, or as a variable of the environment.
fn place(key: &str, value: &Value) -> String {
    match value.origin() {
        Some(origin) if origin != ENVIRONMENT => format!("{origin} 中的 {key} "),
        _ => format!("环境变量 {PREFIX}_{} ", key.to_ascii_uppercase()),
    }
}

fn excerpt(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str, variables: &[(&str, &str)]) -> Result<Configuration, Faults> {
        let folder =
            std::env::temp_dir().join(format!("gongzhi-configuration-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let digest = toml
            .bytes()
            .fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let file = folder.join(format!("{digest}.toml"));
        std::fs::write(&file, toml).unwrap();
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let environment =
            Environment::with_prefix(PREFIX).ignore_empty(true).source(Some(variables));
        Configuration::from_sources(Some(&file), &environment)
    }

    #[test]
    fn what_is_not_set_has_a_safe_default() {
        let configuration = read("", &[]).unwrap();
        assert_eq!(configuration.database_url, "sqlite://gongzhi-data/gongzhi.db");
        assert_eq!(configuration.durability, Durability::Full);
        assert!(configuration.secure_cookies);
        assert_eq!(configuration.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(configuration.sign_in, SignInSettings::default());
    }

    #[test]
    fn how_long_a_sign_in_holds_can_be_set_and_not_to_for_ever() {
        let configuration = read("session_idle_minutes = 15\npassword_days = 0", &[]).unwrap();
        assert_eq!(configuration.sign_in.idle_minutes, 15);
        assert_eq!(configuration.sign_in.password_days, 0);
        let faults = read("session_longest_hours = 1000", &[]).unwrap_err();
        assert!(faults.to_string().contains("session_longest_hours 是“1000”，应为1 至 24"));
    }

    #[test]
    fn the_environment_goes_before_the_file() {
        let toml = "listen = \"0.0.0.0:80\"\ncity_name = \"甲市\"\nconnections = 9";
        let configuration = read(
            toml,
            &[
                ("GONGZHI_BIN", "/usr/bin/true"),
                ("GONGZHI_LISTEN", "127.0.0.1:9000"),
                ("HOME", "/"),
            ],
        )
        .unwrap();
        assert_eq!(configuration.listen.to_string(), "127.0.0.1:9000");
        assert_eq!((configuration.city_name.as_str(), configuration.connections), ("甲市", 9));
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_key_what_was_found_and_what_is_expected() {
        let faults =
            read("connections = 0\ndurability = \"fast\"\n", &[("GONGZHI_LISTEN", "here")])
                .unwrap_err();
        assert_eq!(faults.0.len(), 3);
        let text = faults.to_string();
        for part in [
            "connections 是“0”，应为1 至 500",
            "durability 是“fast”，应为full 或 normal",
            "GONGZHI_LISTEN 是“here”，应为地址和端口",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn a_misspelt_key_is_not_passed_over() {
        let faults = read("lisen = \"127.0.0.1:1\"", &[]).unwrap_err();
        assert!(faults.to_string().contains("lisen 不是配置项"), "{faults}");
    }

    #[test]
    fn the_password_in_a_database_url_is_not_shown() {
        let faults = read("database_url = \"mysql://root:hunter2@h/db\"", &[]).unwrap_err();
        assert!(!faults.to_string().contains("hunter2"));
    }

    #[test]
    fn keys_stand_in_a_file_of_their_own_or_in_the_environment_and_are_never_shown() {
        let given = read("", &[("GONGZHI_KEYS", "gongzhi-keys-1;key 00 secret")]).unwrap();
        assert!(matches!(&given.keys, KeySource::Text(text) if text.contains("secret")));
        assert!(!format!("{given:?}").contains("secret"));
        let faults = read("keys = \"secret\"", &[]).unwrap_err().to_string();
        assert!(faults.contains("key_file") && !faults.contains("secret"), "{faults}");
        let faults = read("key_file = \"/etc/k\"", &[("GONGZHI_KEYS", "secret")]).unwrap_err();
        assert!(faults.to_string().contains("只能设一个"), "{faults}");
    }

    #[test]
    fn a_gateway_needs_a_secret_that_stands_in_no_file_and_is_never_shown() {
        let address = "phone_gateway = \"http://g/\"";
        let given = read(address, &[("GONGZHI_PHONE_SECRET", "sixteen letters!")]).unwrap();
        assert!(given.phones.is_some() && !format!("{given:?}").contains("sixteen"));
        let faults = read(address, &[]).unwrap_err().to_string();
        assert!(faults.contains("GONGZHI_PHONE_SECRET"), "{faults}");
        let faults = read(address, &[("GONGZHI_PHONE_SECRET", "short-secret")]).unwrap_err();
        assert!(faults.to_string().contains("至少 16 个字符"), "{faults}");
        assert!(!faults.to_string().contains("short-secret"), "{faults}");
        let written = "phone_secret = \"sixteen letters!\"";
        let faults = read(written, &[]).unwrap_err().to_string();
        assert!(faults.contains("不能写在文件中") && !faults.contains("sixteen"), "{faults}");
        assert!(read("", &[]).unwrap().phones.is_none());
    }

    #[test]
    fn backups_by_the_clock_need_a_folder_and_have_usual_numbers() {
        assert_eq!(read("", &[]).unwrap().backups, None);
        let set = read("backup_dir = \"/srv/backups\"", &[]).unwrap().backups.unwrap();
        assert_eq!((set.hours, set.keep), (24, 14));
        let faults = read("backup_hours = 0", &[]).unwrap_err().to_string();
        assert!(faults.contains("backup_hours 是“0”"), "{faults}");
    }

    #[test]
    fn every_key_is_read() {
        let values = [
            ("database_url", "postgres://h/db"),
            ("data_dir", "d"),
            ("listen", "127.0.0.1:1"),
            ("connections", "2"),
            ("durability", "normal"),
            ("city_code", "4401"),
            ("city_name", "乙市"),
            ("secure_cookies", "false"),
            ("map_tiles", "https://t.example/{z}/{x}/{y}.png"),
            ("map_credit", "c"),
            ("map_approval", "a"),
            ("session_idle_minutes", "15"),
            ("session_longest_hours", "8"),
            ("password_days", "60"),
            ("log", "warn"),
            ("key_file", "k"),
            ("keys", ""),
            ("phone_gateway", "http://g/"),
            ("phone_secret", "sixteen letters!"),
            ("backup_dir", "b"),
            ("backup_hours", "6"),
            ("backup_keep", "30"),
        ];
        assert_eq!(values.map(|(key, _)| key), KEYS.map(|(key, _)| key));
        let variables: Vec<(String, &str)> = values
            .iter()
            .map(|(key, value)| (format!("GONGZHI_{}", key.to_uppercase()), *value))
            .collect();
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        let configuration = read("", &variables).unwrap();
        let expected = SignInSettings { idle_minutes: 15, longest_hours: 8, password_days: 60 };
        assert_eq!(configuration.sign_in, expected);
        assert!(
            configuration.log == "warn"
                && !configuration.secure_cookies
                && configuration.map.approval == "a"
        );
        assert!(configuration.phones.is_some());
        let folder = PathBuf::from("b");
        assert_eq!(configuration.backups, Some(Schedule { folder, hours: 6, keep: 30 }));
        assert!(matches!(configuration.keys, KeySource::File(path) if path == Path::new("k")));
    }
}
