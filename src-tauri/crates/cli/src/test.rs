//! `rediseal-cli test`: a real handshake, and what it proves.

use jiff::Timestamp;
use rediseal_engine::view::{TestFiles, TestForm, TrustChoice, ViaForm};
use rediseal_engine::{Code, route};
use rediseal_probe::{Address, Auth, Error, Report, Request, Route, Trust, Verdict};
use secrecy::SecretString;

use crate::args::{self, Global};
use crate::engine::{environment, signed_in};
use crate::failure::{Exit, Failure};
use crate::language::{Language, say};
use crate::output::{Output, plain};
use crate::{deep, document, file, report, secret, targets, via};

/// How the vendor's ids of instances begin.
pub(crate) const INSTANCE: &str = "crs-";

pub(crate) async fn run(
    arguments: &args::Test,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    document::check(&arguments.documents, global.json, output)?;
    if let Some(file) = &arguments.targets {
        return targets::run(arguments, file, global, output).await;
    }
    let Some(target) = &arguments.target else {
        return Err(nothing_named(output));
    };
    let target = Target {
        text: target.clone(),
        name: arguments.name.clone(),
        sni: arguments.sni.clone(),
    };
    let report = match target.kind(output)? {
        Kind::Address(address) => {
            let trust = trust(arguments, output)?;
            let given = Given::read(arguments, output).await?;
            let request = target.request(arguments, address, trust, given);
            rediseal_probe::test(request, |_| {})
                .await
                .map_err(|error| refused(&error, output))?
        }
        Kind::Instance => {
            let given = Given::read(arguments, output).await?;
            let engine = signed_in(global, output, Some(arguments.time())).await?;
            let form = target.form(arguments, "test", given);
            engine.test(form, files(arguments)).await?
        }
    };
    // A failure leaves stdout empty.
    document::write(&report, &arguments.documents, output)?;
    match document::in_place_of_text(&report, &arguments.documents, output) {
        Some(document) => output.verbatim(&document),
        None => output.result(&report, || {
            let left_out = deep::left_out(&report, arguments, output.language);
            report::text(&report, output) + &left_out
        }),
    }
    Ok(exit(&report))
}

/// What is tested: an instance or an address, and the names that differ from the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) text: String,
    pub(crate) name: Option<String>,
    pub(crate) sni: Option<String>,
}

pub(crate) enum Kind {
    Instance,
    Address(Address),
}

impl Target {
    pub(crate) fn kind(&self, output: &Output) -> Result<Kind, Failure> {
        let text = &self.text;
        // What may have a password in it is not repeated.
        if self.is_url() {
            Err(a_url(output))
        } else if text.contains(':') {
            Address::parse(text)
                .map(Kind::Address)
                .map_err(|error| refused(&error, output))
        } else if text.starts_with(INSTANCE) && !text.contains('.') {
            Ok(Kind::Instance)
        } else {
            Err(no_port(text, output))
        }
    }

    pub(crate) fn is_url(&self) -> bool {
        self.text.contains("://") || self.text.contains('@')
    }

    /// Against the instance's own CA, unless a file is given.
    pub(crate) fn form(&self, arguments: &args::Test, id: &str, given: Given) -> TestForm {
        let (username, password) = match given.auth {
            Some(auth) => (auth.user, Some(auth.password)),
            None => (None, None),
        };
        TestForm {
            test_id: id.to_owned(),
            instance_id: Some(self.text.clone()),
            address: None,
            name: self.name.clone(),
            sni: self.sni.clone(),
            trust: match arguments.ca {
                Some(_) => TrustChoice::File,
                None => TrustChoice::Instance,
            },
            username,
            password,
            deep: arguments.deep,
            cost: arguments.cost,
            via: given.via,
        }
    }

    /// Without an account: only what stands on the command line.
    pub(crate) fn request(
        &self,
        arguments: &args::Test,
        address: Address,
        trust: Trust,
        given: Given,
    ) -> Request {
        Request {
            name: self.name.clone(),
            sni: self.sni.clone(),
            auth: given.auth,
            route: given.route,
            deep: arguments.deep,
            cost: arguments.cost,
            timeout: arguments.time(),
            ..Request::new(address, trust, Timestamp::now())
        }
    }
}

