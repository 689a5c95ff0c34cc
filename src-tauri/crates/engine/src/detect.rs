//! Keys of other Tencent Cloud tools on this computer. They are offered, masked, and read again
//! when the user takes one; nothing is copied unasked. What cannot be used is named too.

mod files;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rediseal_tencent::Credentials;
use secrecy::SecretString;

use crate::view::{Detected as View, DetectedProblem as Problem, Site};

/// What this process was started with.
#[derive(Clone, Default)]
pub struct Environment {
    /// The variables whose names are [wanted](Environment::wants).
    pub variables: BTreeMap<String, String>,
    #[expect(missing_docs, reason = "the type says it")]
    pub home: Option<PathBuf>,
}

impl Environment {
    /// Whether a variable of this name matters: a key, a proxy, an SSH agent, or whom the
    /// user of this computer is called.
    #[must_use]
    pub fn wants(name: &str) -> bool {
        name.starts_with("TENCENTCLOUD_")
            || name == crate::ssh_host::AGENT
            || crate::ssh_host::LOCAL_USER.contains(&name)
            || rediseal_tencent::http::Variables::NAMES.contains(&name)
    }
}

pub(crate) struct Detected {
    pub(crate) view: View,
    /// None when there is a problem.
    pub(crate) secret: Option<Credentials>,
}

/// What a place says.
#[derive(Default)]
struct Found {
    secret_id: Option<String>,
    secret_key: Option<String>,
    token: Option<String>,
    expires: Option<Timestamp>,
    site: Option<Site>,
    renewed_elsewhere: bool,
    role: Option<String>,
}

/// Where it says so.
struct Place<'a> {
    source: &'static str,
    place: String,
    profile: &'a str,
    /// The names of SecretId and SecretKey there.
    names: [&'static str; 2],
}

/// Every key found, in the order of the sources.
pub(crate) fn detect(environment: &Environment) -> Vec<Detected> {
    let mut found: Vec<_> = from_variables(environment).into_iter().collect();
    if let Some(home) = &environment.home {
        found.extend(files::tccli(&home.join(".tccli")));
    }
    let profiles = match environment.variables.get("TENCENTCLOUD_CREDENTIALS_FILE") {
        Some(path) if !path.is_empty() => Some(PathBuf::from(path)),
        _ => environment
            .home
            .as_ref()
            .map(|home| home.join(".tencentcloud/credentials")),
    };
    found.extend(profiles.iter().flat_map(|path| files::profiles(path)));
    found
}

fn from_variables(environment: &Environment) -> Option<Detected> {
    const NAMES: [&str; 2] = ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"];
    let variable = |name: &str| {
        let value = environment.variables.get(name)?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    let [secret_id, secret_key] = NAMES.map(variable);
    if secret_id.is_none() && secret_key.is_none() {
        return None;
    }
    let token = variable("TENCENTCLOUD_TOKEN")
        .or_else(|| variable("TENCENTCLOUD_SECURITY_TOKEN"))
        .or_else(|| variable("TENCENTCLOUD_SESSION_TOKEN"));
    let place = Place {
        source: "environment",
        place: NAMES[0].to_owned(),
        profile: "",
        names: NAMES,
    };
    Some(place.has(Found {
        secret_id,
        secret_key,
        token,
        ..Found::default()
    }))
}

impl Place<'_> {
    fn has(self, found: Found) -> Detected {
        let filled = |value: Option<String>| value.filter(|value| !value.trim().is_empty());
        let (id, key) = (filled(found.secret_id), filled(found.secret_key));
        let token = filled(found.token);
        let missing = match (&id, &key) {
            (None, _) => Some(self.names[0]),
            (_, None) => Some(self.names[1]),
            _ => None,
        };
        let problem = missing.map(|name| Problem::Incomplete {
            missing: name.to_owned(),
        });
        let view = View {
            secret_id: id.as_deref().map(masked).unwrap_or_default(),
            temporary: token.is_some(),
            expires: found.expires,
            site: found.site,
            renewed_elsewhere: found.renewed_elsewhere,
            role: found.role,
            ..self.view(problem)
        };
        let secret = id.zip(key).map(|(secret_id, secret_key)| Credentials {
            secret_id,
            secret_key: secret_key.into(),
            token: token.map(SecretString::from),
        });
        Detected { view, secret }
    }

    fn unusable(self, problem: Problem) -> Detected {
        Detected {
            view: self.view(Some(problem)),
            secret: None,
        }
    }

    fn view(self, problem: Option<Problem>) -> View {
        let id = match self.profile {
            "" => self.source.to_owned(),
            profile => format!("{}/{profile}", self.source),
        };
        View {
            id,
            source: self.source.to_owned(),
            place: self.place,
            profile: self.profile.to_owned(),
            secret_id: String::new(),
            temporary: false,
            expires: None,
            site: None,
            renewed_elsewhere: false,
            role: None,
            problem,
        }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The SecretId with its middle left out: enough to tell two apart.
pub(crate) fn masked(secret_id: &str) -> String {
    const HEAD: usize = 8;
    const TAIL: usize = 4;
    let length = secret_id.chars().count();
    if length < HEAD + TAIL + 4 {
        return "…".to_owned();
    }
    let head: String = secret_id.chars().take(HEAD).collect();
    let tail: String = secret_id.chars().skip(length - TAIL).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
#[path = "detect_tests.rs"]
mod tests;
