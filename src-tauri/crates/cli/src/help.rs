//! The help in Chinese, and what either language takes from elsewhere. English stands with the
//! arguments themselves.

use clap::{Arg, ArgAction, ArgMatches, Command};
use rediseal_sandbox::Fault;

use crate::language::{Language, say};
use crate::table::Table;

/// The heading of what every command takes.
const EVERYWHERE: &str = "通用选项";
const OPTIONS: &str = "选项";
const NEW_PASSWORD_STDIN: &str = "信任库的密码为标准输入的下一行";
const GENERATE_PASSWORD: &str = "为信任库生成密码，仅在标准错误上显示一次";

/// By command and argument; the id alone for what every command takes.
const CHINESE: &[(&str, &str)] = &[
    (
        "",
        "让 TencentDB for Redis 实例从明文走向经过证明的 TLS。\n\n退出码：0 是，1 否（会说明原因），2 用法有误，3 不可达，4 被腾讯云拒绝。\n\n指定 --json 时，结果为标准输出上的一行 JSON；失败时标准输出为空，标准错误的最后一行为 {\"error\":{\"code\":…,\"message\":…}}。",
    ),
    (
        "endpoint",
        "云端接入点：mainland（中国站）、international（国际站）或 URL（例如沙箱）。除本机回环地址外只接受 https",
    ),
    (
        "account",
        "使用钥匙串中的此账号。未指定时：使用 TENCENTCLOUD_SECRET_ID、TENCENTCLOUD_SECRET_KEY 与 TENCENTCLOUD_TOKEN 中的密钥，否则使用上次的账号",
    ),
    (
        "proxy",
        "如何连接云端：system（按系统设置）、none（不使用代理）或代理的 URL（http、https、socks5、socks5h）。其登录信息取自 REDISEAL_PROXY_LOGIN，格式为 USER:PASSWORD。未指定时按系统设置以及 HTTPS_PROXY、ALL_PROXY 与 NO_PROXY",
    ),
    (
        "api_ca",
        "仅对云 API 额外信任此文件中的 CA：PEM 或 DER；none 表示不再信任",
    ),
    (
        "trust_inspection",
        "接受持有此公钥的机构解密查看到云端的连接；可多次指定",
    ),
    (
        "json",
        "在标准输出上以 JSON 输出结果，失败则以 JSON 输出到标准错误",
    ),
    ("data_dir", "日志与缓存的存放目录"),
    ("poll", "等待时询问云端的间隔，默认 3 秒"),
    (
        "retry",
        "请求被暂时拒绝或途中中断时，重新询问的总时长（秒），默认 40",
    ),
    ("language", "文本语言；未指定时取系统区域设置"),
    ("help", "显示帮助"),
    ("version", "显示版本"),
    (
        "instances",
        "列出所有地域的全部实例，以及阻碍其开启 SSL 的原因",
    ),
    (
        "instances.stream",
        "实例的 SSL 状态一经查明即输出，每行一个 JSON 对象",
    ),
    (
        "instances.cached",
        "不访问云端：输出钥匙串中的账号上次查得的内容及其时间",
    ),
    ("status", "查看一个实例：SSL 状态与每一项就绪检查"),
    ("enable", "开启 SSL，获取证书，并以真实握手测试"),
    (
        "enable.address",
        "申请面向实例该地址的证书，使客户端可验证名称。未指定时不申请，所有地域均支持",
    ),
    ("disable", "关闭 SSL：使用 TLS 的客户端会断开"),
    ("disable.address", "随请求发送该地址；其作用官方文档未说明"),
    ("disable.confirm", "再次填写实例 ID；缺少时不做任何更改"),
    ("certificate", "下载实例的 CA 证书，打开并保存"),
    (
        "certificate.out",
        "保存目录，文件名为 ID-ca.pem、ID-crt.zip 等",
    ),
    ("certificate.force", "替换已有文件"),
    (
        "certificate.format",
        "保存内容：pem（全部证书合为一个文件）、zip（原压缩包）、both（前两者）、pem-each 或 der（每张证书一个文件）、p7b（PKCS#7）、p12 或 jks（信任库）；多项以逗号分隔",
    ),
    ("certificate.new_password_stdin", NEW_PASSWORD_STDIN),
    ("certificate.generate_password", GENERATE_PASSWORD),
    (
        "convert",
        "将文件中的证书写为信任库，或 PEM、DER、PKCS#7。\n\n每个文件中的每张证书按顺序写入一次。相同的证书与相同的密码得到完全相同的文件。",
    ),
    (
        "convert.files",
        "文件，可为 inspect 能读取的任何格式；- 表示标准输入",
    ),
    (
        "convert.to",
        "pem（全部证书合为一个文件）、pem-each 或 der（每张证书一个文件）、p7b（PKCS#7）、p12 或 jks（带密码的信任库）",
    ),
    (
        "convert.out",
        "要写入的文件。每张证书各为一个文件且有多张时会编号：ca-1.der、ca-2.der",
    ),
    ("convert.force", "替换已有文件"),
    (
        "convert.password_stdin",
        "各文件的密码为标准输入中的各行，依次用于需要密码的文件。未指定时在终端询问",
    ),
    (
        "snippet",
        "输出以 TLS 连接服务器的程序，供复制使用。\n\n所有程序都会验证证书链；只有服务器证书没有名称时才不校验名称，依据实例的上次测试，或当场进行的测试。程序写到标准输出，相关说明写到标准错误。",
    ),
    (
        "snippet.target",
        "实例，或 HOST:PORT（IPv6 为 [ADDRESS]:PORT）",
    ),
    ("snippet.library", "客户端库"),
    (
        "snippet.ca",
        "程序使用的 CA 文件。实例无需指定：取上次保存的位置。对 HOST:PORT，测试也以此文件为信任依据",
    ),
    (
        "snippet.user",
        "默认账号以外的账号：实例为自定义账号（TencentDB 以 ACCOUNT@PASSWORD 作为密码），HOST:PORT 为 ACL 用户",
    ),
    ("snippet.password_variable", "程序读取密码的环境变量"),
    ("snippet.out", "将程序写入此文件"),
    ("snippet.force", "替换已有文件"),
    ("snippet.list", "列出所有库，以及各程序的验证情况"),
    ("convert.new_password_stdin", NEW_PASSWORD_STDIN),
    ("convert.generate_password", GENERATE_PASSWORD),
    (
        "test",
        "以真实握手测试服务器：域名、连接、TLS、证书、Redis。\n\n实例以其自己的 CA 测试，需要时会下载。地址以 --ca 测试，未指定时用操作系统的 CA，且无需账号。",
    ),
    (
        "test.target",
        "实例，或 HOST:PORT（IPv6 为 [ADDRESS]:PORT）",
    ),
    (
        "test.targets",
        "测试此文件中的每个目标；- 表示标准输入。每行一个，写作 ID 或 HOST:PORT，必要时再加 name=N 与 sni=N；# 之后为注释。结果随到随出，指定 --json 时每行一份报告。全部得到证明时退出码为 0，否则为 1",
    ),
    (
        "test.concurrency",
        "与 --targets 一起使用：同时测试的目标数",
    ),
    (
        "test.ca",
        "只信任此文件中的 CA：PEM、DER、PKCS#7、PKCS#12、JKS 或下载的压缩包",
    ),
    ("test.name", "证书必须包含的名称或地址；未指定时为主机"),
    (
        "test.sni",
        "要发送的服务器名称；未指定时，检查的名称若为域名则发送它",
    ),
    ("test.user", "以此用户登录；未指定时为默认用户"),
    ("test.password_stdin", "以标准输入第一行的密码登录"),
    (
        "test.timeout",
        "整个测试的时限（秒）；未指定时为 10，使用 --deep 或 --cost 时为 60",
    ),
    (
        "test.deep",
        "同时列出服务器接受的协议版本、加密套件、密钥交换组与证书；约建立 20 至 150 个连接，同时最多 4 个",
    ),
    (
        "test.cost",
        "同时测量 TLS 的开销：依次进行约 200 次握手与 2000 次 PING",
    ),
    (
        "test.via",
        "经由网络代理或 SSH 主机，由其解析域名：socks5://HOST:PORT、http://HOST:PORT（需要登录时均可加 USER@）或 ssh://USER@HOST（端口不是 22 时加 :PORT）。测试的所有连接都经由它。密码取自 REDISEAL_VIA_PASSWORD 或标准输入；未提供时会询问网络代理的密码",
    ),
    (
        "test.via_password_stdin",
        "--via 的密码或 --via-key 的口令为标准输入的第一行；同时使用 --password-stdin 时为其后的一行",
    ),
    (
        "test.via_key",
        "以此私钥登录 SSH 主机；未指定时使用 ~/.ssh 与 SSH agent 中的密钥",
    ),
    (
        "test.accept_host_key",
        "若尚未登记的 SSH 主机的密钥指纹与此相同，则接受该密钥并写入 ~/.ssh/known_hosts。已变更的密钥绝不接受",
    ),
    (
        "test.html",
        "同时将报告写成浏览器可打开的网页：单个文件，含中英文，不需要网络与脚本；- 表示写到标准输出，代替文本",
    ),
    (
        "test.markdown",
        "同时将报告写成可贴入工单的 Markdown；- 的含义同 --html",
    ),
    ("test.force", "替换已存在的文件"),
    (
        "inspect",
        "查看文件中的证书及其异常之处。\n\n可读取 zip 压缩包、PEM、DER、PKCS#7、PKCS#12 与 JKS，与文件名无关；从不读取私钥。指定 --json 时，单个文件为对象，多个文件为数组。",
    ),
    ("inspect.files", "文件；- 表示标准输入"),
    (
        "inspect.server",
        "查明该服务器出示的证书是否由文件中的证书签发；若不是，则以 1 退出",
    ),
    (
        "inspect.password_stdin",
        "密码为标准输入中的各行，依次用于需要密码的文件，最后一行用于其余文件。未指定时在终端询问",
    ),
    ("upgrade-proxy", "将代理升级到腾讯云提供的版本"),
    (
        "upgrade-version",
        "将 Redis 2.8 升级到支持 SSL 的版本。升级后不能降级",
    ),
    (
        "upgrade-version.to",
        "目标版本，例如 5.0；未指定时用就绪检查给出的版本",
    ),
    (
        "upgrade-version.confirm",
        "再次填写实例 ID；缺少时不做任何更改",
    ),
    (
        "require-password",
        "关闭与 SSL 互斥的免密访问：不带密码的客户端将被拒绝",
    ),
    (
        "require-password.password_stdin",
        "新密码为标准输入的第一行",
    ),
    (
        "encryption-mode",
        "拒绝未使用 TLS 的连接，或重新接受；未指定模式时，尝试连接以查看是否接受",
    ),
    (
        "encryption-mode.mode",
        "如何处理未使用 TLS 的连接：flexible（接受）或 required（拒绝）。未指定时不做任何更改：拒绝时退出码为 0，接受时为 1，从本机无法观察时为 3",
    ),
    (
        "encryption-mode.confirm",
        "设为 required 时再次填写实例 ID；缺少时不做任何更改",
    ),
    (
        "update-certificate",
        "更新服务器证书，与旧证书比较，并做连接测试",
    ),
    ("update-certificate.address", "申请面向实例该地址的证书"),
    (
        "update-certificate.min_version",
        "此后服务器接受的最低 TLS 版本",
    ),
    (
        "update-certificate.certificate_id",
        "使用 SSL 证书服务中的此证书",
    ),
    (
        "explain",
        "解释腾讯云错误码或测试结果的原因，或按关键词查找",
    ),
    (
        "explain.what",
        "错误码（例如 ResourceUnavailable.InstanceLockedError）、其中一部分，或关键词",
    ),
    ("jobs", "列出已开始的操作及其结果"),
    ("jobs.wait", "接续被中止的命令留下的操作，并跟踪全部到结束"),
    ("accounts", "操作系统钥匙串中的密钥"),
    ("accounts.list", "列出账号"),
    (
        "accounts.add",
        "向腾讯云验证密钥并保存。密钥取自 TENCENTCLOUD_SECRET_ID、TENCENTCLOUD_SECRET_KEY 与 TENCENTCLOUD_TOKEN，否则取自标准输入，每行一个；若为终端则逐项询问，不显示机密内容。同一用户的新密钥会取代旧密钥",
    ),
    ("accounts.add.name", "账号名称"),
    (
        "accounts.add.expires",
        "令牌的到期时间，例如 2026-11-24T18:00:00Z",
    ),
    (
        "accounts.detected",
        "列出本机其他工具的密钥：环境变量、~/.tccli 与 ~/.tencentcloud/credentials。不会复制任何内容",
    ),
    ("accounts.import", "验证找到的密钥并保存"),
    ("accounts.import.id", "accounts detected 列出的 ID"),
    ("accounts.import.name", "账号名称"),
    (
        "accounts.network",
        "查看账号如何连接云端，并可用 --proxy、--api-ca、--trust-inspection 与 --refuse-inspection 更改；无需再次提供密钥",
    ),
    ("accounts.network.name", "账号名称"),
    (
        "accounts.network.refuse_inspection",
        "不再接受持有此公钥的机构解密查看；可多次指定",
    ),
    ("accounts.remove", "删除账号及其密钥"),
    ("accounts.remove.name", "账号名称"),
    (
        "policy",
        "输出密钥所需的访问管理（CAM）策略，可复制到控制台",
    ),
    ("policy.read_only", "仅包含查看与测试所需的权限"),
    (
        "sandbox",
        "在本机回环地址上提供一个您自己的 TencentDB for Redis，直到被停止。\n\n输出一行 JSON，含接入点及其密钥。其中每个实例都监听各自的回环端口。",
    ),
    (
        "sandbox.listen",
        "控制面的监听地址；端口 0 表示任取空闲端口",
    ),
    ("sandbox.fleet", "补足到这么多实例"),
    ("sandbox.seed", "固定除密钥外的一切随机量"),
    ("sandbox.speed", "每秒经过的模拟秒数"),
    (
        "sandbox.faults",
        "会出的故障，例如 `hold:OpenSSL` 或 `zip_truncated`；可多次指定",
    ),
    ("sandbox.https", "同时监听 TLS，供只支持 https 的客户端使用"),
    ("sandbox.redis_server", "在每个实例背后运行此 redis-server"),
    ("id", "实例"),
    ("wait", "等到完成并得到证明；Ctrl+C 停止跟踪，云端继续执行"),
    (
        "plan",
        "仅显示将会发生什么，不发送任何请求；目前可执行时退出码为 0，否则为 1",
    ),
    ("window", "在维护时间内执行，而非现在"),
];

