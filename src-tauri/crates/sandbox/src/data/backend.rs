//! A real `redis-server` behind the proxy's listener.

use std::{io, path::PathBuf, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    process::{Child, Command},
    sync::Mutex,
};

use super::Policy;

/// For the server to come up. Real time.
const PATIENCE: Duration = Duration::from_secs(10);

/// The server of one instance, started with its first connection and stopped with this value.
#[derive(Debug)]
pub(crate) struct Backend {
    program: PathBuf,
    socket: PathBuf,
    running: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    /// Killed when dropped.
    _child: Child,
    password: Option<String>,
}

impl Backend {
    /// `socket` is a path in a folder of the sandbox's own.
    pub(crate) fn new(program: PathBuf, socket: PathBuf) -> Self {
        Self {
            program,
            socket,
            running: Mutex::new(None),
        }
    }

    /// A connection to the server, whose password is the instance's.
    pub(crate) async fn connect(&self, policy: &Policy) -> io::Result<UnixStream> {
        let mut running = self.running.lock().await;
        let wanted = policy.password.as_deref();
        match &mut *running {
            None => {
                *running = Some(Running {
                    _child: self.start(wanted).await?,
                    password: wanted.map(str::to_owned),
                });
            }
            Some(running) if running.password.as_deref() != wanted => {
                self.change_password(running.password.as_deref(), wanted)
                    .await?;
                running.password = wanted.map(str::to_owned);
            }
            Some(_) => {}
        }
        UnixStream::connect(&self.socket).await
    }

    /// The configuration goes in by standard input, so that no argument shows the password.
    async fn start(&self, password: Option<&str>) -> io::Result<Child> {
        let mut child = Command::new(&self.program)
            .arg("-")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let mut configuration = format!(
            "port 0\nunixsocket {}\nunixsocketperm 700\nsave \"\"\nappendonly no\n",
            self.socket.display()
        );
        if let Some(password) = password {
            configuration += &format!("requirepass {}\n", quoted(password));
        }
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(configuration.as_bytes()).await?;
        }
        let up = async {
            while UnixStream::connect(&self.socket).await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, up).await?;
        Ok(child)
    }

    async fn change_password(&self, from: Option<&str>, to: Option<&str>) -> io::Result<()> {
        let mut stream = UnixStream::connect(&self.socket).await?;
        let mut commands = String::new();
        if let Some(from) = from {
            commands += &format!("AUTH {}\r\n", quoted(from));
        }
        let to = quoted(to.unwrap_or_default());
        commands += &format!("CONFIG SET requirepass {to}\r\nQUIT\r\n");
        stream.write_all(commands.as_bytes()).await?;
        let mut answers = String::new();
        stream.read_to_string(&mut answers).await?;
        if answers.lines().any(|line| line.starts_with('-')) {
            return Err(io::Error::other("redis-server refuses the password"));
        }
        Ok(())
    }
}

/// As configuration files and inline commands take it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
