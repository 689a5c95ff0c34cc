//! Whether the certificates of a file signed what a live server shows.

use jiff::Timestamp;
use rediseal_certificate::Contents;
use rediseal_engine::view::{Inspected, Signed};
use rediseal_engine::{Code, signed_by};
use rediseal_probe::{Address, Verdict};

use crate::args::Global;
use crate::engine::signed_in;
use crate::failure::{Exit, Failure};
use crate::language::say;
use crate::output::{Output, Tone, plain};
use crate::test;

/// What is asked.
pub(crate) struct Server(Address);

impl Server {
    /// `HOST:PORT`, or the private address of an instance.
    pub(crate) async fn find(
        text: &str,
        global: &Global,
        output: &Output,
    ) -> Result<Self, Failure> {
        let address = if text.starts_with(test::INSTANCE) && !text.contains(':') {
            let engine = signed_in(global, output, None).await?;
            let row = engine.instance_detail(text).await?.row;
            match (row.address.is_empty(), row.error) {
                (false, _) => row.address,
                (true, Some(error)) => return Err(error.into()),
                (true, None) => return Err(no_address(text, output)),
            }
        } else {
            text.to_owned()
        };
        match Address::parse(&address) {
            Ok(parsed) => Ok(Self(parsed)),
            Err(error) => Err(test::refused(&error, output)),
        }
    }

    /// Tests the server with these certificates as the only ones to trust.
    pub(crate) async fn signed_by(
        &self,
        contents: &Contents,
        output: &Output,
    ) -> Result<Signed, Failure> {
        let found = contents.certificates.iter();
        let own: Vec<_> = found.map(|found| &found.certificate).collect();
        signed_by(&own, self.0.clone(), Timestamp::now())
            .await
            .map_err(|error| test::refused(&error, output))
    }
}

/// Whether it is so, to a script.
pub(crate) fn exit(signed: &Signed) -> Exit {
    match (signed.signed, signed.verdict) {
        (true, _) => Exit::Yes,
        (false, Verdict::Unreachable) => Exit::Unreachable,
        (false, _) => Exit::No,
    }
}

/// `of` are the certificates of the file.
pub(crate) fn text(signed: &Signed, of: &[Inspected], output: &Output) -> String {
    let language = output.language;
    let address = plain(&signed.address);
    let verdict = &signed.verdict.text(language.catalogue()).title;
    let mut text = if signed.signed {
        let signers: Vec<_> = signed
            .by
            .iter()
            .filter_map(|sha256| of.iter().find(|one| one.facts.sha256 == *sha256))
            .map(|one| one.facts.subject.as_str())
            .collect();
        let by = plain(&signers.join("; "));
        let line = say!(
            language,
            "{address} shows a certificate that was signed with the key of {by}: the signature was checked.",
            "{address} 出示的证书由 {by} 的密钥签发：签名已验证。"
        );
        output.paint(&line, Tone::Good)
    } else if signed.verdict == Verdict::Unreachable {
        let line = say!(
            language,
            "{address} could not be asked.",
            "无法连接 {address}。"
        );
        output.paint(&line, Tone::Bad)
    } else {
        let line = say!(
            language,
            "No certificate of this file signed what {address} shows.",
            "{address} 出示的证书均非由本文件中的证书签发。"
        );
        output.paint(&line, Tone::Bad)
    };
    if !signed.sends.is_empty() {
        let count = signed.sends.len();
        text += &say!(
            language,
            "\n  Certificates of this file that it sends itself: {count}.",
            "\n  服务器自身发送的证书中，有 {count} 张在本文件内。"
        );
    }
    text += &say!(
        language,
        "\n  With this file as the only trust: {verdict}\n",
        "\n  仅信任本文件时：{verdict}\n"
    );
    if let Some(cause) = signed.cause {
        let title = &cause.text(language.catalogue()).title;
        text += &format!("  {}: {title}\n", cause.id());
    }
    text
}

fn no_address(id: &str, output: &Output) -> Failure {
    let id = plain(id);
    Failure::own(
        Exit::No,
        Code::PreconditionFailed,
        format!("{id} has no private address"),
        say!(
            output.language,
            "{id} has no private address to test",
            "{id} 没有可测试的内网地址"
        ),
    )
}