/// What stands beside the target: a login, and what is between.
#[derive(Clone)]
pub(crate) struct Given {
    auth: Option<Auth>,
    via: Option<ViaForm>,
    pub(crate) route: Route,
}

impl Given {
    pub(crate) async fn read(arguments: &args::Test, output: &Output) -> Result<Self, Failure> {
        let mut lines = stdin(arguments, output)?;
        let auth = auth(arguments, &mut lines, output)?;
        let via = via::form(arguments, &mut lines, output)?;
        let key = arguments.via_key.as_deref();
        Ok(Self {
            auth,
            route: route(via.as_ref(), key, &environment())
                .await
                .map_err(|error| via::unusable(error, output))?,
            via,
        })
    }
}

/// Those that are named on the command line.
pub(crate) fn files(arguments: &args::Test) -> TestFiles<'_> {
    TestFiles {
        trust: arguments.ca.as_deref(),
        key: arguments.via_key.as_deref(),
    }
}

/// Of addresses.
pub(crate) fn trust(arguments: &args::Test, output: &Output) -> Result<Trust, Failure> {
    Ok(match &arguments.ca {
        Some(file) => Trust::Authorities(file::authorities(file, output)?),
        None => Trust::Os,
    })
}

/// What stdin has to say, in the order in which it is asked for.
fn stdin(
    arguments: &args::Test,
    output: &Output,
) -> Result<std::vec::IntoIter<SecretString>, Failure> {
    let lines = match arguments.password_stdin || arguments.via_password_stdin {
        true => secret::lines(output)?,
        false => Vec::new(),
    };
    Ok(lines.into_iter())
}

fn auth(
    arguments: &args::Test,
    lines: &mut impl Iterator<Item = SecretString>,
    output: &Output,
) -> Result<Option<Auth>, Failure> {
    let password = match (arguments.password_stdin, &arguments.user) {
        (true, _) => secret::next(lines, output)?,
        (false, None) => return Ok(None),
        (false, Some(_)) => {
            return Err(Failure::usage(
                "--user needs --password-stdin",
                output.language.of(
                    "--user needs a password: give it with --password-stdin",
                    "--user 需要密码：请用 --password-stdin 提供",
                ),
            ));
        }
    };
    Ok(Some(Auth {
        user: arguments.user.clone(),
        password,
    }))
}

/// What the verdict says to a script. Behind TLS there has to be a Redis that answers: one that is
/// loading or full does; and a login that was asked for has to work.
pub(crate) fn exit(report: &Report) -> Exit {
    match report.verdict {
        Verdict::Secure | Verdict::ChainOnly if report::fails_behind_tls(report) => Exit::No,
        Verdict::Secure | Verdict::ChainOnly => Exit::Yes,
        Verdict::Insecure => Exit::No,
        Verdict::Unreachable => Exit::Unreachable,
    }
}

fn nothing_named(output: &Output) -> Failure {
    Failure::usage(
        "name what to test: ID, HOST:PORT, or --targets FILE",
        output.language.of(
            "name what to test: an instance (crs-…), HOST:PORT, or --targets FILE for many",
            "请指定测试对象：实例（crs-…）、HOST:PORT，或用 --targets FILE 测试多个目标",
        ),
    )
}

pub(crate) fn a_url(output: &Output) -> Failure {
    Failure::usage(
        "a URL or a user is not taken: give HOST:PORT, and a password with --password-stdin",
        output.language.of(
            "a URL or a user is not taken here: write HOST:PORT, name the user with --user, and give the password with --password-stdin",
            "此处不接受 URL 或用户：请写 HOST:PORT，用 --user 指定用户，用 --password-stdin 提供密码",
        ),
    )
}

fn no_port(target: &str, output: &Output) -> Failure {
    let target = plain(target);
    Failure::usage(
        format!("{target} has no port: give HOST:PORT"),
        say!(
            output.language,
            "{target} is no instance ({INSTANCE}…), and as a host it needs a port: {target}:6379, say",
            "{target} 不是实例（{INSTANCE}…）；若为主机则需要端口，例如 {target}:6379"
        ),
    )
}

pub(crate) fn refused(error: &Error, output: &Output) -> Failure {
    Failure::own(
        Exit::Usage,
        Code::InvalidInput,
        error.to_string(),
        match output.language {
            Language::English => error.to_string(),
            Language::Chinese => format!("无法开始测试：{}", error.chinese()),
        },
    )
}
