//! `rediseal-cli policy`: what the key of an account has to be allowed.

use rediseal_tencent::Policy;
use rediseal_tencent::action::{Action, Effect};

use crate::args;
use crate::failure::Exit;
use crate::language::say;
use crate::output::Output;

pub(crate) fn run(arguments: &args::Policy, output: &Output) -> Exit {
    let policy = match arguments.read_only {
        true => Policy::read(),
        false => Policy::read_and_write(),
    };
    output.result(&policy, || format!("{policy}\n"));
    let read_only = arguments.read_only;
    let uncertain: Vec<_> = Policy::UNCERTAIN
        .into_iter()
        .filter(|action| !read_only || action.effect == Effect::Read)
        .map(Action::cam_name)
        .collect();
    let uncertain = uncertain.join(", ");
    output.remark(&say!(
        output.language,
        "If CAM refuses it with InvalidParameter.ActionNotExist, leave out the action that it names: {uncertain} were not found in the vendor's lists of what can be granted.",
        "如果访问管理返回 InvalidParameter.ActionNotExist，请去掉它指出的接口：在官方的可授权接口列表中未见 {uncertain}。"
    ));
    Exit::Yes
}
