// go-redis as a stranger would use it: TLS with a CA file, and a PING, at each target of the file.
// One line of JSON for each: whether TLS came about, and otherwise what the library said.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gopkg.in/redis.v5"
)

type target struct {
	ID       string `json:"id"`
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Setting  string `json:"setting"`
	Files    string `json:"files"`
	Patience int    `json:"patience"`
}

type answer struct {
	ID       string `json:"id"`
	Connects bool   `json:"connects"`
	Message  string `json:"message"`
}

// What the report shows, as it stands in a program: settings.go is made of it.
type setting func(host string, pool *x509.CertPool, client tls.Certificate) *redis.Options

func ask(t target, now time.Time) answer {
	ca, err := os.ReadFile(filepath.Join(t.Files, "ca.pem"))
	must(err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	// Not there where the server does not ask for it.
	client, _ := tls.LoadX509KeyPair(
		filepath.Join(t.Files, "client.pem"), filepath.Join(t.Files, "client.key"))

	patience := time.Duration(t.Patience) * time.Second
	options := settings[t.Setting](t.Host, pool, client)
	options.Addr = net.JoinHostPort(t.Host, strconv.Itoa(t.Port))
	options.DialTimeout, options.ReadTimeout = patience, patience
	options.TLSConfig.Time = func() time.Time { return now }
	connection := redis.NewClient(options)
	defer connection.Close()

	answered := make(chan error, 1)
	go func() { answered <- connection.Ping().Err() }()
	select {
	case err = <-answered:
	case <-time.After(patience):
		return answer{t.ID, false, "no answer"}
	}
	if err == nil {
		return answer{t.ID, true, ""}
	}
	// What Redis says starts with a word in capitals; all else is of the connection.
	word := strings.SplitN(err.Error(), " ", 2)[0]
	return answer{t.ID, word != "EOF" && word == strings.ToUpper(word), err.Error()}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	file, err := os.ReadFile(os.Args[1])
	must(err)
	var targets []target
	must(json.Unmarshal(file, &targets))
	now, err := time.Parse("@2006-01-02 15:04:05", os.Getenv("FAKETIME"))
	must(err)
	for _, t := range targets {
		must(json.NewEncoder(os.Stdout).Encode(ask(t, now)))
	}
}
