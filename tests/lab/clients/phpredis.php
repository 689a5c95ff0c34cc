<?php
// phpredis as a stranger would use it: TLS with a CA file, and a PING, at each target of the file.
// One line of JSON for each: whether TLS came about, and otherwise what PHP said.

$warning = '';
set_error_handler(function (int $_, string $text) use (&$warning): bool {
    // The first says what is wrong; those after it that nothing came of it.
    $warning = $warning === '' ? $text : $warning;
    return true;
});

foreach (json_decode(file_get_contents($argv[1]), true) as $target) {
    $warning = '';
    $redis = new Redis();
    // The report shows it as it stands in a program.
    $context = eval("return [{$target['setting']}];");
    $connected = false;
    $message = '';
    try {
        $connected = $redis->connect("tls://{$target['host']}", $target['port'], $target['patience'], null, 0, $target['patience'], $context);
        if ($connected) {
            $redis->ping();
        }
    } catch (RedisException $error) {
        $message = $error->getMessage();
    }
    // A server that minds the client's certificate says so only when it is spoken to.
    $connected = $connected && $warning === '';
    $message = $warning === '' ? $message : $warning;
    echo json_encode(['id' => $target['id'], 'connects' => $connected, 'message' => $message], JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}
