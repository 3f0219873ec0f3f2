//! A process that is killed in the middle of an import or of an adoption leaves all of it or nothing, and the audit trail
//! stays whole. Each act is done by a child process (this test program again) which gets SIGKILL at many moments of it, held
//! just before its commit, as soon as it has reported the act done, and at last never.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "kills/house.rs"]
mod house;
#[path = "kills/trail.rs"]
mod trail;
#[path = "kills/work.rs"]
mod work;

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use house::House;
use storage::Engine;
use work::Act;

/// Tells a child what to do: the database's URL and the act, as JSON.
const ORDER: &str = "GONGZHI_TEST_ACT";

/// At which parts of an act's usual duration it is killed. What is left of the late ones, nothing or all, is up to the
/// machine; the tests ask only that it is one of the two.
const MOMENTS: [f64; 8] = [0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0, 1.1];

/// What stands before the lines of a child that are meant for its parent; the test harness writes there too.
const MARK: &str = "act: ";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the child that the other tests start and kill"]
async fn the_act_of_a_child() {
    #[expect(clippy::disallowed_methods, reason = "the test's own environment")]
    let Ok(order) = std::env::var(ORDER) else { return };
    let (url, act): (String, Act) = serde_json::from_str(&order).unwrap();
    let db = house::open(&url).await;
    let say = |what: &str| writeln!(std::io::stderr(), "{MARK}{what}").unwrap();
    act.perform(&db, say).await;
    say("done");
    db.close().await.unwrap();
}

/// A process at its act, killed when it is dropped.
struct Worker {
    child: Child,
    said: Lines<BufReader<ChildStderr>>,
}

impl Worker {
    fn start(house: &House, act: &Act) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_act_of_a_child", "--ignored", "--nocapture"])
            .env(ORDER, serde_json::to_string(&(house.url(), act)).unwrap())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, said }
    }

    /// Waits for a word; answers when it came, or nothing if the process ended without it.
    fn hears(&mut self, word: &str) -> Option<Instant> {
        let mut heard = Vec::new();
        for line in self.said.by_ref() {
            let line = line.unwrap();
            if line == format!("{MARK}{word}") {
                return Some(Instant::now());
            }
            heard.push(line);
        }
        assert!(!heard.iter().any(|line| line.contains("panicked")), "{}", heard.join("\n"));
        None
    }

    /// SIGKILL; answers whether the act was reported done before.
    async fn kill(mut self, house: &House) -> bool {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        house.deserted().await;
        self.hears("done").is_some()
    }

    /// Lets it come to its end.
    fn ends(mut self) {
        self.hears("done").unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Already gone is as good as killed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Opens the database anew and asks whether the act is there, all of it; its trail is sealed, as the next start would.
async fn is_there(house: &House, act: &Act) -> bool {
    let db = house.open().await;
    let is_there = act.is_there(&db).await;
    people::audit::seal(&db).await.unwrap();
    house.close(db).await;
    is_there
}

/// What became of the kills of an act, for whoever runs the test with `--nocapture`.
#[derive(Debug, Default)]
struct Tally {
    nothing: u32,
    all: u32,
}

impl Tally {
    /// Kills a worker some time after it said `word`; answers whether that was too late.
    async fn kill(&mut self, (house, act): (&House, &Act), word: &str, after: Duration) -> bool {
        let mut worker = Worker::start(house, act);
        worker.hears(word).unwrap();
        std::thread::sleep(after);
        let was_done = worker.kill(house).await;
        let is_there = is_there(house, act).await;
        assert!(is_there || !was_done, "what was reported done is gone");
        if is_there {
            self.all += 1;
        } else {
            self.nothing += 1;
        }
        is_there
    }
}

/// The act is killed as soon as it is reported done: everything is there. Answers how long each of its parts took.
async fn done_then_killed<const N: usize>(
    house: &House,
    act: &Act,
    words: [&str; N],
) -> [Duration; N] {
    let mut worker = Worker::start(house, act);
    let begun = words.map(|word| worker.hears(word).unwrap());
    let done = worker.hears("done").unwrap();
    worker.kill(house).await;
    assert!(is_there(house, act).await, "what was reported done is gone");
    std::array::from_fn(|part| *begun.get(part + 1).unwrap_or(&done) - begun[part])
}

/// The act is held just before its commit and killed there: nothing is left. Then it is done without a kill, after all
/// the others in the same database: everything is there, and the trail proves it.
async fn held_then_done(house: &House, act: &Act, word: &str, usual: Duration, name: &str) {
    house.halt_before_commit(act.event()).await;
    let mut worker = Worker::start(house, act);
    worker.hears(word).unwrap();
    house.somebody_halts(usual * 2 + Duration::from_millis(300)).await;
    assert!(!worker.kill(house).await, "it was not held");
    assert!(!is_there(house, act).await, "it was killed before its commit");
    house.let_go().await;

    Worker::start(house, act).ends();
    assert!(is_there(house, act).await, "nobody killed it");
    let db = house.open().await;
    trail::is_proven(&db, name, act.event()).await;
    house.close(db).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_leaves_all_or_nothing() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(first) = House::make(engine).await else { continue };
        let act = Act::Import;
        let [previewing, applying] =
            done_then_killed(&first, &act, ["previewing", "applying"]).await;
        first.raze().await;

        let late_previews = [0.6, 0.9].map(|part| ("previewing", previewing.mul_f64(part)));
        let applications = MOMENTS.map(|part| ("applying", applying.mul_f64(part)));
        let mut tally = Tally::default();
        let mut house = House::make(engine).await.unwrap();
        for (word, after) in late_previews.into_iter().chain(applications) {
            if tally.kill((&house, &act), word, after).await {
                house.raze().await;
                house = House::make(engine).await.unwrap();
            }
        }
        held_then_done(&house, &act, "applying", applying, &format!("import-{engine:?}")).await;
        house.raze().await;
        eprintln!("import on {engine:?}: {previewing:?} + {applying:?}, {tally:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adoption_that_is_killed_leaves_all_or_nothing() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(house) = House::make(engine).await else { continue };
        let db = house.open().await;
        let mut acts = work::approved_plans(&db).await.into_iter();
        house.close(db).await;
        let first = acts.next().unwrap();
        let [usual] = done_then_killed(&house, &first, ["adopting"]).await;

        // Whenever a kill came too late, the next district's plan is adopted; the last one is kept for the end.
        let mut tally = Tally::default();
        let mut act = acts.next().unwrap();
        for part in MOMENTS {
            if acts.len() > 0 && tally.kill((&house, &act), "adopting", usual.mul_f64(part)).await {
                act = acts.next().unwrap();
            }
        }
        held_then_done(&house, &act, "adopting", usual, &format!("adoption-{engine:?}")).await;
        house.raze().await;
        eprintln!("adoption on {engine:?}: {usual:?}, {tally:?}");
    }
}
