//! One file: written row by row, read back row by row.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use sealing::{KeyRing, Keys, SALT_BYTES};
use sm3::{Digest as _, Sm3};
use storage::{Cell, Value};

use crate::cells::{self, damaged, exactly};
use crate::pieces::{self, Binding, PieceReader, PieceWriter};
use crate::rules::{self, Fault};
use crate::types::{Header, Manifest};

/// The header's line is a short one.
const HEADER_BYTES: u64 = 4096;

/// A file in the making: it stands beside its name until it has been read back, and is gone if it is given up.
pub(crate) struct Draft {
    path: PathBuf,
    part: PathBuf,
    out: Option<DeflateEncoder<PieceWriter<BufWriter<File>>>>,
    digest: Sm3,
    row: Vec<u8>,
}

impl Draft {
    pub(crate) fn begin(
        path: &Path,
        header: &Header,
        ring: Option<&KeyRing>,
        manifest: &Manifest,
    ) -> Result<Self, Fault> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".part");
        let part = PathBuf::from(beside);
        let mut draft =
            Self { path: path.to_owned(), part, out: None, digest: Sm3::new(), row: Vec::new() };
        draft.head(header, ring, manifest).map_err(|error| said(&draft.part, error))?;
        Ok(draft)
    }

    fn head(
        &mut self,
        header: &Header,
        ring: Option<&KeyRing>,
        manifest: &Manifest,
    ) -> io::Result<()> {
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = BufWriter::new(options.open(&self.part)?);
        let mut line = serde_json::to_vec(header)?;
        line.push(b'\n');
        file.write_all(&line)?;
        let binding = binding(header, line, ring).map_err(io::Error::other)?;
        let pieces = PieceWriter::new(file, binding);
        self.out = Some(DeflateEncoder::new(pieces, Compression::new(4)));
        let manifest = serde_json::to_vec(manifest)?;
        self.write(&(manifest.len() as u32).to_le_bytes())?;
        self.write(&manifest)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.update(bytes);
        self.out.as_mut().map_or(Ok(()), |out| out.write_all(bytes))
    }

    /// One row of the table at hand.
    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        let mut row = std::mem::take(&mut self.row);
        row.clear();
        row.push(1);
        for cell in cells {
            cells::write(&mut row, *cell)?;
        }
        self.write(&row)?;
        self.row = row;
        Ok(())
    }

    /// The table at hand is whole.
    pub(crate) fn end_table(&mut self) -> Result<(), Fault> {
        self.write(&[0]).map_err(|error| said(&self.part, error))
    }

    /// Writes the end, reads everything back, and gives the file its name. Answers its bytes.
    pub(crate) fn finish(mut self, keys: &Keys) -> Result<u64, Fault> {
        self.end().map_err(|error| said(&self.part, error))?;
        inspect(&self.part, keys)?;
        let named = fs::metadata(&self.part).and_then(|file| {
            fs::rename(&self.part, &self.path)?;
            // The name is on the disk, too, before anything older is thrown away.
            if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty())
            {
                File::open(folder)?.sync_all()?;
            }
            Ok(file.len())
        });
        named.map_err(|error| said(&self.path, error))
    }

    fn end(&mut self) -> io::Result<()> {
        let Some(mut out) = self.out.take() else { return Ok(()) };
        let digest = std::mem::replace(&mut self.digest, Sm3::new()).finalize();
        out.write_all(&digest)?;
        let mut file = out.finish()?.finish()?;
        file.flush()?;
        file.get_ref().sync_all()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already when it has its name.
        drop(fs::remove_file(&self.part));
    }
}

/// What seals the pieces; the header belongs to each.
fn binding(header: &Header, line: Vec<u8>, ring: Option<&KeyRing>) -> Result<Binding, Fault> {
    let cipher = match (&header.key, ring) {
        (Some(key), Some(ring)) => {
            let salt = salt(&header.salt).ok_or(Fault::Damaged("首行无法识别"))?;
            Some(ring.file_cipher(key, &salt).map_err(|_| Fault::NoKeys(key.clone()))?)
        }
        _ => None,
    };
    Ok(Binding { cipher, header: line })
}