/// After the list of faults.
const AT_RUN_TIME: &str = "\n\n\
While it runs, under the printed endpoint and without a signature:
  curl $ENDPOINT/sandbox/faults                               the faults that are set
  curl $ENDPOINT/sandbox/faults -d '[\"denied:OpenSSL\"]'      sets more, all or none
  curl -X DELETE $ENDPOINT/sandbox/faults                     clears all, lets held answers go
  curl $ENDPOINT/sandbox/clock -d '{\"advance_seconds\":600}'  moves simulated time on
  curl $ENDPOINT/sandbox/ledger                               what it was asked and accepted";
const AT_RUN_TIME_CHINESE: &str = "\n\n\
运行期间可通过输出的接入点控制，无需签名：
  curl $ENDPOINT/sandbox/faults                               列出已设置的故障
  curl $ENDPOINT/sandbox/faults -d '[\"denied:OpenSSL\"]'      增加故障，要么全部生效，要么都不生效
  curl -X DELETE $ENDPOINT/sandbox/faults                     清除全部故障，并放行被扣住的应答
  curl $ENDPOINT/sandbox/clock -d '{\"advance_seconds\":600}'  推进模拟时间
  curl $ENDPOINT/sandbox/ledger                               收到和受理的请求";

/// The same command, whose sandbox lists the faults that it can have.
pub(crate) fn with_faults(command: Command, language: Language) -> Command {
    let mut table = Table::default();
    for fault in Fault::FORMS {
        table.row([fault.form, language.of(fault.english, fault.chinese)]);
    }
    let text = say!(
        language,
        "Faults, which @COUNT limits to so many times; * or nothing is every action, instance or region:\n{}",
        "故障，可加 @次数 限定次数；* 或省略表示所有接口、实例或地域：\n{}",
        table.lines("  ").join("\n")
    ) + language.of(AT_RUN_TIME, AT_RUN_TIME_CHINESE);
    command.mut_subcommand("sandbox", |sandbox| sandbox.after_long_help(text))
}

