//! `rediseal-cli put`: certificates on servers, a plan first and then that.

mod text;

use std::env;
use std::path::Path;

use rediseal_certificate::Certificate;
use rediseal_engine::Engine;
use rediseal_engine::view::{HostForm, HostRow, PutForm, PutOutcome, PutPlace, PutPlan, PutStep};
use rediseal_probe::{Key, KeyError, Verdict};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::json;

use crate::args::{self, Global};
use crate::engine::{open, signed_in};
use crate::failure::{Exit, Failure};
use crate::file::{self, NewPassword, Passwords};
use crate::output::Output;
use crate::test::INSTANCE;

/// The password of the servers' user, or the passphrase of `--key`.
const PASSWORD: &str = "REDISEAL_SSH_PASSWORD";

/// What the servers came to.
#[derive(Default, Serialize)]
struct Summary {
    hosts: usize,
    /// The file is there.
    there: usize,
    /// Of these, how many were tested and not proven.
    unproven: usize,
    failed: usize,
    cancelled: usize,
}

/// What stdin and the terminal say.
struct Secrets {
    login: Option<SecretString>,
    truststore: Option<NewPassword>,
}

pub(crate) async fn run(
    arguments: &args::Put,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let is_instance = arguments.what.starts_with(INSTANCE) && !arguments.what.contains(['.', '/']);
    if arguments.test && !is_instance {
        return Err(no_instance(output));
    }
    let certificates = match is_instance {
        true => None,
        false => Some(read(&arguments.what, output)?),
    };
    let secrets = Secrets::read(arguments, output)?;
    let engine = match is_instance {
        true => signed_in(global, output, None).await?,
        false => open(global, output, None).await?,
    };
    let form = form(arguments, is_instance, &secrets);
    let key = arguments.key.as_deref();
    let plan = match &certificates {
        Some(certificates) => engine.plan_put_of(form, certificates, key).await,
        None => engine.plan_put(form, key).await,
    }?;
    if arguments.plan {
        output.result(&plan, || text::plan(&plan, output));
        let blocked = |step: PutStep| step == PutStep::Blocked;
        return Ok(match plan.hosts.iter().any(|host| blocked(host.step)) {
            true => Exit::No,
            false => Exit::Yes,
        });
    }
    output.remark(text::plan(&plan, output).trim_end());
    let exit = put(&engine, &plan, output).await?;
    if let Some(password) = secrets.truststore {
        password.show(output);
    }
    Ok(exit)
}

async fn put(engine: &Engine, plan: &PutPlan, output: &Output) -> Result<Exit, Failure> {
    let ended = |row: &HostRow| output.result(row, || text::row(row, output));
    let mut putting = std::pin::pin!(engine.put(&plan.id, ended));
    let run = tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => {
            // Where the file is not there yet, it is not put there any more.
            engine.cancel_put(&plan.id);
            putting.await
        }
        run = &mut putting => run,
    }?;
    let mut summary = Summary::default();
    for row in &run.hosts {
        summary.take(row);
    }
    output.missing(&json!({ "summary": summary }), || summary.text(output));
    Ok(
        match summary.hosts == summary.there && summary.unproven == 0 {
            true => Exit::Yes,
            false => Exit::No,
        },
    )
}

fn form(arguments: &args::Put, is_instance: bool, secrets: &Secrets) -> PutForm {
    let encrypted = arguments.key.as_deref().is_some_and(is_encrypted);
    let host = |host: &String| HostForm {
        host: host.clone(),
        password: secrets.login.clone().filter(|_| !encrypted),
        passphrase: secrets.login.clone().filter(|_| encrypted),
        key_file: arguments.key.is_some(),
        accept_host_keys: arguments.accept_host_keys.clone(),
    };
    PutForm {
        instance_id: is_instance.then(|| arguments.what.clone()),
        format: arguments.format.0,
        password: secrets.truststore.as_ref().map(|one| one.secret().clone()),
        place: PutPlace {
            folder: arguments.folder.clone(),
            name: arguments
                .name
                .clone()
                .unwrap_or_else(|| name(arguments, is_instance)),
            owner: arguments.owner.clone(),
            mode: arguments.mode.clone(),
        },
        hosts: arguments.hosts.iter().map(host).collect(),
        test: arguments.test,
    }
}

/// That of an instance's as `certificate` names it.
fn name(arguments: &args::Put, is_instance: bool) -> String {
    let what = Path::new(&arguments.what);
    let stem = match is_instance {
        true => format!("{}-ca", arguments.what),
        false => match what.file_stem().filter(|stem| *stem != "-") {
            Some(stem) => stem.to_string_lossy().into_owned(),
            None => "redis-ca".to_owned(),
        },
    };
    format!("{stem}.{}", arguments.format.0.extension())
}

fn read(what: &str, output: &Output) -> Result<Vec<Certificate>, Failure> {
    let mut passwords = Passwords::new(false, false, output)?;
    let opened = file::open(Path::new(what), &mut passwords, Exit::Usage, output)?;
    let found = opened.contents.certificates.into_iter();
    Ok(found.map(|one| one.certificate).collect())
}

fn is_encrypted(file: &Path) -> bool {
    matches!(Key::read(file, None), Err(KeyError::Encrypted))
}

impl Secrets {
    /// Each is a line of stdin where that is said, in this order.
    fn read(arguments: &args::Put, output: &Output) -> Result<Self, Failure> {
        let from_stdin = arguments.new_password.new_password_stdin;
        let mut passwords = Passwords::new(arguments.password_stdin, from_stdin, output)?;
        let login = match arguments.password_stdin {
            true => Some(passwords.line(output)?),
            false => env::var(PASSWORD)
                .ok()
                .filter(|text| !text.is_empty())
                .map(Into::into),
        };
        let truststore = match arguments.format.0.needs_password() {
            true => Some(passwords.new_one(&arguments.new_password, output)?),
            false => None,
        };
        Ok(Self { login, truststore })
    }
}

impl Summary {
    fn take(&mut self, row: &HostRow) {
        self.hosts += 1;
        match row.outcome {
            Some(PutOutcome::Failed) | None => self.failed += 1,
            Some(PutOutcome::Cancelled) => self.cancelled += 1,
            Some(_) => self.there += 1,
        }
        let proven = |verdict| matches!(verdict, Some(Verdict::Secure | Verdict::ChainOnly));
        if row.test.as_ref().is_some_and(|test| !proven(test.verdict)) {
            self.unproven += 1;
        }
    }

    fn text(&self, output: &Output) -> String {
        text::summary(self, output)
    }
}

fn no_instance(output: &Output) -> Failure {
    Failure::usage(
        "--test needs an instance",
        output.language.of(
            "--test needs an instance (crs-…): a file does not say what to test",
            "--test 需要实例（crs-…）：证书文件不含要测试的地址",
        ),
    )
}
