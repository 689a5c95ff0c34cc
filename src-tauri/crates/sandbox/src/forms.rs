//! The table of faults: how each is written, what it does, and how it is read.

use std::{
    str::{FromStr, Split},
    time::Duration,
};

use crate::fault::{Answer, Kind, RetryAfter, TaskFault, ZipFault};

/// How a fault is written, and what it does.
#[derive(Clone, Copy, Debug)]
pub struct FaultForm {
    /// `NAME:ARGUMENT[:OPTIONAL]`.
    pub form: &'static str,
    #[expect(missing_docs, reason = "what it does, in that language")]
    pub english: &'static str,
    #[expect(missing_docs, reason = "what it does, in that language")]
    pub chinese: &'static str,
    read: Read,
}

type Read = fn(&mut Arguments<'_>) -> Option<Kind>;

/// What follows a fault's name. A reader that gives `None` found something malformed.
pub(crate) struct Arguments<'a>(Split<'a, char>);

impl FaultForm {
    pub(crate) fn name(&self) -> &'static str {
        self.form.split([':', '[']).next().unwrap_or_default()
    }

    pub(crate) fn read(&self, mut arguments: Arguments<'_>) -> Option<Kind> {
        let kind = (self.read)(&mut arguments)?;
        arguments.0.next().is_none().then_some(kind)
    }
}

impl<'a> Arguments<'a> {
    /// The name of a fault, and what follows it.
    pub(crate) fn of(text: &'a str) -> (&'a str, Self) {
        let mut parts = text.split(':');
        (parts.next().unwrap_or_default(), Self(parts))
    }

    /// A name that can be left out or is `*`: every one.
    fn any(&mut self) -> Option<Option<String>> {
        match self.0.next() {
            None | Some("*") => Some(None),
            Some("") => None,
            Some(name) => Some(Some(name.to_owned())),
        }
    }

    /// A name that must be given, `*` for every one.
    fn some(&mut self) -> Option<Option<String>> {
        self.0.clone().next()?;
        self.any()
    }

    fn number<T: FromStr>(&mut self) -> Option<T> {
        self.0.next()?.parse().ok()
    }

    fn seconds(&mut self) -> Option<Duration> {
        self.number().map(Duration::from_secs)
    }

    fn milliseconds(&mut self) -> Option<Duration> {
        self.number().map(Duration::from_millis)
    }

    /// One second unless it says something else.
    fn retry_after(&mut self) -> Option<RetryAfter> {
        match self.0.next() {
            None => Some(RetryAfter::Seconds(1)),
            Some(text) => match text.strip_prefix("date+") {
                Some(seconds) => seconds.parse().ok().map(RetryAfter::Date),
                None => text.parse().ok().map(RetryAfter::Seconds),
            },
        }
    }
}

const fn form(
    form: &'static str,
    english: &'static str,
    chinese: &'static str,
    read: Read,
) -> FaultForm {
    FaultForm {
        form,
        english,
        chinese,
        read,
    }
}