/// The same command with its help in Chinese.
pub(crate) fn chinese(command: Command) -> Command {
    translate(command, "")
}

fn translate(command: Command, path: &str) -> Command {
    let names: Vec<_> = command
        .get_subcommands()
        .map(|subcommand| subcommand.get_name().to_owned())
        .collect();
    let ids: Vec<_> = command
        .get_arguments()
        .map(|argument| argument.get_id().to_string())
        .collect();
    let mut command = match text(path) {
        Some(text) => about(command, text),
        None => command,
    }
    .help_template("{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}")
    .subcommand_help_heading("命令")
    .subcommand_value_name("命令")
    .disable_help_subcommand(true)
    .disable_help_flag(true);
    for id in ids {
        command = command.mut_arg(&id, |argument| argument_in(argument, path, &id));
    }
    command = command.arg(own("help", 'h', ArgAction::Help));
    if path.is_empty() {
        command = command
            .disable_version_flag(true)
            .arg(own("version", 'V', ArgAction::Version));
    }
    for name in &names {
        let below = join(path, name);
        command = command.mut_subcommand(name, |subcommand| translate(subcommand, &below));
    }
    match names.is_empty() {
        true => command,
        false => command.subcommand(own_help_command()),
    }
}

const HELP: &str = "help";
const HELP_OF: &str = "command";

