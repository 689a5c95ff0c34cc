//! Keys of other Tencent Cloud tools on this computer. They are offered, masked, and read again
//! when the user takes one; nothing is copied unasked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rediseal_tencent::Credentials;
use secrecy::SecretString;
use serde::Deserialize;

use crate::view::DetectedCredentials;

/// What this process was started with.
#[derive(Clone, Default)]
pub struct Environment {
    /// The variables whose names start with `TENCENTCLOUD_`.
    pub variables: BTreeMap<String, String>,
    #[expect(missing_docs, reason = "the type says it")]
    pub home: Option<PathBuf>,
}

/// Files larger than this are no credentials.
const LIMIT: u64 = 64 * 1024;

pub(crate) struct Detected {
    pub(crate) view: DetectedCredentials,
    pub(crate) secret: Credentials,
}

/// Every key found, in the order of the sources.
pub(crate) fn detect(environment: &Environment) -> Vec<Detected> {
    [
        from_variables(environment),
        from_tccli(environment),
        from_profile(environment),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn from_variables(environment: &Environment) -> Option<Detected> {
    let variable = |name: &str| {
        let value = environment.variables.get(name)?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    let token = variable("TENCENTCLOUD_TOKEN")
        .or_else(|| variable("TENCENTCLOUD_SECURITY_TOKEN"))
        .or_else(|| variable("TENCENTCLOUD_SESSION_TOKEN"));
    detected(
        "environment",
        "TENCENTCLOUD_SECRET_ID".to_owned(),
        variable("TENCENTCLOUD_SECRET_ID")?,
        variable("TENCENTCLOUD_SECRET_KEY")?,
        token,
    )
}

/// The command line tool's default profile.
fn from_tccli(environment: &Environment) -> Option<Detected> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct File {
        secret_id: String,
        secret_key: String,
        token: Option<String>,
    }
    let path = environment.home.as_ref()?.join(".tccli/default.credential");
    let file: File = serde_json::from_str(&text(&path)?).ok()?;
    detected(
        "tccli",
        path.display().to_string(),
        file.secret_id,
        file.secret_key,
        file.token,
    )
}

/// The SDKs' profile file.
fn from_profile(environment: &Environment) -> Option<Detected> {
    let path = match environment.variables.get("TENCENTCLOUD_CREDENTIALS_FILE") {
        Some(path) if !path.is_empty() => PathBuf::from(path),
        _ => environment.home.as_ref()?.join(".tencentcloud/credentials"),
    };
    let text = text(&path)?;
    let mut values = default_section(&text);
    detected(
        "profile",
        path.display().to_string(),
        values.remove("secret_id")?,
        values.remove("secret_key")?,
        values.remove("token"),
    )
}

fn default_section(text: &str) -> BTreeMap<String, String> {
    let mut inside = false;
    let mut values = BTreeMap::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            inside = name.trim() == "default";
        } else if inside
            && !line.starts_with(['#', ';'])
            && let Some((key, value)) = line.split_once('=')
        {
            values.insert(key.trim().to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    values
}

fn text(path: &Path) -> Option<String> {
    let size = std::fs::metadata(path).ok()?;
    (size.is_file() && size.len() <= LIMIT)
        .then(|| std::fs::read_to_string(path).ok())
        .flatten()
}

fn detected(
    source: &str,
    place: String,
    secret_id: String,
    secret_key: String,
    token: Option<String>,
) -> Option<Detected> {
    if secret_id.is_empty() || secret_key.is_empty() {
        return None;
    }
    Some(Detected {
        view: DetectedCredentials {
            id: source.to_owned(),
            source: source.to_owned(),
            place,
            secret_id: masked(&secret_id),
        },
        secret: Credentials {
            secret_id,
            secret_key: secret_key.into(),
            token: token
                .filter(|token| !token.is_empty())
                .map(SecretString::from),
        },
    })
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
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use secrecy::ExposeSecret;

    use super::*;

    fn home(files: &[(&str, &str)]) -> (tempfile::TempDir, Environment) {
        let folder = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let environment = Environment {
            home: Some(folder.path().to_owned()),
            ..Environment::default()
        };
        (folder, environment)
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        let (_folder, mut environment) = home(&[
            (".tccli/default.credential", "not json"),
            (
                ".tencentcloud/credentials",
                "[other]\nsecret_id = a\nsecret_key = b\n",
            ),
        ]);
        environment
            .variables
            .insert("TENCENTCLOUD_SECRET_ID".into(), "AKIDonlyhalf".into());
        assert!(detect(&environment).is_empty());
    }

    #[test]
    fn every_source_is_found_and_masked() {
        let (_folder, mut environment) = home(&[
            (
                ".tccli/default.credential",
                r#"{"secretId":"AKIDtccli0123456789abcdef","secretKey":"tccli-key","token":"t"}"#,
            ),
            (
                ".tencentcloud/credentials",
                "# mine\n[default]\nsecret_id = AKIDprofile0123456789abc\nsecret_key=profile-key\n\
                 [other]\nsecret_key = wrong\n",
            ),
        ]);
        for (name, value) in [
            ("TENCENTCLOUD_SECRET_ID", "AKIDenvironment0123456789"),
            ("TENCENTCLOUD_SECRET_KEY", "environment-key"),
        ] {
            environment.variables.insert(name.into(), value.into());
        }
        let found = detect(&environment);
        let keys: Vec<_> = found
            .iter()
            .map(|one| (one.view.id.as_str(), one.secret.secret_key.expose_secret()))
            .collect();
        assert_eq!(
            keys,
            [
                ("environment", "environment-key"),
                ("tccli", "tccli-key"),
                ("profile", "profile-key")
            ]
        );
        assert_eq!(found[1].view.secret_id, "AKIDtccl…cdef");
        assert!(found[1].secret.token.is_some());
        assert!(found[2].secret.token.is_none());
    }

    #[test]
    fn short_ids_show_nothing() {
        assert_eq!(masked("AKIDshort"), "…");
    }
}