fn salt(digits: &str) -> Option<[u8; SALT_BYTES]> {
    let number = u128::from_str_radix(digits, 16).ok()?;
    (digits.len() == 2 * SALT_BYTES).then(|| number.to_be_bytes())
}

/// Everything that is read is part of the digest at the end.
struct Digesting<R> {
    from: R,
    digest: Sm3,
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        self.digest.update(&into[..read]);
        Ok(read)
    }
}

type Content = BufReader<DeflateDecoder<PieceReader<BufReader<File>>>>;

/// A file being read: its manifest, then the rows of its tables one after the other.
pub struct Backup {
    path: PathBuf,
    header: Header,
    manifest: Manifest,
    content: Digesting<Content>,
}

impl std::fmt::Debug for Backup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Backup").field("header", &self.header).finish_non_exhaustive()
    }
}

impl Backup {
    /// Reads as far as the manifest. Refused without the key, and by a program that is too old.
    pub fn open(path: &Path, keys: &Keys) -> Result<Self, Fault> {
        let failed = |error| said(path, error);
        let mut file = BufReader::new(File::open(path).map_err(failed)?);
        let mut line = Vec::new();
        (&mut file).take(HEADER_BYTES).read_until(b'\n', &mut line).map_err(failed)?;
        let header: Header = serde_json::from_slice(&line).map_err(|_| Fault::NotABackup)?;
        if !header.format.starts_with("gongzhi-backup-") {
            return Err(Fault::NotABackup);
        }
        let ring = rules::legible(&header, keys)?;
        let pieces = PieceReader::new(file, binding(&header, line, ring)?);
        let content = BufReader::new(DeflateDecoder::new(pieces));
        let mut content = Digesting { from: content, digest: Sm3::new() };
        let manifest = cells::counted(&mut content).map_err(failed)?;
        let manifest =
            serde_json::from_slice(&manifest).map_err(|_| Fault::Damaged("清单无法识别"))?;
        Ok(Self { path: path.to_owned(), header, manifest, content })
    }

    /// Its first line.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What it holds.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The next row of the table at hand, which has so many columns; nothing at its end.
    pub(crate) fn row(&mut self, columns: usize) -> Result<Option<Vec<Value>>, Fault> {
        let mut read = || match exactly::<1>(&mut self.content)? {
            [0] => Ok(None),
            [1] => (0..columns)
                .map(|_| cells::read(&mut self.content))
                .collect::<io::Result<Vec<Value>>>()
                .map(Some),
            _ => Err(damaged("内容无法识别")),
        };
        read().map_err(|error| said(&self.path, error))
    }

    /// After the last table: whether this is the end, and everything what was written.
    pub(crate) fn finish(mut self) -> Result<(), Fault> {
        let path = self.path;
        let found = self.content.digest.finalize();
        let mut end = || {
            let written: [u8; 32] = exactly(&mut self.content.from)?;
            if found.as_slice() != written {
                return Err(damaged("摘要不符"));
            }
            if self.content.from.read(&mut [0])? != 0 {
                return Err(damaged("末尾有多余的内容"));
            }
            self.content.from.get_mut().get_mut().ends_here()
        };
        end().map_err(|error| said(&path, error))
    }
}

/// Reads a whole file and says what it holds, if everything is as it was written.
pub fn inspect(path: &Path, keys: &Keys) -> Result<(Header, Manifest), Fault> {
    let mut backup = Backup::open(path, keys)?;
    let (header, manifest) = (backup.header.clone(), backup.manifest.clone());
    for table in &manifest.tables {
        let mut rows = 0;
        while backup.row(table.columns.len())?.is_some() {
            rows += 1;
        }
        if rows != table.rows {
            return Err(Fault::Damaged("行数与清单不符"));
        }
    }
    backup.finish()?;
    Ok((header, manifest))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn said(path: &Path, error: io::Error) -> Fault {
    pieces::fault(&path.display().to_string(), &error)
}
