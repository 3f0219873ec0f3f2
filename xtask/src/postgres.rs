//! A private PostgreSQL for one run of the tests: its own folder, port and password, gone afterwards.

use std::fs::{self, File};
use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::{Outcome, provision, workspace};

/// Runs the server until our end of the pipe closes. That happens however we end, SIGKILL and Ctrl-C included, so
/// neither a server nor a folder is ever left behind.
const KEEPER: &str = r#"
"$1/postgres" -D "$2/cluster" -p "$3" -h 127.0.0.1 -k "$2" \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 \
    > "$2/log" 2>&1 &
server=$!
cat > /dev/null
kill -INT "$server"
wait "$server"
cd / && rm -rf "$2"
"#;

/// A running server; dropping it stops the server and removes its folder.
#[derive(Debug)]
pub struct Postgres {
    keeper: Child,
    lifeline: Option<ChildStdin>,
    url: String,
}

impl Postgres {
    /// Makes a cluster in a new folder under /tmp (a unix socket's path must be short) and starts it.
    pub fn start() -> Outcome<Self> {
        let programs = provision::postgres_programs()
            .ok_or("PostgreSQL is not installed. Install it and run again:\n    sudo apt-get install postgresql")?;
        let account =
            if provision::is_root() { Some(provision::unprivileged_user()?) } else { None };
        let password = random_word()?;
        let folder = PathBuf::from(format!("/tmp/gongzhi-postgres-{}", random_word()?));
        let port = workspace::free_port()?;
        fs::create_dir(&folder).map_err(|fault| format!("{}: {fault}", folder.display()))?;
        let started = prepare(&programs, &folder, account, &password).and_then(|()| {
            let mut command = owned_command("sh", account);
            command
                .args(["-c", KEEPER, "keeper"])
                .arg(&programs)
                .arg(&folder)
                .arg(port.to_string());
            // A group of its own: the terminal's Ctrl-C must not end the keeper before it has cleaned up.
            command
                .process_group(0)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command.spawn().map_err(|fault| format!("sh: {fault}"))
        });
        let mut keeper = match started {
            Ok(keeper) => keeper,
            Err(reason) => {
                // The reason is what matters; a folder that cannot be removed is only a folder in /tmp.
                drop(fs::remove_dir_all(&folder));
                return Err(reason);
            }
        };
        let lifeline = keeper.stdin.take();
        let url = format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres");
        let server = Self { keeper, lifeline, url };
        Self::wait_until_ready(&programs, &folder, port)?;
        Ok(server)
    }

    /// How to reach it as its superuser; tests make their own databases beside this one.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn wait_until_ready(programs: &Path, folder: &Path, port: u16) -> Outcome {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        for _ in 0..300 {
            if TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok() {
                let mut asked = Command::new(programs.join("pg_isready"));
                asked.args(["-q", "-h", "127.0.0.1", "-p"]).arg(port.to_string());
                if asked.status().is_ok_and(|status| status.success()) {
                    return Ok(());
                }
            }
            thread::sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        Err(format!("PostgreSQL did not start within 30 s. It said:\n{log}"))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // The keeper is ours and ends by itself; there is nobody left to tell if it cannot be waited for.
        drop(self.keeper.wait());
    }
}

fn prepare(programs: &Path, folder: &Path, account: Option<(u32, u32)>, password: &str) -> Outcome {
    let said = |fault: std::io::Error| format!("{}: {fault}", folder.display());
    let secret = folder.join("password");
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(said)?;
    fs::write(&secret, password).map_err(said)?;
    if let Some((user, group)) = account {
        chown(folder, Some(user), Some(group)).map_err(said)?;
        chown(&secret, Some(user), Some(group)).map_err(said)?;
    }
    let mut initdb = owned_command(&programs.join("initdb").to_string_lossy(), account);
    initdb.arg("-D").arg(folder.join("cluster")).arg("--pwfile").arg(&secret).args([
        "--username=postgres",
        "--auth=password",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    ]);
    workspace::output(initdb.current_dir(folder)).map(drop)
}

fn owned_command(program: &str, account: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").stdin(Stdio::null()).env("LC_ALL", "C");
    if let Some((user, group)) = account {
        command.uid(user).gid(group);
    }
    command
}

fn random_word() -> Outcome<String> {
    let mut bytes = [0_u8; 8];
    let mut source =
        File::open("/dev/urandom").map_err(|fault| format!("/dev/urandom: {fault}"))?;
    source.read_exact(&mut bytes).map_err(|fault| format!("/dev/urandom: {fault}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
