//! Closed-loop load: each connection asks for the next page as soon as it has the last one.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use super::client::{self, Answer, Connection};
use super::server::Session;
use crate::Outcome;

/// How hard and how long.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    pub connections: usize,
    pub seconds: u64,
    /// Whether the pages are asked for compressed.
    pub gzip: bool,
}

/// What came back: one entry for each page, in microseconds, with the path's number.
#[derive(Debug)]
pub struct Measured {
    load: Load,
    seconds: f64,
    bytes: u64,
    latencies: Vec<(u32, u16)>,
}

/// What one connection measured, and how many bytes it read.
type Share = (Vec<(u32, u16)>, u64);

impl Load {
    /// A tenth of the run, at least one second, not counted.
    pub fn warm_up(self, session: &Session, paths: &[String]) -> Outcome {
        Self { seconds: (self.seconds / 10).max(1), ..self }.run(session, paths).map(drop)
    }

    pub fn run(self, session: &Session, paths: &[String]) -> Outcome<Measured> {
        let requests: Vec<Vec<u8>> =
            paths.iter().map(|path| client::get(path, session.cookies(), self.gzip)).collect();
        let begun = Instant::now();
        let end = begun + Duration::from_secs(self.seconds);
        let address = session.address();
        let results: Vec<Outcome<Share>> = thread::scope(|scope| {
            let requests = &requests;
            let threads: Vec<_> = (0..self.connections)
                .map(|first| scope.spawn(move || one_connection(address, requests, first, end)))
                .collect();
            let lost = |_| Err("a connection's thread was lost".to_owned());
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(lost)).collect()
        });
        let mut measured = Measured {
            load: self,
            seconds: begun.elapsed().as_secs_f64(),
            bytes: 0,
            latencies: Vec::new(),
        };
        for result in results {
            let (latencies, bytes) =
                result.map_err(|reason| format!("{reason} (paths: {})", paths.join(" ")))?;
            measured.latencies.extend(latencies);
            measured.bytes += bytes;
        }
        Ok(measured)
    }
}

/// Asks for one page after the other, beginning at another place in the list than its neighbours.
fn one_connection(
    address: SocketAddr,
    requests: &[Vec<u8>],
    first: usize,
    end: Instant,
) -> Outcome<Share> {
    let mut connection = Connection::open(address)?;
    let mut answer = Answer::default();
    let mut latencies = Vec::with_capacity(1 << 16);
    let mut bytes = 0;
    let mut number = first % requests.len();
    while Instant::now() < end {
        let asked = Instant::now();
        connection.ask(&requests[number], &mut answer)?;
        latencies.push((asked.elapsed().as_micros() as u32, number as u16));
        bytes += answer.body.len() as u64;
        if answer.status != 200 {
            return Err(format!("page {} of the mix answered {}", number + 1, answer.status));
        }
        number = (number + 1) % requests.len();
    }
    Ok((latencies, bytes))
}

impl Measured {
    /// Number of pages that were answered.
    pub fn answered(&self) -> usize {
        self.latencies.len()
    }

    pub fn print(&self, paths: &[String]) {
        let Load { connections, seconds, gzip } = self.load;
        let how = if gzip { "gzip" } else { "not compressed" };
        println!(
            "{connections} connections, closed loop, {seconds} s, {how}, load from this machine"
        );
        println!("    p50 ms   p99 ms    pages  path");
        for (number, path) in paths.iter().enumerate() {
            let mut own: Vec<u32> = self
                .latencies
                .iter()
                .filter(|(_, of)| usize::from(*of) == number)
                .map(|(time, _)| *time)
                .collect();
            own.sort_unstable();
            println!(
                "  {:>8.2} {:>8.2} {:>8}  {path}",
                percentile_ms(&own, 50),
                percentile_ms(&own, 99),
                own.len()
            );
        }
        let mut all: Vec<u32> = self.latencies.iter().map(|(time, _)| *time).collect();
        all.sort_unstable();
        println!("pages a second        {:>9.0}", all.len() as f64 / self.seconds);
        println!("p50                   {:>9.2} ms", percentile_ms(&all, 50));
        println!("p99                   {:>9.2} ms", percentile_ms(&all, 99));
        println!(
            "mean size             {:>9.1} kB",
            self.bytes as f64 / 1000.0 / all.len().max(1) as f64
        );
    }
}

/// The smallest time that at least `percent` of the sorted times do not exceed, in milliseconds.
fn percentile_ms(sorted: &[u32], percent: usize) -> f64 {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ninety_ninth_of_a_hundred_is_the_last_but_one() {
        let sorted: Vec<u32> = (1..=100).map(|ms| ms * 1000).collect();
        assert_eq!(percentile_ms(&sorted, 99), 99.0);
        assert_eq!(percentile_ms(&sorted, 50), 50.0);
        assert_eq!(percentile_ms(&[], 99), 0.0);
    }
}
