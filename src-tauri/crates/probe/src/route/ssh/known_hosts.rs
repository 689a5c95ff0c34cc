//! The file in which OpenSSH keeps the keys of hosts: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use aws_lc_rs::hmac::{self, HMAC_SHA1_FOR_LEGACY_USE_ONLY};
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use russh::keys::PublicKey;
use russh::keys::ssh_key::known_hosts::{HostPatterns, Marker};

/// Far more than anybody has.
const LONGEST_FILE: u64 = 16 * 1024 * 1024;

/// Of SHA-1, as OpenSSH makes them.
const SALT: usize = 20;

/// A key that is on record for a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) key: PublicKey,
    /// Never to be accepted.
    pub(super) revoked: bool,
    /// From 1.
    pub(super) line: usize,
}

/// How a host stands in the file: a port that is not SSH's own belongs to it.
pub(super) fn name(host: &str, port: u16) -> String {
    let host = host.to_lowercase();
    match port {
        22 => host,
        port => format!("[{host}]:{port}"),
    }
}

/// The keys of a host. Those of certificate authorities are none: this side takes no host
/// certificates. A file that is not there knows nobody.
pub(super) fn read(file: &Path, name: &str) -> io::Result<Vec<Record>> {
    let text = text(file)?;
    let records = text.lines().enumerate();
    Ok(records
        .filter_map(|(at, line)| record(line, name, at + 1))
        .collect())
}

/// Adds a key. The name is hashed where the names of the file are.
pub(super) fn add(file: &Path, name: &str, key: &PublicKey) -> io::Result<()> {
    let known = text(file)?;
    let hashed = known.lines().any(|line| line.starts_with("|1|"));
    let name = match hashed {
        true => hash(name)?,
        false => name.to_owned(),
    };
    let key = key.to_openssh().map_err(io::Error::other)?;
    // The comment is not the host's.
    let mut words = key.split(' ');
    let (kind, base64) = (words.next(), words.next());
    let (kind, base64) = (kind.unwrap_or_default(), base64.unwrap_or_default());
    let break_before = match known.is_empty() || known.ends_with('\n') {
        true => "",
        false => "\n",
    };
    if let Some(folder) = file.parent().filter(|folder| !folder.exists()) {
        private_folder(folder)?;
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let line = format!("{break_before}{name} {kind} {base64}\n");
    let mut file = options.open(file)?;
    file.write_all(line.as_bytes())?;
    file.sync_all()
}

fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn text(file: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    match fs::File::open(file) {
        Ok(file) => file.take(LONGEST_FILE).read_to_end(&mut bytes)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    // A comment may be in any encoding.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// None of another host, a comment, an authority, or what cannot be read.
fn record(line: &str, name: &str, number: usize) -> Option<Record> {
    let mut words = line.split_whitespace().peekable();
    let marker = words.next_if(|word| word.starts_with('@'));
    let marker: Option<Marker> = marker.map(str::parse).transpose().ok()?;
    let hosts: HostPatterns = words.next()?.parse().ok()?;
    if marker == Some(Marker::CertAuthority) || !names(&hosts, name) {
        return None;
    }
    let key = format!("{} {}", words.next()?, words.next()?);
    Some(Record {
        key: PublicKey::from_openssh(&key).ok()?,
        revoked: marker == Some(Marker::Revoked),
        line: number,
    })
}

fn names(hosts: &HostPatterns, name: &str) -> bool {
    match hosts {
        HostPatterns::HashedName { salt, hash } => {
            let key = hmac::Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, salt);
            hmac::verify(&key, name.as_bytes(), hash).is_ok()
        }
        HostPatterns::Patterns(patterns) => {
            let not = |pattern: &str| {
                let pattern = pattern.strip_prefix('!');
                pattern.is_some_and(|pattern| matches(pattern, name))
            };
            let is = |pattern: &str| !pattern.starts_with('!') && matches(pattern, name);
            !patterns.iter().any(|pattern| not(pattern)) && patterns.iter().any(|p| is(p))
        }
    }
}

/// `*` is any number of characters, `?` is one.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.as_bytes());
    let pattern = pattern.as_bytes();
    let (mut at, mut of_name) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while of_name < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at + 1, of_name));
                at += 1;
            }
            Some(&c) if c == b'?' || Some(&c) == name.get(of_name) => {
                at += 1;
                of_name += 1;
            }
            // The last star takes one character more.
            _ => match star {
                Some((after, taken)) => {
                    star = Some((after, taken + 1));
                    at = after;
                    of_name = taken + 1;
                }
                None => return false,
            },
        }
    }
    let rest = pattern.get(at..).unwrap_or_default();
    rest.iter().all(|c| *c == b'*')
}

