//! Files in and out, with messages that name the file.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use geography::Regions;

use super::outcome::{Trouble, say};

/// Largest file that is read whole: far above any register or plan of a city, far below memory.
const LARGEST_BYTES: u64 = 512 << 20;

/// The content of a file.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Trouble> {
    let size = fs::metadata(path).map_err(|fault| unreadable(path, &fault))?;
    if size.is_dir() {
        return Err(Trouble(format!("{} 是文件夹，需要的是文件。", path.display())));
    }
    if size.len() > LARGEST_BYTES {
        return Err(Trouble(format!(
            "{} 有 {} MB，超过 {} MB 的上限。",
            path.display(),
            size.len() >> 20,
            LARGEST_BYTES >> 20
        )));
    }
    fs::read(path).map_err(|fault| unreadable(path, &fault))
}

/// The content of a text file in UTF-8.
pub(crate) fn text(path: &Path) -> Result<String, Trouble> {
    String::from_utf8(bytes(path)?)
        .map_err(|_| Trouble(format!("{} 不是 UTF-8 编码的文本。", path.display())))
}

/// Writes a file anew; a half-written one never bears the name.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), Trouble> {
    let unwritable = |fault: std::io::Error| {
        Trouble(format!("无法写入 {}：{}。", path.display(), reason(&fault)))
    };
    let Some(name) = path.file_name() else {
        return Err(Trouble(format!("{} 不是文件名。", path.display())));
    };
    if !path.exists() || path.is_file() {
        let mut beside = name.to_owned();
        beside.push(format!(".{}.part", std::process::id()));
        let beside = path.with_file_name(beside);
        fs::write(&beside, content).map_err(unwritable)?;
        return fs::rename(&beside, path).map_err(|fault| {
            drop(fs::remove_file(&beside));
            unwritable(fault)
        });
    }
    // A device such as /dev/stdout.
    fs::write(path, content).map_err(unwritable)
}

/// The places of the bureau's folder, or those that ship with the program.
pub(crate) fn regions(folder: Option<&Path>) -> Result<Regions, Trouble> {
    let Some(folder) = folder else { return Ok(Regions::shipped().clone()) };
    let mut files = Vec::new();
    let listing = fs::read_dir(folder).map_err(|fault| unreadable(folder, &fault))?;
    for entry in listing {
        let path = entry.map_err(|fault| unreadable(folder, &fault))?.path();
        if path.is_file() {
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            files.push((name, bytes(&path)?));
        }
    }
    files.sort();
    let regions = Regions::read(&files).map_err(|faults| {
        let listed: Vec<String> =
            faults.iter().take(20).map(|fault| format!("  {fault}")).collect();
        Trouble(format!(
            "{} 中的区划资料有 {} 处问题：\n{}",
            folder.display(),
            faults.len(),
            listed.join("\n")
        ))
    })?;
    for note in regions.notes() {
        say(format_args!("区划资料：{note}"));
    }
    Ok(regions)
}

fn unreadable(path: &Path, fault: &std::io::Error) -> Trouble {
    Trouble(format!("无法读取 {}：{}。", path.display(), reason(fault)))
}

/// The usual reasons in Chinese, the rest as the system says it.
pub(crate) fn reason(fault: &std::io::Error) -> String {
    match fault.kind() {
        ErrorKind::NotFound => "文件或文件夹不存在".to_owned(),
        ErrorKind::PermissionDenied => "没有权限".to_owned(),
        ErrorKind::IsADirectory => "这是文件夹".to_owned(),
        ErrorKind::AddrInUse => "地址已被占用".to_owned(),
        ErrorKind::StorageFull => "磁盘已满".to_owned(),
        _ => fault.to_string(),
    }
}
