//! Beside `ssh -G`, which prints what OpenSSH makes of a configuration.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::*;
use crate::view::ConfigProblem;

/// A folder that stands for `~/.ssh`, in one that stands for home.
struct Home(TempDir);

impl Home {
    fn with(config: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join(".ssh")).unwrap();
        let home = Self(home);
        home.write("config", config);
        home
    }

    fn ssh(&self) -> PathBuf {
        self.0.path().join(".ssh")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.ssh().join(name), text).unwrap();
    }

    fn read(&self) -> SshConfig {
        SshConfig::of(Some(&self.ssh()), None, Some(self.0.path()))
    }

    /// What we make of a host, in the words of `ssh -G`.
    fn ours(&self, host: &str) -> BTreeMap<&'static str, Vec<String>> {
        let found = self.read().find(host);
        let name = found.host(host);
        let port = found.port.unwrap_or(22);
        let user = found
            .user
            .clone()
            .unwrap_or_else(|| "nobody-else".to_owned());
        let tokens = Tokens {
            given: host,
            host: &name,
            port,
            user: &user,
            local_user: "nobody-else",
            home: Some(self.0.path()),
        };
        let paths = |paths: Option<Vec<PathBuf>>| -> Vec<String> {
            let paths = paths.unwrap_or_default().into_iter();
            paths.map(|path| path.display().to_string()).collect()
        };
        let jump = match &found.proxy {
            Some(Proxy::Jump(hosts)) => vec![hosts.join(",")],
            _ => Vec::new(),
        };
        BTreeMap::from([
            ("hostname", vec![name.to_lowercase()]),
            ("port", vec![port.to_string()]),
            ("user", vec![user.clone()]),
            ("identityfile", paths(found.keys(&tokens))),
            ("userknownhostsfile", paths(found.known_hosts(&tokens))),
            ("proxyjump", jump),
        ])
    }

    /// What OpenSSH makes of it. It takes home from the list of users and not from `HOME`, so
    /// the included files are named whole, and `~` is put in afterwards.
    fn theirs(&self, host: &str) -> BTreeMap<&'static str, Vec<String>> {
        let output = Command::new("ssh")
            .arg("-G")
            .arg("-F")
            .arg(self.ssh().join("config"))
            .arg(host)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{host}: {errors}");
        let login = Command::new("id").arg("-un").output().unwrap().stdout;
        let login = String::from_utf8(login).unwrap();
        let mut found = self.ours("");
        for (keyword, values) in &mut found {
            values.clear();
            let lines = text.lines().filter_map(|line| line.split_once(' '));
            for (_, value) in lines.filter(|(word, _)| word == keyword) {
                let words: Vec<_> = match *keyword {
                    "userknownhostsfile" => value.split(' ').collect(),
                    _ => vec![value],
                };
                values.extend(words.into_iter().map(str::to_owned));
            }
        }
        // What was not said is what OpenSSH does by itself.
        let usual = |value: &String| value.contains("/.ssh/id_") || value.contains("known_hosts");
        for keyword in ["identityfile", "userknownhostsfile"] {
            found
                .get_mut(keyword)
                .unwrap()
                .retain(|value| !usual(value));
        }
        for user in found.get_mut("user").unwrap() {
            if user == login.trim() {
                "nobody-else".clone_into(user);
            }
        }
        found
    }
}

