//! `gongzhi keys`: the key file, made, rotated and checked; and where every other command reads it.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use sealing::KeyRing;
use storage::SEALED_COLUMNS;

use super::files;
use super::open::{ConfigurationFile, connect, runtime};
use super::outcome::{Ending, Outcome, Trouble, print};
use super::solve::json_line;
use crate::clock::SystemClock;
use crate::configuration::{Configuration, KeySource};

/// Keep the keys of sealed values and backups.
#[derive(Subcommand, Debug)]
pub(crate) enum Keys {
    New(New),
    Rotate(Rotate),
    Check(Check),
}

/// Make a key file, outside the data directory and never over another one.
#[derive(Args, Debug)]
pub(crate) struct New {
    /// Where [default: the configured `key_file`]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// Put a new key in front and seal every value anew under it; stop the server before and start it afterwards.
#[derive(Args, Debug)]
pub(crate) struct Rotate {
    /// No new key: only finish a rotation that was interrupted
    #[arg(long)]
    finish: bool,
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// Open every sealed value and count them by column and key.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    configuration: ConfigurationFile,
}

/// Does what was asked for.
pub(crate) fn run(wanted: &Keys) -> Outcome {
    match wanted {
        Keys::New(wanted) => new(wanted),
        Keys::Rotate(wanted) => rotate(wanted),
        Keys::Check(wanted) => check(wanted),
    }
}

/// The configured keys.
pub(crate) fn read(configuration: &Configuration) -> Result<sealing::Keys, Trouble> {
    Ok(ring(configuration)?.map_or_else(sealing::Keys::none, sealing::Keys::from))
}

fn ring(configuration: &Configuration) -> Result<Option<KeyRing>, Trouble> {
    let (text, place) = match &configuration.keys {
        KeySource::None => return Ok(None),
        KeySource::Text(text) => (text.clone(), "环境变量 GONGZHI_KEYS".to_owned()),
        KeySource::File(path) => {
            stands_apart(path, configuration)?;
            (files::text(path)?, path.display().to_string())
        }
    };
    let ring = KeyRing::read(&text).map_err(|fault| Trouble(format!("{place}：{fault}。")))?;
    Ok(Some(ring))
}

/// The key file may not lie where the records or their backups lie: whoever carries those away would have it, too.
fn stands_apart(path: &Path, configuration: &Configuration) -> Result<(), Trouble> {
    let own = whole(path.parent().unwrap_or(Path::new("")));
    let database = configuration.database_url.strip_prefix("sqlite:").map(|path| {
        let path = Path::new(path.trim_start_matches("//"));
        whole(path.parent().unwrap_or(Path::new("")))
    });
    let is_in = |folder: &Path| own.starts_with(whole(folder));
    let backups = configuration.backups.as_ref().map(|set| set.folder.as_path());
    if is_in(&configuration.data_dir) || backups.is_some_and(is_in) || database == Some(own.clone())
    {
        return Err(Trouble(format!(
            "密钥文件 {} 不能放在数据目录、数据库文件旁或备份目录中，请放到别处，并与备份分开保管。",
            path.display()
        )));
    }
    Ok(())
}

/// A folder by its whole name, links followed as far as it exists.
fn whole(folder: &Path) -> PathBuf {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let mut beyond = Vec::new();
    let mut known = folder.as_path();
    loop {
        if let Ok(found) = known.canonicalize() {
            return beyond.iter().rev().fold(found, |path, part| path.join(part));
        }
        match (known.parent(), known.file_name()) {
            (Some(parent), Some(name)) => {
                beyond.push(name.to_owned());
                known = parent;
            }
            _ => return folder,
        }
    }
}

fn new(wanted: &New) -> Outcome {
    let configuration = wanted.configuration.read()?;
    let path = match (&wanted.out, &configuration.keys) {
        (Some(path), _) | (None, KeySource::File(path)) => path.clone(),
        _ => return Err(Trouble::new("请用 --out 指定密钥文件，或在配置中设置 key_file。")),
    };
    stands_apart(&path, &configuration)?;
    let ring = KeyRing::random().map_err(|refusal| Trouble(refusal.to_string()))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path).map_err(|fault| match fault.kind() {
        ErrorKind::AlreadyExists => Trouble(format!(
            "{} 已存在，没有改动。更换密钥请用 gongzhi keys rotate。",
            path.display()
        )),
        _ => unwritable(&path, &fault),
    })?;
    file.write_all(ring.to_text().as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|fault| unwritable(&path, &fault))?;
    print(&format!(
        "已生成密钥文件 {}，当前密钥编号 {}。\n\
         请立即把它抄录或复制到安全处，与备份分开保管：没有它，加密的内容和备份都无法读出。\n",
        path.display(),
        ring.current_id()
    ));
    Ok(Ending::Done)
}

