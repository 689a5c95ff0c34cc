//! Where a file is to be, as the form says it.

use super::files::Files;
use super::problem::{At as _, problem};
use crate::error::Error;
use crate::ssh_host::invalid;
use crate::view::{HostProblem, PutCode, PutPlace};
use serde_json::json;

/// PATH_MAX of Linux.
const LONGEST_FOLDER: usize = 4096;
/// NAME_MAX, less what the name of the old file has more.
const LONGEST_NAME: usize = 220;
/// Far more than a file of users has.
const LONGEST_LIST: usize = 1024 * 1024;

/// What is wanted on every host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// As SFTP takes it: absolute, or from where whoever logs in begins.
    pub(super) folder: String,
    pub(super) name: String,
    user: Option<Id>,
    group: Option<Id>,
    pub(super) mode: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Id {
    Number(u32),
    Name(String),
}

impl Place {
    pub(super) fn parse(place: &PutPlace) -> Result<Self, Error> {
        let (user, group) = match place.owner.as_deref().map(str::trim) {
            None | Some("") => (None, None),
            Some(owner) => match owner.split_once(':') {
                None => (Some(id(owner)?), None),
                Some(("", group)) => (None, Some(id(group)?)),
                Some((user, group)) => (Some(id(user)?), Some(id(group)?)),
            },
        };
        Ok(Self {
            folder: folder(place.folder.trim())?,
            name: name(place.name.trim())?,
            user,
            group,
            mode: place.mode.as_deref().map(mode).transpose()?,
        })
    }

    /// User and group by number. Names are looked up in the host's own files, for SFTP knows
    /// numbers only.
    pub(super) async fn owner(
        &self,
        files: &Files,
    ) -> Result<(Option<u32>, Option<u32>), HostProblem> {
        let user = number(files, self.user.as_ref(), "/etc/passwd").await?;
        let group = number(files, self.group.as_ref(), "/etc/group").await?;
        Ok((user, group))
    }
}

fn folder(text: &str) -> Result<String, Error> {
    let usable = text.starts_with('/') || text == "~" || text.starts_with("~/");
    if !usable || text.len() > LONGEST_FOLDER || text.contains(char::is_control) {
        return Err(invalid(
            "folder",
            &"it is an absolute path, or begins with ~/",
        ));
    }
    Ok(match text.strip_prefix('~') {
        Some("") | Some("/") => ".".to_owned(),
        Some(rest) => format!(".{rest}"),
        None => text.to_owned(),
    })
}

fn name(text: &str) -> Result<String, Error> {
    let odd = |c: char| c == '/' || c.is_control();
    if matches!(text, "" | "." | "..") || text.len() > LONGEST_NAME || text.contains(odd) {
        let problem = format!("it is 1 to {LONGEST_NAME} bytes, without a slash");
        return Err(invalid("name", &problem));
    }
    Ok(text.to_owned())
}

fn id(text: &str) -> Result<Id, Error> {
    let odd = |c: char| c == ':' || c.is_control() || c.is_whitespace();
    if text.is_empty() || text.contains(odd) {
        return Err(invalid("owner", &"write user, user:group or :group"));
    }
    Ok(match text.parse() {
        Ok(number) => Id::Number(number),
        Err(_) => Id::Name(text.to_owned()),
    })
}

/// Whoever may write a truststore decides whom its readers trust.
fn mode(text: &str) -> Result<u32, Error> {
    const OWNER_READS: u32 = 0o400;
    const OTHERS_WRITE: u32 = 0o002;
    let digits = text.trim();
    let octal = digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let mode = octal.then(|| u32::from_str_radix(digits, 8).ok()).flatten();
    match mode.filter(|mode| *mode <= 0o777) {
        None => Err(invalid("mode", &"write it as 0644")),
        Some(mode) if mode & OWNER_READS == 0 => {
            Err(invalid("mode", &"its owner could not read the file"))
        }
        Some(mode) if mode & OTHERS_WRITE != 0 => Err(invalid(
            "mode",
            &"everybody could change whom the clients trust",
        )),
        Some(mode) => Ok(mode),
    }
}

async fn number(files: &Files, id: Option<&Id>, list: &str) -> Result<Option<u32>, HostProblem> {
    let name = match id {
        None => return Ok(None),
        Some(Id::Number(number)) => return Ok(Some(*number)),
        Some(Id::Name(name)) => name,
    };
    // Where whoever logs in sees a part of the host only, the list may not be there.
    let list = match files.read(list, LONGEST_LIST).await {
        Ok(list) => list,
        Err(super::files::Refused::Lost(said)) => {
            return Err(super::files::Refused::Lost(said).at(list));
        }
        Err(_) => Vec::new(),
    };
    let list = String::from_utf8_lossy(&list);
    let found = list.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then(|| fields.nth(1)?.parse().ok())?
    });
    match found {
        Some(number) => Ok(Some(number)),
        None => Err(problem(PutCode::OwnerUnknown, [("name", json!(name))])),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn place(folder: &str, name: &str, owner: &str, mode: &str) -> PutPlace {
        PutPlace {
            folder: folder.to_owned(),
            name: name.to_owned(),
            owner: Some(owner.to_owned()),
            mode: Some(mode.to_owned()),
        }
    }

    #[test]
    fn a_place_is_read_as_people_write_it() {
        let read = Place::parse(&place("~/tls", "ca.pem", "redis:0", "640")).unwrap();
        let expected = Place {
            folder: "./tls".to_owned(),
            name: "ca.pem".to_owned(),
            user: Some(Id::Name("redis".to_owned())),
            group: Some(Id::Number(0)),
            mode: Some(0o640),
        };
        assert_eq!(read, expected);
        let read = Place::parse(&place("/etc/tls", "ca.pem", ":redis", "0644")).unwrap();
        assert_eq!((read.user, read.mode), (None, Some(0o644)));
        let read = Place::parse(&place("~", "ca.pem", "", "0644")).unwrap();
        assert_eq!((read.folder.as_str(), read.group), (".", None));
    }

    #[test]
    fn what_is_no_place_is_refused_by_its_field() {
        for (given, expected) in [
            (place("etc", "ca.pem", "", "0644"), "folder"),
            (place("/etc\n", "ca\n.pem", "", "0644"), "name"),
            (place("C:\\tls", "ca.pem", "", "0644"), "folder"),
            (place("/etc", "../ca.pem", "", "0644"), "name"),
            (place("/etc", "..", "", "0644"), "name"),
            (place("/etc", "ca.pem", "a b", "0644"), "owner"),
            (place("/etc", "ca.pem", "a:b:c", "0644"), "owner"),
            (place("/etc", "ca.pem", "", "0999"), "mode"),
            (place("/etc", "ca.pem", "", "4644"), "mode"),
            (place("/etc", "ca.pem", "", "0044"), "mode"),
            (place("/etc", "ca.pem", "", "0666"), "mode"),
            (place("/etc", "ca.pem", "", "rw"), "mode"),
        ] {
            let error = Place::parse(&given).unwrap_err();
            let named = matches!(&error, Error::InvalidInput { field, .. } if *field == expected);
            assert!(named, "{given:?}: {error}");
        }
    }
}
