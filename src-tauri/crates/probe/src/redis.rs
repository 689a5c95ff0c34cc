//! AUTH and PING over the proven session.

use secrecy::ExposeSecret as _;
use tokio::time::{Instant, timeout_at};

use crate::breakage::{alert_name, blames_certificate};
use crate::cause::Cause;
use crate::login::masked;
use crate::request::Auth;
use crate::resp::{self, Reading};
use crate::session::{End, Session};
use crate::stage::Finding;

/// How the conversation went.
#[derive(Debug)]
pub(crate) struct Talk {
    pub(crate) finding: Finding,
    /// The server ended the session before a word of Redis, as one does in TLS 1.3 that misses a
    /// client certificate.
    pub(crate) turned_away: bool,
}

pub(crate) async fn talk(session: &mut Session, auth: Option<&Auth>, deadline: Instant) -> Talk {
    let talk = log_in_and_ping(session, auth, deadline).await;
    Talk {
        finding: talk.finding.without_login(auth),
        ..talk
    }
}

async fn log_in_and_ping(session: &mut Session, auth: Option<&Auth>, deadline: Instant) -> Talk {
    let mut auth_fact = None;
    if let Some(auth) = auth {
        match ask(session, &auth_command(auth), deadline).await {
            Ok(reading) => match after_auth(&reading) {
                Ok(fact) => auth_fact = Some(fact),
                Err(failed) => return heard(failed),
            },
            Err(silence) => return silence.into_talk(Some(auth)),
        }
    }
    let talk = match ask(session, &resp::command(&[b"PING"]), deadline).await {
        Ok(reading) => heard(after_ping(&reading)),
        Err(silence) => silence.into_talk(auth),
    };
    Talk {
        finding: talk.finding.with("auth", auth_fact),
        turned_away: talk.turned_away && auth_fact.is_none(),
    }
}

fn auth_command(auth: &Auth) -> zeroize::Zeroizing<Vec<u8>> {
    let password = auth.password.expose_secret().as_bytes();
    match &auth.user {
        Some(user) => resp::command(&[b"AUTH", user.as_bytes(), password]),
        None => resp::command(&[b"AUTH", password]),
    }
}

/// `accepted` or `not_needed`.
fn after_auth(reading: &Reading) -> Result<&'static str, Finding> {
    match reading {
        Reading::Value(text) if text == "OK" => Ok("accepted"),
        // Redis 6 and later, and those before: no password is set.
        Reading::Error { text, .. }
            if text.contains("without any password configured")
                || text.contains("no password is set") =>
        {
            Ok("not_needed")
        }
        Reading::Error { code, text } => {
            let cause = said(code, text)
                .filter(|cause| *cause != Cause::RedisNoPermission)
                .unwrap_or(Cause::RedisWrongPassword);
            Err(Finding::failed(cause).with("reply", text.clone()))
        }
        other => Err(not_redis(other)),
    }
}

fn after_ping(reading: &Reading) -> Finding {
    match reading {
        Reading::Value(text) if text == "PONG" => Finding::passed().with("reply", text.clone()),
        Reading::Error { code, text } => match said(code, text) {
            // TLS is proven, and so is the login where there was one.
            Some(cause @ (Cause::RedisAuthRequired | Cause::RedisNoPermission)) => {
                Finding::warning(cause)
            }
            Some(cause) => Finding::failed(cause),
            // Whatever it objects to, it is a Redis.
            None => Finding::passed(),
        }
        .with("reply", text.clone()),
        other => not_redis(other),
    }
}

fn said(code: &str, text: &str) -> Option<Cause> {
    Some(match code {
        "NOAUTH" => Cause::RedisAuthRequired,
        "WRONGPASS" => Cause::RedisWrongPassword,
        "NOPERM" => Cause::RedisNoPermission,
        "LOADING" => Cause::RedisLoading,
        "DENIED" => Cause::RedisProtectedMode,
        "ERR" if text.contains("max number of clients") => Cause::RedisMaxClients,
        "ERR" if text.contains("invalid password") => Cause::RedisWrongPassword,
        _ => return None,
    })
}

fn not_redis(reading: &Reading) -> Finding {
    let finding = Finding::failed(Cause::RedisNotRedis);
    match reading {
        Reading::Value(text) => finding.with("reply", text.clone()),
        _ => finding,
    }
}

fn heard(finding: Finding) -> Talk {
    Talk {
        finding,
        turned_away: false,
    }
}

/// No reply, and the bytes that came instead.
struct Silence {
    end: Option<End>,
    bytes: Vec<u8>,
}

impl Silence {
    fn into_talk(self, auth: Option<&Auth>) -> Talk {
        let turned_away = self.bytes.is_empty()
            && match &self.end {
                Some(End::Tls(rustls::Error::AlertReceived(alert))) => blames_certificate(*alert),
                Some(End::Closed | End::Socket(_)) => true,
                Some(End::Tls(_)) | None => false,
            };
        let finding = match (self.bytes.is_empty(), self.end) {
            (false, _) => {
                Finding::failed(Cause::RedisNotRedis).with_bytes(&masked(&self.bytes, auth))
            }
            (true, None) => Finding::failed(Cause::RedisTimeout),
            (true, Some(End::Tls(rustls::Error::AlertReceived(alert)))) => {
                Finding::failed(Cause::RedisClosed).with("alert", alert_name(alert))
            }
            (true, Some(End::Tls(error))) => {
                Finding::failed(Cause::RedisClosed).with("error", error.to_string())
            }
            (true, Some(End::Socket(error))) => {
                Finding::failed(Cause::RedisClosed).with("error", error.to_string())
            }
            (true, Some(End::Closed)) => Finding::failed(Cause::RedisClosed),
        };
        Talk {
            finding,
            turned_away,
        }
    }
}

async fn ask(session: &mut Session, command: &[u8], deadline: Instant) -> Result<Reading, Silence> {
    let mut bytes = Vec::new();
    let conversation = async {
        session.send(command).await?;
        loop {
            session.receive(&mut bytes).await?;
            match resp::read(&bytes) {
                Reading::Incomplete => {}
                Reading::NotResp => return Ok(None),
                reading => return Ok(Some(reading)),
            }
        }
    };
    let end = match timeout_at(deadline, conversation).await {
        Ok(Ok(Some(reading))) => return Ok(reading),
        Ok(Ok(None)) | Err(_) => None,
        Ok(Err(end)) => Some(end),
    };
    Err(Silence { end, bytes })
}
