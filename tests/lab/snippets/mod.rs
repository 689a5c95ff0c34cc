//! Every snippet whose library can be had is run as it stands: against servers that it has to
//! reach, and against servers that it has to refuse.

mod programs;
mod settings;
mod source;
mod versions;

use std::fmt;
use std::path::{Path, PathBuf};

use futures::StreamExt as _;
use rcgen::SanType;
use rediseal_certificate::snippet::{
    Comments, Connection, Library, Login, NameCheck, PASSWORD_VARIABLE, snippet,
};
use tempfile::TempDir;

use self::programs::{Said, Workshop};
use crate::children::redis_with_tls;
use crate::clients::programs::REQUIREMENTS_7;
use crate::packages;
use crate::pki::{Authority, Identity};
use crate::program::Program;

/// Of the default user, of the account that TencentDB takes in front of the password, and of a
/// user of the ACL.
const PASSWORD: &str = "Lab-Secret#1";

/// Programs that run at the same time.
const AT_ONCE: usize = 4;

struct Servers {
    /// Its certificate is for localhost and 127.0.0.1.
    named: Program,
    /// Its certificate has no name.
    nameless: Program,
    /// Its certificate is for another host.
    misnamed: Program,
    /// Its certificate is right, and of another CA.
    stranger: Program,
    /// Two CAs, of which the second is that of the servers.
    ca: PathBuf,
    _folder: TempDir,
}

impl Servers {
    fn start() -> Self {
        let (ours, other) = (Authority::new("Lab CA"), Authority::new("Lab Other CA"));
        let nameless = ours.issue_with(|leaf| leaf.subject_alt_names.clear());
        let misnamed = ours.issue_with(|leaf| {
            let name = "redis.example.com".try_into().unwrap();
            leaf.subject_alt_names = vec![SanType::DnsName(name)];
        });
        let folder = TempDir::new().unwrap();
        // A path that would end a literal, were it not escaped.
        let ca = folder.path().join("the lab's \"CA\" ${HOME} \\ #{1}.pem");
        let bundle = Authority::new("Lab Unrelated CA").pem() + &ours.pem();
        std::fs::write(&ca, bundle).unwrap();
        Self {
            named: redis(&ours.issue(), &ours),
            nameless: redis(&nameless, &ours),
            misnamed: redis(&misnamed, &ours),
            stranger: redis(&other.issue(), &other),
            ca,
            _folder: folder,
        }
    }
}

fn redis(identity: &Identity, ca: &Authority) -> Program {
    let settings = [
        "tls-auth-clients no",
        &format!("user default on >{PASSWORD} >app@{PASSWORD} ~* &* +@all"),
        &format!("user app on >{PASSWORD} ~* &* +@all"),
    ];
    redis_with_tls(identity, &ca.pem(), &settings)
}

/// One run of one snippet, and what has to come of it.
struct Case<'a> {
    library: Library,
    connection: Connection<'a>,
    reaches: bool,
    why: &'static str,
}

impl fmt::Display for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (library, host, name) = (self.library, self.connection.host, self.connection.name);
        write!(f, "{library:?}, {} ({host}, {name:?})", self.why)
    }
}

fn cases(servers: &Servers, library: Library) -> Vec<Case<'_>> {
    let case = |why, server: &Program, host, name, login, reaches| Case {
        library,
        connection: Connection {
            host,
            port: server.address.port(),
            ca: servers.ca.to_str().unwrap(),
            login,
            password_variable: PASSWORD_VARIABLE,
            name,
        },
        reaches,
        why,
    };
    use Login::{Account, Default, User};
    use NameCheck::{ChainOnly, Full};
    let (ip, name) = ("127.0.0.1", "localhost");
    let Servers {
        named,
        nameless,
        misnamed,
        stranger,
        ..
    } = servers;
    // redis-cli has no check of names to fail.
    let unchecked = !library.can_check_name();
    vec![
        case("the right address", named, ip, Full, Default, true),
        case("the right name", named, name, Full, User("app"), true),
        case("no name", nameless, ip, ChainOnly, Account("app"), true),
        case("another CA", stranger, ip, Full, Default, false),
        case("another CA", stranger, name, ChainOnly, Default, false),
        case("a wrong address", misnamed, ip, Full, Default, unchecked),
        case("a wrong name", misnamed, name, Full, Default, unchecked),
        case("no name, checked", nameless, ip, Full, Default, unchecked),
    ]
}

/// What the run says against the case.
fn complaint(case: &Case<'_>, said: &Said) -> Option<String> {
    let wrong = match (case.reaches, said) {
        (true, Said::Pong) | (false, Said::Tls(_)) => return None,
        (_, Said::Pong) => "it connects".to_owned(),
        (_, Said::Tls(words)) => format!("it refuses: {words}"),
        (_, Said::Else(words)) => format!("it fails for another reason: {words}"),
    };
    Some(format!("{case}: {wrong}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_snippet_reaches_its_server_and_no_other() {
    let servers = Servers::start();
    let workshop = Workshop::new();
    let libraries = Library::ALL
        .iter()
        .copied()
        .filter(|it| programs::runs(*it));
    let cases: Vec<_> = libraries.flat_map(|it| cases(&servers, it)).collect();
    assert_eq!(cases.len(), 9 * 8);
    let complaints: Vec<String> = futures::stream::iter(&cases)
        .map(async |case| {
            let code = snippet(case.library, &case.connection, Comments::chinese()).unwrap();
            let said = workshop.run(case.library, &code.code, PASSWORD).await;
            complaint(case, &said)
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(async |complaint| complaint)
        .collect()
        .await;
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// The interpreter that has redis-py.
fn python() -> PathBuf {
    packages::python(&packages_folder(), "redis-py-7", REQUIREMENTS_7)
}

/// Where what others publish is installed, once for all tests of clients.
fn packages_folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients")
}