/// In the place of the library's own, which has English alone.
fn own_help_command() -> Command {
    let of = Arg::new(HELP_OF).num_args(0..).value_name("命令");
    Command::new(HELP)
        .about("显示本程序或某个命令的帮助")
        .disable_help_flag(true)
        .arg(of.help("要了解的命令").help_heading("参数"))
}

/// The command whose help is asked for with `help`, as arguments that ask for the same.
pub(crate) fn asked_for(matches: &ArgMatches) -> Option<Vec<String>> {
    let mut path = vec!["rediseal-cli".to_owned()];
    let mut matches = matches;
    while let Some((name, below)) = matches.subcommand() {
        if name == HELP {
            path.extend(
                below
                    .get_many::<String>(HELP_OF)
                    .into_iter()
                    .flatten()
                    .cloned(),
            );
            path.push("--help".to_owned());
            return Some(path);
        }
        path.push(name.to_owned());
        matches = below;
    }
    None
}

fn about(command: Command, text: &'static str) -> Command {
    match text.split_once("\n\n") {
        Some((short, _)) => command.about(short.trim_end_matches('。')).long_about(text),
        None => command.about(text),
    }
}

/// The library's own cannot be changed.
fn own(id: &'static str, short: char, action: ArgAction) -> Arg {
    Arg::new(id)
        .short(short)
        .long(id)
        .action(action)
        .help(text(id).unwrap_or_default())
        .help_heading(OPTIONS)
}

