//! The program as a process of its own, for what only a process can show: killing it, its exit codes, its files.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// The built program.
pub fn sipas() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
    command.env_remove("DATABASE_URL").env_remove("SIPAS_DATA").env_remove("SIPAS_LISTEN").stdin(Stdio::null());
    command
}

/// A serving process; killed when dropped.
pub struct Serving {
    pub child: Child,
    pub base: String,
}

impl Serving {
    /// Starts `sipas serve` on a free port and waits until it listens.
    pub fn start(database_url: &str) -> Self {
        let mut command = sipas();
        command.args(["serve", "--listen", "127.0.0.1:0", "--database-url", database_url]);
        Self::spawn(command)
    }

    /// Starts any command that says `http://…` on standard error once it listens.
    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let base = loop {
            let line = lines.next().expect("the server ended before it listened").unwrap();
            if let Some(at) = line.find("http://") {
                break line[at..].split_whitespace().next().unwrap().trim_end_matches('/').to_owned();
            }
        };
        // What it says later must be read, or it would wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Serving { child, base }
    }

    /// kill -9: no chance to tidy up.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Runs to the end: exit code, standard output, standard error.
pub fn run(args: &[&str]) -> (i32, String, String) {
    let output = sipas().args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}
