//! How an account reaches the cloud.

use rediseal_certificate::Facts;
use rediseal_tencent::{Peer, Root};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The way out of the user's network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ProxyChoice {
    /// As the environment and the system's settings say.
    #[default]
    System,
    /// Direct.
    None,
    /// Always this one.
    Url {
        /// Scheme, host and port; `http`, `https`, `socks5` or `socks5h`. No user, no password.
        url: String,
    },
}

/// How an account reaches the cloud, and what was met on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NetworkView {
    #[expect(missing_docs, reason = "the type says it")]
    pub proxy: ProxyChoice,
    /// A user and a password for the proxy are kept with the key.
    pub with_login: bool,
    /// `host:port` of the proxy in use; `None` when the cloud is reached directly, or was not
    /// reached in this session yet.
    pub through: Option<String>,
    /// Trusted beside the system's authorities, for the API alone.
    pub api_ca: Option<ApiCa>,
    /// Roots that are not public and may open the connection all the same.
    pub accepted: Vec<Root>,
    /// The certificates of the hosts that were met in this session.
    pub peers: Vec<Peer>,
}

/// Certificates to trust for the API, which the user chose as a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApiCa {
    /// To choose them by.
    pub id: String,
    /// Every certificate of the file.
    pub certificates: Vec<Facts>,
}

/// How an account is to reach the cloud.
#[derive(Clone, Debug, Default, Deserialize, TS)]
#[serde(default)]
pub struct NetworkForm {
    /// Its URL may have a user and a password in it.
    pub proxy: ProxyChoice,
    #[expect(missing_docs, reason = "the type says it")]
    pub login: LoginChoice,
    /// Id of an [`ApiCa`] that was chosen in this session or is the account's.
    pub api_ca: Option<String>,
    /// Keys of roots that are accepted from now on; see [`Root::key`].
    pub accept: Vec<String>,
}

/// How to log in at the proxy.
#[derive(Clone, Debug, Default, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum LoginChoice {
    /// As before; without a user where there was none.
    #[default]
    Keep,
    /// Without a user.
    None,
    /// With these.
    Given {
        #[expect(missing_docs, reason = "the name says it")]
        user: String,
        #[expect(missing_docs, reason = "the name says it")]
        #[ts(type = "string")]
        password: secrecy::SecretString,
    },
}