#[test]
fn a_configuration_means_what_it_means_to_openssh() {
    let home = Home::with("");
    let folder = home.ssh().display().to_string();
    home.write(
        "work.conf",
        "User included\nHost deep-*\n  Port 7\nMatch all\n  IdentityFile /keys/all\n",
    );
    home.write("more-1.conf", "Host more\n  HostName one.example.com\n");
    home.write(
        "more-2.conf",
        "Host more\n  HostName two.example.com\n  User second\n",
    );
    home.write(
        "config",
        &format!(
            "# a comment\n\
             Host web web-? !web-9\n\
             \tHostName=web.example.com\n\
             \tPort = 2222\n\
             \tuser deploy # and why\n\
             \tIdentityFile /keys/one\n\
             Host db-*\n\
             \x20 HostName %h.internal.example.com\n\
             \x20 User \"data base\"\n\
             \x20 IdentityFile \"/keys/with space\"\n\
             \x20 UserKnownHostsFile /hosts/a /hosts/b\n\
             \x20 ProxyJump ops@bastion:2200\n\
             Host !bad *.example.org\r\n\
             \x20 User org\r\n\
             Host incl-* deep-*\n\
             \x20 Include {folder}/work.conf\n\
             \x20 Port 9\n\
             Include {folder}/more-*.conf\n\
             Include {folder}/nothing\n\
             Host direct\n\
             \x20 ProxyJump none\n\
             Host once\n\
             \x20 ProxyCommand none\n\
             \x20 ProxyJump never\n\
             Host UPPER\n\
             \x20 HostName Upper.Example.COM\n\
             Host *\n\
             \x20 User everybody\n\
             \x20 Port 22022\n\
             \x20 IdentityFile /keys/%r/%h/%n/%p\n\
             \x20 ProxyJump last\n\
             \x20 ServerAliveInterval 5\n"
        ),
    );
    for host in [
        "web",
        "web-1",
        "web-9",
        "web-10",
        "db-1",
        "db-",
        "a.example.org",
        "bad",
        "incl-1",
        "deep-1",
        "more",
        "direct",
        "once",
        "UPPER",
        "upper",
        "other",
        "10.0.0.7",
        "::1",
    ] {
        let (mut ours, theirs) = (home.ours(host), home.theirs(host));
        // OpenSSH shows tokens of keys as they stand, and expands them when it opens the files.
        if let Some(keys) = ours.get_mut("identityfile") {
            let found = home.read().find(host);
            *keys = found.identity_files;
        }
        assert_eq!(ours, theirs, "{host}");
    }
    let read = home.read();
    assert_eq!(read.notes, []);
    let names = ["web", "more", "direct", "once", "UPPER"];
    assert_eq!(read.hosts(), names);
    let tokens = home.ours("db-1");
    assert_eq!(
        tokens["identityfile"],
        [
            "/keys/with space",
            "/keys/data base/db-1.internal.example.com/db-1/22022"
        ]
    );
}

#[test]
fn home_stands_for_a_tilde_and_relative_files_are_beside_the_configuration() {
    let home = Home::with(
        "Include parts/*\nHost a\n  IdentityFile ~/.ssh/a\n  IdentityFile %d/b\n  \
         IdentityFile ~other/c\n  IdentityFile ${HOME}/d\n  IdentityFile %i\n",
    );
    fs::create_dir(home.ssh().join("parts")).unwrap();
    home.write("parts/one", "Host a\n  User included\n");
    home.write("parts/.hidden", "Host a\n  Port 1\n");
    let here = home.0.path().display().to_string();
    let found = home.ours("a");
    assert_eq!(found["user"], ["included"]);
    assert_eq!(found["port"], ["22"]);
    let keys = [format!("{here}/.ssh/a"), format!("{here}/b")];
    assert_eq!(found["identityfile"], keys);
}

#[test]
fn what_is_not_taken_into_account_is_noted() {
    let home = Home::with(
        "Include config\nMatch host a exec \"true\"\n  User matched\nHost a\n  Port 7\n",
    );
    let read = home.read();
    let problems: Vec<_> = read.notes.iter().map(|note| note.problem).collect();
    assert!(
        problems.contains(&ConfigProblem::TooManyFiles),
        "it includes itself"
    );
    assert!(problems.contains(&ConfigProblem::MatchSkipped));
    let found = read.find("a");
    assert_eq!((found.user, found.port), (None, Some(7)));

    home.write("config", &"#".repeat(2 << 20));
    assert_eq!(home.read().notes[0].problem, ConfigProblem::TooLarge);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        home.write("config", "Host a\n  Port 7\n");
        let file = home.ssh().join("config");
        fs::set_permissions(file, PermissionsExt::from_mode(0o664)).unwrap();
        let read = home.read();
        assert_eq!(read.notes[0].problem, ConfigProblem::WritableByOthers);
        assert_eq!(read.find("a").port, None);
    }
}

#[test]
fn a_file_that_includes_itself_over_and_over_ends() {
    let home = Home::with(&"Include config\n".repeat(1000));
    assert!(home.read().notes.len() > 1);
}
