//! The files of the vendor's tools: those of `tccli`, a file for each profile, and the SDKs'
//! profile file with a section for each.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Detected, Found, Place, shown};
use crate::view::{DetectedProblem as Problem, Site};

/// Files larger than this are no credentials.
const LIMIT: u64 = 64 * 1024;
/// More profiles than this are not looked at.
const PROFILES: usize = 50;

/// What `tccli configure`, `tccli auth login` and `tccli sso login` write.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tccli {
    /// `oauth`, `sso` and `cvm-role`; a key that was typed has none, or `default`.
    #[serde(rename = "type")]
    kind: Option<String>,
    secret_id: Option<String>,
    secret_key: Option<String>,
    token: Option<String>,
    /// Seconds since 1970.
    expires_at: Option<i64>,
    oauth: Option<Login>,
    sso: Option<Login>,
    #[serde(rename = "role-arn")]
    role: Option<String>,
}

#[derive(Deserialize)]
struct Login {
    site: Option<String>,
}

/// Every `<profile>.credential` of the folder, the default one first.
pub(super) fn tccli(folder: &Path) -> Vec<Detected> {
    const SUFFIX: &str = ".credential";
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut profiles: Vec<_> = entries
        .flatten()
        .filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(SUFFIX)?.to_owned()))
        .filter(|profile| !profile.is_empty())
        .collect();
    profiles.sort_by_key(|profile| (profile != "default", profile.clone()));
    profiles.truncate(PROFILES);
    profiles
        .iter()
        .filter_map(|profile| tccli_profile(folder, profile))
        .collect()
}

fn tccli_profile(folder: &Path, profile: &str) -> Option<Detected> {
    let path = folder.join(format!("{profile}.credential"));
    let place = Place {
        source: "tccli",
        place: shown(&path),
        profile,
        names: ["secretId", "secretKey"],
    };
    let text = match text(&path) {
        Ok(text) => text?,
        Err(problem) => return Some(place.unusable(problem)),
    };
    let file: Tccli = match serde_json::from_str(&text) {
        Ok(file) => file,
        Err(error) => {
            let line = error.line();
            return Some(place.unusable(Problem::Malformed { line }));
        }
    };
    let kind = file.kind.as_deref().unwrap_or_default();
    if kind == "cvm-role" {
        return Some(place.unusable(Problem::OnlyInCloud));
    }
    let login = file.oauth.or(file.sso).and_then(|login| login.site);
    let site = match login.as_deref() {
        Some("intl") => Some(Site::International),
        Some("cn") => Some(Site::Mainland),
        _ => tccli_site(&folder.join(format!("{profile}.configure"))),
    };
    Some(
        place.has(Found {
            secret_id: file.secret_id,
            secret_key: file.secret_key,
            token: file.token,
            expires: file
                .expires_at
                .and_then(|at| Timestamp::from_second(at).ok()),
            site,
            renewed_elsewhere: matches!(kind, "oauth" | "sso"),
            role: file.role.filter(|role| !role.is_empty()),
        }),
    )
}

/// The site by the endpoint that is configured for Redis; none when it is another's.
fn tccli_site(configuration: &Path) -> Option<Site> {
    let text = text(configuration).ok()??;
    let configuration: Value = serde_json::from_str(&text).ok()?;
    let endpoint = configuration["redis"]["endpoint"].as_str()?;
    let domain = endpoint.strip_suffix("tencentcloudapi.com")?;
    Some(if domain.split('.').any(|label| label == "intl") {
        Site::International
    } else {
        Site::Mainland
    })
}

/// Every section of the SDKs' profile file that has a key, in the order of the file.
pub(super) fn profiles(path: &Path) -> Vec<Detected> {
    let text = match text(path) {
        Ok(Some(text)) => text,
        Ok(None) => return Vec::new(),
        Err(problem) => return vec![in_profile(path, "").unusable(problem)],
    };
    let sections = match sections(&text) {
        Ok(sections) => sections,
        Err(line) => return vec![in_profile(path, "").unusable(Problem::Malformed { line })],
    };
    sections
        .into_iter()
        .take(PROFILES)
        .filter(|(_, values)| values.contains_key("secret_id") || values.contains_key("secret_key"))
        .map(|(profile, mut values)| {
            in_profile(path, &profile).has(Found {
                secret_id: values.remove("secret_id"),
                secret_key: values.remove("secret_key"),
                token: values.remove("token"),
                role: values.remove("role_arn").filter(|role| !role.is_empty()),
                ..Found::default()
            })
        })
        .collect()
}

fn in_profile<'a>(path: &Path, profile: &'a str) -> Place<'a> {
    Place {
        source: "profile",
        place: shown(path),
        profile,
        names: ["secret_id", "secret_key"],
    }
}

type Section = (String, BTreeMap<String, String>);

/// Reads an INI file as the SDKs do; fails with the number of a line that is none.
fn sections(text: &str) -> Result<Vec<Section>, usize> {
    let mut sections: Vec<Section> = Vec::new();
    for (number, line) in text.lines().map(str::trim).enumerate() {
        let wrong = number + 1;
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            let name = rest.strip_suffix(']').ok_or(wrong)?;
            sections.push((name.trim().to_owned(), BTreeMap::new()));
            continue;
        }
        let (key, value) = line.split_once(['=', ':']).ok_or(wrong)?;
        let (_, values) = sections.last_mut().ok_or(wrong)?;
        let value = value.trim();
        let bare = value
            .strip_prefix('"')
            .and_then(|value| value.strip_suffix('"'))
            .unwrap_or(value);
        values.insert(key.trim().to_ascii_lowercase(), bare.to_owned());
    }
    Ok(sections)
}

/// The text of a file; `None` when there is none.
fn text(path: &Path) -> Result<Option<String>, Problem> {
    let unreadable = |reason: String| Problem::Unreadable { reason };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(unreadable(error.to_string())),
    };
    let mut text = String::new();
    match file.take(LIMIT + 1).read_to_string(&mut text) {
        Ok(_) if text.len() as u64 > LIMIT => Err(unreadable("it is too large".to_owned())),
        Ok(_) => Ok(Some(text)),
        Err(error) => Err(unreadable(error.to_string())),
    }
}
