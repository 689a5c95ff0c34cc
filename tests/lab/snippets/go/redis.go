// Package redis stands in for version 9 of go-redis, which is not to be had where the tests run:
// the names that the snippet uses, over version 5, which is. The connection is that library's own.
package redis

import (
	"context"
	"crypto/tls"

	"gopkg.in/redis.v5"
)

type Options struct {
	Addr      string
	Username  string
	Password  string
	TLSConfig *tls.Config
}

type Client struct {
	*redis.Client
	login []interface{}
}

func NewClient(options *Options) *Client {
	password, login := options.Password, []interface{}(nil)
	// Version 5 knows no users.
	if options.Username != "" {
		password, login = "", []interface{}{"auth", options.Username, options.Password}
	}
	return &Client{
		redis.NewClient(&redis.Options{
			Addr:      options.Addr,
			Password:  password,
			TLSConfig: options.TLSConfig,
			PoolSize:  1,
		}),
		login,
	}
}

func (client *Client) Ping(context.Context) *redis.StatusCmd {
	if client.login != nil {
		login := redis.NewStatusCmd(client.login...)
		if err := client.Process(login); err != nil {
			return login
		}
	}
	return client.Client.Ping()
}
