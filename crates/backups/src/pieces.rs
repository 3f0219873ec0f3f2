//! The pieces of a file: bounded, numbered, sealed if there is a key, and none of them left out unnoticed.

use std::io::{self, Read, Write};

use sealing::{FileCipher, TAG_BYTES};

use crate::cells::{damaged, exactly};
use crate::rules::Fault;

/// The content of a full piece.
const PIECE_BYTES: usize = 256 * 1024;

/// Marks the last piece in its length.
const LAST: u32 = 1 << 31;

/// What seals the pieces, and the header that they belong to.
pub(crate) struct Binding {
    pub(crate) cipher: Option<FileCipher>,
    pub(crate) header: Vec<u8>,
}

/// Cuts what is written into pieces.
pub(crate) struct PieceWriter<W: Write> {
    out: W,
    binding: Binding,
    waiting: Vec<u8>,
    number: u64,
}

impl<W: Write> PieceWriter<W> {
    pub(crate) fn new(out: W, binding: Binding) -> Self {
        Self { out, binding, waiting: Vec::with_capacity(PIECE_BYTES), number: 0 }
    }

    /// Writes the last piece.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.piece(true)?;
        Ok(self.out)
    }

    fn piece(&mut self, is_last: bool) -> io::Result<()> {
        let sealed = match &self.binding.cipher {
            Some(cipher) => cipher
                .seal(self.number, is_last, &self.binding.header, &self.waiting)
                .map_err(io::Error::other)?,
            None => std::mem::take(&mut self.waiting),
        };
        let length = sealed.len() as u32 | if is_last { LAST } else { 0 };
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(&sealed)?;
        self.waiting.clear();
        self.number += 1;
        Ok(())
    }
}

impl<W: Write> Write for PieceWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.waiting.len() == PIECE_BYTES {
            self.piece(false)?;
        }
        let taken = bytes.len().min(PIECE_BYTES - self.waiting.len());
        self.waiting.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Puts the pieces together again.
pub(crate) struct PieceReader<R: Read> {
    from: R,
    binding: Binding,
    piece: Vec<u8>,
    place: usize,
    number: u64,
    was_last: bool,
}

impl<R: Read> PieceReader<R> {
    pub(crate) fn new(from: R, binding: Binding) -> Self {
        Self { from, binding, piece: Vec::new(), place: 0, number: 0, was_last: false }
    }

    fn next(&mut self) -> io::Result<()> {
        let length = u32::from_le_bytes(exactly(&mut self.from)?);
        let is_last = length & LAST != 0;
        let length = (length & !LAST) as usize;
        if length > PIECE_BYTES + TAG_BYTES {
            return Err(damaged("分段长度不对"));
        }
        let mut sealed = vec![0_u8; length];
        self.from.read_exact(&mut sealed)?;
        self.piece = match &self.binding.cipher {
            Some(cipher) => cipher
                .open(self.number, is_last, &self.binding.header, &sealed)
                .map_err(|_| damaged("密文与密钥不符"))?,
            None => sealed,
        };
        self.place = 0;
        self.number += 1;
        self.was_last = is_last;
        Ok(())
    }

    /// Whether everything has been read, and nothing stands behind.
    pub(crate) fn ends_here(&mut self) -> io::Result<()> {
        while !self.was_last {
            self.next()?;
        }
        match self.from.read(&mut [0])? {
            0 => Ok(()),
            _ => Err(damaged("末尾有多余的内容")),
        }
    }
}

impl<R: Read> Read for PieceReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.place == self.piece.len() {
            if self.was_last {
                return Ok(0);
            }
            self.next()?;
        }
        let left = &self.piece[self.place..];
        let taken = left.len().min(into.len());
        into[..taken].copy_from_slice(&left[..taken]);
        self.place += taken;
        Ok(taken)
    }
}

/// What a reader stumbled over, in our words.
pub(crate) fn fault(path: &str, error: &io::Error) -> Fault {
    if let Some(fault) = error.get_ref().and_then(|inner| inner.downcast_ref::<Fault>()) {
        return fault.clone();
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Fault::CutOff,
        // DEFLATE's own words.
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => Fault::Damaged("无法解压"),
        kind => {
            let reason = match kind {
                io::ErrorKind::NotFound => "文件或文件夹不存在".to_owned(),
                io::ErrorKind::PermissionDenied => "没有权限".to_owned(),
                io::ErrorKind::IsADirectory => "这是文件夹".to_owned(),
                io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                    "路径中有一段是文件，不是文件夹".to_owned()
                }
                io::ErrorKind::StorageFull => "磁盘已满".to_owned(),
                _ => error.to_string(),
            };
            Fault::File { path: path.to_owned(), reason }
        }
    }
}

#[cfg(test)]
mod tests {
    use sealing::KeyRing;

    use super::*;

    fn binding(ring: Option<&KeyRing>) -> Binding {
        let cipher = ring.map(|ring| ring.file_cipher(ring.current_id(), &[7; 16]).unwrap());
        Binding { cipher, header: b"header".to_vec() }
    }

    fn written(ring: Option<&KeyRing>, content: &[u8]) -> Vec<u8> {
        let mut writer = PieceWriter::new(Vec::new(), binding(ring));
        writer.write_all(content).unwrap();
        writer.finish().unwrap()
    }

    fn read(ring: Option<&KeyRing>, file: &[u8]) -> io::Result<Vec<u8>> {
        let mut reader = PieceReader::new(file, binding(ring));
        let mut content = Vec::new();
        reader.read_to_end(&mut content)?;
        reader.ends_here()?;
        Ok(content)
    }

    #[test]
    fn any_length_reads_back_sealed_or_not() {
        let ring = KeyRing::random().unwrap();
        for ring in [None, Some(&ring)] {
            for length in [0, 1, PIECE_BYTES - 1, PIECE_BYTES, 2 * PIECE_BYTES + 5] {
                let content: Vec<u8> = (0..length).map(|place| place as u8).collect();
                assert_eq!(read(ring, &written(ring, &content)).unwrap(), content, "{length}");
            }
        }
    }

    #[test]
    fn a_piece_left_out_doubled_or_cut_off_is_noticed() {
        let ring = KeyRing::random().unwrap();
        let content = vec![1_u8; 3 * PIECE_BYTES];
        let file = written(Some(&ring), &content);
        let piece = 4 + PIECE_BYTES + TAG_BYTES;
        let without = [&file[..piece], &file[2 * piece..]].concat();
        let doubled = [&file[..piece], &file[..]].concat();
        for altered in [&without[..], &doubled, &file[..piece], &file[..2 * piece], &file[..9]] {
            assert!(read(Some(&ring), altered).is_err());
        }
        let longer = [&file[..], b"x"].concat();
        assert!(read(Some(&ring), &longer).is_err());
    }
}