pub(crate) const FORMS: &[FaultForm] = &[
    form(
        "latency:ACTION:MILLISECONDS",
        "the request arrives later",
        "请求延迟到达",
        |a| Some(answer(a.some()?, Answer::Latency(a.milliseconds()?))),
    ),
    form(
        "status500[:ACTION]",
        "HTTP 500, without effect",
        "返回 HTTP 500，不生效",
        |a| Some(answer(a.any()?, Answer::Status500)),
    ),
    form(
        "http429[:ACTION[:[date+]SECONDS]]",
        "HTTP 429 with Retry-After in seconds or as a date (1 second unless given), without effect",
        "返回 HTTP 429 与 Retry-After（秒数或日期，默认 1 秒），不生效",
        |a| Some(answer(a.any()?, Answer::Http429(a.retry_after()?))),
    ),
    form(
        "http503[:ACTION[:[date+]SECONDS]]",
        "HTTP 503 with Retry-After, as http429",
        "返回 HTTP 503 与 Retry-After，同 http429",
        |a| Some(answer(a.any()?, Answer::Http503(a.retry_after()?))),
    ),
    form(
        "reset[:ACTION]",
        "the connection is cut, without effect",
        "连接被重置，不生效",
        |a| Some(answer(a.any()?, Answer::Reset)),
    ),
    form(
        "throttle[:ACTION]",
        "RequestLimitExceeded",
        "返回 RequestLimitExceeded",
        |a| Some(answer(a.any()?, Answer::Throttle)),
    ),
    form(
        "busy[:ACTION]",
        "ResourceInUse.InstanceBeenLocked",
        "返回 ResourceInUse.InstanceBeenLocked",
        |a| Some(answer(a.any()?, Answer::Busy)),
    ),
    form(
        "denied[:ACTION]",
        "UnauthorizedOperation",
        "返回 UnauthorizedOperation",
        |a| Some(answer(a.any()?, Answer::Denied)),
    ),
    form(
        "expired_token[:ACTION]",
        "AuthFailure.TokenFailure",
        "返回 AuthFailure.TokenFailure",
        |a| Some(answer(a.any()?, Answer::ExpiredToken)),
    ),
    form(
        "action_not_found[:ACTION]",
        "InvalidParameter.ActionNotFound, as from a part of the cloud that has not got it yet",
        "返回 InvalidParameter.ActionNotFound，如同尚未上线该接口的机房",
        |a| Some(answer(a.any()?, Answer::ActionNotFound)),
    ),
    form(
        "hold:ACTION",
        "the request takes effect; the answer waits until faults are cleared",
        "请求生效，应答等到故障清除后才返回",
        |a| Some(answer(a.some()?, Answer::Hold)),
    ),
    form(
        "reset_after[:ACTION]",
        "the request takes effect, then the connection is cut",
        "请求生效后连接被重置",
        |a| Some(answer(a.any()?, Answer::ResetAfter)),
    ),
    form(
        "notjson[:ACTION]",
        "the request takes effect; the answer is an HTML page",
        "请求生效，应答为 HTML 页面",
        |a| Some(answer(a.any()?, Answer::NotJson)),
    ),
    form(
        "badjson[:ACTION]",
        "the request takes effect; the answer is whole HTTP and broken JSON",
        "请求生效，应答的 HTTP 完整而 JSON 残缺",
        |a| Some(answer(a.any()?, Answer::BadJson)),
    ),
    form(
        "truncate[:ACTION]",
        "the request takes effect; half of the answer arrives",
        "请求生效，应答只到达一半",
        |a| Some(answer(a.any()?, Answer::Truncate)),
    ),
    form(
        "dribble:ACTION:MILLISECONDS",
        "the request takes effect; the answer comes in 20 pieces, so much apart",
        "请求生效，应答分 20 段到达，每段间隔如上",
        |a| Some(answer(a.some()?, Answer::Dribble(a.milliseconds()?))),
    ),
    form(
        "endless[:ACTION]",
        "the request takes effect; the answer begins and never ends",
        "请求生效，应答永不结束",
        |a| Some(answer(a.any()?, Answer::Endless)),
    ),
    form(
        "chaos:SEED:PERCENT",
        "so many of the answers suffer one of the faults above but hold; the n-th call of an \
         action on an instance meets the same with the same seed, in whatever order calls come",
        "按比例让应答遭遇上述故障之一（hold 除外）；种子相同时，同一实例同一接口的第 n 次调用总是遭遇相同故障，与调用次序无关",
        |a| {
            let (seed, percent) = (a.number()?, a.number()?);
            (percent <= 100).then_some(Kind::Chaos { seed, percent })
        },
    ),
    form(
        "older",
        "the API as it was before AddressType, ModifySSLEncryptionMode and UpdateSSLCert",
        "AddressType、ModifySSLEncryptionMode 与 UpdateSSLCert 上线之前的 API",
        |_| Some(Kind::Older),
    ),
    form(
        "clock:SECONDS",
        "the server's clock is ahead by so much, behind when negative",
        "服务器时钟超前的秒数，负数为落后",
        |a| a.number().map(Kind::Clock),
    ),
    form(
        "task_fail:INSTANCE",
        "tasks that start from now on fail half-way",
        "此后开始的任务中途失败",
        |a| Some(Kind::Task(TaskFault::Fail, a.some()?)),
    ),
    form(
        "task_stall:INSTANCE",
        "tasks that start from now on never end",
        "此后开始的任务永不结束",
        |a| Some(Kind::Task(TaskFault::Stall, a.some()?)),
    ),
    form(
        "task_lost[:INSTANCE]",
        "tasks that start from now on run, and no task is known by their TaskId",
        "此后开始的任务照常执行，但其 TaskId 查无此任务",
        |a| Some(Kind::Task(TaskFault::Lost, a.any()?)),
    ),
    form(
        "task_minus_one[:INSTANCE]",
        "changes of SSL answer TaskId -1 while they run",
        "SSL 变更执行时返回 TaskId -1",
        |a| Some(Kind::Task(TaskFault::MinusOne, a.any()?)),
    ),
    form(
        "status_lag:SECONDS",
        "DescribeSSLStatus shows the old state as settled so many simulated seconds longer than \
         the task runs",
        "任务成功后，DescribeSSLStatus 仍在如上模拟秒数内显示旧状态",
        |a| a.seconds().map(Kind::StatusLag),
    ),
    form(
        "stale:SECONDS",
        "DescribeInstances shows instances as they were so many simulated seconds ago",
        "DescribeInstances 显示如上模拟秒数之前的实例信息",
        |a| a.seconds().map(Kind::Stale),
    ),
    form(
        "unknown_status:INSTANCE",
        "the instance shows a status that no document names",
        "实例显示文档中没有的状态",
        |a| a.some().map(Kind::UnknownStatus),
    ),
    form(
        "region_down:REGION",
        "ServiceUnavailable for every redis action there",
        "该地域的 redis 接口均返回 ServiceUnavailable",
        |a| a.some().map(Kind::RegionDown),
    ),
    form(
        "zip_truncated",
        "half of the certificate archive",
        "证书压缩包只有一半",
        |_| Some(Kind::Zip(ZipFault::Truncated)),
    ),
    form(
        "zip_bomb",
        "an archive that grows beyond measure",
        "解压后体积失控的压缩包",
        |_| Some(Kind::Zip(ZipFault::Bomb)),
    ),
    form(
        "zip_traversal",
        "an archive that writes outside its folder",
        "含目录穿越路径的压缩包",
        |_| Some(Kind::Zip(ZipFault::Traversal)),
    ),
    form(
        "zip_empty",
        "an archive with nothing in it",
        "空压缩包",
        |_| Some(Kind::Zip(ZipFault::Empty)),
    ),
    form(
        "zip_garbage_pem",
        "an archive whose PEM is garbage",
        "PEM 内容损坏的压缩包",
        |_| Some(Kind::Zip(ZipFault::GarbagePem)),
    ),
    form(
        "zip_huge",
        "an archive that never ends",
        "永不结束的压缩包",
        |_| Some(Kind::Zip(ZipFault::Huge)),
    ),
    form(
        "zip_404",
        "the certificate link leads nowhere",
        "证书链接不存在",
        |_| Some(Kind::Zip(ZipFault::NotFound)),
    ),
    form(
        "link_expired",
        "the certificate link is over, however new",
        "证书链接已过期，无论新旧",
        |_| Some(Kind::Zip(ZipFault::Expired)),
    ),
];

fn answer(action: Option<String>, answer: Answer) -> Kind {
    Kind::Answer(answer, action)
}
