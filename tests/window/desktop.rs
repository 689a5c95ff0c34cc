//! A desktop of its own for each test: display, window manager, session bus, unlocked keychain.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::app::SOON;
use crate::wait::eventually;

/// Whether the user has a keychain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Keychain {
    #[default]
    Unlocked,
    /// No Secret Service, and none that the bus could start.
    Absent,
}

/// A session bus that starts no service of the machine it runs on.
const BUS: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// Everything a logged-in user has; it ends when it is dropped.
pub(crate) struct Desktop {
    home: TempDir,
    display: String,
    bus: String,
    // INVARIANT: dropped in this order, clients before the servers they talk to.
    _keychain: Option<Child>,
    _window_manager: Child,
    _bus: Child,
    _display: Child,
}

impl Desktop {
    pub(crate) async fn start(keychain: Keychain) -> Self {
        let home = tempfile::Builder::new()
            .prefix("rediseal-window-")
            .tempdir()
            .unwrap();
        for folder in ["run", ".config", ".local/share", ".cache", "Downloads"] {
            std::fs::create_dir_all(home.path().join(folder)).unwrap();
        }
        std::fs::write(
            home.path().join(".config/user-dirs.dirs"),
            "XDG_DOWNLOAD_DIR=\"$HOME/Downloads\"\n",
        )
        .unwrap();
        let (display_server, number) = announced(base("Xvfb", home.path()).args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x860x24",
            "-nolisten",
            "tcp",
        ]))
        .await;
        let display = format!(":{number}");
        let bus_rules = home.path().join("bus.conf");
        std::fs::write(&bus_rules, BUS).unwrap();
        let (bus_server, bus) = announced(
            base("dbus-daemon", home.path())
                .arg("--config-file")
                .arg(bus_rules)
                .args(["--nofork", "--print-address=1"]),
        )
        .await;
        let command = |program| command(program, home.path(), &display, &bus);
        let window_manager = spawn(command("openbox").arg("--sm-disable").stdout(Stdio::null()));
        let keychain_server = match keychain {
            Keychain::Unlocked => {
                let mut server = spawn(
                    command("gnome-keyring-daemon")
                        .args(["--foreground", "--unlock", "--components=secrets"])
                        .stdin(Stdio::piped())
                        .stdout(Stdio::null()),
                );
                // An empty password, ended by the end of the input.
                let mut password = server.stdin.take().unwrap();
                password.write_all(b"\n").await.unwrap();
                Some(server)
            }
            Keychain::Absent => None,
        };
        let desktop = Self {
            _keychain: keychain_server,
            _window_manager: window_manager,
            _bus: bus_server,
            _display: display_server,
            home,
            display,
            bus,
        };
        eventually("the keychain is as it was asked for", SOON, async || {
            desktop.has_keychain().await == (keychain == Keychain::Unlocked)
        })
        .await;
        desktop
    }

    /// A program that this user starts.
    pub(crate) fn command(&self, program: &str) -> Command {
        command(program, self.home.path(), &self.display, &self.bus)
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Presses keys, as `xdotool key` names them, in the window that has the focus.
    pub(crate) async fn press(&self, keys: &[&str]) {
        self.xdotool(&[&["key", "--clearmodifiers"], keys].concat())
            .await;
    }

    /// Answers the native file dialog that is open or about to open.
    pub(crate) async fn answer_file_dialog(&self, title: &str, path: &Path) {
        self.type_path(title, path).await;
        eventually(&format!("{title:?} takes its answer"), SOON, async || {
            self.agree(title).await;
            !self.has_window(title).await
        })
        .await;
    }

    /// Answers the native dialog that asks for a file that is there: one in the home folder.
    pub(crate) async fn choose_with_file_dialog(&self, title: &str, name: &str) {
        self.opens(title).await;
        // It shows a list until it is asked for the place where a path is typed.
        self.press(&["ctrl+l"]).await;
        self.xdotool(&["type", "--delay", "5", &format!("~/{name}")])
            .await;
        eventually(&format!("{title:?} takes its answer"), SOON, async || {
            self.agree(title).await;
            !self.has_window(title).await
        })
        .await;
    }

    /// Takes what the native file dialog proposes and agrees to replace the file that is there.
    pub(crate) async fn replace_with_file_dialog(&self, title: &str) {
        self.opens(title).await;
        self.press(&["Return"]).await;
        // The question is a window without a title.
        eventually("it asks whether to replace the file", SOON, async || {
            self.active_title()
                .await
                .is_some_and(|title| title.is_empty())
        })
        .await;
        self.press(&["alt+r"]).await;
        self.closes(title).await;
    }

    /// Closes the native dialog without an answer.
    pub(crate) async fn dismiss_dialog(&self, title: &str) {
        self.opens(title).await;
        self.press(&["Escape"]).await;
        self.closes(title).await;
    }

    async fn type_path(&self, title: &str, path: &Path) {
        self.opens(title).await;
        self.press(&["ctrl+a"]).await;
        self.xdotool(&["type", "--delay", "5", path.to_str().unwrap()])
            .await;
    }

    // The first time, Enter may only close what the field offers to complete.
    async fn agree(&self, title: &str) {
        if self.focus(title).await {
            self.press(&["Return"]).await;
        }
    }

    async fn opens(&self, title: &str) {
        eventually(&format!("{title:?} opens"), SOON, async || {
            self.focus(title).await
        })
        .await;
    }

    async fn closes(&self, title: &str) {
        eventually(&format!("{title:?} closes"), SOON, async || {
            !self.has_window(title).await
        })
        .await;
    }

    pub(crate) async fn has_window(&self, title: &str) -> bool {
        self.try_xdotool(&["search", "--onlyvisible", "--name", title])
            .await
    }

    /// How many windows have the title.
    pub(crate) async fn windows(&self, title: &str) -> usize {
        self.ids(title).await.len()
    }

    async fn ids(&self, title: &str) -> Vec<String> {
        let found = self
            .command("xdotool")
            .args(["search", "--onlyvisible", "--name", title])
            .output()
            .await
            .unwrap();
        let ids = String::from_utf8(found.stdout).unwrap();
        ids.lines().map(str::to_owned).collect()
    }

    /// Gives the window the focus; false while it is not there.
    pub(crate) async fn focus(&self, title: &str) -> bool {
        self.try_xdotool(&[
            "search",
            "--onlyvisible",
            "--name",
            title,
            "windowfocus",
            "--sync",
        ])
        .await
    }

    /// Drags what the middle of one window offers into the middle of another.
    pub(crate) async fn drag(&self, from: &str, to: &str) {
        let (from, to) = (self.ids(from).await, self.ids(to).await);
        let (Some(from), Some(to)) = (from.first(), to.first()) else {
            return;
        };
        self.xdotool(&["mousemove", "--sync", "--window", from, "80", "60"])
            .await;
        self.xdotool(&["mousedown", "1"]).await;
        for step in ["300", "500", "501"] {
            self.xdotool(&["mousemove", "--sync", "--window", to, step, "400"])
                .await;
        }
        self.xdotool(&["mouseup", "1"]).await;
    }

    /// A picture of the whole screen.
    pub(crate) async fn picture(&self, path: &Path) {
        self.import("root", path).await;
    }

    /// A picture of one window, without its frame.
    pub(crate) async fn picture_of(&self, title: &str, path: &Path) {
        let ids = self.ids(title).await;
        let id = ids.first();
        self.import(
            id.unwrap_or_else(|| panic!("there is no window {title}")),
            path,
        )
        .await;
    }

    // Of the X server: WebKitWebDriver's own pictures wait for a paint that need not come.
    async fn import(&self, window: &str, path: &Path) {
        let taken = self
            .command("import")
            .args(["-window", window])
            .arg(path)
            .status()
            .await
            .unwrap();
        assert!(taken.success(), "no picture {}", path.display());
    }

    /// Of the window that has the focus.
    async fn active_title(&self) -> Option<String> {
        let output = self
            .command("xdotool")
            .args(["getactivewindow", "getwindowname"])
            .output()
            .await
            .unwrap();
        let title = String::from_utf8(output.stdout).unwrap();
        output.status.success().then(|| title.trim().to_owned())
    }

    async fn xdotool(&self, arguments: &[&str]) {
        assert!(
            self.try_xdotool(arguments).await,
            "xdotool {arguments:?} failed"
        );
    }

    async fn try_xdotool(&self, arguments: &[&str]) -> bool {
        self.command("xdotool")
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await
            .unwrap()
            .success()
    }

    async fn has_keychain(&self) -> bool {
        let output = self
            .command("dbus-send")
            .args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.DBus",
                "/",
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ])
            .output()
            .await
            .unwrap();
        String::from_utf8_lossy(&output.stdout).contains("boolean true")
    }
}

/// Starts a server that says on its standard output where it is.
async fn announced(command: &mut Command) -> (Child, String) {
    let mut child = spawn(command.stdout(Stdio::piped()));
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    (child, line)
}

/// Starts a program, or says how to get it.
pub(crate) fn spawn(command: &mut Command) -> Child {
    command.spawn().unwrap_or_else(|error| {
        let program = command.as_std().get_program().to_owned();
        panic!("{program:?}: {error}; `cargo xtask test` installs what is missing")
    })
}

fn command(program: &str, home: &Path, display: &str, bus: &str) -> Command {
    let mut command = base(program, home);
    command
        .env("DISPLAY", display)
        .env("DBUS_SESSION_BUS_ADDRESS", bus);
    command
}

/// A clean environment: nothing of the developer's own session takes part.
fn base(program: &str, home: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home.join("run"))
        .env("LANG", "C.UTF-8")
        .env("NO_AT_BRIDGE", "1")
        .env("GDK_BACKEND", "x11")
        .env("GSETTINGS_BACKEND", "memory")
        // Without it the webview refuses a driver.
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Where pictures of failures go.
pub(crate) fn evidence() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/window");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
