//! `rediseal-cli policy`: what the key of an account has to be allowed.

use rediseal_tencent::Policy;

use crate::args;
use crate::failure::Exit;
use crate::output::Output;

pub(crate) fn run(arguments: &args::Policy, output: &Output) -> Exit {
    let policy = match arguments.read_only {
        true => Policy::read(),
        false => Policy::read_and_write(),
    };
    output.result(&policy, || format!("{policy}\n"));
    Exit::Yes
}
