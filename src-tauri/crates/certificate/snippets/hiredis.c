/* cc redis_tls.c -lhiredis_ssl -lhiredis -lssl -lcrypto (hiredis ≥ 1.0) */
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
▎    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
▎    if (context == NULL || SSL_CTX_load_verify_locations(context, "{{ v.ca }}", NULL) != 1) {
▎        ERR_print_errors_fp(stderr);
▎        return 1;
▎    }
▎    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
▎    SSL *ssl = SSL_new(context);
▎    if (ssl == NULL) {
▎        ERR_print_errors_fp(stderr);
▎        return 1;
▎    }
{%- if !v.host_is_address %}
▎    SSL_set_tlsext_host_name(ssl, "{{ v.host }}");
{%- endif %}
{%- if v.chain_only %}
▎    /* {{ v.say.chain_only }} */
{%- else %}
▎    /* {{ v.say.full }} */
{%- if v.host_is_address %}
▎    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), "{{ v.host }}") != 1) {
{%- else %}
▎    if (SSL_set1_host(ssl, "{{ v.host }}") != 1) {
{%- endif %}
▎        ERR_print_errors_fp(stderr);
▎        return 1;
▎    }
{%- endif %}

    redisContext *redis = redisConnect("{{ v.host }}", {{ v.port }});
    if (redis == NULL || redis->err != 0 || redisInitiateSSL(redis, ssl) != REDIS_OK) {
        fprintf(stderr, "%s\n", redis == NULL ? "out of memory" : redis->errstr);
        return 1;
    }
    /* {{ v.say.password }} */
    const char *password = getenv("{{ v.variable }}");
    redisReply *reply = redisCommand(redis, "AUTH{% if let Some(user) = v.user %} %s{% endif %} %s%s",
                                     {% if let Some(user) = v.user %}"{{ user }}", {% endif %}"{% if let Some(account) = v.account %}{{ account }}@{% endif %}", password == NULL ? "" : password);
    if (reply == NULL || reply->type == REDIS_REPLY_ERROR) {
        fprintf(stderr, "%s\n", reply == NULL ? redis->errstr : reply->str);
        return 1;
    }
    freeReplyObject(reply);
    reply = redisCommand(redis, "PING");
    if (reply == NULL || reply->type != REDIS_REPLY_STATUS) {
        fprintf(stderr, "%s\n", reply == NULL ? redis->errstr : reply->str);
        return 1;
    }
    printf("%s\n", reply->str);
    freeReplyObject(reply);
    redisFree(redis);
    SSL_CTX_free(context);
    return 0;
}
