//! What is seen of the encryption mode.

use rediseal_engine::view::PlaintextLook;
use rediseal_probe::WithoutTls;

use crate::args::Global;
use crate::engine::signed_in;
use crate::failure::{Exit, Failure};
use crate::language::say;
use crate::output::{Output, Tone, plain};

/// Tries the instance without TLS; yes when it refuses.
pub(crate) async fn look(id: &str, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let engine = signed_in(global, output, None).await?;
    let look = engine.plaintext(id).await?;
    output.result(&look, || text(&look, output));
    Ok(match look.seen {
        WithoutTls::Refused => Exit::Yes,
        WithoutTls::Accepted => Exit::No,
        WithoutTls::NotSeen => Exit::Unreachable,
    })
}

fn text(look: &PlaintextLook, output: &Output) -> String {
    let address = plain(&look.address);
    let (english, chinese, tone) = match look.seen {
        WithoutTls::Refused => (
            "plaintext is refused, only TLS is served",
            "拒绝明文，仅提供 TLS",
            Tone::Good,
        ),
        WithoutTls::Accepted => ("plaintext is accepted", "接受明文", Tone::Careful),
        WithoutTls::NotSeen => (
            "not seen: it cannot be reached from here",
            "未能观察：从本机无法访问",
            Tone::Careful,
        ),
    };
    let seen = output.paint(output.language.of(english, chinese), tone);
    say!(
        output.language,
        "{address}: {seen}\n",
        "{address}：{seen}\n"
    )
}
