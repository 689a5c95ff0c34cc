# redis-rb as a stranger would use it: TLS with a CA file, and a PING, at each target of the file.
# One line of JSON for each: whether TLS came about, and otherwise what the library said.

require 'json'
require 'redis'

# Also of the connection: it ends when the server minds the client's certificate.
OF_TLS = [OpenSSL::SSL::SSLError, Redis::BaseConnectionError, SystemCallError, EOFError].freeze

def ask(target)
  client = Redis.new(
    host: target['host'], port: target['port'], timeout: target['patience'], reconnect_attempts: 0,
    # The report shows it as it stands in a program.
    **eval("{ #{target['setting']} }")
  )
  client.ping
  { id: target['id'], connects: true, message: '' }
rescue *OF_TLS, Redis::BaseError => e
  { id: target['id'], connects: OF_TLS.none? { |error| e.is_a?(error) }, message: e.message }
end

JSON.parse(File.read(ARGV[0])).each do |target|
  puts JSON.generate(ask(target))
  $stdout.flush
end