fn argument_in(argument: Arg, path: &str, id: &str) -> Arg {
    let heading = if argument.is_positional() {
        "参数"
    } else if argument.is_global_set() {
        EVERYWHERE
    } else {
        OPTIONS
    };
    let argument = argument.help_heading(heading);
    match text(&join(path, id)).or_else(|| text(id)) {
        Some(text) => argument.help(text).long_help(text),
        None => argument,
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn text(key: &str) -> Option<&'static str> {
    CHINESE
        .iter()
        .find(|(known, _)| *known == key)
        .map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::args::Arguments;

    #[test]
    fn every_command_and_argument_has_its_chinese_help() {
        let mut missing = Vec::new();
        look(&Arguments::command(), "", &mut missing);
        assert!(missing.is_empty(), "{missing:?}");
        chinese(Arguments::command()).debug_assert();
    }

    fn look(command: &Command, path: &str, missing: &mut Vec<String>) {
        if text(path).is_none() {
            missing.push(path.to_owned());
        }
        for argument in command.get_arguments() {
            let key = join(path, argument.get_id().as_str());
            if text(&key)
                .or_else(|| text(argument.get_id().as_str()))
                .is_none()
            {
                missing.push(key);
            }
        }
        for subcommand in command.get_subcommands() {
            look(subcommand, &join(path, subcommand.get_name()), missing);
        }
    }
}
