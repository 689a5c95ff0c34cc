// Package redis stands in for go-redis, which is not to be had where the tests run: the names
// that the snippet uses, over Go's own crypto/tls, dialled as go-redis dials it (options.go,
// NewDialer). What the snippet configures there is what is tested.
package redis

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

type Options struct {
	Addr      string
	Username  string
	Password  string
	TLSConfig *tls.Config
}

type Client struct{ options *Options }

type StatusCmd struct {
	value string
	err   error
}

func NewClient(options *Options) *Client { return &Client{options} }

func (client *Client) Close() error { return nil }

func (reply *StatusCmd) Result() (string, error) { return reply.value, reply.err }

func (client *Client) Ping(context.Context) *StatusCmd {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	connection, err := tls.DialWithDialer(dialer, "tcp", client.options.Addr, client.options.TLSConfig)
	if err != nil {
		return &StatusCmd{err: err}
	}
	defer connection.Close()
	reader := bufio.NewReader(connection)
	ask := func(words ...string) (string, error) {
		fmt.Fprintf(connection, "*%d\r\n", len(words))
		for _, word := range words {
			fmt.Fprintf(connection, "$%d\r\n%s\r\n", len(word), word)
		}
		line, err := reader.ReadString('\n')
		if err != nil {
			return "", err
		}
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "-") {
			return "", errors.New(line[1:])
		}
		return line[1:], nil
	}
	login := []string{"AUTH", client.options.Password}
	if client.options.Username != "" {
		login = []string{"AUTH", client.options.Username, client.options.Password}
	}
	if _, err := ask(login...); err != nil {
		return &StatusCmd{err: err}
	}
	pong, err := ask("PING")
	return &StatusCmd{pong, err}
}
