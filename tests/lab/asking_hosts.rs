//! SSH hosts that ask for a password: sshd with PAM, and a host of our own that asks in odd ways.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use rediseal_probe::{Cause, Hop, Key, Request, Route, SharedSession, Ssh, StageId, Verdict};
use russh::keys::{Algorithm, PrivateKey};
use russh::server::{Auth, Config, Handler, Response, run_stream};
use russh::{MethodKind, MethodSet};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::case::{self, request};
use crate::jump_host::{JumpHost, generate};
use crate::pki::Authority;
use crate::servers::{Server, scripted, tls};

const PASSWORD: &str = "p:w d-4f1c";

/// Through `host`, which is known, to a good server.
async fn behind(host: &JumpHost, password: &str) -> (Request, Server) {
    let address = host.program.address;
    let known = host.known_as(address, "ed25519");
    let ssh = Ssh {
        known_hosts: vec![known],
        ..Ssh::default()
    };
    let ca = Authority::new("Lab CA");
    let server = tls(&ca.issue()).await;
    let mut request = request(server.address, &ca);
    request.route = through(&host.url(address), password, ssh);
    (request, server)
}

fn through(url: &str, password: &str, ssh: Ssh) -> Route {
    Route::Through(Box::new(Hop {
        via: url.parse().unwrap(),
        password: Some(password.into()),
        ssh,
        shared: SharedSession::default(),
    }))
}

fn tried(report: &rediseal_probe::Report) -> Value {
    case::fact(report, StageId::Hop, "tried").clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_password_is_given_in_the_way_that_the_host_asks_for_it() {
    for (method, other) in [
        ("password", "KbdInteractiveAuthentication no"),
        ("keyboard-interactive", "PasswordAuthentication no"),
    ] {
        let host = JumpHost::asking(PASSWORD, other);
        let (mut request, _server) = behind(&host, PASSWORD).await;
        let report = case::holds(request.clone(), Verdict::Secure).await;
        assert_eq!(case::fact(&report, StageId::Hop, "login"), method);
        assert!(!json!(report).to_string().contains(PASSWORD));

        request.route = behind(&host, "p:w d-4f1d").await.0.route;
        let report = case::fails(request, StageId::Hop, Cause::SshAuthFailed).await;
        assert_eq!(tried(&report), json!([method]));
        assert!(!json!(report).to_string().contains("p:w d"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_that_the_host_does_not_take_leaves_the_password_its_turn() {
    let host = JumpHost::asking(PASSWORD, "");
    let folder = TempDir::new().unwrap();
    let stranger = folder.path().join("key");
    generate(&stranger, &[]);
    let (mut request, _server) = behind(&host, PASSWORD).await;
    let Route::Through(hop) = &mut request.route else {
        unreachable!()
    };
    hop.ssh.keys = vec![Key::read(&stranger, None).unwrap()];
    let report = case::holds(request, Verdict::Secure).await;
    assert_eq!(case::fact(&report, StageId::Hop, "login"), "password");
}

/// What a host asks in one round: words, and whether the answer may be shown.
type Round = &'static [(&'static str, bool)];

/// A host that asks in these rounds, the last again and again, and lets nobody in.
#[derive(Clone)]
struct Asking {
    rounds: &'static [Round],
    asked: usize,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Handler for Asking {
    type Error = russh::Error;

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _user: &str,
        _submethods: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, russh::Error> {
        let answers = response.into_iter().flatten();
        self.heard
            .lock()
            .unwrap()
            .extend(answers.map(|a| a.to_vec()));
        let round = self.rounds[self.asked.min(self.rounds.len() - 1)];
        self.asked += 1;
        let prompts = round
            .iter()
            .map(|(words, echo)| (Cow::Borrowed(*words), *echo));
        Ok(Auth::Partial {
            name: "".into(),
            instructions: "".into(),
            prompts: prompts.collect::<Vec<_>>().into(),
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_password_answers_one_hidden_question_and_no_other() {
    let once = vec![PASSWORD.as_bytes().to_vec()];
    let cases: [(&'static [Round], _); 5] = [
        // What is typed there would be seen.
        (&[&[("Name: ", true)]], vec![]),
        // Which of the two is it?
        (&[&[("Password: ", false), ("Code: ", false)]], vec![]),
        // What comes after the password is for something else.
        (
            &[&[("Password: ", false)], &[("Code: ", false)]],
            once.clone(),
        ),
        (&[&[("Password: ", false)]], once.clone()),
        // It has nothing to ask and never ends.
        (&[&[]], vec![]),
    ];
    for (rounds, expected) in cases {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let key = PrivateKey::random(&mut russh::keys::key::safe_rng(), Algorithm::Ed25519);
        let config = Arc::new(Config {
            keys: vec![key.unwrap()],
            methods: MethodSet::from(&[MethodKind::KeyboardInteractive][..]),
            auth_rejection_time: std::time::Duration::ZERO,
            ..Config::default()
        });
        let host = Asking {
            rounds,
            asked: 0,
            heard: Arc::clone(&heard),
        };
        let fingerprint = config.keys[0]
            .public_key()
            .fingerprint(russh::keys::HashAlg::Sha256);
        let server = scripted(move |socket, _| {
            let (config, host) = (Arc::clone(&config), host.clone());
            async move {
                if let Ok(session) = run_stream(config, socket, host).await {
                    let _ = session.await;
                }
            }
        })
        .await;
        let folder = TempDir::new().unwrap();
        let ssh = Ssh {
            known_hosts: vec![folder.path().join("known_hosts")],
            accept: Some(fingerprint.to_string().parse().unwrap()),
            ..Ssh::default()
        };
        let mut request = request(([127, 0, 0, 1], 6379).into(), &Authority::new("Lab CA"));
        request.route = through(&format!("ssh://ops@{}", server.address), PASSWORD, ssh);
        let report = case::fails(request, StageId::Hop, Cause::SshAuthFailed).await;
        assert_eq!(
            tried(&report),
            json!(["keyboard-interactive"]),
            "{rounds:?}"
        );
        assert_eq!(*heard.lock().unwrap(), expected, "{rounds:?}");
    }
}
