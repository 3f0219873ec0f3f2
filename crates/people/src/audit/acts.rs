use kernel::{Caller, Failure, Note};
use serde::Serialize;
use storage::{Actor, Db, Source};

use super::rules::{self, Check, FORMAT, MOST_ROWS};
use super::store;
use super::types::{End, Entry, Filter, Header, Line, Verdict};

/// Entries in one chunk of an export.
const ENTRIES_PER_CHUNK: usize = 1_000;
/// Seals in one chunk: each may hold the digests of 5,000 entries, 320 kB.
const SEALS_PER_CHUNK: i64 = 20;

/// An export of the whole trail in the making: chunks of JSON lines, so that a trail of millions needs no memory.
#[derive(Debug)]
pub struct Export {
    db: Db,
    actor: Actor,
    up_to: i64,
    last_seal: i64,
    counts: End,
    next: Next,
}

#[derive(Debug, Clone, Copy)]
enum Next {
    Header,
    EntriesAfter(i64),
    SealsAfter(i64),
    End,
    Nothing,
}

impl Export {
    /// Begins an export and records it: who takes the trail away stands in the trail, and in the export.
    pub async fn begin(db: &Db, actor: impl Into<Actor>) -> Result<Self, Failure> {
        let actor = actor.into();
        rules::export_whole(&actor.reach)?;
        db.record(
            actor.clone(),
            Note::of("audit.exported", "audit.jsonl", "导出全部审计日志（核验文件）"),
        )
        .await?;
        let reading = db.reading(actor.clone());
        // The seal first: whatever it covers was visible when it was written, and so stands below `up_to`.
        let last_seal = store::last_seal(&reading).await?.map_or(0, |seal| seal.number);
        let up_to = store::last_entry(&reading).await?;
        drop(reading);
        Ok(Self {
            db: db.clone(),
            actor,
            up_to,
            last_seal,
            counts: End { entries: 0, seals: 0 },
            next: Next::Header,
        })
    }

    /// The next chunk, whole lines each with its line break; none after the last.
    pub async fn next(&mut self) -> Result<Option<String>, Failure> {
        let reading = self.db.reading(self.actor.clone());
        let mut chunk = String::new();
        match self.next {
            Next::Header => {
                let city = self.db.city().path().to_owned();
                let header = Header { format: FORMAT.to_owned(), city, exported_at: reading.now() };
                write(&mut chunk, &Line::Header(header))?;
                self.next = Next::EntriesAfter(0);
            }
            Next::EntriesAfter(after) => {
                let entries =
                    store::entries_after(&reading, after, self.up_to, ENTRIES_PER_CHUNK).await?;
                let last = entries.last().map(|entry| entry.id);
                self.next = last.map_or(Next::SealsAfter(0), Next::EntriesAfter);
                for entry in entries {
                    self.counts.entries += 1;
                    write(&mut chunk, &Line::Entry(Box::new(entry)))?;
                }
            }
            Next::SealsAfter(after) => {
                let seals =
                    store::seals_after(&reading, after, self.last_seal, SEALS_PER_CHUNK).await?;
                self.next = seals.last().map_or(Next::End, |seal| Next::SealsAfter(seal.number));
                for seal in seals {
                    self.counts.seals += 1;
                    write(&mut chunk, &Line::Seal(seal))?;
                }
            }
            Next::End => {
                write(&mut chunk, &Line::End(self.counts.clone()))?;
                self.next = Next::Nothing;
            }
            Next::Nothing => return Ok(None),
        }
        Ok(Some(chunk))
    }
}

fn write(chunk: &mut String, line: &impl Serialize) -> Result<(), Failure> {
    chunk.push_str(&serde_json::to_string(line).map_err(Failure::broken)?);
    chunk.push('\n');
    Ok(())
}

/// The head of the latest seal; empty before the first.
pub async fn head(source: &impl Source) -> Result<String, Failure> {
    Ok(store::last_seal(source).await?.map(|seal| seal.head).unwrap_or_default())
}

/// Checks the whole trail where it stands, as [`verify`](super::verify) checks an export of it.
pub async fn prove(source: &impl Source) -> Result<Verdict, Failure> {
    let mut check = Check::new(None);
    let mut number = 1;
    let city = String::new();
    let header = Header { format: FORMAT.to_owned(), city, exported_at: source.now() };
    check.line(number, Line::Header(header));
    let mut counts = End { entries: 0, seals: 0 };
    let mut last = 0;
    loop {
        let entries = store::entries_after(source, last, i64::MAX, ENTRIES_PER_CHUNK).await?;
        let Some(entry) = entries.last() else { break };
        last = entry.id;
        for entry in entries {
            number += 1;
            counts.entries += 1;
            check.line(number, Line::Entry(Box::new(entry)));
        }
    }
    let mut last = 0;
    loop {
        let seals = store::seals_after(source, last, i64::MAX, SEALS_PER_CHUNK).await?;
        let Some(seal) = seals.last() else { break };
        last = seal.number;
        for seal in seals {
            number += 1;
            counts.seals += 1;
            check.line(number, Line::Seal(seal));
        }
    }
    check.line(number + 1, Line::End(counts));
    Ok(check.finish())
}

/// The filtered entries of the caller's reach for a workbook, at most [`MOST_ROWS`], and whether there are more. Recorded.
pub async fn take_list(
    db: &Db,
    caller: &Caller,
    filter: &Filter,
) -> Result<(Vec<Entry>, bool), Failure> {
    let mut entries = store::list(&db.reading(caller), filter, MOST_ROWS + 1).await?;
    let has_more = entries.len() as i64 > MOST_ROWS;
    entries.truncate(MOST_ROWS as usize);
    let summary =
        format!("导出审计日志清单 {} 条（{}）", entries.len(), rules::filter_in_words(filter));
    db.record(caller, Note::of("audit.exported", "audit.xlsx", summary)).await?;
    Ok((entries, has_more))
}
