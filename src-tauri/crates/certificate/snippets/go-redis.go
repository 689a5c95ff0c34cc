// go get github.com/redis/go-redis/v9
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"os"

	"github.com/redis/go-redis/v9"
)

func main() {
▎	ca, err := os.ReadFile("{{ v.ca }}")
▎	if err != nil {
▎		log.Fatal(err)
▎	}
▎	pool := x509.NewCertPool()
▎	if !pool.AppendCertsFromPEM(ca) {
▎		log.Fatal("no certificate in the CA file")
▎	}

	client := redis.NewClient(&redis.Options{
		Addr: "{{ v.address }}",
{%- if let Some(user) = v.user %}
		Username: "{{ user }}",
{%- endif %}
		// {{ v.say.password }}
		Password: {% if let Some(account) = v.account %}"{{ account }}@" + {% endif %}os.Getenv("{{ v.variable }}"),
▎		TLSConfig: &tls.Config{
▎			MinVersion: tls.VersionTLS12,
▎			ServerName: "{{ v.host }}",
▎			RootCAs:    pool,
{%- if v.chain_only %}
▎			// {{ v.say.chain_only }}
▎			// {{ v.say.go }}
▎			InsecureSkipVerify: true,
▎			VerifyConnection: func(s tls.ConnectionState) error {
▎				sent := x509.NewCertPool()
▎				for _, c := range s.PeerCertificates[1:] {
▎					sent.AddCert(c)
▎				}
▎				_, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: pool, Intermediates: sent})
▎				return err
▎			},
{%- else %}
▎			// {{ v.say.full }}
{%- endif %}
▎		},
	})
	defer client.Close()

	pong, err := client.Ping(context.Background()).Result()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(pong)
}
