//! What a process costs: time, processor time, memory, and when it said what.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// How often the process is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// Clock ticks a second in `/proc`, the same on every Linux of today.
const TICKS: f64 = 100.0;

/// A process that ended.
pub(crate) struct Cost {
    pub(crate) status: ExitStatus,
    pub(crate) wall: Duration,
    /// User and system, in seconds; zero where there is no `/proc`.
    pub(crate) cpu: f64,
    /// The largest resident set, in KiB; zero where there is no `/proc`.
    pub(crate) peak: u64,
    pub(crate) stdout: Vec<Line>,
    pub(crate) stderr: Vec<Line>,
}

/// A line, and when it was there after the start.
pub(crate) struct Line {
    pub(crate) at: Duration,
    pub(crate) text: String,
}

/// Runs a process to its end.
pub(crate) fn measure(command: &mut Command) -> Result<Cost> {
    watch_over(command.stdout(Stdio::piped()))
}

/// The same of one that says much: reading it would take time from it. What it says goes to a file.
pub(crate) fn measure_into(command: &mut Command, file: &Path) -> Result<Cost> {
    watch_over(command.stdout(File::create(file)?))
}

/// Fails with what a process said when it failed.
pub(crate) fn succeeded(cost: &Cost) -> Result<()> {
    if cost.status.success() {
        return Ok(());
    }
    let said: Vec<_> = cost.stderr.iter().map(|line| line.text.as_str()).collect();
    bail!("{}: {}", cost.status, said.join("\n"));
}

fn watch_over(command: &mut Command) -> Result<Cost> {
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} cannot be started", command.get_program().display()))?;
    let stdout = read(child.stdout.take(), start);
    let stderr = read(child.stderr.take(), start);
    let (status, cpu, peak) = watch(&mut child)?;
    Ok(Cost {
        wall: start.elapsed(),
        status,
        cpu,
        peak,
        stdout: stdout.join().unwrap_or_default(),
        stderr: stderr.join().unwrap_or_default(),
    })
}

fn read(from: Option<impl Read + Send + 'static>, start: Instant) -> JoinHandle<Vec<Line>> {
    std::thread::spawn(move || {
        let lines = from.map(|from| BufReader::new(from).lines());
        let read = lines.into_iter().flatten().map_while(Result::ok);
        read.map(|text| Line {
            at: start.elapsed(),
            text,
        })
        .collect()
    })
}

/// A process that ended and was not waited for still has its times, but no memory any more.
fn watch(child: &mut Child) -> Result<(ExitStatus, f64, u64)> {
    let mut peak = 0;
    loop {
        let stat = proc(child, "stat");
        // After the name, which is in parentheses and may hold anything.
        let fields: Vec<_> = stat
            .rsplit_once(") ")
            .map_or_else(Vec::new, |(_, rest)| rest.split(' ').collect());
        if fields.is_empty() || fields[0] == "Z" {
            let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
            let cpu = ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0);
            return Ok((child.wait()?, cpu / TICKS, peak));
        }
        let now = proc(child, "status");
        let kib = now
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next());
        peak = kib.and_then(|kib| kib.parse().ok()).unwrap_or(peak);
        std::thread::sleep(LOOK);
    }
}

fn proc(child: &Child, file: &str) -> String {
    std::fs::read_to_string(format!("/proc/{}/{file}", child.id())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_is_measured_to_its_end() {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "echo first; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo last >&2; exit 3",
        ]);
        let cost = measure(&mut command).unwrap();
        assert_eq!(cost.status.code(), Some(3));
        assert_eq!(cost.stdout[0].text, "first");
        assert!(cost.stderr[0].at > cost.stdout[0].at);
        assert!(
            cost.cpu > 0.0 && cost.peak > 100,
            "{} {}",
            cost.cpu,
            cost.peak
        );
    }
}
