//! `rediseal-cli certificate-history` and `certificate --compare`: which certificates an instance
//! was seen with, and what changed.

use jiff::Timestamp;
use rediseal_certificate::{Aspect, Difference, Facts};
use rediseal_engine::view::{
    CertificateChange, CertificateHistory, CertificateRole, Comparison, Proof, Sighting, Source,
};
use rediseal_probe::{Cause, Verdict};

use crate::args::{self, Global};
use crate::engine::{known, signed_in};
use crate::failure::{Exit, Failure};
use crate::language::{Language, say};
use crate::output::{Output, Tone, plain};

pub(crate) async fn run(
    arguments: &args::One,
    global: &Global,
    output: &Output,
) -> Result<Exit, Failure> {
    let engine = known(global, output).await?;
    let history = engine.certificate_history(&arguments.id).await?;
    output.result(&history, || text(&history, output));
    Ok(Exit::Yes)
}

/// Downloads again, asks the server again, and exits with 1 where either is another than before or
/// the one did not sign the other.
pub(crate) async fn compare(id: &str, global: &Global, output: &Output) -> Result<Exit, Failure> {
    let engine = signed_in(global, output, None).await?;
    let comparison = engine.compare_certificate(id).await?;
    output.result(&comparison, || compared(&comparison, output));
    Ok(exit(&comparison))
}

fn exit(comparison: &Comparison) -> Exit {
    let unsigned = comparison
        .certificate
        .proof
        .as_ref()
        .is_some_and(|proof| !proof.signed);
    match (comparison.changed.is_empty(), comparison.verdict) {
        (false, _) => Exit::No,
        (true, Verdict::Unreachable) => Exit::Unreachable,
        (true, _) if unsigned => Exit::No,
        (true, _) => Exit::Yes,
    }
}

fn compared(comparison: &Comparison, output: &Output) -> String {
    let language = output.language;
    let mut text = String::new();
    for facts in &comparison.certificate.certificates {
        let name = name(facts);
        text += &format!("CA {name}  SHA-256 {}\n", facts.sha256);
    }
    if comparison.verdict == Verdict::Unreachable {
        text += &output.paint(
            language.of(
                "The server could not be asked; only the download was compared.\n",
                "无法连接服务器；只比较了下载的证书。\n",
            ),
            Tone::Careful,
        );
    } else if comparison.cause == Some(Cause::TlsPlaintextServer) {
        text += language.of("The server speaks no TLS.\n", "服务器未使用 TLS。\n");
    }
    text += &proof(comparison.certificate.proof.as_ref(), output);
    match (comparison.changed.as_slice(), comparison.compared) {
        ([], true) => {
            let line = language.of(
                "Nothing changed since the last download.\n",
                "与上次下载相比没有变化。\n",
            );
            text += &output.paint(line, Tone::Good);
        }
        ([], false) => {
            text += language.of(
                "There was nothing to compare with: it is remembered from now on.\n",
                "此前没有记录可比较；从现在起会记住。\n",
            );
        }
        (changed, _) => {
            for sighting in changed {
                text += &period(sighting, output);
            }
        }
    }
    text
}

fn text(history: &CertificateHistory, output: &Output) -> String {
    let language = output.language;
    if history.sightings.is_empty() {
        let id = plain(&history.instance_id);
        return say!(
            language,
            "no certificate of {id} was seen yet; `rediseal-cli certificate {id} --compare` looks\n",
            "尚未见过 {id} 的证书；`rediseal-cli certificate {id} --compare` 可查看\n"
        );
    }
    let mut text = proof(history.proof.as_ref(), output);
    for sighting in &history.sightings {
        text.push('\n');
        text += &period(sighting, output);
    }
    text
}

fn proof(proof: Option<&Proof>, output: &Output) -> String {
    let Some(proof) = proof else {
        return String::new();
    };
    let (downloaded, shown) = (moment(proof.downloaded), moment(proof.shown));
    let (line, tone) = match proof.signed {
        true => (
            say!(
                output.language,
                "The CA downloaded {downloaded} signed what the server showed {shown}: the signature was checked.\n",
                "{downloaded} 下载的 CA 签发了服务器在 {shown} 出示的证书：签名已验证。\n"
            ),
            Tone::Good,
        ),
        false => (
            say!(
                output.language,
                "No CA downloaded {downloaded} signed what the server showed {shown}.\n",
                "{downloaded} 下载的 CA 均未签发服务器在 {shown} 出示的证书。\n"
            ),
            Tone::Bad,
        ),
    };
    output.paint(&line, tone)
}

fn period(sighting: &Sighting, output: &Output) -> String {
    let language = output.language;
    let source = match sighting.source {
        Source::Download => language.of("downloaded", "下载"),
        Source::Live => language.of("shown by the server", "服务器出示"),
    };
    let (first, last) = (moment(sighting.first_seen), moment(sighting.last_seen));
    let mut text = match first == last {
        true => format!("{source}  {first}\n"),
        false => say!(
            language,
            "{source}  {first} to {last}\n",
            "{source}  {first} 至 {last}\n"
        ),
    };
    for seen in &sighting.certificates {
        let role = role(seen.role, language);
        let name = name(&seen.facts);
        text += &format!("  {role}  {name}  SHA-256 {}\n", seen.facts.sha256);
    }
    if sighting.certificates.is_empty() {
        text += language.of("  no TLS\n", "  未使用 TLS\n");
    }
    for change in sighting.changes.iter().flatten() {
        text += &output.paint(&self::change(change, language), Tone::Careful);
    }
    text
}

fn change(change: &CertificateChange, language: Language) -> String {
    let role = role(change.role, language);
    let line = match (&change.before, &change.after) {
        (Some(before), None) => {
            let name = name(before);
            say!(
                language,
                "  changed: {role} {name} went\n",
                "  变更：{role} {name} 已移除\n"
            )
        }
        (None, Some(after)) => {
            let name = name(after);
            say!(
                language,
                "  changed: {role} {name} came\n",
                "  变更：{role} {name} 新增\n"
            )
        }
        _ => say!(language, "  changed: {role}\n", "  变更：{role}\n"),
    };
    let differences = change.differences.iter().map(|difference| {
        let Difference {
            aspect,
            before,
            after,
        } = difference;
        let aspect = self::aspect(*aspect, language);
        format!("    {aspect}: {} → {}\n", plain(before), plain(after))
    });
    line + &differences.collect::<String>()
}

const fn role(role: CertificateRole, language: Language) -> &'static str {
    match role {
        CertificateRole::Leaf => language.of("leaf", "服务器证书"),
        CertificateRole::Ca => language.of("CA  ", "CA"),
    }
}

const fn aspect(aspect: Aspect, language: Language) -> &'static str {
    let (english, chinese) = match aspect {
        Aspect::Key => ("key", "公钥"),
        Aspect::Issuer => ("issuer", "签发者"),
        Aspect::Subject => ("subject", "主题"),
        Aspect::Names => ("names", "名称"),
        Aspect::Validity => ("validity", "有效期"),
        Aspect::Signature => ("signature algorithm", "签名算法"),
        Aspect::Serial => ("serial", "序列号"),
    };
    language.of(english, chinese)
}

fn name(facts: &Facts) -> String {
    match facts.common_name.as_deref() {
        Some(name) if !name.is_empty() => plain(name),
        _ => plain(&facts.subject),
    }
}

/// To the second, in UTC.
fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