fn hash(name: &str) -> io::Result<String> {
    let mut salt = [0; SALT];
    rand::fill(&mut salt).map_err(|_| io::Error::other("no random numbers"))?;
    let key = hmac::Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &salt);
    let tag = hmac::sign(&key, name.as_bytes());
    let [salt, tag] = [&salt[..], tag.as_ref()].map(|bytes| BASE64_STANDARD.encode(bytes));
    Ok(format!("|1|{salt}|{tag}"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use proptest::prelude::*;

    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9dG4kjRhQTtWTVzd2t27+t0DEHBPW7iOD23TUiYLio";

    fn knows(line: &str, name: &str) -> bool {
        record(line, name, 1).is_some()
    }

    #[test]
    fn hosts_are_found_as_openssh_finds_them() {
        let ssh_22 = name("Jump.Example.com", 22);
        let ssh_2222 = name("jump.example.com", 2222);
        for (hosts, of_22, of_2222) in [
            ("jump.example.com", true, false),
            ("JUMP.example.COM", true, false),
            ("[jump.example.com]:2222", false, true),
            ("other,jump.example.com,10.0.0.1", true, false),
            ("*.example.com", true, false),
            ("[*.example.com]:2222", false, true),
            ("[*.example.com]:*", false, true),
            ("jump.???????.com", true, false),
            ("*.example.com,!jump.*", false, false),
            ("jump.example.co", false, false),
            ("*", true, true),
        ] {
            let line = format!("{hosts} {KEY} comment");
            assert_eq!(knows(&line, &ssh_22), of_22, "{hosts}");
            assert_eq!(knows(&line, &ssh_2222), of_2222, "{hosts}");
        }
    }

    #[test]
    fn lines_that_know_nobody_are_passed_over() {
        for line in [
            "",
            "# a comment",
            &format!("#h {KEY}"),
            &format!("@cert-authority h {KEY}"),
            &format!("@unheard-of h {KEY}"),
            "h",
            "h ssh-ed25519",
            "h ssh-ed25519 AAAA",
            "h 1024 37 159",
            "|1|x h",
        ] {
            assert!(!knows(line, "h"), "{line}");
        }
        assert!(knows(&format!("  h\t{KEY}"), "h"));
        let revoked = record(&format!("@revoked h {KEY}"), "h", 7).unwrap();
        assert!(revoked.revoked && revoked.line == 7);
    }

    #[test]
    fn a_key_is_added_in_the_way_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".ssh").join("known_hosts");
        let key = PublicKey::from_openssh(&format!("{KEY} somebody@home")).unwrap();
        add(&file, "a", &key).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), format!("a {KEY}\n"));
        // Without an end of line, and with a hashed name.
        let hashed = hash("b").unwrap();
        fs::write(&file, format!("a {KEY}\n{hashed} {KEY}")).unwrap();
        add(&file, "c", &key).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text.lines().count(), 3);
        assert!(!text.contains("\nc "), "{text}");
        for name in ["a", "b", "c"] {
            assert_eq!(read(&file, name).unwrap().len(), 1, "{name}");
        }
        assert_eq!(read(&file, "d").unwrap(), []);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&folder.path().join(".ssh")), 0o700);
        }
    }

    proptest! {
        #[test]
        fn any_file_is_read(line: String, name: String) {
            let _ = record(&line, &name, 1);
        }

        #[test]
        fn a_pattern_without_wildcards_matches_itself_alone(a in "[a-z.]{0,9}", b in "[a-z.]{0,9}") {
            prop_assert!(matches(&a, &a));
            prop_assert_eq!(matches(&a, &b), a == b);
            let starred = format!("*{a}*");
            prop_assert_eq!(matches(&starred, &b), b.contains(&a));
        }
    }
}