fn unwritable(path: &Path, fault: &std::io::Error) -> Trouble {
    Trouble(format!("无法写入 {}：{}。", path.display(), files::reason(fault)))
}

fn rotate(wanted: &Rotate) -> Outcome {
    let configuration = wanted.configuration.read()?;
    let ring = ring(&configuration)?
        .ok_or_else(|| Trouble::new("没有配置密钥，请先用 gongzhi keys new 生成。"))?;
    let ring = match &configuration.keys {
        _ if wanted.finish => ring,
        KeySource::File(path) => {
            let ring = ring.rotated().map_err(|refusal| Trouble(refusal.to_string()))?;
            // First the file, then the values: no value is ever under a key that stands nowhere.
            rewrite(path, &ring.to_text()).map_err(|fault| unwritable(path, &fault))?;
            ring
        }
        _ => {
            return Err(Trouble::new(
                "密钥来自环境变量，不能由程序改写。请改用密钥文件（key_file），再更换密钥。",
            ));
        }
    };
    let (current, known) = (ring.current_id().to_owned(), ring.ids().len());
    runtime()?.block_on(async {
        let db = connect(&configuration, Arc::new(SystemClock)).await?.with_keys(ring.into());
        db.migrate().await?;
        let resealed = storage::reseal(&db, SEALED_COLUMNS).await?;
        people::audit::seal(&db).await?;
        db.close().await?;
        print(&format!(
            "当前密钥编号 {current}，{resealed} 个值已改用它加密；密钥文件共有 {known} 个密钥。\n\
             请重新保管密钥文件并重启服务。旧密钥仍要保留：更换之前的备份由它加密。\n"
        ));
        Ok(Ending::Done)
    })
}

/// Replaces a key file; at no moment is there less than one whole file.
fn rewrite(path: &Path, text: &str) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

fn check(wanted: &Check) -> Outcome {
    let configuration = wanted.configuration.read()?;
    let keys = read(&configuration)?;
    runtime()?.block_on(async {
        let db = connect(&configuration, Arc::new(SystemClock)).await?.with_keys(keys);
        db.migrate().await?;
        let found = storage::sealed_values(&db, SEALED_COLUMNS).await?;
        let ids: Vec<String> = db
            .keys()
            .ring()
            .map(|ring| ring.ids().into_iter().map(ToOwned::to_owned).collect())
            .unwrap_or_default();
        db.close().await?;
        let unopened: u64 = found.iter().map(|line| line.unopened).sum();
        if wanted.json {
            let columns: Vec<_> = found
                .iter()
                .map(|line| {
                    serde_json::json!({"column": line.column, "key": line.key,
                        "values": line.values, "unopened": line.unopened})
                })
                .collect();
            print(&json_line(&serde_json::json!({"keys": ids, "sealed": columns}))?);
        } else {
            print(&readable(&ids, &found));
        }
        Ok(if unopened == 0 { Ending::Done } else { Ending::FaultFound })
    })
}

fn readable(ids: &[String], found: &[storage::SealedValues]) -> String {
    let mut text = match ids {
        [] => "没有配置密钥。\n".to_owned(),
        [current] => format!("当前密钥 {current}。\n"),
        [current, older @ ..] => format!("当前密钥 {current}，旧密钥 {}。\n", older.join("、")),
    };
    for line in found {
        text.push_str(&format!("{}：密钥 {}，{} 个值", line.column, line.key, line.values));
        match line.unopened {
            0 => text.push_str("，都能打开\n"),
            count => text.push_str(&format!("，其中 {count} 个打不开\n")),
        }
    }
    if found.is_empty() {
        text.push_str("数据库中没有加密的值。\n");
    }
    text
}
