//! What there is to know about a snippet, in sentences.

use rediseal_certificate::snippet::{Evidence, Library};
use rediseal_engine::view::{CaOrigin, LibraryView, SeenBy, SnippetView};
use rediseal_probe::Naming;

use crate::language::say;
use crate::output::{Output, plain};

pub(crate) fn about(snippet: &SnippetView, output: &Output) -> Vec<String> {
    let language = output.language;
    let mut remarks = vec![name(snippet, output)];
    if let Some(cause) = snippet.problem {
        let title = &cause.text(language.catalogue()).title;
        remarks.push(say!(
            language,
            "The server was refused when it was seen: {title}. `rediseal-cli test` tells more.",
            "查看时服务器未通过验证：{title}。`rediseal-cli test` 可了解详情。"
        ));
    }
    if snippet.ca.origin == CaOrigin::Saved {
        let path = plain(&snippet.ca.path);
        remarks.push(say!(
            language,
            "The CA was saved to {path}.",
            "CA 已保存在 {path}。"
        ));
    }
    let variables = snippet.variables.join(", ");
    remarks.push(say!(
        language,
        "It takes the password from the environment: {variables}.",
        "密码取自环境变量：{variables}。"
    ));
    let evidence = evidence(&snippet.library, output);
    remarks.push(say!(
        language,
        "{}: {evidence}.",
        "{}：{evidence}。",
        snippet.library.name
    ));
    remarks
}

fn name(snippet: &SnippetView, output: &Output) -> String {
    let language = output.language;
    let address = plain(&snippet.address);
    let seen = match snippet.seen {
        Some(seen) => {
            let at = seen.at.strftime("%Y-%m-%d %H:%M UTC");
            match seen.by {
                SeenBy::LastTest => say!(
                    language,
                    " (as the last test saw it, {at})",
                    "（据上次测试，{at}）"
                ),
                SeenBy::ThisTest => {
                    say!(language, " (as a test just saw it)", "（据刚才的测试）")
                }
            }
        }
        None => String::new(),
    };
    match &snippet.naming {
        _ if snippet.library.id == Library::RedisCli => say!(
            language,
            "redis-cli verifies the chain and never the name.",
            "redis-cli 会验证证书链，但从不校验名称。"
        ),
        Some(Naming::Named) => say!(
            language,
            "The certificate is for {address}{seen}: chain and name are verified.",
            "证书适用于 {address}{seen}：证书链与名称都会验证。"
        ),
        Some(Naming::Nameless) => say!(
            language,
            "The certificate names no address{seen}: the chain is verified, and only the name is not. Whoever has another certificate of this CA could pose as the server.",
            "证书未写明任何地址{seen}：仍验证证书链，仅不校验名称。持有该 CA 所签其他证书的一方可以冒充此服务器。"
        ),
        Some(Naming::Other { names }) => {
            let names = plain(&names.join(", "));
            say!(
                language,
                "The certificate is for {names} and not for {address}{seen}: the program will refuse it. Connect to a name that it has, or get a certificate for this address.",
                "证书适用于 {names}，而非 {address}{seen}：程序会拒绝连接。请连接证书中的名称，或申请适用于此地址的证书。"
            )
        }
        None => say!(
            language,
            "The certificate of {address} was not seen: chain and name are verified. If the certificate has no name, the program will refuse it; run this again where the server can be reached.",
            "未能查看 {address} 的证书：证书链与名称都会验证。若证书没有名称，程序会拒绝连接；请在能访问服务器的位置重新执行。"
        ),
    }
}

/// What a snippet rests on.
pub(crate) fn evidence(library: &LibraryView, output: &Output) -> String {
    let language = output.language;
    match library.evidence {
        Evidence::Run { version } => say!(
            language,
            "run with {version} in the tests of this program",
            "本程序的测试用 {version} 实际运行过"
        ),
        Evidence::TlsRun { version, with } => say!(
            language,
            "its TLS was run with {with}; the rest was compared with the source of {version}",
            "其 TLS 部分用 {with} 运行过；其余与 {version} 的源代码核对过"
        ),
        Evidence::Read { version } => say!(
            language,
            "not run; compared with the source or the documentation of {version}",
            "未实际运行；与 {version} 的源代码或文档核对过"
        ),
    }
}
