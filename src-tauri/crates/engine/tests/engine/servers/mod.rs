//! Certificates put on servers: real ones of OpenSSH, each with a folder of its own.

mod broken;
mod hosts;
mod places;
mod put;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rediseal_certificate::{Certificate, Format, parse_pem_or_der};
use rediseal_engine::view::{
    HostForm, HostPlan, HostRow, Keep, PutCode, PutForm, PutPlace, PutPlan, PutRun,
};
use rediseal_engine::{Engine, Environment};
use tempfile::TempDir;

use crate::jump_host::JumpHost;
use crate::support::{Lab, ON};

/// The name of the file, which is under `~/tls`.
const NAME: &str = "ca.pem";

/// A server, and what its users call home.
struct Server {
    host: JumpHost,
    home: TempDir,
}

impl Server {
    fn start() -> Self {
        Self::with("", "")
    }

    /// With options of its SFTP, and more lines of configuration.
    fn with(sftp: &str, settings: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("tls")).unwrap();
        let here = home.path().display();
        let settings = format!("Subsystem sftp internal-sftp -d {here} {sftp}\n{settings}");
        Self {
            host: JumpHost::start(&settings),
            home,
        }
    }

    fn tls(&self) -> PathBuf {
        self.home.path().join("tls")
    }

    fn file(&self) -> PathBuf {
        self.tls().join(NAME)
    }

    /// As a user types it.
    fn typed(&self) -> String {
        let url = self.host.url(self.host.program.address);
        url.trim_start_matches("ssh://").to_owned()
    }

    fn port(&self) -> u16 {
        self.host.program.address.port()
    }

    /// The names in the folder, sorted.
    fn names(&self) -> Vec<String> {
        names(&self.tls())
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).unwrap().permissions().mode() & 0o7777
}

/// A computer whose user knows these servers, and has the keys to them.
struct Desk {
    lab: Lab,
    engine: Engine,
    home: TempDir,
}

impl Desk {
    async fn knowing(servers: &[&Server]) -> Self {
        let lab = Lab::fast().await;
        let home = tempfile::tempdir().unwrap();
        let ssh = home.path().join(".ssh");
        fs::create_dir(&ssh).unwrap();
        let mut config = lab.config();
        config.environment = Environment {
            variables: BTreeMap::from([("USER".to_owned(), user())]),
            home: Some(home.path().to_owned()),
        };
        let engine = Engine::open(config).await.unwrap();
        engine.sign_in(lab.form(Keep::Keychain)).await.unwrap();
        let desk = Self { lab, engine, home };
        for server in servers {
            desk.knows(server);
        }
        desk.configure(
            &servers
                .iter()
                .map(|server| keys(server))
                .collect::<String>(),
        );
        desk
    }

    fn ssh(&self) -> PathBuf {
        self.home.path().join(".ssh")
    }

    fn knows(&self, server: &Server) {
        let known = server.host.known_as(server.host.program.address, "ed25519");
        let file = self.ssh().join("known_hosts");
        let before = fs::read_to_string(&file).unwrap_or_default();
        fs::write(file, before + &fs::read_to_string(known).unwrap() + "\n").unwrap();
    }

    fn configure(&self, config: &str) {
        fs::write(self.ssh().join("config"), config).unwrap();
    }

    async fn plan(&self, form: PutForm) -> PutPlan {
        self.engine.plan_put(form, None).await.unwrap()
    }

    /// With as many certificates as make the file larger than what a login sends.
    async fn plan_large(&self, form: PutForm) -> PutPlan {
        let certificates = certificates(300);
        let planned = self.engine.plan_put_of(form, &certificates, None).await;
        planned.unwrap()
    }

    async fn put(&self, plan: &PutPlan) -> PutRun {
        let run = self.engine.put(&plan.id, |_| {}).await.unwrap();
        assert!(run.ended);
        run
    }

    /// Of the audit log, newest first: the host and the result.
    async fn noted(&self) -> Vec<(String, String)> {
        let log = self.engine.audit_log().await.unwrap();
        assert_eq!(log.broken_at, None);
        let entries = log.entries.into_iter();
        entries
            .filter(|entry| entry.action == "put_certificate")
            .map(|entry| {
                let host = entry.facts["host"].as_str().unwrap().to_owned();
                (host, entry.result)
            })
            .collect()
    }
}

/// What lets one in: a key of its own for each server.
fn keys(server: &Server) -> String {
    let key = server.host.key();
    format!("IdentityFile {}\n", key.display())
}

fn user() -> String {
    let output = std::process::Command::new("id").arg("-un").output();
    let name = String::from_utf8(output.unwrap().stdout).unwrap();
    name.trim().to_owned()
}

fn form(hosts: &[&str]) -> PutForm {
    PutForm {
        instance_id: Some(ON.to_owned()),
        format: Format::Pem,
        password: None,
        place: PutPlace {
            folder: "~/tls".to_owned(),
            name: NAME.to_owned(),
            owner: None,
            mode: None,
        },
        hosts: hosts.iter().map(|host| named(host)).collect(),
        test: false,
    }
}

fn named(host: &str) -> HostForm {
    HostForm {
        host: host.to_owned(),
        password: None,
        passphrase: None,
        key_file: false,
        accept_host_keys: Vec::new(),
    }
}

/// Self-signed, each another.
fn certificates(count: usize) -> Vec<Certificate> {
    let key = rcgen::KeyPair::generate().unwrap();
    let pem: String = (0..count)
        .map(|number| {
            let name = format!("{number}.example.com");
            let parameters = rcgen::CertificateParams::new(vec![name]).unwrap();
            parameters.self_signed(&key).unwrap().pem()
        })
        .collect();
    parse_pem_or_der(pem.as_bytes()).unwrap()
}

fn plan_code(plan: &HostPlan) -> Option<PutCode> {
    plan.problem.as_ref().map(|problem| problem.code)
}

fn code(row: &HostRow) -> Option<PutCode> {
    row.problem.as_ref().map(|problem| problem.code)
}
